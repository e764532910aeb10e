#include "capture/live/af_packet_source.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <functional>
#include <memory>
#include <system_error>
#include <utility>

#include "capture/live/packet_filter.hpp"
#include "capture/open.hpp"

namespace rtcscope {
namespace {

constexpr std::uint32_t kMinRingBytes = 1U << 20U;
constexpr std::uint32_t kMaxRingBytes = 512U << 20U;
constexpr std::uint32_t kMinSnapLength = 64;
constexpr std::uint32_t kMaxSnapLength = 65'535;

std::uint32_t ring_bytes_for(const LiveOptions& options, std::size_t interfaces) {
  const std::size_t share = kMaxRingBytes / interfaces;
  const std::size_t wanted = std::min<std::size_t>(options.ring_bytes, share);
  const std::size_t blocks = std::max<std::size_t>(wanted / AfPacketRing::kBlockBytes, 2);
  return static_cast<std::uint32_t>(blocks) * AfPacketRing::kBlockBytes;
}

Result<AfPacketRing, CaptureError> open_ring(const LiveInterface& interface, const LiveOptions& options,
                                             std::uint32_t ring_bytes) {
  const LinkType link_type = interface.ethernet ? LinkType::kEthernet : LinkType::kRaw;
  const auto filter = compile_filter(options.filter, link_type, options.snap_length);
  if (!filter) return Unexpected{filter.error()};
  return AfPacketRing::open(interface, {ring_bytes, options.promiscuous, *filter});
}

Unexpected<CaptureError> bad_option(std::string message) {
  return Unexpected{CaptureError{.code = CaptureErrc::kBadOption, .message = std::move(message)}};
}

}  // namespace

Result<std::unique_ptr<PacketSource>, CaptureError> open_live_capture(const LiveOptions& options) {
  if (options.snap_length < kMinSnapLength || options.snap_length > kMaxSnapLength) {
    return bad_option("snap length " + std::to_string(options.snap_length) + ": must be 64 to 65535 octets");
  }
  if (options.ring_bytes < kMinRingBytes || options.ring_bytes > kMaxRingBytes) {
    return bad_option("ring of " + std::to_string(options.ring_bytes) + " octets: must be 1 to 512 MiB");
  }
  const auto interfaces = choose_interfaces(options);
  if (!interfaces) return Unexpected{interfaces.error()};
  const std::uint32_t ring_bytes = ring_bytes_for(options, interfaces->size());
  std::vector<AfPacketRing> rings;
  for (const LiveInterface& interface : *interfaces) {
    auto ring = open_ring(interface, options, ring_bytes);
    if (!ring) return Unexpected{ring.error()};
    rings.push_back(*std::move(ring));
  }
  return std::unique_ptr<PacketSource>{std::make_unique<AfPacketSource>(*interfaces, std::move(rings))};
}

AfPacketSource::AfPacketSource(const std::vector<LiveInterface>& interfaces, std::vector<AfPacketRing> rings)
    : rings_(std::move(rings)), counters_(interfaces.size()), polled_(interfaces.size()) {
  for (std::size_t i = 0; i < interfaces.size(); ++i) {
    infos_.push_back({interfaces[i].name, rings_[i].link_type(), interfaces[i].kernel_index});
    missed_before_.push_back(missed_by_card(interfaces[i].name));
  }
}

Result<std::span<const PacketRecord>, CaptureError> AfPacketSource::next_batch(Duration max_wait) {
  batch_.clear();
  release_blocks();
  if (finished_) return std::span<const PacketRecord>{};
  take_blocks();
  if (batch_.empty()) {
    // Blocks without a frame of ours: poll() would report them again at once.
    release_blocks();
    if (!wait(max_wait)) {
      return end(CaptureErrc::kPollFailed,
                 "waiting for packets failed: " + std::generic_category().message(errno));
    }
    take_blocks();
  }
  if (batch_.empty() && nothing_can_come()) {
    return end(CaptureErrc::kInterfaceGone,
               description() + ": every captured interface has been removed; start again once one is back");
  }
  return std::span<const PacketRecord>{batch_};
}

/// True once every interface is gone and the block that each was filling then has had time to be handed over.
bool AfPacketSource::nothing_can_come() {
  const auto is_gone = [](const AfPacketRing& ring) { return ring.gone(); };
  if (!std::all_of(rings_.begin(), rings_.end(), is_gone)) return false;
  const auto now = std::chrono::steady_clock::now();
  if (!all_gone_since_) all_gone_since_ = now;
  return now - *all_gone_since_ > 3 * AfPacketRing::kBlockTimeout;
}

void AfPacketSource::release_blocks() noexcept {
  for (AfPacketRing& ring : rings_) ring.release();
}

/// At most one block of every ring, so that a busy interface does not starve the others.
void AfPacketSource::take_blocks() {
  std::size_t filled = 0;
  for (std::uint32_t i = 0; i < rings_.size(); ++i) {
    const std::size_t before = batch_.size();
    if (!rings_[i].take_block(i, batch_)) continue;
    filled += batch_.size() > before ? 1U : 0U;
  }
  for (const PacketRecord& record : batch_) {
    CaptureCounters& counters = counters_[record.interface_index];
    ++counters.packets;
    counters.bytes += record.wire_length;
    if (record.wire_length > record.bytes.size()) ++counters.truncated;
  }
  packets_ += batch_.size();
  if (filled < 2) return;
  // Frames of one block lie in order of arrival, which breaks ties.
  std::sort(batch_.begin(), batch_.end(), [](const PacketRecord& a, const PacketRecord& b) {
    if (a.time != b.time) return a.time < b.time;
    if (a.interface_index != b.interface_index) return a.interface_index < b.interface_index;
    return std::less<>{}(a.bytes.data(), b.bytes.data());
  });
}

/// False if poll() itself failed; an interrupted or expired wait is none.
bool AfPacketSource::wait(Duration max_wait) {
  for (std::size_t i = 0; i < rings_.size(); ++i) polled_[i] = {rings_[i].fd(), POLLIN, 0};
  const auto wait_ms = std::chrono::ceil<std::chrono::milliseconds>(max_wait).count();
  const int timeout = static_cast<int>(std::clamp<std::int64_t>(wait_ms, 0, 60'000));
  if (poll(polled_.data(), polled_.size(), timeout) < 0) return errno == EINTR;
  for (std::size_t i = 0; i < rings_.size(); ++i) {
    if ((polled_[i].revents & (POLLERR | POLLHUP | POLLNVAL)) != 0) rings_[i].note_error();
  }
  return true;
}

Unexpected<CaptureError> AfPacketSource::end(CaptureErrc code, std::string message) {
  finished_ = true;
  return Unexpected{CaptureError{.code = code, .message = std::move(message), .packets = packets_}};
}

std::vector<CaptureCounters> AfPacketSource::counters() {
  for (std::size_t i = 0; i < rings_.size(); ++i) {
    counters_[i].kernel_drops = rings_[i].drops();
    // A card that is set up anew counts from zero again; ours never falls.
    const std::uint64_t missed = missed_by_card(infos_[i].name);
    const std::uint64_t since = missed > missed_before_[i] ? missed - missed_before_[i] : 0;
    counters_[i].interface_drops = std::max(counters_[i].interface_drops, since);
  }
  return counters_;
}

std::string AfPacketSource::description() const {
  std::string names;
  for (const InterfaceInfo& info : infos_) names += (names.empty() ? "" : ", ") + info.name;
  return "live capture on " + names;
}

}  // namespace rtcscope
