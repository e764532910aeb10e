#include "flows/tcp_framing.hpp"

#include "decoders/demux/demux.hpp"

namespace rtcscope::flows {
namespace {

constexpr std::uint8_t kFlagSyn = 0x02;
constexpr std::uint8_t kFlagRst = 0x04;
constexpr std::uint32_t kMagicCookie = 0x2112a442;

/// A STUN header at `offset`: type with two zero bits, length a multiple of four, the cookie (RFC 8489, 5).
bool stun_at(Bytes payload, std::size_t offset) noexcept {
  ByteReader reader(payload);
  reader.skip(offset);
  const std::uint16_t type = reader.u16();
  const std::uint16_t length = reader.u16();
  return reader.u32() == kMagicCookie && reader.ok() && (type & 0xc000) == 0 && length % 4 == 0;
}

std::optional<TcpFraming> framing_of(Bytes payload) noexcept {
  if (stun_at(payload, 2)) return TcpFraming::kRfc4571;
  if (stun_at(payload, 0)) return TcpFraming::kStun;
  return std::nullopt;
}

/// Whether a unit of our protocols can begin here: how framing is found again after a hole.
bool plausible_unit(Bytes payload, TcpFraming framing) noexcept {
  if (framing == TcpFraming::kStun) {
    if (payload.empty()) return false;
    const auto first = static_cast<std::uint8_t>(payload[0]);
    return stun_at(payload, 0) || (first >= 0x40 && first <= 0x4f);
  }
  ByteReader reader(payload);
  const std::size_t length = reader.u16();
  if (!reader.ok() || length > reader.remaining())
    return false;  // whole units only: no guess across segments
  switch (demux::classify(reader.rest().first(length))) {
    case demux::PacketClass::kStun:
    case demux::PacketClass::kDtls:
    case demux::PacketClass::kRtp:
    case demux::PacketClass::kRtcp:
      return true;
    default:
      return false;
  }
}

}  // namespace

void TcpDirection::synchronise(std::uint32_t sequence_number, Bytes payload, TcpFraming framing) {
  if (!plausible_unit(payload, framing)) return;
  in_sync_ = true;
  next_ = sequence_number;
}

void TcpDirection::accept(std::uint32_t sequence_number, Bytes payload, TcpCounters& counters) {
  const std::uint32_t ahead = sequence_number - next_;
  if (ahead >= 0x8000'0000U) {
    // Begins in the past: a retransmission, whose tail may be new.
    const std::uint32_t known = 0U - ahead;
    if (known < payload.size()) append(next_, payload.subspan(known));
  } else if (ahead == 0) {
    append(sequence_number, payload);
  } else if (early_.size() < kMaxSegments && early_octets_ + payload.size() <= kMaxPending) {
    const auto [place, is_new] = early_.try_emplace(sequence_number, payload.begin(), payload.end());
    if (is_new) early_octets_ += payload.size();
  } else {
    lose_sync(counters);
    return;
  }
  drain();
  if (buffer_.size() > kMaxPending + 4) lose_sync(counters);
}

void TcpDirection::append(std::uint32_t sequence_number, Bytes payload) {
  buffer_.insert(buffer_.end(), payload.begin(), payload.end());
  next_ = sequence_number + static_cast<std::uint32_t>(payload.size());
}

// Sequence numbers wrap, so the map's order may not be theirs: each round looks for one that fits.
void TcpDirection::drain() {
  for (bool progress = true; progress && !early_.empty();) {
    progress = false;
    for (auto segment = early_.begin(); segment != early_.end(); ++segment) {
      const std::uint32_t ahead = segment->first - next_;
      if (ahead != 0 && ahead < 0x8000'0000U) continue;
      const std::uint32_t known = 0U - ahead;
      if (known < segment->second.size()) append(next_, Bytes{segment->second}.subspan(known));
      early_octets_ -= segment->second.size();
      early_.erase(segment);
      progress = true;
      break;
    }
  }
}

void TcpDirection::lose_sync(TcpCounters& counters) {
  counters.gaps += 1;
  in_sync_ = false;
  buffer_ = {};
  early_.clear();
  early_octets_ = 0;
}

void TcpDirection::account(TcpCounters& counters) {
  const auto balance = [&] {
    const std::size_t waiting = buffer_.size() + early_octets_;
    counters.waiting_octets += waiting - accounted_;
    accounted_ = waiting;
  };
  balance();
  if (counters.waiting_octets <= kMaxWaiting || accounted_ == 0) return;
  lose_sync(counters);
  balance();
}

std::optional<TcpDirection::UnitSize> TcpDirection::unit_size(Bytes stream, TcpFraming framing) {
  ByteReader reader(stream);
  UnitSize size{};
  const std::uint16_t first = reader.u16();
  if (framing == TcpFraming::kRfc4571) {
    size = {first, first + std::size_t{2}};
  } else {
    const std::size_t length = reader.u16();
    const bool channel_data = first >= 0x4000 && first <= 0x4fff;
    const std::size_t content = length + (channel_data ? 4U : 20U);
    size = {content, (content + 3) / 4 * 4};  // RFC 8656, 12.5: padded to four on TCP
  }
  if (!reader.ok() || size.whole > stream.size()) return std::nullopt;
  return size;
}

TcpTable::Connection* TcpTable::find_or_create(const link::DatagramView& segment) {
  if (segment.payload.empty() || (segment.tcp->flags & (kFlagSyn | kFlagRst)) != 0) return nullptr;
  const CanonicalKey key = canonical_key(segment.five_tuple, Encapsulation::kNone, {});
  const auto found = connections_.find(key);
  if (found != connections_.end()) {
    recency_.splice(recency_.end(), recency_, found->second->recency);
    return found->second.get();
  }
  const auto framing = framing_of(segment.payload);
  if (!framing) return nullptr;
  if (connections_.size() >= kMaxConnections) {
    const auto oldest = connections_.find(recency_.front());
    for (TcpDirection& direction : oldest.value()->directions) direction.release(counters_);
    connections_.erase(oldest);
    recency_.pop_front();
    counters_.connections_evicted += 1;
  }
  auto connection = std::make_unique<Connection>();
  connection->framing = *framing;
  connection->recency = recency_.insert(recency_.end(), key);
  return connections_.emplace(key, std::move(connection)).first->second.get();
}

}  // namespace rtcscope::flows
