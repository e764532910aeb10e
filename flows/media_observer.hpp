#pragma once
// What of a flow's media takes every packet, its header extensions or the receiver's feedback to know:
// playout at the receiver, pairs across the media server, talk. The meter (base/rtp_meter.h) knows nothing of
// it, and where packets are only sampled it has to stay silent.

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "decoders/rtcp/congestion_control_feedback.hpp"
#include "decoders/rtcp/generic_nack.hpp"
#include "decoders/rtcp/sender_report.hpp"
#include "decoders/rtcp/transport_cc_feedback.hpp"
#include "decoders/rtp/rtp_packet.hpp"
#include "flows/extension_ids.hpp"
#include "flows/feedback_round_trip.hpp"
#include "flows/header_reader.hpp"
#include "flows/playout_model.hpp"
#include "flows/relay_tracker.hpp"
#include "flows/report.hpp"
#include "flows/sender_clock.hpp"
#include "flows/speech_delay.hpp"

namespace rtcscope::flows {

/// The stream that a packet belongs to, as far as it is known.
struct ObservedStream {
  StreamId id;
  std::uint32_t ssrc = 0;
  Side sender = Side::kA;
  TypingFacts typing;
};

class MediaObserver {
 public:
  explicit MediaObserver(RelayTracker& relays) noexcept : relays_(relays) {}

  /// One packet of a stream that was shown. `feedback_readable`: RTCP may be opened, so what feedback will
  /// refer to is worth remembering.
  void on_rtp(const FlowKey& flow, const ObservedStream& stream, UtcTime time,
              const rtp::RtpPacketView& packet, std::uint32_t wire_bytes, bool feedback_readable);
  /// Before the others: what the packet before them said, when nothing showed yet that this is a stream.
  void on_first_rtp(const FlowKey& flow, const ObservedStream& stream, UtcTime time,
                    const rtp::RtpPacketView& packet);
  /// One packet of an SSRC that did not show that it is a stream: the first retransmission may be it. True
  /// where it has the timestamp of one frame of late, of one stream.
  bool on_unproved(Side sender, UtcTime time, const rtp::RtpPacketView& packet,
                   std::uint32_t wire_bytes) noexcept;
  /// What the other side says about packets that `media_sender` sent.
  void on_feedback(Side media_sender, UtcTime time, const rtcp::TransportCcFeedbackView& feedback);
  void on_feedback(Side media_sender, UtcTime time, const rtcp::CongestionControlFeedbackView& feedback);
  void on_sender_report(Side sender, const rtcp::SenderReportView& report);
  /// The other side asks for packets that `media_sender` sent.
  void on_nack(Side media_sender, UtcTime time, const rtcp::GenericNackView& nack) noexcept;
  /// The other side asked `media_sender` for a key frame.
  void on_key_frame_request(std::uint32_t ssrc, Side media_sender, UtcTime time);
  void advance(UtcTime now) noexcept;
  void finish() noexcept;
  /// mid and rid that packets of the stream carry; empty: none.
  [[nodiscard]] std::pair<std::string_view, std::string_view> names_of(StreamId stream) const noexcept;
  /// What the ids of header extensions mean, by the descriptions of both sides.
  void describe(const ExtensionTable& table);
  /// The stream of `sender` whose RTP timestamps this one repeats exactly, packet by packet (RFC 4588, 4).
  [[nodiscard]] std::optional<std::uint32_t> repeated_by(std::uint32_t ssrc, Side sender) const noexcept;
  /// The stream of `sender` that this one repairs by the names that both carry: its repaired-rid is the
  /// other's rid (RFC 8852, 3.2); or it has sent nothing but padding, and there is one stream of video in its
  /// mid (RFC 9143, 15). `only_padding`: the latter.
  [[nodiscard]] std::optional<std::uint32_t> repaired_by_name(std::uint32_t ssrc, Side sender,
                                                              bool only_padding) const noexcept;
  /// From the tap to who tells what came of `media_sender`'s packets, and back: the median, by seconds.
  [[nodiscard]] std::optional<Duration> feedback_round_trip(Side media_sender) const noexcept;
  /// Adds what is known of the report's stream.
  void fill(StreamReport& report) const noexcept;

 private:
  struct Speech {
    SpeechDelay delay;
    UtcTime began{};
    UtcTime told{};  // to the pictures beside it
    std::uint32_t rtp_timestamp = 0;
    std::int64_t ticks = 0;  // since the first packet
  };
  struct Sent {
    UtcTime time{};
    std::uint32_t rtp_timestamp = 0;
    std::uint16_t number = 0;
    std::uint16_t observation = 0;
    enum : std::uint8_t { kFree, kWaiting, kLost, kReceived } state = kFree;
  };
  /// By the number's lowest bits. Powers of two: half a second at 2000 packets a second of a transport, and
  /// at 500 of a stream; feedback comes sooner.
  using SentPackets = std::vector<Sent>;
  static constexpr std::size_t kSentOfTransport = 1024;
  static constexpr std::size_t kSentOfStream = 256;
  /// What a receiver says of one packet; when it came, on its own clock, where it says it.
  struct Told {
    bool received = false;
    std::optional<Duration> arrival;
  };
  struct Observation {
    StreamId id;
    std::uint32_t ssrc = 0;
    Side sender = Side::kA;
    std::uint8_t payload_type = 0;
    std::uint16_t highest = 0;  // sequence number
    std::optional<std::uint32_t> repeats_ssrc;
    bool repeats = false;
    MediaKind kind = MediaKind::kUnknown;
    std::unique_ptr<HeaderReader> headers;
    std::uint32_t twin_ssrc = 0;  // a video stream that has the timestamps of this one's packets
    std::uint16_t twin_hits = 0;
    std::uint16_t twin_looks = 0;
    std::unique_ptr<RelayTrack> relay;
    std::unique_ptr<PlayoutModel> playout;
    std::unique_ptr<Speech> speech;
    VoiceFigures voice;
    UtcTime last_voice{};
    FeedbackFigures feedback;
    SentPackets sent;                    // by RTP sequence number; empty until feedback names one
    std::unique_ptr<SenderClock> clock;  // from the first SR on
    UtcTime newest{};                    // its last packet
    std::uint32_t newest_timestamp = 0;
    UtcTime heard{};  // its last packet when lips were put in step

    [[nodiscard]] bool plays_video() const noexcept { return playout && kind == MediaKind::kVideo; }
  };
  struct Transport {
    std::unique_ptr<ExtensionIds> extensions;  // made when there is something to know: few flows are media
    SentPackets sent;                          // empty until there is feedback to expect
    std::unique_ptr<FeedbackRoundTrip> round_trip;  // from the first feedback on
    Duration quickest{};                            // least difference of the two clocks
    Duration late{};  // how much longer than that the way of the last packet was
    bool started = false;
  };

  std::size_t observation_of(const FlowKey& flow, const ObservedStream& stream);
  static Sent& place_of(SentPackets& packets, std::uint16_t number) noexcept {
    return packets[number & (packets.size() - 1)];
  }
  void play(Observation& of, PlayoutPacket packet);
  [[nodiscard]] const Observation* find(std::uint32_t ssrc, Side sender) const noexcept;
  static ExtensionIds& extensions_of(Transport& transport);
  static rtp::RtpExtensions read_extensions(Transport& transport, const rtp::RtpPacketView& packet,
                                            MediaKind kind, UtcTime time);
  void take_early_requests(Observation& of) noexcept;
  static bool names_as_repaired(const Observation& repair, const Observation& original, bool only_padding);
  static void repair_frame(const Observation* original, const PlayoutPacket& packet) noexcept;
  [[nodiscard]] const Observation* twin_of(const Observation& self, std::uint32_t rtp_timestamp,
                                           std::uint32_t wire_bytes) const noexcept;
  const Observation* look_for_twin(Observation& of, std::uint32_t rtp_timestamp,
                                   std::uint32_t wire_bytes) const noexcept;
  void note_speech(Observation& of, UtcTime time, std::uint32_t rtp_timestamp, std::uint32_t clock_rate_hz);
  void tell_speech(Observation& of, UtcTime time) noexcept;
  [[nodiscard]] static std::optional<double> relative_ms(const Observation& video,
                                                         const Observation& speech) noexcept;
  void note_voice(Observation& of, UtcTime time, const rtp::AudioLevel& level) noexcept;
  static void note_round_trip(Transport& transport, UtcTime time, UtcTime left,
                              const rtcp::TransportCcFeedbackView& feedback);
  void note_status(Transport& transport, Sent& sent, const Told& told) noexcept;
  void note_arrivals(Transport& transport, Observation& of, UtcTime time, Duration report_time,
                     const rtcp::StreamArrivals& arrivals);
  [[nodiscard]] UtcTime arrival(Transport& transport, const Sent& sent, Duration receiver_clock) noexcept;

  /// A request for a key frame of a stream that has not shown itself yet.
  struct EarlyRequest {
    std::uint32_t ssrc = 0;
    Side sender = Side::kA;
    UtcTime time{};
  };
  static constexpr std::size_t kEarlyRequests = 32;

  RelayTracker& relays_;
  std::vector<Observation> observations_;
  std::vector<EarlyRequest> early_requests_;  // oldest first
  std::size_t last_ = 0;
  std::array<Transport, 2> transports_;
};

}  // namespace rtcscope::flows
