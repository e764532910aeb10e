#pragma once
// When a receiver would have shown the frames of a video stream, and where it froze: the packets of a frame
// as they left the tap, late ones and retransmissions included, through a model of libwebrtc's jitter buffer.

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/time.hpp"
#include "flows/capture_line.hpp"
#include "flows/jitter_estimate.hpp"
#include "flows/lip_sync.hpp"
#include "flows/received_frames.hpp"
#include "flows/report.hpp"

namespace rtcscope::flows {

/// One packet as the model takes it: where its frame belongs, and what it was.
struct PlayoutPacket {
  enum class Kind : std::uint8_t {
    kInOrder,        // of the stream itself: it may start a frame
    kLate,           // behind a higher sequence number: it was asked for again
    kRepair,         // of a retransmission stream
    kArrival,        // seen before: the receiver says when it came
    kLost,           // seen before: the receiver says that it did not come
    kRepairArrival,  // the same two of a retransmission
    kRepairLost,
    kFound,  // said to be lost before, and came after all
  };
  std::uint32_t rtp_timestamp = 0;
  UtcTime time{};  // when it reached the receiver, not counting the constant part of the way
  Kind kind = Kind::kInOrder;
  std::uint32_t bytes = 0;
  std::uint16_t sequence = 0;  // of the stream itself: in order or late
  bool oriented = false;       // says how the picture is turned
};

class PlayoutModel {
 public:
  using Kind = PlayoutPacket::Kind;

  /// A frame is whole when its last packet is there.
  void add(const PlayoutPacket& packet) noexcept;
  /// A packet of the stream without a frame: padding.
  void pass(std::uint16_t sequence) noexcept;
  /// Once a second: how long the receiver's speech buffer holds what belongs to these pictures, and how much
  /// longer these were on their way from capture to arrival.
  /// Returns how long speech is held at least then.
  double hear(double speech_ms, double relative_ms) noexcept;
  /// The receiver asks for this packet (again).
  void ask(std::uint16_t sequence, UtcTime time) noexcept;
  /// The receiver asks for a key frame.
  void ask_key_frame(UtcTime time) noexcept { asked_key_frame_ = std::max(asked_key_frame_, time); }
  /// A frame with this RTP timestamp began in the last 2.5 seconds.
  [[nodiscard]] bool waits_for(std::uint32_t rtp_timestamp) const noexcept;
  /// False when no packet of that frame had so many octets, as far as that is remembered.
  [[nodiscard]] bool may_have_sent(std::uint32_t rtp_timestamp, std::uint32_t bytes) const noexcept;
  /// Shows what had its 2.5 seconds for late packets.
  void advance(UtcTime now) noexcept;
  /// The stream is over: shows all.
  void finish() noexcept;

  [[nodiscard]] const PlayoutFigures& figures() const noexcept { return figures_; }
  /// Frames that the receiver had whole by its own word, by second.
  [[nodiscard]] const ReceivedFrames& received() const noexcept { return received_; }

 private:
  struct Frame {
    std::uint32_t rtp_timestamp = 0;
    UtcTime started{};
    UtcTime whole{};
    std::uint32_t bytes = 0;
    std::uint32_t first_bytes = 0;  // of its first packet by the tap
    std::int16_t missing = 0;    // packets that the receiver did not get, less those that were sent again
    std::int16_t gap = 0;        // packets before this frame's end that did not come by the tap
    bool retransmitted = false;  // in part, or came late as a whole
    bool oriented = false;
    std::uint16_t sent = 0;     // packets of its own by the tap
    std::uint16_t arrived = 0;  // of them, by the receiver's word
    UtcTime complete{};         // when the newest of those arrived
    std::uint16_t first = 0;    // sequence numbers of its packets
    std::uint16_t last = 0;
    UtcTime asked{};  // when the receiver asked for one of them, newest
  };
  /// Sequence numbers that did not come by the tap, and the first frame behind them that did.
  struct Gap {
    std::uint16_t first = 0;
    std::uint16_t count = 0;  // 0: no gap
    std::uint32_t rtp_timestamp = 0;
  };
  static constexpr std::size_t kPending = 128;  // a power of two: two seconds at 60 frames a second
  static constexpr std::size_t kIntervals = 30;
  static constexpr std::size_t kGaps = 32;

  [[nodiscard]] Frame& pending(std::size_t back) noexcept { return frames_[(next_ - 1 - back) % kPending]; }
  /// How many waiting frames are newer; next_ - shown_ when none has this timestamp.
  [[nodiscard]] std::size_t place_of(std::uint32_t rtp_timestamp) const noexcept;
  [[nodiscard]] Frame* find(std::uint32_t rtp_timestamp) noexcept;
  /// What a frame needs, by what the receiver did after one was lost: codecs say it inside of SRTP only.
  enum class Needs : std::uint8_t {
    kUnknown,
    kAllBefore,   // it asked for a key frame
    kSomeBefore,  // it did not: there are temporal layers
  };

  enum class Fate : std::uint8_t { kDecoded, kLost, kDoubtful };

  void place(const PlayoutPacket& packet) noexcept;
  void start(const PlayoutPacket& packet, std::size_t newer) noexcept;
  void extend(Frame& frame, const PlayoutPacket& packet) noexcept;
  void note_gap(const PlayoutPacket& packet) noexcept;
  [[nodiscard]] Gap* gap_of(std::uint16_t sequence) noexcept;
  void fill(Gap& gap, std::uint16_t sequence) noexcept;
  void move_gaps(std::uint16_t before, std::uint32_t from, Frame& to) noexcept;
  void show_oldest() noexcept;
  void count_received(const Frame& frame) noexcept;
  void show(const Frame& frame) noexcept;
  void stand(const Frame& frame) noexcept;
  [[nodiscard]] bool is_pause(UtcTime next) const noexcept;
  [[nodiscard]] Fate fate_of(const Frame& frame) noexcept;
  [[nodiscard]] bool recovers(const Frame& frame, bool key) noexcept;
  void learn_needs(const Frame& frame) noexcept;
  [[nodiscard]] bool passed_by(const Frame& frame) const noexcept;
  [[nodiscard]] bool marks_key_frames() const noexcept;
  [[nodiscard]] bool is_key(const Frame& frame) const noexcept;
  [[nodiscard]] bool overtaken(const Frame& frame) const noexcept;
  [[nodiscard]] double released_ms(const Frame& frame, double own_ms) noexcept;
  void follow_delay(double late_ms) noexcept;
  void judge(double interval_ms) noexcept;

  std::array<Frame, kPending> frames_{};
  std::size_t next_ = 0;   // frames so far
  std::size_t shown_ = 0;  // of them
  std::array<Gap, kGaps> gaps_{};
  std::size_t gap_count_ = 0;
  std::uint16_t highest_ = 0;  // sequence number
  bool counting_ = false;      // it is known
  PlayoutFigures figures_;
  ReceivedFrames received_;
  UtcTime last_received_{};
  UtcTime last_started_{};  // of the newest frame that is gone by and of which something came, shown or not
  UtcTime told_{};          // start of the newest frame of which it has told
  bool untold_ = false;     // frames went by of which it did not tell, and nothing since
  bool paused_ = false;     // nothing came for so long that it is no freeze
  bool broken_ = false;     // a frame is missing on which later ones depend
  bool said_ = false;       // the receiver itself said so
  UtcTime whole_since_{};   // frames are whole again, while it is broken
  UtcTime broken_since_{};
  UtcTime waits_since_{};  // something came, while it is broken
  UtcTime asked_key_frame_{};
  Needs needs_ = Needs::kUnknown;
  std::uint64_t perhaps_doubtful_ = 0;  // until that is known
  double mean_bytes_ = 0;
  std::uint32_t started_ = 0;  // frames, up to a limit
  std::uint32_t oriented_ = 0;
  UtcTime origin_{};
  std::uint32_t last_timestamp_ = 0;
  std::int64_t ticks_ = 0;  // of the last frame shown, since the first
  CaptureLine line_;
  JitterEstimate jitter_;
  LipSync sync_;
  double hold_ms_ = -1;       // how long frames are held after they were due; none yet
  double last_whole_ms_ = 0;  // frames are decoded in order: not before this
  double last_own_ms_ = 0;    // of the last frame that was not retransmitted
  std::int64_t last_own_ticks_ = 0;
  double last_release_ms_ = 0;
  std::array<double, kIntervals> intervals_{};
  std::size_t intervals_seen_ = 0;
};

}  // namespace rtcscope::flows
