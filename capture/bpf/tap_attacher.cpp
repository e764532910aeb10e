#include "capture/bpf/tap_attacher.hpp"

#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include <array>
#include <new>
#include <utility>

namespace rtcscope {
namespace {

/// More than any host has at a time.
constexpr std::size_t kMaxInterfaces = 4096;
/// An interface that could not be attached, or a message that was lost, is looked at again after this.
constexpr int kLookAgainMs = 1000;

/// Frames for other hosts as well, for as long as the descriptor is open.
OwnedFd make_promiscuous(std::uint32_t kernel_index) noexcept {
  OwnedFd fd{socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0)};
  packet_mreq membership{};
  membership.mr_ifindex = static_cast<int>(kernel_index);
  membership.mr_type = PACKET_MR_PROMISC;
  setsockopt(fd.value(), SOL_PACKET, PACKET_ADD_MEMBERSHIP, &membership, sizeof membership);
  return fd;
}

/// Messages about links that come, go, and change; invalid where the kernel does not give one.
OwnedFd link_messages() noexcept {
  OwnedFd fd{socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE)};
  sockaddr_nl address{};
  address.nl_family = AF_NETLINK;
  address.nl_groups = RTMGRP_LINK;
  if (bind(fd.value(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return OwnedFd{};
  return fd;
}

/// What they say is not read: that there were some is reason enough to look.
void empty(int messages) noexcept {
  std::array<char, 8192> octets;
  while (recv(messages, octets.data(), octets.size(), 0) > 0) {
  }
}

std::vector<TapEntry> entries_for(const LiveInterface& interface, AttachKind kind) {
  if (kind == AttachKind::kXdp) return {TapEntry::kXdp};
  if (interface.loopback) return {TapEntry::kLoopback};
  if (!interface.ethernet) return {TapEntry::kIpIngress, TapEntry::kIpEgress};
  return {TapEntry::kIngress, TapEntry::kEgress};
}

/// One count for this process and those that it forks.
std::atomic<std::uint64_t>* shared_count() {
  static_assert(std::atomic<std::uint64_t>::is_always_lock_free);
  void* page = mmap(nullptr, sizeof(std::atomic<std::uint64_t>), PROT_READ | PROT_WRITE,
                    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) throw std::bad_alloc();
  return new (page) std::atomic<std::uint64_t>(0);
}

}  // namespace

void TapAttacher::Unmap::operator()(std::atomic<std::uint64_t>* shared) const noexcept {
  munmap(shared, sizeof *shared);
}

TapAttacher::TapAttacher(AttachKind kind, LiveOptions live)
    : kind_(kind), live_(std::move(live)), failures_(shared_count()) {}

Result<Done, CaptureError> TapAttacher::attach(const TapProgram& program, const LiveInterface& interface) {
  // Whatever kind this run uses: an earlier one, perhaps under another kernel, may have used clsact.
  remove_stale_filters(interface.kernel_index);
  Held held;
  for (const TapEntry entry : entries_for(interface, kind_)) {
    auto made = Attachment::make(program, entry, interface.name, interface.kernel_index, kind_);
    if (!made) return Unexpected{made.error()};
    held.attachments.push_back(*std::move(made));
  }
  if (live_.promiscuous) held.promiscuous = make_promiscuous(interface.kernel_index);
  held_.insert_or_assign(interface.kernel_index, std::move(held));
  return Done{};
}

/// The links of an interface that was removed hold nothing any more.
void TapAttacher::let_go_of_gone() {
  std::array<char, IF_NAMESIZE> name{};
  const auto is_gone = [&](std::uint32_t index) { return if_indextoname(index, name.data()) == nullptr; };
  std::erase_if(held_, [&](const auto& entry) { return is_gone(entry.first); });
  std::erase_if(told_, is_gone);
}

void TapAttacher::refused(const LiveInterface& interface, const CaptureError& error, const Tell& tell) {
  failures_->fetch_add(1);
  if (told_.size() >= kMaxInterfaces || !told_.insert(interface.kernel_index).second) return;
  tell(error.message + "; it is not watched, and tried again every second");
}

void TapAttacher::follow(const TapProgram& program, const Tell& tell) {
  let_go_of_gone();
  for (const LiveInterface& interface : present_interfaces(live_)) {
    if (holds(interface.kernel_index) || held_.size() >= kMaxInterfaces) continue;
    const auto attached = attach(program, interface);
    if (!attached) refused(interface, attached.error(), tell);
  }
}

void TapAttacher::keep_until(const TapProgram& program, int end, const Tell& tell) {
  const OwnedFd messages = link_messages();
  for (;;) {
    std::array<pollfd, 2> waits{{{end, POLLIN, 0}, {messages.value(), POLLIN, 0}}};
    poll(waits.data(), waits.size(), kLookAgainMs);
    if (waits[0].revents != 0) break;
    if (waits[1].revents != 0) empty(messages.value());
    follow(program, tell);
  }
  held_.clear();
}

void TapAttacher::leave_to_child() noexcept {
  left_ = true;
  for (auto& [index, held] : held_) {
    for (Attachment& attachment : held.attachments) attachment.leave();
  }
}

}  // namespace rtcscope
