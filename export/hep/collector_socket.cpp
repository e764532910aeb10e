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
constexpr int kFarewellMs = 500;
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
  hints.ai_socktype = target.transport == HepTransport::kUdp ? SOCK_DGRAM : SOCK_STREAM;
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

CollectorSocket::CollectorSocket(HepTarget target, const TlsContext* tls, std::function<bool()> give_up)
    : target_(std::move(target)), give_up_(std::move(give_up)), tls_(tls) {}

void CollectorSocket::close() noexcept {
  session_.reset();
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
  if (target_.transport != HepTransport::kUdp) {
    const int on = 1;
    // Without these a collector's death may go unseen; with them failing it is only seen later.
    (void)::setsockopt(fd_, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    (void)::setsockopt(fd_, IPPROTO_TCP, TCP_USER_TIMEOUT, &kStuckPeerMs, sizeof kStuckPeerMs);
  }
  if (::connect(fd_, address.ai_addr, address.ai_addrlen) != 0) {
    if (errno != EINPROGRESS) return Unexpected{failure("connect", errno)};
    if (auto writable = wait_for(POLLOUT, kConnectTimeoutMs); !writable) return writable;
    int error = 0;
    socklen_t size = sizeof error;
    if (::getsockopt(fd_, SOL_SOCKET, SO_ERROR, &error, &size) != 0) error = errno;
    if (error != 0) return Unexpected{failure("connect", error)};
  }
  if (target_.transport == HepTransport::kTls) return shake_hands();
  return Done{};
}

Result<Done, std::string> CollectorSocket::shake_hands() {
  session_ = std::make_unique<TlsSession>(*tls_, fd_, target_.host);
  const auto limit = std::chrono::steady_clock::now() + std::chrono::milliseconds{kConnectTimeoutMs};
  while (std::chrono::steady_clock::now() < limit) {
    const TlsStep step = session_->handshake();
    if (step == TlsStep::kDone) return Done{};
    if (step == TlsStep::kFailed) return Unexpected{session_->error()};
    if (step == TlsStep::kEnded) break;
    const short events = step == TlsStep::kWantRead ? POLLIN : POLLOUT;
    if (auto ready = wait_for(events, kConnectTimeoutMs); !ready) return ready;
  }
  return Unexpected{std::string("TLS: the collector did not finish the handshake")};
}

Result<Done, std::string> CollectorSocket::wait_for(short events, int timeout_ms) {
  for (int waited_ms = 0; timeout_ms == kForever || waited_ms < timeout_ms; waited_ms += kSliceMs) {
    pollfd socket{fd_, events, 0};
    const int ready = ::poll(&socket, 1, kSliceMs);
    if (ready > 0) return Done{};  // an error shows in the call that follows
    if (ready < 0 && errno != EINTR) return Unexpected{failure("poll", errno)};
    if (give_up_()) return Unexpected{std::string("the collector took nothing before the end")};
  }
  return Unexpected{failure("connect", ETIMEDOUT)};
}

Result<Done, SendFault> CollectorSocket::send(std::span<const std::byte> message) {
  while (!message.empty()) {
    const auto taken = session_ ? push_tls(message) : push(message);
    if (!taken) return Unexpected{taken.error()};
    message = message.subspan(*taken);
    if (*taken > 0) continue;
    auto ready = wait_for(awaited_, kForever);
    if (!ready) return Unexpected{SendFault{ready.error(), false}};
  }
  return Done{};
}

Result<std::size_t, SendFault> CollectorSocket::push(std::span<const std::byte> octets) {
  while (true) {
    const ssize_t taken = ::send(fd_, octets.data(), octets.size(), MSG_NOSIGNAL);
    if (taken >= 0) return static_cast<std::size_t>(taken);
    const int error = errno;
    if (error == EINTR) continue;
    awaited_ = POLLOUT;
    if (error == EAGAIN || error == EWOULDBLOCK) return std::size_t{0};
    return Unexpected{SendFault{failure("send", error), error == EMSGSIZE}};
  }
}

Result<std::size_t, SendFault> CollectorSocket::push_tls(std::span<const std::byte> octets) {
  std::size_t taken = 0;
  const TlsStep step = session_->write(octets, taken);
  if (step == TlsStep::kDone) return taken;
  awaited_ = step == TlsStep::kWantRead ? POLLIN : POLLOUT;
  if (step == TlsStep::kWantRead || step == TlsStep::kWantWrite) return std::size_t{0};
  const bool ended = step == TlsStep::kEnded;
  return Unexpected{SendFault{ended ? "TLS: the collector ended the connection" : session_->error(), false}};
}

bool CollectorSocket::has_ended() {
  if (session_) {
    const TlsStep step = session_->drain();
    return step == TlsStep::kEnded || step == TlsStep::kFailed;
  }
  std::byte unwanted[512];
  for (int reads = 0; reads < kMaxUnwantedReads; ++reads) {
    const ssize_t got = ::recv(fd_, unwanted, sizeof unwanted, MSG_DONTWAIT);
    if (got > 0 || (got < 0 && errno == EINTR)) continue;
    if (got == 0) return target_.transport != HepTransport::kUdp;  // on UDP an empty datagram
    return errno != EAGAIN && errno != EWOULDBLOCK;
  }
  return false;
}

void CollectorSocket::finish() {
  if (session_) {
    session_->say_goodbye();
    ::shutdown(fd_, SHUT_WR);
    for (int waited_ms = 0; waited_ms < kFarewellMs && !has_ended(); waited_ms += kSliceMs) {
      if (!wait_for(POLLIN, kSliceMs)) continue;  // nothing came in this slice
    }
  }
  close();
}

}  // namespace rtcscope::export_hep
