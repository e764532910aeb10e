#include "capture/live/af_packet_ring.hpp"

#include <arpa/inet.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string>
#include <system_error>
#include <utility>

namespace rtcscope {
namespace {

constexpr std::uint32_t kVlanTagLength = 4;

template <class T>
bool set_option(int fd, int level, int name, const T& value) {
  return setsockopt(fd, level, name, &value, sizeof value) == 0;
}

Unexpected<CaptureError> refuse(const LiveInterface& interface, CaptureErrc code, const std::string& what) {
  return Unexpected{CaptureError{.code = code, .message = interface.name + ": " + what}};
}

Unexpected<CaptureError> refuse_errno(const LiveInterface& interface, const std::string& what, int error) {
  const std::string why = std::generic_category().message(error);
  if (error == EPERM || error == EACCES) {
    return refuse(interface, CaptureErrc::kNoCapability,
                  "capturing needs CAP_NET_RAW (" + what + ": " + why +
                      "); run as root or grant it: setcap cap_net_raw+ep rtcscope-server");
  }
  return refuse(interface, CaptureErrc::kRingFailed,
                what + " failed: " + why + "; a smaller ring needs less kernel memory");
}

bool attach_filter(int fd, std::span<const FilterInstruction> filter) {
  std::vector<sock_filter> code;
  for (const FilterInstruction& step : filter)
    code.push_back({step.code, step.jump_true, step.jump_false, step.k});
  return set_option(fd, SOL_SOCKET, SO_ATTACH_FILTER,
                    sock_fprog{static_cast<unsigned short>(code.size()), code.data()});
}

bool set_up_ring(int fd, std::uint32_t ring_bytes) {
  tpacket_req3 request{};
  request.tp_block_size = AfPacketRing::kBlockBytes;
  request.tp_block_nr = ring_bytes / AfPacketRing::kBlockBytes;
  // Frames of version 3 are as long as they need; the size here must only divide the block.
  request.tp_frame_size = 2048;
  request.tp_frame_nr = ring_bytes / request.tp_frame_size;
  request.tp_retire_blk_tov = AfPacketRing::kBlockTimeout.count();
  return set_option(fd, SOL_PACKET, PACKET_VERSION, int{TPACKET_V3}) &&
         // Room in front of each frame to put back the VLAN tag that the kernel or card took off.
         set_option(fd, SOL_PACKET, PACKET_RESERVE, kVlanTagLength) &&
         set_option(fd, SOL_PACKET, PACKET_RX_RING, request);
}

bool join_promiscuous(int fd, std::uint32_t kernel_index) {
  packet_mreq membership{};
  membership.mr_ifindex = static_cast<int>(kernel_index);
  membership.mr_type = PACKET_MR_PROMISC;
  return set_option(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, membership);
}

bool bind_to(int fd, std::uint32_t kernel_index) {
  sockaddr_ll address{};
  address.sll_family = AF_PACKET;
  address.sll_protocol = htons(ETH_P_ALL);
  address.sll_ifindex = static_cast<int>(kernel_index);
  return bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

/// A structure the kernel laid out at this place of the shared ring, aligned by it (TPACKET_ALIGNMENT).
template <class T>
T* laid_out_at(std::byte* place) noexcept {
  return reinterpret_cast<T*>(place);
}

tpacket_hdr_v1& header_of(std::byte* block) noexcept {
  return laid_out_at<tpacket_block_desc>(block)->hdr.bh1;
}

PacketDirection direction_of(unsigned char packet_type) noexcept {
  switch (packet_type) {
    case PACKET_OUTGOING:
      return PacketDirection::kEgress;
    case PACKET_HOST:
    case PACKET_BROADCAST:
    case PACKET_MULTICAST:
      return PacketDirection::kIngress;
    default:  // PACKET_OTHERHOST: a mirror port shows both directions of other hosts
      return PacketDirection::kUnknown;
  }
}

/// Moves the addresses back by four octets and writes the tag between them and the type (802.1Q, 9.6).
std::byte* put_back_vlan_tag(std::byte* mac, const tpacket3_hdr& header) noexcept {
  const bool type_known = (header.tp_status & TP_STATUS_VLAN_TPID_VALID) != 0;
  const unsigned tpid = type_known ? header.hv1.tp_vlan_tpid : unsigned{ETH_P_8021Q};
  const unsigned tci = header.hv1.tp_vlan_tci;
  std::byte* const front = mac - kVlanTagLength;
  std::memmove(front, mac, 2 * ETH_ALEN);
  std::byte* const tag = front + 2 * ETH_ALEN;
  tag[0] = static_cast<std::byte>(tpid >> 8U);
  tag[1] = static_cast<std::byte>(tpid);
  tag[2] = static_cast<std::byte>(tci >> 8U);
  tag[3] = static_cast<std::byte>(tci);
  return front;
}

}  // namespace

Result<AfPacketRing, CaptureError> AfPacketRing::open(const LiveInterface& interface, const Setup& setup) {
  // Protocol 0 delivers nothing until bind(), so that no frame of another interface gets in.
  const int type = (interface.ethernet ? SOCK_RAW : SOCK_DGRAM) | SOCK_CLOEXEC;
  OwnedFd fd{socket(AF_PACKET, type, 0)};
  if (!fd.valid()) return refuse_errno(interface, "packet socket", errno);
  if (!attach_filter(fd.value(), setup.filter)) {
    return refuse(interface, CaptureErrc::kBadFilter, "the kernel refuses the capture filter; shorten it");
  }
  if (!set_up_ring(fd.value(), setup.ring_bytes)) return refuse_errno(interface, "packet ring", errno);
  void* map = mmap(nullptr, setup.ring_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd.value(), 0);
  if (map == MAP_FAILED) return refuse_errno(interface, "mapping the packet ring", errno);
  AfPacketRing ring{std::move(fd), {static_cast<std::byte*>(map), setup.ring_bytes}, interface};
  if (setup.promiscuous && !join_promiscuous(ring.fd(), interface.kernel_index)) {
    return refuse_errno(interface, "promiscuous mode", errno);
  }
  if (!bind_to(ring.fd(), interface.kernel_index)) return refuse_errno(interface, "binding to it", errno);
  return ring;
}

AfPacketRing::AfPacketRing(OwnedFd fd, std::span<std::byte> map, const LiveInterface& interface) noexcept
    : fd_(std::move(fd)), map_(map), ethernet_(interface.ethernet), loopback_(interface.loopback) {}

AfPacketRing::AfPacketRing(AfPacketRing&& other) noexcept
    : fd_(std::move(other.fd_)),
      map_(std::exchange(other.map_, {})),
      next_block_(other.next_block_),
      held_(std::exchange(other.held_, nullptr)),
      ethernet_(other.ethernet_),
      loopback_(other.loopback_),
      gone_(other.gone_),
      drops_(other.drops_) {}

AfPacketRing::~AfPacketRing() {
  if (!map_.empty()) munmap(map_.data(), map_.size());
}

bool AfPacketRing::take_block(std::uint32_t index, std::vector<PacketRecord>& out) {
  std::byte* const block = map_.data() + next_block_ * kBlockBytes;
  tpacket_hdr_v1& header = header_of(block);
  // Pairs with the kernel's barrier: the frames are to be seen once the status is.
  const std::uint32_t status = __atomic_load_n(&header.block_status, __ATOMIC_ACQUIRE);
  if ((status & TP_STATUS_USER) == 0) return false;
  std::byte* frame = block + header.offset_to_first_pkt;
  for (std::uint32_t i = 0; i < header.num_pkts; ++i) {
    if (auto record = record_at(frame)) {
      record->interface_index = index;
      out.push_back(*record);
    }
    frame += laid_out_at<tpacket3_hdr>(frame)->tp_next_offset;
  }
  held_ = block;
  next_block_ = (next_block_ + 1) % (map_.size() / kBlockBytes);
  return true;
}

void AfPacketRing::release() noexcept {
  if (held_ == nullptr) return;
  __atomic_store_n(&header_of(held_).block_status, std::uint32_t{TP_STATUS_KERNEL}, __ATOMIC_RELEASE);
  held_ = nullptr;
}

/// Nothing for a frame that is not to be handed on.
std::optional<PacketRecord> AfPacketRing::record_at(std::byte* frame) const {
  const auto& header = *laid_out_at<const tpacket3_hdr>(frame);
  const auto& link = *laid_out_at<const sockaddr_ll>(frame + TPACKET_ALIGN(sizeof(tpacket3_hdr)));
  // Loopback shows each frame twice, on its way out and on its way in.
  if (loopback_ && link.sll_pkttype == PACKET_OUTGOING) return std::nullopt;
  const unsigned protocol = ntohs(link.sll_protocol);
  if (!ethernet_ && protocol != ETH_P_IP && protocol != ETH_P_IPV6) return std::nullopt;
  PacketRecord record;
  record.link_type = link_type();
  record.wire_length = header.tp_len;
  record.time = utc_from_ns(std::int64_t{header.tp_sec} * 1'000'000'000 + header.tp_nsec);
  record.direction = loopback_ ? PacketDirection::kUnknown : direction_of(link.sll_pkttype);
  std::byte* begin = frame + header.tp_mac;
  std::size_t captured = header.tp_snaplen;
  const bool tagged = (header.tp_status & TP_STATUS_VLAN_VALID) != 0;
  if (ethernet_ && tagged && captured >= 2 * ETH_ALEN) {
    begin = put_back_vlan_tag(begin, header);
    captured += kVlanTagLength;
    record.wire_length += kVlanTagLength;
  }
  record.bytes = Bytes{begin, captured};
  return record;
}

void AfPacketRing::note_error() {
  int error = 0;
  socklen_t length = sizeof error;
  getsockopt(fd_.value(), SOL_SOCKET, SO_ERROR, &error, &length);
  // Both a link that goes down and one that is removed report ENETDOWN; only the latter is unbound.
  sockaddr_ll address{};
  length = sizeof address;
  getsockname(fd_.value(), reinterpret_cast<sockaddr*>(&address), &length);
  gone_ = address.sll_ifindex <= 0;
}

std::uint64_t AfPacketRing::drops() {
  // Reading resets the kernel's count.
  tpacket_stats_v3 since{};
  socklen_t length = sizeof since;
  if (getsockopt(fd_.value(), SOL_PACKET, PACKET_STATISTICS, &since, &length) == 0) drops_ += since.tp_drops;
  return drops_;
}

}  // namespace rtcscope
