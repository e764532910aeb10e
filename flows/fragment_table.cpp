#include "flows/fragment_table.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <cstring>

namespace rtcscope::flows {

FragmentTable::Key FragmentTable::key_of(std::uint32_t interface_index,
                                         const link::FragmentView& piece) noexcept {
  Key key;
  key.source = piece.packet.five_tuple.source.address;
  key.destination = piece.packet.five_tuple.destination.address;
  key.identification = piece.identification;
  key.interface_index = interface_index;
  key.path = piece.packet.path;
  // RFC 8200, 4.5: only the first piece's next header counts.
  if (key.source.family == IpFamily::kV4) key.protocol = piece.protocol;
  return key;
}

std::size_t FragmentTable::set_of(const Key& key) const noexcept {
  std::array<std::uint8_t, 45> octets;
  std::memcpy(octets.data(), key.source.octets.data(), 16);
  std::memcpy(octets.data() + 16, key.destination.octets.data(), 16);
  std::memcpy(octets.data() + 32, &key.identification, 4);
  std::memcpy(octets.data() + 36, &key.interface_index, 4);
  std::memcpy(octets.data() + 40, &key.path, 4);
  octets[44] = key.protocol;
  return XXH3_64bits_withSeed(octets.data(), octets.size(), seed_) % kSets;
}

// The slot of the packet: the one it has, a free or an expired one, else the oldest of the set.
std::size_t FragmentTable::find_or_take(const Key& key, UtcTime time) noexcept {
  const std::size_t first = set_of(key) * kWays;
  std::size_t victim = first;
  for (std::size_t i = first; i < first + kWays; ++i) {
    Slot& slot = (*slots_)[i];
    if (slot.used && time - slot.first > kTimeout) {
      slot.used = false;
      if (!slot.refused) counters_.expired += 1;
    }
    if (slot.used && slot.key == key) return i;
    const Slot& worst = (*slots_)[victim];
    if (worst.used && (!slot.used || slot.first < worst.first)) victim = i;
  }
  Slot& slot = (*slots_)[victim];
  if (slot.used && !slot.refused) counters_.evicted += 1;
  slot = Slot{};
  slot.used = true;
  slot.key = key;
  slot.first = time;
  return victim;
}

// RFC 8200, 4.5: all but the last piece are multiples of eight octets, and no packet passes 65535.
bool FragmentTable::well_formed(const link::FragmentView& piece) noexcept {
  const bool fits = piece.wire_length != 0 && piece.offset + piece.wire_length <= 0xffff &&
                    (!piece.more || piece.wire_length % 8 == 0);
  if (!fits) counters_.malformed += 1;
  return fits;
}

/// False: nothing more to do for this piece. A repeated piece is no fault (RFC 8200, 4.5).
bool FragmentTable::accept(Slot& slot, const Piece& piece, bool more) noexcept {
  if (slot.refused) return false;
  std::uint64_t* fault = nullptr;
  for (std::size_t i = 0; i < slot.piece_count && fault == nullptr; ++i) {
    const Piece& known = slot.pieces[i];
    if (known.begin == piece.begin && known.end == piece.end) return false;
    if (piece.begin < known.end && known.begin < piece.end) fault = &counters_.overlapping;
    if (!more && known.end > piece.end) fault = &counters_.malformed;
  }
  const bool past_the_end = slot.total != 0 && (piece.end > slot.total || !more);
  if (fault == nullptr && past_the_end) fault = &counters_.malformed;
  if (fault == nullptr && piece.end > kMaxOctets) fault = &counters_.too_long;
  if (fault == nullptr && slot.piece_count == kMaxPieces) fault = &counters_.too_many_pieces;
  if (fault != nullptr) {
    *fault += 1;
    slot.refused = true;
    return false;
  }
  slot.pieces[slot.piece_count++] = piece;
  slot.received += piece.end - piece.begin;
  if (!more) slot.total = piece.end;
  return true;
}

std::optional<FragmentTable::Whole> FragmentTable::finish(Slot& slot, std::byte* octets) noexcept {
  std::sort(slot.pieces.begin(), slot.pieces.begin() + static_cast<std::ptrdiff_t>(slot.piece_count),
            [](const Piece& a, const Piece& b) { return a.begin < b.begin; });
  std::uint32_t captured = 0;
  for (std::size_t i = 0; i < slot.piece_count && slot.pieces[i].begin == captured; ++i) {
    captured = slot.pieces[i].captured_end;
  }
  slot.used = false;
  counters_.reassembled += 1;
  return Whole{slot.protocol, Bytes(octets, captured), slot.total};
}

std::optional<FragmentTable::Whole> FragmentTable::add(UtcTime time, std::uint32_t interface_index,
                                                       const link::FragmentView& piece) {
  counters_.fragments += 1;
  if (!well_formed(piece)) return std::nullopt;
  if (!slots_) {
    slots_ = std::make_unique<std::array<Slot, kSets * kWays>>();
    octets_.reset(new std::byte[kSets * kWays * kMaxOctets]);  // not touched before a piece needs it
  }
  const std::size_t place = find_or_take(key_of(interface_index, piece), time);
  Slot& slot = (*slots_)[place];
  std::byte* const octets = octets_.get() + place * kMaxOctets;
  const auto captured = static_cast<std::uint32_t>(piece.bytes.size());
  const Piece range{piece.offset, piece.offset + piece.wire_length, piece.offset + captured};
  if (!accept(slot, range, piece.more)) return std::nullopt;
  if (piece.offset == 0) slot.protocol = piece.protocol;
  // The piece may itself lie in the pool: a packet in a tunnel whose outer packet came in pieces.
  if (captured != 0) std::memmove(octets + piece.offset, piece.bytes.data(), captured);
  if (slot.total == 0 || slot.received != slot.total) return std::nullopt;
  return finish(slot, octets);
}

std::size_t FragmentTable::octets() const noexcept {
  return slots_ ? sizeof(*slots_) + kSets * kWays * kMaxOctets : 0;
}

}  // namespace rtcscope::flows
