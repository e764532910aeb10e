#include "flows/media_observer.hpp"

#include <algorithm>

namespace rtcscope::flows {
namespace {

// Between two packets of audio at most this much is talk or silence; DTX sends one each 400 ms.
constexpr Duration kLongestVoice = std::chrono::milliseconds{500};
// What comes later than this is no delay of the way but a jump of a clock.
constexpr Duration kLongestWay = std::chrono::seconds{5};
// 300 ppm of drift between the two clocks, at ten reports a second.
constexpr Duration kDriftPerFeedback = std::chrono::microseconds{30};

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
    o.relay =
        std::make_unique<RelayTrack>(relays_, stream.id, stream.ssrc, flow.endpoint(stream.sender).address,
                                     flow.endpoint(other(stream.sender)).address);
  }
  return last_;
}

void MediaObserver::on_rtp(const FlowKey& flow, const ObservedStream& stream, UtcTime time,
                           const rtp::RtpPacketView& packet, std::uint32_t wire_bytes,
                           bool feedback_readable) {
  const std::size_t place = observation_of(flow, stream);
  Observation& of = observations_[place];
  const TypingFacts& typing = stream.typing;
  of.repeats = typing.role != MediaRole::kPrimary;
  of.repeats_ssrc = typing.repeats_ssrc.value_or(0);
  Transport& transport = transports_[index(stream.sender)];
  const ExtensionIds::Values values = transport.extensions.read(packet, typing.kind);
  if (values.audio_level) note_voice(of, time, *values.audio_level);
  if (values.transport_sequence && feedback_readable) {
    if (!transport.sent) transport.sent = std::make_unique<std::array<Sent, kSent>>();
    (*transport.sent)[*values.transport_sequence % kSent] = {
        time, packet.rtp_timestamp, *values.transport_sequence, static_cast<std::uint16_t>(place),
        Sent::kWaiting};
  }
  if (packet.has_padding || !of.relay->followed()) return;
  if (of.repeats || typing.kind == MediaKind::kUnknown) {
    delay_frame(of, packet.rtp_timestamp, time);
    return;
  }
  relays_.add(*of.relay, time, packet, wire_bytes);
  if (typing.kind != MediaKind::kVideo) return;
  if (!of.playout) of.playout = std::make_unique<PlayoutModel>();
  of.playout->add(packet.rtp_timestamp, time, true);
}

/// A frame of the stream, or of the one it repeats, is not whole before `until`. A stream of which nothing is
/// known yet may be a retransmission's: its timestamp tells whose.
void MediaObserver::delay_frame(const Observation& of, std::uint32_t rtp_timestamp, UtcTime until) noexcept {
  for (Observation& o : observations_) {
    const bool meant = !of.repeats || o.ssrc == of.repeats_ssrc;
    if (o.playout && o.sender == of.sender && meant) o.playout->add(rtp_timestamp, until, false);
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
  return sent.time + (way - transport.quickest);
}

void MediaObserver::on_feedback(Side media_sender, UtcTime time,
                                const rtcp::TransportCcFeedbackView& feedback) {
  Transport& transport = transports_[index(media_sender)];
  if (!transport.sent) return;
  transport.quickest += kDriftPerFeedback;
  rtcp::PacketStatusReader reader(feedback);
  while (const auto status = reader.next()) {
    Sent& sent = (*transport.sent)[status->sequence_number % kSent];
    if (sent.state == Sent::kFree || sent.number != status->sequence_number || sent.time > time) continue;
    Observation& of = observations_[sent.observation];
    if (sent.state == Sent::kWaiting) {
      of.feedback.reported += 1;
      of.feedback.lost += status->received ? 0 : 1;
    } else if (sent.state == Sent::kLost && status->received) {
      of.feedback.lost -= 1;
    }
    if (sent.state != Sent::kReceived) sent.state = status->received ? Sent::kReceived : Sent::kLost;
    if (status->received) {
      const UtcTime came = arrival(transport, sent, status->arrival);
      if (of.playout) {
        of.playout->add(sent.rtp_timestamp, came, false);
      } else if (of.repeats) {
        delay_frame(of, sent.rtp_timestamp, came);
      }
    }
  }
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

void MediaObserver::fill(StreamReport& report) const noexcept {
  for (const Observation& o : observations_) {
    if (o.id != report.stream) continue;
    report.relay = o.relay->figures();
    report.sampled = report.sampled || !o.relay->followed();
    if (o.playout) report.playout = o.playout->figures();
    if (transports_[index(o.sender)].extensions.knows_audio_level()) report.voice = o.voice;
    report.feedback = o.feedback;
  }
}

}  // namespace rtcscope::flows
