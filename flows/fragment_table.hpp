#pragma once
// Puts fragmented IP packets together (RFC 791, 3.2; RFC 8200, 4.5) in a fixed pool: what comes in pieces
// costs no more memory than the pool, whoever sends the pieces.

#include <array>
#include <cstdint>
#include <memory>
#include <optional>

#include "base/byte_reader.hpp"
#include "base/net.hpp"
#include "base/time.hpp"
#include "decoders/link/frame.hpp"

namespace rtcscope::flows {

struct FragmentCounters {
  std::uint64_t fragments = 0;
  std::uint64_t reassembled = 0;  // packets that became whole
  std::uint64_t malformed = 0;    // empty, no multiple of eight, past the end, or two ends
  std::uint64_t overlapping = 0;  // packets given up: pieces overlap (RFC 5722, 3; RFC 8200, 4.5)
  std::uint64_t too_long = 0;     // packets given up: over the pool's size of a packet
  std::uint64_t too_many_pieces = 0;
  std::uint64_t expired = 0;  // packets that stayed incomplete for 30 s
  std::uint64_t evicted = 0;  // packets that a newer one pushed out of the pool
};

class FragmentTable {
 public:
  // A datagram of WebRTC is at most an MTU and a half; the rest is room for jumbo frames in tunnels.
  static constexpr std::uint32_t kMaxOctets = 16 * 1024;
  static constexpr std::size_t kMaxPieces = 24;
  // Sets of ways, as in a cache: a piece is looked for in one set only, and in it the oldest gives way.
  static constexpr std::size_t kSets = 64;
  static constexpr std::size_t kWays = 8;
  static constexpr Duration kTimeout = std::chrono::seconds{30};

  /// `hash_seed` must not be known to who sends the packets.
  explicit FragmentTable(std::uint64_t hash_seed) noexcept : seed_(hash_seed) {}

  /// A packet that a piece made whole.
  struct Whole {
    std::uint8_t protocol = 0;  // of the first piece
    Bytes payload;              // its captured front; lives until the next call of add()
    std::uint32_t wire_length = 0;
  };

  /// The packet that this piece completes; nullopt while pieces are missing or when it was refused.
  std::optional<Whole> add(UtcTime time, std::uint32_t interface_index, const link::FragmentView& piece);

  [[nodiscard]] const FragmentCounters& counters() const noexcept { return counters_; }
  /// Octets that the pool takes: all of it from the first piece on.
  [[nodiscard]] std::size_t octets() const noexcept;

 private:
  struct Key {
    IpAddress source;
    IpAddress destination;
    std::uint32_t identification = 0;
    std::uint32_t interface_index = 0;
    std::uint32_t path = 0;     // copies on two ways to the tap are two packets
    std::uint8_t protocol = 0;  // IPv4 only (RFC 791, 3.2)

    friend bool operator==(const Key&, const Key&) = default;
  };
  struct Piece {
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
    std::uint32_t captured_end = 0;  // below end: the snap length cut the rest
  };
  struct Slot {
    bool used = false;
    bool refused = false;  // kept until it expires, so that later pieces find it refused
    Key key;
    UtcTime first{};
    std::uint32_t total = 0;  // 0: the last piece did not come yet
    std::uint32_t received = 0;
    std::uint8_t protocol = 0;
    std::size_t piece_count = 0;
    std::array<Piece, kMaxPieces> pieces{};
  };

  static Key key_of(std::uint32_t interface_index, const link::FragmentView& piece) noexcept;
  [[nodiscard]] std::size_t set_of(const Key& key) const noexcept;
  std::size_t find_or_take(const Key& key, UtcTime time) noexcept;
  bool well_formed(const link::FragmentView& piece) noexcept;
  bool accept(Slot& slot, const Piece& piece, bool more) noexcept;
  std::optional<Whole> finish(Slot& slot, std::byte* octets) noexcept;

  std::uint64_t seed_;
  std::unique_ptr<std::array<Slot, kSets * kWays>> slots_;  // made with the first piece
  std::unique_ptr<std::byte[]> octets_;
  FragmentCounters counters_;
};

}  // namespace rtcscope::flows
