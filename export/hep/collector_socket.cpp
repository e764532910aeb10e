#include "export/hep/collector_socket.hpp"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <future>
#include <memory>
#include <system_error>
#include <thread>
#include <utility>

namespace rtcscope::export_hep {
namespace {

constexpr int kSliceMs = 50;
constexpr int kConnectTimeoutMs = 5000;
constexpr int kForever = -1;
constexpr int kMaxUnwantedReads = 16;
// A peer that vanished, or took nothing for so long, is given up: the kernel's own limit is a quarter of an
// hour, in which the queue would overflow for nothing.
constexpr int kStuckPeerMs = 30'000;

std::string failure(const char* what, int error) {
  return std::string(what) + ": " + std::generic_category().message(error);
}

struct FreeAddresses {
  void operator()(addrinfo* list) const noexcept { freeaddrinfo(list); }
};
using Addresses = std::unique_ptr<addrinfo, FreeAddresses>;
using LookupResult = Result<Addresses, std::string>;

LookupResult look_up_now(const HepTarget& target) {
  addrinfo hints{};
  hints.ai_socktype = target.transport == Transport::kTcp ? SOCK_STREAM : SOCK_DGRAM;
  hints.ai_flags = AI_NUMERICSERV;
  addrinfo* list = nullptr;
  const int code = getaddrinfo(target.host.c_str(), std::to_string(target.port).c_str(), &hints, &list);
  if (code != 0) return Unexpected{"looking up " + target.host + ": " + gai_strerror(code)};
  return Addresses(list);
}

/// The addresses of the target. getaddrinfo() may hold its caller for half a minute, which is too long for
/// a program that has to end: it runs on a thread that is left to itself when the look-up is given up.
LookupResult look_up(const HepTarget& target, const std::function<bool()>& give_up) {
  std::promise<LookupResult> promise;
  std::future<LookupResult> result = promise.get_future();
  std::thread([target, answer = std::move(promise)]() mutable {
    answer.set_value(look_up_now(target));
  }).detach();
  while (result.wait_for(std::chrono::milliseconds{kSliceMs}) != std::future_status::ready) {
    if (give_up()) return Unexpected{"looking up " + target.host + ": given up at the end"};
  }
  return result.get();
}

}  // namespace

CollectorSocket::CollectorSocket(HepTarget target, std::function<bool()> give_up)
    : target_(std::move(target)), give_up_(std::move(give_up)) {}

void CollectorSocket::close() noexcept {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

Result<Done, std::string> CollectorSocket::open() {
  close();
  const LookupResult addresses = look_up(target_, give_up_);
  if (!addresses) return Unexpected{addresses.error()};
  std::string error = "looking up " + target_.host + ": no address";
  for (const addrinfo* address = addresses->get(); address != nullptr; address = address->ai_next) {
    auto connected = connect_to(*address);
    if (connected) return Done{};
    error = connected.error();
    close();
  }
  return Unexpected{std::move(error)};
}

Result<Done, std::string> CollectorSocket::connect_to(const addrinfo& address) {
  fd_ = ::socket(address.ai_family, address.ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, address.ai_protocol);
  if (fd_ < 0) return Unexpected{failure("socket", errno)};
  if (target_.transport == Transport::kTcp) {
    const int on = 1;
    // Without these a collector's death may go unseen; with them failing it is only seen later.
    (void)::setsockopt(fd_, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    (void)::setsockopt(fd_, IPPROTO_TCP, TCP_USER_TIMEOUT, &kStuckPeerMs, sizeof kStuckPeerMs);
  }
  if (::connect(fd_, address.ai_addr, address.ai_addrlen) == 0) return Done{};
  if (errno != EINPROGRESS) return Unexpected{failure("connect", errno)};
  if (auto writable = wait_writable(kConnectTimeoutMs); !writable) return writable;
  int error = 0;
  socklen_t size = sizeof error;
  if (::getsockopt(fd_, SOL_SOCKET, SO_ERROR, &error, &size) != 0) error = errno;
  if (error != 0) return Unexpected{failure("connect", error)};
  return Done{};
}

Result<Done, std::string> CollectorSocket::wait_writable(int timeout_ms) {
  for (int waited_ms = 0; timeout_ms == kForever || waited_ms < timeout_ms; waited_ms += kSliceMs) {
    pollfd socket{fd_, POLLOUT, 0};
    const int ready = ::poll(&socket, 1, kSliceMs);
    if (ready > 0) return Done{};  // an error shows in the call that follows
    if (ready < 0 && errno != EINTR) return Unexpected{failure("poll", errno)};
    if (give_up_()) return Unexpected{std::string("the collector took nothing before the end")};
  }
  return Unexpected{failure("connect", ETIMEDOUT)};
}

Result<Done, SendFault> CollectorSocket::send(std::span<const std::byte> message) {
  while (!message.empty()) {
    const ssize_t taken = ::send(fd_, message.data(), message.size(), MSG_NOSIGNAL);
    if (taken >= 0) {
      message = message.subspan(static_cast<std::size_t>(taken));
      continue;
    }
    const int error = errno;
    if (error == EINTR) continue;
    if (error == EMSGSIZE) return Unexpected{SendFault{failure("send", error), true}};
    std::string text = failure("send", error);
    if (error == EAGAIN || error == EWOULDBLOCK) {
      auto writable = wait_writable(kForever);
      if (writable) continue;
      text = writable.error();
    }
    return Unexpected{SendFault{std::move(text), false}};
  }
  return Done{};
}

bool CollectorSocket::has_ended() {
  std::byte unwanted[512];
  for (int reads = 0; reads < kMaxUnwantedReads; ++reads) {
    const ssize_t got = ::recv(fd_, unwanted, sizeof unwanted, MSG_DONTWAIT);
    if (got > 0 || (got < 0 && errno == EINTR)) continue;
    if (got == 0) return target_.transport == Transport::kTcp;  // on UDP an empty datagram
    return errno != EAGAIN && errno != EWOULDBLOCK;
  }
  return false;
}

}  // namespace rtcscope::export_hep
