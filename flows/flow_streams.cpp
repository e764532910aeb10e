// Flow, the part about its streams: which there are, which repeats which, what is said of one.

#include <algorithm>

#include "base/stable_hash.hpp"
#include "flows/flow.hpp"

namespace rtcscope::flows {
namespace {

StreamId make_stream_id(FlowId flow, std::uint32_t ssrc, Side sender) {
  return {StableHash{}.add(flow.value).add(std::uint64_t{ssrc}).add(std::uint64_t{index(sender)}).value()};
}

}  // namespace

Flow::StreamSlot* Flow::stream_of(std::uint32_t ssrc, Side sender, UtcTime time) {
  const auto matches = [&](const StreamSlot& slot) { return slot.ssrc == ssrc && slot.sender == sender; };
  if (last_slot_ < streams_.size() && matches(streams_[last_slot_])) return &streams_[last_slot_];
  const auto found = std::find_if(streams_.begin(), streams_.end(), matches);
  if (found == streams_.end()) return create_stream(ssrc, sender, time);
  last_slot_ = static_cast<std::size_t>(found - streams_.begin());
  return &*found;
}

Flow::StreamSlot* Flow::create_stream(std::uint32_t ssrc, Side sender, UtcTime time) {
  const bool full = streams_.size() >= context_.options.max_streams_per_flow ||
                    context_.streams >= context_.options.max_streams;
  if (full && !drop_one_unproved_stream()) return nullptr;
  const StreamId id = make_stream_id(id_, ssrc, sender);
  streams_.push_back({ssrc, sender, false, std::make_unique<RtpStream>(id, ssrc, sender, time), 0});
  context_.streams += 1;
  context_.tallies.counters.streams_created += 1;
  last_slot_ = streams_.size() - 1;
  return &streams_.back();
}

// Makes room by forgetting a stream that was not shown yet, picked without pattern: were it the oldest, a
// flood of random SSRCs would push out each real stream between its first packet and its second.
bool Flow::drop_one_unproved_stream() {
  const auto unproved =
      std::count_if(streams_.begin(), streams_.end(), [](const auto& s) { return !s.published; });
  if (unproved == 0) return false;
  const std::uint64_t dice = StableHash{}.add(context_.tallies.counters.streams_evicted).value();
  auto skip = static_cast<std::ptrdiff_t>(dice % static_cast<std::uint64_t>(unproved));
  const auto victim = std::find_if(streams_.begin(), streams_.end(),
                                   [&](const StreamSlot& s) { return !s.published && skip-- == 0; });
  streams_.erase(victim);
  context_.streams -= 1;
  context_.tallies.counters.streams_evicted += 1;
  return true;
}

void Flow::publish(StreamSlot& slot) {
  slot.published = true;
  dirty_ = true;
  emit(FlowEventKind::kStreamStarted, slot.stream->first_packet(), slot.sender, slot.ssrc, slot.stream->id());
}

void Flow::observe_held(StreamSlot& slot) {
  for (const HeldHeader& held : slot.held) {
    const auto packet = rtp::parse_rtp(held.octets);
    if (packet) observer_.on_first_rtp(key_, observed(slot), held.time, *packet);
  }
  if (!slot.held.empty()) slot.held = {};
}

ObservedStream Flow::observed(const StreamSlot& slot) {
  return {slot.stream->id(), slot.ssrc, slot.sender, slot.stream->typing()};
}

void Flow::observe(StreamSlot& slot, const Datagram& datagram, const rtp::RtpPacketView& packet) {
  constexpr std::size_t kHeader = 128;
  constexpr std::size_t kHeld = 4;  // a first frame out of order
  constexpr int kTwins = 2;         // retransmissions that come in no sequence show it, too
  if (!slot.published) {
    const bool twin = observer_.on_unproved(slot.sender, datagram.time, packet, datagram.wire_bytes);
    const Bytes header = datagram.payload.first(std::min(datagram.payload.size(), kHeader));
    if (slot.held.size() == kHeld) slot.held.erase(slot.held.begin());
    slot.held.push_back({datagram.time, {header.begin(), header.end()}});
    slot.twins += twin ? 1 : 0;
    if (!proved_ || slot.twins < kTwins) return;
    publish(slot);
    observe_held(slot);
    return;
  }
  observe_held(slot);
  observer_.on_rtp(key_, observed(slot), datagram.time, packet, datagram.wire_bytes, rtcp_readable_);
}

void Flow::classify_streams(UtcTime now) {
  for (StreamSlot& slot : streams_) slot.stream->classify(now);
  std::vector<StreamSlot*> unproved;
  for (StreamSlot& slot : streams_) {
    // What is proved first: by its line alone an original may look like a repetition of many retransmissions.
    if (!pair_by_name(*slot.stream, now) && !pair_exactly(*slot.stream, now)) unproved.push_back(&slot);
  }
  for (StreamSlot* slot : unproved) pair(*slot->stream, now);
}

const RtpStream* Flow::known_stream(std::uint32_t ssrc, Side sender) const noexcept {
  for (const StreamSlot& slot : streams_) {
    if (slot.ssrc == ssrc && slot.sender == sender) return slot.stream.get();
  }
  return nullptr;
}

bool Flow::pair_by_name(RtpStream& repeating, UtcTime now) {
  const bool only_padding = repeating.media_packets() == 0;
  const auto named = observer_.repaired_by_name(repeating.ssrc(), repeating.sender(), only_padding);
  const RtpStream* original = named ? known_stream(*named, repeating.sender()) : nullptr;
  const bool video = original != nullptr && original->typing().kind == MediaKind::kVideo;
  if (video) repeating.repair(*original, now);
  return video;
}

bool Flow::pair_exactly(RtpStream& repeating, UtcTime now) {
  const auto exact = observer_.repeated_by(repeating.ssrc(), repeating.sender());
  const RtpStream* original = exact ? known_stream(*exact, repeating.sender()) : nullptr;
  if (original != nullptr) repeating.repeat(*original, now);
  return exact.has_value();
}

void Flow::pair(RtpStream& repeating, UtcTime now) {
  const TypingFacts& typing = repeating.typing();
  if (typing.kind == MediaKind::kAudio) return;
  const RtpStream* original = nullptr;
  bool the_only_one = true;
  for (const StreamSlot& slot : streams_) {
    const TypingFacts& other = slot.stream->typing();
    const bool primary = slot.stream.get() != &repeating && slot.sender == repeating.sender() &&
                         other.kind == MediaKind::kVideo && other.role == MediaRole::kPrimary;
    if (!primary || !repeating.runs_beside(*slot.stream)) continue;
    the_only_one = original == nullptr;
    original = slot.stream.get();
  }
  // Again each time: what was taken for a repetition at first may outgrow what it seemed to repeat.
  if (original != nullptr) {
    repeating.pair_with(*original, the_only_one, now);
  } else if (typing.role != MediaRole::kPrimary) {
    repeating.unpair(now);
  }
}

/// What the descriptions of both sides say about the ids of header extensions.
void Flow::describe() {
  extensions_version_ = context_.extensions.version();
  ExtensionTable both;
  bool known = false;
  for (const IceUsername& name : ice_.usernames()) {
    for (const std::string* ufrag : {&name.receiver_ufrag, &name.sender_ufrag}) {
      const ExtensionTable* table = context_.extensions.find(*ufrag);
      if (table != nullptr) both.merge(*table);
      known = known || table != nullptr;
    }
  }
  if (known) observer_.describe(both);
}

StreamReport Flow::report_of(StreamSlot& slot, UtcTime end, bool final, std::uint64_t capture_drops) {
  StreamReport report = slot.stream->report(id_, end, final, capture_drops);
  for (const StreamSlot& other : streams_) {
    const TypingFacts& typing = other.stream->typing();
    const bool repeats = typing.role == MediaRole::kRetransmission && typing.repeats_ssrc == slot.ssrc;
    if (repeats && other.sender == slot.sender) report.retransmitted += other.stream->media_packets();
  }
  observer_.fill(report);
  if (report.playout) {
    if (report.playout->doubtful == slot.doubtful_reported) {
      report.interval_freezes = report.playout->freezes - slot.freezes_reported;
    }
    slot.freezes_reported = report.playout->freezes;
    slot.doubtful_reported = report.playout->doubtful;
  }
  return report;
}

void Flow::on_key_frame_request(Side reporter, UtcTime time, std::uint32_t ssrc) {
  observer_.on_key_frame_request(ssrc, other(reporter), time);
}

void Flow::on_report_block(Side reporter, SeenReportBlock& seen) {
  if (context_.rtcp_listener == nullptr) return;
  seen.source = key_.endpoint(reporter);
  seen.destination = key_.endpoint(other(reporter));
  seen.transport = key_.transport;
  context_.rtcp_listener->on_report_block(seen);
}

}  // namespace rtcscope::flows
