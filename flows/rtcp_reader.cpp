#include "flows/rtcp_reader.hpp"

#include <algorithm>

#include "decoders/rtcp/compound.hpp"
#include "decoders/rtcp/round_trip.hpp"

namespace rtcscope::flows {
namespace {

constexpr Duration kRoundTripEvery = std::chrono::milliseconds{900};

/// The whole count behind a signed 24-bit one that wraps (RFC 3550, 6.4.1).
std::int64_t unwrap(std::int64_t whole, std::int32_t last, std::int32_t now) {
  constexpr std::int32_t kRange = 1 << 24;
  std::int32_t step = (now - last) & (kRange - 1);
  if (step >= kRange / 2) step -= kRange;
  return whole + step;
}

/// A compound of whole blocks and nothing behind them (RFC 3550, 6.1; RFC 3550, A.2). SRTCP ends with an
/// index and a tag: 14 octets with SHA1-80, which no block can be; 8 or 20 with the others, which are one by
/// a chance of 2^-21.
bool whole_in_clear(Bytes datagram) {
  constexpr std::size_t kHeader = 4;
  std::size_t at = 0;
  while (datagram.size() - at >= kHeader) {
    const auto octet = [&](std::size_t i) { return std::to_integer<unsigned>(datagram[at + i]); };
    if (octet(0) >> 6 != 2 || octet(1) < 192 || octet(1) > 223) return false;
    const std::size_t length = 4 * ((octet(2) << 8 | octet(3)) + std::size_t{1});
    if (length > datagram.size() - at) return false;
    at += length;
  }
  return at == datagram.size() && at != 0;
}

}  // namespace

RtcpReader::RtcpReader(FlowSink& sink) : sink_(sink), scratch_{} {}
RtcpReader::~RtcpReader() = default;

void RtcpReader::add_logged(srtp::LoggedSecret&& secret) {
  keys_expected_ = true;
  logged_.insert_or_assign(secret.client_random, std::move(secret.master_secret));
}

void RtcpReader::on_handshake(const srtp::HandshakeFacts& handshake) {
  const auto found = logged_.find(handshake.client_random);
  if (found == logged_.end()) return;
  srtp::KeyingMaterial exported = srtp::export_keying_material(found->second, handshake);
  logged_.erase(found);
  if (!exported.empty()) keys_.add(std::move(exported));
}

void RtcpReader::Stream::note_sender_report(std::uint32_t ntp_middle, UtcTime time) {
  // Clients report on each SR several times; an LSR older than this many SRs is not worth keeping.
  constexpr std::size_t kMaxSenderReports = 16;
  sender_reports.push_back({ntp_middle, time});
  if (sender_reports.size() > kMaxSenderReports) sender_reports.pop_front();
}

void RtcpReader::on_rtcp(FlowId id, Side sender, UtcTime time, Bytes datagram, DtlsSeen dtls,
                         FeedbackListener* listener) {
  FlowRtcp& flow = flows_[id];
  const std::optional<Bytes> clear = open(flow, sender, time, datagram, dtls);
  if (clear) read(id, flow, sender, time, *clear, listener);
}

void RtcpReader::on_flow_end(FlowId id, UtcTime time) {
  const auto flow = flows_.find(id);
  if (flow == flows_.end()) return;
  for (const Direction& direction : flow->second.directions) {
    if (const AssociationId held = direction.writer.association) keys_.release(held, time);
  }
  flows_.erase(flow);
}

RtcpAccess RtcpReader::FlowRtcp::access() const noexcept {
  const auto [a, b] = std::pair{directions[0].access, directions[1].access};
  if (a == RtcpAccess::kOpaque || b == RtcpAccess::kOpaque) return RtcpAccess::kOpaque;
  return std::max(a, b);
}

RtcpAccess RtcpReader::access(FlowId id) const {
  const auto flow = flows_.find(id);
  return flow == flows_.end() ? RtcpAccess::kNone : flow->second.access();
}

OpaqueReason RtcpReader::opaque_reason(const DtlsFacts& dtls) const noexcept {
  if (!keys_expected_ && keys_.newest() == 0) return OpaqueReason::kNoKeys;
  const auto profile = static_cast<srtp::Profile>(dtls.srtp_profile);
  if (dtls.srtp_profile != 0 && srtp::key_sizes(profile).key == 0) return OpaqueReason::kUnsupportedProfile;
  return dtls.client_hello ? OpaqueReason::kNoKey : OpaqueReason::kLateAttach;
}

std::optional<Bytes> RtcpReader::open(FlowRtcp& flow, Side sender, UtcTime time, Bytes datagram,
                                      DtlsSeen dtls) {
  Direction& direction = flow.directions[index(sender)];
  // Once something was enciphered, nothing in clear is believed.
  if (flow.access() <= RtcpAccess::kClear && dtls == DtlsSeen::kNone && whole_in_clear(datagram)) {
    direction.access = RtcpAccess::kClear;
    counters_.clear += 1;
    return datagram;
  }
  bool replayed = false;
  if (direction.writer.association != 0) {
    const auto opened = keys_.open(direction.writer, datagram, scratch_);
    if (opened) {
      direction.failures = 0;
      direction.access = RtcpAccess::kDecrypted;
      counters_.opened += 1;
      return *opened;
    }
    replayed = opened.error().code == srtp::SrtcpErrc::kReplayed;
  }
  // An index that was seen is a copy, or the first packets of a new association: it begins at 1 again.
  if (auto found = find(flow, sender, time, datagram, dtls)) return found;
  if (replayed) {
    counters_.replayed += 1;
  } else {
    const bool put_off = direction.trials.sweep.under_way();
    counters_.opaque += 1;
    counters_.trials_put_off += put_off ? 1 : 0;
    counters_.no_key_fits += !put_off && keys_.newest() != 0 ? 1 : 0;
  }
  if (direction.writer.association == 0 || ++direction.failures >= kMaxFailures) {
    direction.access = RtcpAccess::kOpaque;
  }
  return std::nullopt;
}

// Also for a flow that has an association: a new handshake on it (RFC 5764, 5.1), or another call that was
// given the same five-tuple, brings a newer secret.
std::optional<Bytes> RtcpReader::find(FlowRtcp& flow, Side sender, UtcTime time, Bytes datagram,
                                      DtlsSeen dtls) {
  Direction& own = flow.directions[index(sender)];
  const auto found = search(own.trials, time, datagram, dtls);
  if (!found) return std::nullopt;
  if (own.writer.association != found->writer.association) counters_.flows_opened += 1;
  use(own, time, found->writer);
  own.access = RtcpAccess::kDecrypted;
  if (found->peer_too) {
    Direction& peers = flow.directions[index(other(sender))];
    use(peers, time, peer_of(found->writer));
    // What it sent before this association says nothing of what it sends now.
    if (peers.access == RtcpAccess::kOpaque) peers.access = RtcpAccess::kNone;
  }
  counters_.opened += 1;
  return found->clear;
}

std::optional<SrtcpKeys::Found> RtcpReader::search(Trials& trials, UtcTime time, Bytes datagram,
                                                   DtlsSeen dtls) {
  if (keys_.newest() <= trials.sweep.after) return std::nullopt;
  TrialBudget& budget = dtls == DtlsSeen::kConnected ? connected_trials_ : other_trials_;
  budget.begin_datagram(time);
  const auto found = keys_.find(datagram, trials.sweep, budget, scratch_);
  if (found || !trials.sweep.finished) return found;
  const bool enough = ++trials.failed >= kMaxTrials;
  trials.sweep = {.after = enough ? keys_.newest() : trials.sweep.after};
  if (enough) trials.failed = 0;
  return std::nullopt;
}

void RtcpReader::use(Direction& direction, UtcTime time, SrtcpWriter writer) {
  const AssociationId before = direction.writer.association;
  if (before != writer.association) {
    keys_.hold(writer.association);
    if (before != 0) keys_.release(before, time);
  }
  direction.writer = writer;
  direction.trials = {};
  direction.failures = 0;
}

void RtcpReader::read(FlowId id, FlowRtcp& flow, Side sender, UtcTime time, Bytes clear,
                      FeedbackListener* listener) {
  rtcp::CompoundReader reader(clear);
  while (const auto block = reader.next()) {
    if (block->body) {
      read_block(id, flow, sender, time, *block);
      read_requests(id, flow, sender, time, *block, listener);
      if (listener != nullptr) tell(id, flow, sender, time, *block, *listener);
      const auto* feedback = std::get_if<rtcp::TransportCcFeedbackView>(&*block->body);
      if (feedback != nullptr && listener != nullptr)
        listener->on_transport_feedback(sender, time, *feedback);
      const auto* congestion = std::get_if<rtcp::CongestionControlFeedbackView>(&*block->body);
      if (congestion != nullptr && listener != nullptr)
        listener->on_congestion_feedback(sender, time, *congestion);
      const auto* nack = std::get_if<rtcp::GenericNackView>(&*block->body);
      const auto* report = std::get_if<rtcp::SenderReportView>(&*block->body);
      if (report != nullptr && listener != nullptr) listener->on_sender_report(sender, *report);
      if (nack != nullptr && listener != nullptr) listener->on_nack(sender, time, *nack);
      const auto* extended = std::get_if<rtcp::ExtendedReportView>(&*block->body);
      if (extended != nullptr) read_extended(id, flow, sender, time, *extended);
    } else {
      counters_.malformed.add(block->body.error().code);
    }
  }
  if (reader.error()) counters_.malformed.add(reader.error()->code);
}

void RtcpReader::read_block(FlowId id, FlowRtcp& flow, Side sender, UtcTime time, const rtcp::Block& block) {
  const rtcp::BlockBody& body = *block.body;
  if (const auto* sr = std::get_if<rtcp::SenderReportView>(&body)) {
    if (Stream* own = stream(id, flow, sr->sender_ssrc, sender)) {
      own->note_sender_report(sr->ntp_middle(), time);
      own->sender_info = {sr->ntp_timestamp, sr->rtp_timestamp, sr->packet_count, sr->octet_count};
    }
    for (const rtcp::ReportBlock report : sr->reports) take(id, flow, sender, time, report);
  } else if (const auto* rr = std::get_if<rtcp::ReceiverReportView>(&body)) {
    for (const rtcp::ReportBlock report : rr->reports) take(id, flow, sender, time, report);
  }
}

/// What the sender of the datagram asks of the other end's streams.
void RtcpReader::read_requests(FlowId id, FlowRtcp& flow, Side sender, UtcTime time, const rtcp::Block& block,
                               FeedbackListener* listener) {
  const rtcp::BlockBody& body = *block.body;
  const auto feedback = [&](std::uint32_t ssrc, auto change) {
    Stream* about = stream(id, flow, ssrc, other(sender));
    if (about == nullptr) return;
    const std::uint64_t before = about->report.pli_count + about->report.fir_count;
    change(*about);
    about->report.time = time;
    sink_.on_remote_report(about->report);
    const bool key_frame = about->report.pli_count + about->report.fir_count != before;
    if (key_frame && listener != nullptr) listener->on_key_frame_request(sender, time, ssrc);
  };
  if (const auto* nack = std::get_if<rtcp::GenericNackView>(&body)) {
    feedback(nack->media_ssrc, [&](Stream& s) {
      s.report.nack_count += 1;
      s.report.nacked_packets += nack->packets();
    });
  } else if (const auto* pli = std::get_if<rtcp::PictureLossIndication>(&body)) {
    feedback(pli->media_ssrc, [](Stream& s) { s.report.pli_count += 1; });
  } else if (const auto* fir = std::get_if<rtcp::FullIntraRequestView>(&body)) {
    for (const rtcp::FirEntry entry : fir->entries) {
      feedback(entry.ssrc, [&](Stream& s) {
        // RFC 5104, 4.3.1.1: a repetition keeps its number.
        s.report.fir_count += s.last_fir == entry.sequence_number ? 0 : 1;
        s.last_fir = entry.sequence_number;
      });
    }
  }
}

/// Hands the report blocks on as they are.
void RtcpReader::tell(FlowId id, const FlowRtcp& flow, Side sender, UtcTime time, const rtcp::Block& block,
                      FeedbackListener& listener) {
  SeenReportBlock seen;
  seen.flow = id;
  seen.time = time;
  if (const auto* sr = std::get_if<rtcp::SenderReportView>(&*block.body)) {
    seen.packet_type = 200;
    seen.sender_ssrc = sr->sender_ssrc;
    seen.sender_info = {sr->ntp_timestamp, sr->rtp_timestamp, sr->packet_count, sr->octet_count};
    for (const rtcp::ReportBlock report : sr->reports) {
      seen.block = report;
      listener.on_report_block(sender, seen);
    }
  } else if (const auto* rr = std::get_if<rtcp::ReceiverReportView>(&*block.body)) {
    seen.packet_type = 201;
    seen.sender_ssrc = rr->sender_ssrc;
    for (const rtcp::ReportBlock report : rr->reports) {
      const auto about = flow.streams.find({report.ssrc, other(sender)});
      seen.sender_info = about == flow.streams.end() ? std::nullopt : about->second.sender_info;
      seen.block = report;
      listener.on_report_block(sender, seen);
    }
  }
}

void RtcpReader::take(FlowId id, FlowRtcp& flow, Side reporter, UtcTime time,
                      const rtcp::ReportBlock& block) {
  Stream* about = stream(id, flow, block.ssrc, other(reporter));
  if (about == nullptr) return;
  RemoteReport& report = about->report;
  report.lost = unwrap(report.lost, about->last_cumulative, block.cumulative_lost);
  about->last_cumulative = block.cumulative_lost;
  report.fraction_lost = block.fraction_lost / 256.0;
  report.jitter_ticks = block.interarrival_jitter;
  report.reports += 1;
  report.highest_sequence = static_cast<std::uint16_t>(block.extended_highest_sequence_number);
  report.time = time;
  note_round_trip(*about, block.lsr, block.dlsr, time);
  sink_.on_remote_report(report);
}

/// An answer to what the tap saw of the stream's sender: LSR and DLSR, or LRR and DLRR.
bool RtcpReader::note_round_trip(Stream& about, std::uint32_t asked, std::uint32_t delay, UtcTime time) {
  RemoteReport& report = about.report;
  const auto& sent = about.sender_reports;
  const auto seen = std::find_if(sent.rbegin(), sent.rend(),
                                 [&](const SeenSenderReport& sr) { return sr.ntp_middle == asked; });
  if (asked == 0 || seen == sent.rend()) return false;
  const auto round_trip = rtcp::tap_round_trip(seen->time, time, delay);
  if (!round_trip) return false;
  report.round_trip = *round_trip;
  report.round_trip_sum += *round_trip;
  report.round_trips += 1;
  // One a second: lossy seconds, which have more reports, would weigh more than others.
  if (time - about.round_trip_counted >= kRoundTripEvery) {
    about.round_trips.add(*round_trip);
    about.round_trip_counted = time;
  }
  report.round_trip_median = about.round_trips.quantile(0.5);
  report.min_round_trip = std::min(report.min_round_trip.value_or(*round_trip), *round_trip);
  return true;
}

/// RFC 3611, 4.4 and 4.5: for an end that sends no media a receiver reference time is what an SR is for
/// others.
void RtcpReader::read_extended(FlowId id, FlowRtcp& flow, Side sender, UtcTime time,
                               const rtcp::ExtendedReportView& extended) {
  rtcp::XrBlockReader reader(extended.blocks);
  while (const auto block = reader.next()) {
    if (const auto reference = block->receiver_reference_time()) {
      Stream* own = stream(id, flow, extended.sender_ssrc, sender);
      if (own != nullptr) own->note_sender_report(rtcp::compact_ntp(*reference), time);
    }
    for (const rtcp::DlrrEntry entry : block->dlrr()) {
      Stream* about = stream(id, flow, entry.ssrc, other(sender));
      if (about == nullptr || !note_round_trip(*about, entry.lrr, entry.dlrr, time)) continue;
      about->report.time = time;
      sink_.on_remote_report(about->report);
    }
  }
}

RtcpReader::Stream* RtcpReader::stream(FlowId id, FlowRtcp& flow, std::uint32_t ssrc, Side sender) {
  const StreamKey key{ssrc, sender};
  const auto known = flow.streams.find(key);
  if (known != flow.streams.end()) return &known->second;
  if (flow.streams.size() >= kMaxStreamsPerFlow) {
    counters_.streams_refused += 1;
    return nullptr;
  }
  Stream& stream = flow.streams[key];
  stream.report.flow = id;
  stream.report.ssrc = ssrc;
  stream.report.media_sender = sender;
  return &stream;
}

}  // namespace rtcscope::flows
