#pragma once
// Datagrams that travel on TCP: ICE-TCP (RFC 6544 with the framing of RFC 4571) and TURN over TCP
// (RFC 8656, 3.1: STUN messages and padded ChannelData back to back). Only connections that show a STUN
// message at a segment's start get state; everything else on TCP costs one comparison.

#include <array>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include <tsl/robin_map.h>

#include "base/byte_reader.hpp"
#include "base/net.hpp"
#include "base/time.hpp"
#include "decoders/link/frame.hpp"
#include "flows/canonical_key.hpp"

namespace rtcscope::flows {

enum class TcpFraming : std::uint8_t { kRfc4571, kStun };

struct TcpCounters {
  std::uint64_t segments = 0;
  std::uint64_t framed_units = 0;
  std::uint64_t gaps = 0;  // octets were missing and did not come: framing was lost and found again
  std::uint64_t segments_skipped = 0;  // while framing was lost
  std::uint64_t connections_evicted = 0;
  std::uint64_t waiting_octets = 0;  // now, over all connections: units and holes that are not complete
};

/// One direction of one connection: octets in sequence to framed units. Survives loss, reordering,
/// retransmission and a start in mid-stream, within fixed bounds.
class TcpDirection {
 public:
  // A unit is at most 64 KiB; what waits for a missing segment is bounded by the same.
  static constexpr std::size_t kMaxPending = 64 * 1024;
  static constexpr std::size_t kMaxSegments = 64;
  // Over all connections: what waits beyond this costs its own direction the framing.
  static constexpr std::size_t kMaxWaiting = 64 * 1024 * 1024;

  /// Calls `use(Bytes unit)` for each unit that the segment completes; the bytes live for the call.
  template <class Use>
  void add(std::uint32_t sequence_number, Bytes payload, TcpFraming framing, TcpCounters& counters, Use use) {
    if (!in_sync_) synchronise(sequence_number, payload, framing);
    if (!in_sync_) {
      counters.segments_skipped += 1;
      return;
    }
    accept(sequence_number, payload, counters);
    std::size_t taken = 0;
    while (const auto size = unit_size(Bytes{buffer_}.subspan(taken), framing)) {
      const std::size_t header = framing == TcpFraming::kRfc4571 ? 2 : 0;
      counters.framed_units += 1;
      use(Bytes{buffer_}.subspan(taken + header, size->content));
      taken += size->whole;
    }
    // Once: a segment full of tiny units must not move the rest of itself for each.
    buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(taken));
    account(counters);
  }

  /// The direction goes: what waited in it is no more.
  void release(TcpCounters& counters) noexcept { counters.waiting_octets -= accounted_; }

 private:
  struct UnitSize {
    std::size_t content;  // octets of the datagram
    std::size_t whole;    // with header and padding
  };

  void synchronise(std::uint32_t sequence_number, Bytes payload, TcpFraming framing);
  void accept(std::uint32_t sequence_number, Bytes payload, TcpCounters& counters);
  void append(std::uint32_t sequence_number, Bytes payload);
  void drain();
  void lose_sync(TcpCounters& counters);
  void account(TcpCounters& counters);
  [[nodiscard]] static std::optional<UnitSize> unit_size(Bytes stream, TcpFraming framing);

  bool in_sync_ = false;
  std::uint32_t next_ = 0;         // sequence number of the octet after buffer_
  std::vector<std::byte> buffer_;  // in sequence, not yet a whole unit
  std::map<std::uint32_t, std::vector<std::byte>>
      early_;  // segments behind a hole, by offset from next_ at arrival
  std::size_t early_octets_ = 0;
  std::size_t accounted_ = 0;  // of waiting_octets
};

/// Both directions of every connection that carries WebRTC.
class TcpTable {
 public:
  static constexpr std::size_t kMaxConnections = 4096;

  explicit TcpTable(std::uint64_t hash_seed) : connections_(0, SeededKeyHash{hash_seed}) {}

  /// Calls `use(TcpFraming, Bytes unit)` for each framed unit that the segment completes.
  template <class Use>
  void add(const link::DatagramView& segment, Use use) {
    Connection* connection = find_or_create(segment);
    if (connection == nullptr) return;
    counters_.segments += 1;
    const bool forward = segment.five_tuple.source < segment.five_tuple.destination;
    const TcpFraming framing = connection->framing;
    connection->directions[forward ? 0 : 1].add(segment.tcp->sequence_number, segment.payload, framing,
                                                counters_, [&](Bytes unit) { use(framing, unit); });
  }

  [[nodiscard]] const TcpCounters& counters() const noexcept { return counters_; }
  [[nodiscard]] std::size_t size() const noexcept { return connections_.size(); }

 private:
  struct Connection {
    TcpFraming framing{};
    std::array<TcpDirection, 2> directions;
    std::list<CanonicalKey>::iterator recency;
  };

  Connection* find_or_create(const link::DatagramView& segment);

  tsl::robin_map<CanonicalKey, std::unique_ptr<Connection>, SeededKeyHash> connections_;
  std::list<CanonicalKey> recency_;  // longest silent first
  TcpCounters counters_;
};

}  // namespace rtcscope::flows
