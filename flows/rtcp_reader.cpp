#include "flows/rtcp_reader.hpp"

#include <algorithm>

#include "decoders/rtcp/compound.hpp"
#include "decoders/rtcp/round_trip.hpp"

namespace rtcscope::flows {
namespace {

// Clients report on each SR several times; an LSR older than this many SRs is not worth keeping.
constexpr std::size_t kMaxSenderReports = 16;

/// The whole count behind a signed 24-bit one that wraps (RFC 3550, 6.4.1).
std::int64_t unwrap(std::int64_t whole, std::int32_t last, std::int32_t now) {
  constexpr std::int32_t kRange = 1 << 24;
  std::int32_t step = (now - last) & (kRange - 1);
  if (step >= kRange / 2) step -= kRange;
  return whole + step;
}

}  // namespace

RtcpReader::RtcpReader(FlowSink& sink) : sink_(sink), scratch_{} {}
RtcpReader::~RtcpReader() = default;

void RtcpReader::on_rtcp(FlowId id, Side sender, UtcTime time, Bytes datagram) {
  if (keys_.empty()) {
    counters_.opaque += 1;
    return;
  }
  FlowRtcp& flow = flows_[id];
  const std::optional<Bytes> clear = open(flow, sender, datagram);
  if (clear) read(id, flow, sender, time, *clear);
}

void RtcpReader::on_flow_end(FlowId flow) {
  flows_.erase(flow);
}

std::optional<Bytes> RtcpReader::open(FlowRtcp& flow, Side sender, Bytes datagram) {
  auto& context = flow.contexts[index(sender)];
  if (!context && !find_key(flow, sender, datagram)) {
    counters_.opaque += 1;
    return std::nullopt;
  }
  const auto opened = context->open(datagram, scratch_);
  if (!opened) {
    const bool replayed = opened.error().code == srtp::SrtcpErrc::kReplayed;
    (replayed ? counters_.replayed : counters_.opaque) += 1;
    return std::nullopt;
  }
  counters_.opened += 1;
  return *opened;
}

// The tag is the proof: no key opens another association's packet but by a chance of 2^-80 (2^-32 for the
// short tag).
bool RtcpReader::find_key(FlowRtcp& flow, Side sender, Bytes datagram) {
  if (keys_.empty() || flow.trials[index(sender)]++ >= kMaxTrials) return false;
  for (const srtp::KeyingMaterial& key : keys_) {
    for (const srtp::Profile profile : srtp::profiles_of_length(key.size())) {
      for (const srtp::Writer writer : {srtp::Writer::kDtlsClient, srtp::Writer::kDtlsServer}) {
        auto trial = srtp::SrtcpContext::create(key, profile, writer);
        if (!trial || !trial->open(datagram, scratch_)) continue;
        const bool client = writer == srtp::Writer::kDtlsClient;
        // Anew: the trial has already marked this index as seen.
        flow.contexts[index(sender)] = srtp::SrtcpContext::create(key, profile, writer);
        flow.contexts[index(other(sender))] = srtp::SrtcpContext::create(
            key, profile, client ? srtp::Writer::kDtlsServer : srtp::Writer::kDtlsClient);
        counters_.flows_opened += 1;
        return flow.contexts[index(sender)].has_value();
      }
    }
  }
  return false;
}

void RtcpReader::read(FlowId id, FlowRtcp& flow, Side sender, UtcTime time, Bytes clear) {
  rtcp::CompoundReader reader(clear);
  while (const auto block = reader.next()) {
    if (block->body) {
      read_block(id, flow, sender, time, *block);
    } else {
      counters_.malformed.add(block->body.error().code);
    }
  }
  if (reader.error()) counters_.malformed.add(reader.error()->code);
}

void RtcpReader::read_block(FlowId id, FlowRtcp& flow, Side sender, UtcTime time, const rtcp::Block& block) {
  const rtcp::BlockBody& body = *block.body;
  const Side asked = other(sender);
  const auto feedback = [&](std::uint32_t ssrc, auto change) {
    Stream* about = stream(id, flow, ssrc, asked);
    if (about == nullptr) return;
    change(*about);
    about->report.time = time;
    sink_.on_remote_report(about->report);
  };
  if (const auto* sr = std::get_if<rtcp::SenderReportView>(&body)) {
    if (Stream* own = stream(id, flow, sr->sender_ssrc, sender)) {
      own->sender_reports.push_back({sr->ntp_middle(), time});
      if (own->sender_reports.size() > kMaxSenderReports) own->sender_reports.pop_front();
    }
    for (const rtcp::ReportBlock report : sr->reports) take(id, flow, sender, time, report);
  } else if (const auto* rr = std::get_if<rtcp::ReceiverReportView>(&body)) {
    for (const rtcp::ReportBlock report : rr->reports) take(id, flow, sender, time, report);
  } else if (const auto* nack = std::get_if<rtcp::GenericNackView>(&body)) {
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
  report.time = time;
  const auto& sent = about->sender_reports;
  const auto seen = std::find_if(sent.rbegin(), sent.rend(),
                                 [&](const SeenSenderReport& sr) { return sr.ntp_middle == block.lsr; });
  if (block.lsr != 0 && seen != sent.rend()) {
    if (const auto round_trip = rtcp::tap_round_trip(seen->time, time, block.dlsr)) {
      report.round_trip = *round_trip;
      report.round_trip_sum += *round_trip;
      report.round_trips += 1;
      report.min_round_trip = std::min(report.min_round_trip.value_or(*round_trip), *round_trip);
    }
  }
  sink_.on_remote_report(report);
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
