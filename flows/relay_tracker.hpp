#pragma once
// Which stream a media server made of which: the same frames and sizes come in on one flow and go out on
// others, with SSRC, sequence numbers and timestamps rewritten. From a pair follow the server's forwarding
// delay, and whether a gap in what it sends was there before it.

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include <tsl/robin_map.h>

#include "decoders/rtp/rtp_packet.hpp"
#include "flows/log_histogram.hpp"
#include "flows/report.hpp"

namespace rtcscope::flows {

class RelayTracker;

/// One stream's part in the pairing. Lives no longer than its tracker.
class RelayTrack {
 public:
  /// `from` and `to`: the addresses between which its packets travel.
  RelayTrack(RelayTracker& tracker, StreamId stream, std::uint32_t ssrc, const IpAddress& from,
             const IpAddress& to);
  ~RelayTrack();
  RelayTrack(const RelayTrack&) = delete;
  RelayTrack& operator=(const RelayTrack&) = delete;

  [[nodiscard]] RelayFigures figures() const noexcept;
  /// False: so many streams are followed already that there is no room for this one.
  [[nodiscard]] bool followed() const noexcept { return followed_; }

 private:
  friend class RelayTracker;
  static constexpr std::size_t kRun = 8;        // packets of a fingerprint
  static constexpr std::size_t kHistory = 512;  // packets remembered of a source

  struct Shape {
    std::uint32_t rtp_timestamp = 0;
    std::uint32_t payload_bytes = 0;
    bool marker = false;
  };
  struct Passed {
    UtcTime time{};
    std::uint32_t rtp_timestamp = 0;
    std::uint16_t sequence_number = 0;
  };
  using History = std::array<Passed, kHistory>;

  RelayTracker& tracker_;
  StreamId stream_;
  IpAddress from_;
  IpAddress to_;
  std::uint32_t ssrc_;
  std::uint16_t highest_ = 0;
  bool started_ = false;
  bool followed_ = false;
  std::array<Shape, kRun> run_{};
  std::size_t run_length_ = 0;        // packets in sequence so far
  std::unique_ptr<History> history_;  // of a source: made when the first copy is found
  // Of a copy: whose, and by how much its numbers differ.
  StreamId source_;  // invalid: not paired (any more)
  StreamId candidate_;
  std::uint32_t timestamp_offset_ = 0;
  std::uint16_t sequence_offset_ = 0;
  unsigned votes_ = 0;
  unsigned misses_ = 0;
  RelayFigures figures_;
  std::unique_ptr<LogHistogram> delays_;
};

/// Finds and follows the pairs of one media host. Bounded: a table of fixed size, one history a source.
class RelayTracker {
 public:
  /// What is kept of a stream packet by packet takes up to 13 KB: 210 MB for so many.
  static constexpr std::size_t kMaxTracks = 16'384;

  explicit RelayTracker(std::uint64_t hash_seed) : seed_(hash_seed), tracks_(0), seen_(kSeen) {}

  /// The next packet of the stream. Padding-only packets are no media and are left out by the caller.
  void add(RelayTrack& track, UtcTime time, const rtp::RtpPacketView& packet, std::uint32_t wire_bytes);

 private:
  friend class RelayTrack;
  /// Eight packets in a row of a stream: the first to show them is the source.
  struct Seen {
    std::uint64_t fingerprint = 0;
    StreamId stream;
    UtcTime time{};
    std::uint32_t rtp_timestamp = 0;
    std::uint16_t sequence_number = 0;
  };
  static constexpr std::size_t kSeen = 1 << 14;

  void follow(RelayTrack& copy, UtcTime time, const rtp::RtpPacketView& packet);
  void count_gap(RelayTrack& copy, const RelayTrack& source, std::uint16_t sequence_number) noexcept;
  void vote(RelayTrack& track, UtcTime time, const rtp::RtpPacketView& packet);
  void pair(RelayTrack& copy, RelayTrack& source);
  [[nodiscard]] std::optional<std::uint64_t> fingerprint(const RelayTrack& track) const noexcept;
  [[nodiscard]] RelayTrack* find(StreamId stream) noexcept;

  std::uint64_t seed_;
  tsl::robin_map<std::uint64_t, RelayTrack*> tracks_;
  std::vector<Seen> seen_;
};

}  // namespace rtcscope::flows
