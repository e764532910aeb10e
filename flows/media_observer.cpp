#include "flows/media_observer.hpp"

#include <algorithm>

namespace rtcscope::flows {
namespace {

// Between two packets of audio at most this much is talk or silence; DTX sends one each 400 ms.
constexpr Duration kLongestVoice = std::chrono::milliseconds{500};
// What comes later than this is no delay of the way but a jump of a clock.
constexpr Duration kLongestWay = std::chrono::seconds{5};
// How often a receiver brings video and speech in step.
constexpr Duration kLipSyncEvery = std::chrono::seconds{1};
// 300 ppm of drift between the two clocks, at ten reports a second.
constexpr Duration kDriftPerFeedback = std::chrono::microseconds{30};

/// From the first feedback on.
FeedbackRoundTrip& made(std::unique_ptr<FeedbackRoundTrip>& round_trip) {
  if (!round_trip) round_trip = std::make_unique<FeedbackRoundTrip>();
  return *round_trip;
}

}  // namespace

std::size_t MediaObserver::observation_of(const FlowKey& flow, const ObservedStream& stream) {
  const auto matches = [&](const Observation& o) {
    return o.ssrc == stream.ssrc && o.sender == stream.sender;
  };
  if (last_ < observations_.size() && matches(observations_[last_])) return last_;
  const auto found = std::find_if(observations_.begin(), observations_.end(), matches);
  last_ = static_cast<std::size_t>(found - observations_.begin());
  if (found == observations_.end()) {
    Observation& o = observations_.emplace_back();
    o.id = stream.id;
    o.ssrc = stream.ssrc;
    o.sender = stream.sender;
    o.headers = std::make_unique<HeaderReader>();
    o.relay =
        std::make_unique<RelayTrack>(relays_, stream.id, stream.ssrc, flow.endpoint(stream.sender).address,
                                     flow.endpoint(other(stream.sender)).address);
    take_early_requests(o);
  }
  return last_;
}

const MediaObserver::Observation* MediaObserver::find(std::uint32_t ssrc, Side sender) const noexcept {
  for (const Observation& o : observations_) {
    if (o.ssrc == ssrc && o.sender == sender) return &o;
  }
  return nullptr;
}

ExtensionIds& MediaObserver::extensions_of(Transport& transport) {
  if (!transport.extensions) transport.extensions = std::make_unique<ExtensionIds>();
  return *transport.extensions;
}

rtp::RtpExtensions MediaObserver::read_extensions(Transport& transport, const rtp::RtpPacketView& packet,
                                                  MediaKind kind, UtcTime time) {
  if (!packet.has_extension) return {};
  return extensions_of(transport).read(packet, kind, time);
}

void MediaObserver::on_rtp(const FlowKey& flow, const ObservedStream& stream, UtcTime time,
                           const rtp::RtpPacketView& packet, std::uint32_t wire_bytes,
                           bool feedback_readable) {
  const std::size_t place = observation_of(flow, stream);
  Observation& of = observations_[place];
  const TypingFacts& typing = stream.typing;
  of.repeats = typing.role != MediaRole::kPrimary;
  of.repeats_ssrc = typing.repeats_ssrc;
  Transport& transport = transports_[index(stream.sender)];
  const rtp::RtpExtensions values = read_extensions(transport, packet, typing.kind, time);
  of.kind = typing.kind;
  of.newest = time;
  of.newest_timestamp = packet.rtp_timestamp;
  of.headers->add(time, packet, values);
  const Observation* original = of.repeats_ssrc ? find(*of.repeats_ssrc, of.sender) : nullptr;
  if (original != nullptr) original->headers->add_repeated(time, packet, values);
  if (values.audio_level) note_voice(of, time, *values.audio_level);
  if (values.transport_sequence && feedback_readable) {
    if (transport.sent.empty()) transport.sent.resize(kSentOfTransport);
    const std::uint16_t number = values.transport_sequence->sequence_number;
    place_of(transport.sent, number) = {time, packet.rtp_timestamp, number, static_cast<std::uint16_t>(place),
                                        Sent::kWaiting};
  }
  if (!of.sent.empty()) {
    place_of(of.sent, packet.sequence_number) = {time, packet.rtp_timestamp, packet.sequence_number,
                                                 static_cast<std::uint16_t>(place), Sent::kWaiting};
  }
  of.payload_type = packet.payload_type;
  if (of.repeats) of.playout.reset();
  if (packet.has_padding && of.playout) of.playout->pass(packet.sequence_number);
  if (packet.has_padding || !of.relay->followed()) return;
  const bool audio = typing.kind == MediaKind::kAudio;
  const Observation* twin = audio ? nullptr : look_for_twin(of, packet.rtp_timestamp, wire_bytes);
  PlayoutPacket playout{packet.rtp_timestamp,         time,
                        PlayoutPacket::Kind::kRepair, wire_bytes,
                        packet.sequence_number,       values.video_orientation.has_value()};
  if (of.repeats || twin != nullptr) return repair_frame(of.repeats_ssrc ? original : twin, playout);
  if (typing.kind != MediaKind::kUnknown) relays_.add(*of.relay, time, packet, wire_bytes);
  if (audio) {
    note_speech(of, time, packet.rtp_timestamp, typing.clock_rate_hz);
    return;
  }
  play(of, playout);
}

void MediaObserver::play(Observation& of, PlayoutPacket packet) {
  const auto ahead = static_cast<std::int16_t>(packet.sequence - of.highest);
  const bool late = of.playout && ahead < 0;
  if (!late) of.highest = packet.sequence;
  packet.kind = late ? PlayoutPacket::Kind::kLate : PlayoutPacket::Kind::kInOrder;
  // Also of a stream of which nothing is known yet: its first frames count.
  if (!of.playout) of.playout = std::make_unique<PlayoutModel>();
  of.playout->add(packet);
}

void MediaObserver::on_first_rtp(const FlowKey& flow, const ObservedStream& stream, UtcTime time,
                                 const rtp::RtpPacketView& packet) {
  Observation& of = observations_[observation_of(flow, stream)];
  Transport& transport = transports_[index(stream.sender)];
  of.headers->add_first(time, packet, read_extensions(transport, packet, stream.typing.kind, time));
  of.payload_type = packet.payload_type;
  if (!packet.has_padding && stream.typing.kind != MediaKind::kAudio) {
    look_for_twin(of, packet.rtp_timestamp, 0);
  }
}

/// Two unrelated streams have a timestamp in common by a chance of 1 in 2^32 a frame, but some senders begin
/// all of theirs at 0. Then the size tells: a retransmission is its original and two octets (RFC 4588, 4).
/// Layers of simulcast may share all timestamps, but have the same payload type. `wire_bytes` 0: not known.
const MediaObserver::Observation* MediaObserver::twin_of(const Observation& self, std::uint32_t rtp_timestamp,
                                                         std::uint32_t wire_bytes) const noexcept {
  constexpr std::uint32_t kOriginalSequenceNumber = 2;
  const Observation* twin = nullptr;
  const Observation* twin_by_size = nullptr;
  std::size_t twins = 0, twins_by_size = 0;
  for (const Observation& o : observations_) {
    const bool may_be = o.plays_video() && o.sender == self.sender && o.payload_type != self.payload_type &&
                        o.ssrc != self.ssrc;
    if (!may_be || !o.playout->waits_for(rtp_timestamp)) continue;
    twin = &o;
    twins += 1;
    if (!o.playout->may_have_sent(rtp_timestamp, wire_bytes - kOriginalSequenceNumber)) continue;
    twin_by_size = &o;
    twins_by_size += 1;
  }
  if (twins == 1) return twin;
  return wire_bytes != 0 && twins_by_size == 1 ? twin_by_size : nullptr;
}

/// The stream of which the packet is one, again; null: of none, or nobody knows which.
const MediaObserver::Observation* MediaObserver::look_for_twin(Observation& of, std::uint32_t rtp_timestamp,
                                                               std::uint32_t wire_bytes) const noexcept {
  const Observation* twin = twin_of(of, rtp_timestamp, wire_bytes);
  const bool counts = of.twin_looks < 0xffff;
  of.twin_looks = static_cast<std::uint16_t>(of.twin_looks + (counts ? 1 : 0));
  if (twin == nullptr) return nullptr;
  if (twin->ssrc != of.twin_ssrc) of.twin_hits = 0;
  of.twin_ssrc = twin->ssrc;
  of.twin_hits = static_cast<std::uint16_t>(of.twin_hits + (counts ? 1 : 0));
  return twin;
}

bool MediaObserver::on_unproved(Side sender, UtcTime time, const rtp::RtpPacketView& packet,
                                std::uint32_t wire_bytes) noexcept {
  if (packet.has_padding) return false;
  Observation unknown;
  unknown.ssrc = packet.ssrc;
  unknown.sender = sender;
  unknown.payload_type = packet.payload_type;
  // No feedback is looked up for it yet: it came as late as what did before.
  const UtcTime came = time + transports_[index(sender)].late;
  const Observation* twin = twin_of(unknown, packet.rtp_timestamp, wire_bytes);
  repair_frame(twin, {packet.rtp_timestamp, came, PlayoutPacket::Kind::kRepair, wire_bytes, 0, false});
  return twin != nullptr;
}

std::optional<std::uint32_t> MediaObserver::repeated_by(std::uint32_t ssrc, Side sender) const noexcept {
  constexpr std::uint16_t kEnough = 2;  // each a chance of 1 in 2^25: 128 frames wait
  const Observation* self = find(ssrc, sender);
  // What came before the original was known to be video had nothing to match.
  const bool hit = self != nullptr && self->twin_hits >= kEnough && self->twin_hits * 4U >= self->twin_looks;
  return hit ? std::optional(self->twin_ssrc) : std::nullopt;
}

bool MediaObserver::names_as_repaired(const Observation& repair, const Observation& original,
                                      bool only_padding) {
  const HeaderReader& ours = *repair.headers;
  const HeaderReader& theirs = *original.headers;
  if (original.sender != repair.sender || original.payload_type == repair.payload_type) return false;
  if (original.repeats) return false;
  const bool other_mid = !ours.mid().empty() && !theirs.mid().empty() && ours.mid() != theirs.mid();
  if (!ours.repaired_rid().empty()) return !other_mid && ours.repaired_rid() == theirs.rid();
  return only_padding && !ours.mid().empty() && ours.mid() == theirs.mid();
}

std::optional<std::uint32_t> MediaObserver::repaired_by_name(std::uint32_t ssrc, Side sender,
                                                             bool only_padding) const noexcept {
  const Observation* self = find(ssrc, sender);
  if (self == nullptr) return std::nullopt;
  if (self->headers->repaired_rid().empty() && !only_padding) return std::nullopt;
  std::optional<std::uint32_t> found;
  for (const Observation& o : observations_) {
    if (!names_as_repaired(*self, o, only_padding)) continue;
    if (found) return std::nullopt;  // an SSRC that changed, or layers: the name alone cannot tell
    found = o.ssrc;
  }
  return found;
}

/// A packet of `original` was sent again; null: of nobody knows which.
void MediaObserver::repair_frame(const Observation* original, const PlayoutPacket& packet) noexcept {
  if (original != nullptr && original->plays_video()) original->playout->add(packet);
}

/// How long the receiver's buffer holds what is spoken, as far as the tap sees what delays it.
void MediaObserver::note_speech(Observation& of, UtcTime time, std::uint32_t rtp_timestamp,
                                std::uint32_t clock_rate_hz) {
  of.playout.reset();
  if (clock_rate_hz == 0) return;
  // What has no feedback of its own waited as long as what does, in the queues that both go through.
  time += transports_[index(of.sender)].late;
  if (!of.speech) {
    of.speech = std::make_unique<Speech>();
    of.speech->began = of.speech->told = time;
    of.speech->rtp_timestamp = rtp_timestamp;
  }
  Speech& speech = *of.speech;
  speech.ticks += static_cast<std::int32_t>(rtp_timestamp - speech.rtp_timestamp);
  speech.rtp_timestamp = rtp_timestamp;
  speech.delay.add(to_milliseconds(time - speech.began),
                   static_cast<double>(speech.ticks) * 1000 / clock_rate_hz);
  if (time - speech.told < kLipSyncEvery) return;
  speech.told = time;
  tell_speech(of, time);
}

/// To all video of the same sender. Which of several voices belongs to which pictures is not known.
void MediaObserver::tell_speech(Observation& of, UtcTime time) noexcept {
  const auto speaks = [&](const Observation& o) {
    return &o != &of && o.speech && o.sender == of.sender && time - o.newest < kLipSyncEvery;
  };
  if (std::any_of(observations_.begin(), observations_.end(), speaks)) return;
  for (Observation& o : observations_) {
    // Nothing is kept in step with what does not come.
    if (!o.plays_video() || o.sender != of.sender || o.heard == o.newest) continue;
    o.heard = o.newest;
    const auto relative = relative_ms(o, of);
    if (relative) of.speech->delay.hold(o.playout->hear(of.speech->delay.level_ms(), *relative));
  }
}

/// How much longer the last packet of video was on its way than that of speech, by the sender reports. Where
/// they cannot be read, as long; nothing while only one stream has some.
std::optional<double> MediaObserver::relative_ms(const Observation& video,
                                                 const Observation& speech) noexcept {
  if (!video.clock && !speech.clock) return 0;
  if (!video.clock || !speech.clock) return std::nullopt;
  const auto seen = video.clock->captured_ms(video.newest_timestamp);
  const auto spoken = speech.clock->captured_ms(speech.newest_timestamp);
  if (!seen || !spoken) return std::nullopt;
  return to_milliseconds(video.newest - speech.newest) - (*seen - *spoken);
}

void MediaObserver::on_sender_report(Side sender, const rtcp::SenderReportView& report) {
  for (Observation& o : observations_) {
    if (o.sender != sender || o.ssrc != report.sender_ssrc) continue;
    if (!o.clock) o.clock = std::make_unique<SenderClock>();
    o.clock->add(report.ntp_timestamp, report.rtp_timestamp);
  }
}

void MediaObserver::note_voice(Observation& of, UtcTime time, const rtp::AudioLevel& level) noexcept {
  VoiceFigures& voice = of.voice;
  const Duration since = of.last_voice == UtcTime{} ? Duration{} : time - of.last_voice;
  const Duration covered = std::clamp(since, Duration{}, kLongestVoice);
  of.last_voice = std::max(of.last_voice, time);
  voice.covered += covered;
  voice.packets += 1;
  voice.silent += level.level == rtp::kDigitalSilence ? 1 : 0;
  if (!level.voice_activity) return;
  voice.talk += covered;
  voice.flagged += 1;
  voice.level_sum += level.level;
}

/// When the packet came to the receiver, on our clock, not counting the constant part of the way.
UtcTime MediaObserver::arrival(Transport& transport, const Sent& sent, Duration receiver_clock) noexcept {
  const Duration way = receiver_clock - sent.time.time_since_epoch();
  const bool jump =
      !transport.started || way - transport.quickest > kLongestWay || transport.quickest - way > kLongestWay;
  if (jump) transport.quickest = way;
  transport.started = true;
  transport.quickest = std::min(way, transport.quickest);
  transport.late = way - transport.quickest;
  return sent.time + transport.late;
}

void MediaObserver::on_feedback(Side media_sender, UtcTime time,
                                const rtcp::TransportCcFeedbackView& feedback) {
  Transport& transport = transports_[index(media_sender)];
  if (transport.sent.empty()) return;
  transport.quickest += kDriftPerFeedback;
  rtcp::PacketStatusReader reader(feedback);
  std::optional<Duration> newest;  // arrival, on the receiver's clock
  UtcTime left{};                  // when what arrived then passed the tap
  while (const auto status = reader.next()) {
    if (transport.round_trip && status->sequence_number == feedback.base_sequence_number) {
      transport.round_trip->settle(time, status->sequence_number, status->received);
    }
    Sent& sent = place_of(transport.sent, status->sequence_number);
    if (sent.state == Sent::kFree || sent.number != status->sequence_number || sent.time > time) continue;
    if (status->received && (!newest || status->arrival >= *newest)) {
      newest = status->arrival;
      left = sent.time;
    }
    note_status(transport, sent, {status->received, status->arrival});
  }
  if (newest) note_round_trip(transport, time, left, feedback);
}

void MediaObserver::on_feedback(Side media_sender, UtcTime time,
                                const rtcp::CongestionControlFeedbackView& feedback) {
  Transport& transport = transports_[index(media_sender)];
  transport.quickest += kDriftPerFeedback;
  const Duration report_time = std::chrono::duration_cast<Duration>(
      std::chrono::duration<std::int64_t, std::ratio<1, 65536>>{feedback.report_timestamp});
  rtcp::StreamArrivalsReader streams(feedback.streams);
  while (const auto arrivals = streams.next()) {
    for (Observation& o : observations_) {
      if (o.ssrc == arrivals->ssrc && o.sender == media_sender)
        note_arrivals(transport, o, time, report_time, *arrivals);
    }
  }
}

void MediaObserver::note_arrivals(Transport& transport, Observation& of, UtcTime time, Duration report_time,
                                  const rtcp::StreamArrivals& arrivals) {
  // What was sent before nobody had told that it is worth remembering. Only so many streams are followed.
  if (of.sent.empty() && of.relay->followed()) of.sent.resize(kSentOfStream);
  if (of.sent.empty()) return;
  auto number = static_cast<std::uint16_t>(arrivals.begin_sequence_number - 1);
  for (const rtcp::ArrivalMetric metric : arrivals.metrics) {
    number += 1;
    Sent& sent = place_of(of.sent, number);
    if (sent.state == Sent::kFree || sent.number != number || sent.time > time) continue;
    Told told{metric.received, {}};
    if (metric.received && metric.arrival_time_offset < rtcp::ArrivalMetric::kOverRange) {
      const auto ago = std::chrono::duration_cast<Duration>(
          std::chrono::duration<std::int64_t, std::ratio<1, 1024>>{metric.arrival_time_offset});
      told.arrival = report_time - ago;
      made(transport.round_trip).add_exact(time, std::max(time - sent.time - ago, Duration{}));
    }
    note_status(transport, sent, told);
  }
}

void MediaObserver::note_round_trip(Transport& transport, UtcTime time, UtcTime left,
                                    const rtcp::TransportCcFeedbackView& feedback) {
  const auto number =
      static_cast<std::uint16_t>(feedback.base_sequence_number + feedback.packet_status_count);
  const Sent& next = place_of(transport.sent, number);
  const bool sent =
      next.state != Sent::kFree && next.number == number && next.time >= left && next.time <= time;
  if (sent) {
    made(transport.round_trip).add(time, time - left, time - next.time, number);
  } else {
    made(transport.round_trip).add(time, time - left);
  }
}

void MediaObserver::on_nack(Side media_sender, UtcTime time, const rtcp::GenericNackView& nack) noexcept {
  constexpr unsigned kPackets = 17;  // that one entry can name
  for (Observation& o : observations_) {
    if (!o.playout || o.sender != media_sender || o.ssrc != nack.media_ssrc) continue;
    for (const rtcp::NackEntry entry : nack.entries) {
      for (unsigned i = 0; i < kPackets; ++i) {
        const bool named = i == 0 || (entry.lost_bitmask >> (i - 1) & 1) != 0;
        if (named) o.playout->ask(static_cast<std::uint16_t>(entry.packet_id + i), time);
      }
    }
  }
}

void MediaObserver::note_status(Transport& transport, Sent& sent, const Told& told) noexcept {
  using Kind = PlayoutPacket::Kind;
  Observation& of = observations_[sent.observation];
  const bool first = sent.state == Sent::kWaiting;
  const bool found = sent.state == Sent::kLost && told.received;
  // Said again: reports of RFC 8888 overlap.
  if (!first && !found) return;
  of.feedback.reported += first ? 1 : 0;
  of.feedback.lost += first && !told.received ? 1 : 0;
  of.feedback.lost -= found ? 1 : 0;
  sent.state = told.received ? Sent::kReceived : Sent::kLost;
  PlayoutPacket packet{sent.rtp_timestamp, sent.time, Kind::kArrival, 0, 0, false};
  if (told.received) {
    packet.time = told.arrival ? arrival(transport, sent, *told.arrival) : sent.time + transport.late;
    if (told.arrival) of.headers->add_way(sent.time, *told.arrival - sent.time.time_since_epoch());
    packet.kind = found ? Kind::kFound : of.repeats ? Kind::kRepairArrival : Kind::kArrival;
  } else {
    packet.kind = of.repeats ? Kind::kRepairLost : Kind::kLost;
  }
  if (of.playout) {
    of.playout->add(packet);
  } else if (of.repeats) {
    repair_frame(of.repeats_ssrc ? find(*of.repeats_ssrc, of.sender) : twin_of(of, sent.rtp_timestamp, 0),
                 packet);
  }
}

void MediaObserver::on_key_frame_request(std::uint32_t ssrc, Side media_sender, UtcTime time) {
  if (const Observation* asked = find(ssrc, media_sender)) {
    asked->headers->ask_key_frame(time);
    if (asked->playout) asked->playout->ask_key_frame(time);
    return;
  }
  if (early_requests_.size() >= kEarlyRequests) early_requests_.erase(early_requests_.begin());
  early_requests_.push_back({ssrc, media_sender, time});
}

void MediaObserver::take_early_requests(Observation& of) noexcept {
  const auto meant = [&](const EarlyRequest& r) { return r.ssrc == of.ssrc && r.sender == of.sender; };
  for (const EarlyRequest& request : early_requests_) {
    if (meant(request)) of.headers->ask_key_frame(request.time);
  }
  early_requests_.erase(std::remove_if(early_requests_.begin(), early_requests_.end(), meant),
                        early_requests_.end());
}

void MediaObserver::advance(UtcTime now) noexcept {
  for (Observation& o : observations_) {
    if (o.playout) o.playout->advance(now);
  }
}

void MediaObserver::finish() noexcept {
  for (Observation& o : observations_) {
    if (o.playout) o.playout->finish();
  }
}

std::optional<Duration> MediaObserver::feedback_round_trip(Side media_sender) const noexcept {
  const Transport& transport = transports_[index(media_sender)];
  return transport.round_trip ? transport.round_trip->median() : std::nullopt;
}

void MediaObserver::describe(const ExtensionTable& table) {
  for (Transport& transport : transports_) {
    extensions_of(transport).describe(table);
  }
}

std::pair<std::string_view, std::string_view> MediaObserver::names_of(StreamId stream) const noexcept {
  for (const Observation& o : observations_) {
    if (o.id == stream) return {o.headers->mid(), o.headers->rid()};
  }
  return {};
}

void MediaObserver::fill(StreamReport& report) const noexcept {
  for (const Observation& o : observations_) {
    if (o.id != report.stream) continue;
    report.relay = o.relay->figures();
    report.sampled = report.sampled || !o.relay->followed();
    if (o.plays_video() && !o.repeats) {
      report.playout = o.playout->figures();
      report.received_behind = o.playout->received().behind(report.start);
    }
    const ExtensionIds* ids = transports_[index(o.sender)].extensions.get();
    if (ids != nullptr && ids->knows(rtp::ExtensionKind::kAudioLevel, MediaKind::kAudio)) {
      report.voice = o.voice;
    }
    report.feedback = o.feedback;
    if (report.sampled) continue;
    report.headers = o.headers->figures();
    report.key_frames = o.headers->key_frames();
    if (ids != nullptr) report.headers.extensions = ids->text(o.kind);
  }
}

}  // namespace rtcscope::flows
