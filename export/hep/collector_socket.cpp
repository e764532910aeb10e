#include "export/hep/collector_socket.hpp"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <system_error>
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

/// A look-up that can be left. getaddrinfo() alone may hold its caller for half a minute.
class Lookup {
 public:
  explicit Lookup(const HepTarget& target) : request_(std::make_unique<Request>()) {
    request_->host = target.host;
    request_->port = std::to_string(target.port);
    request_->hints.ai_socktype = target.transport == Transport::kTcp ? SOCK_STREAM : SOCK_DGRAM;
    request_->hints.ai_flags = AI_NUMERICSERV;
    request_->control.ar_name = request_->host.c_str();
    request_->control.ar_service = request_->port.c_str();
    request_->control.ar_request = &request_->hints;
  }
  ~Lookup() {
    if (gai_error(&request_->control) == EAI_INPROGRESS && gai_cancel(&request_->control) != EAI_CANCELED) {
      (void)request_.release();  // glibc still writes to it; this happens once, when the program ends
      return;
    }
    if (request_->control.ar_result != nullptr) freeaddrinfo(request_->control.ar_result);
  }
  Lookup(const Lookup&) = delete;
  Lookup& operator=(const Lookup&) = delete;

  /// The addresses, owned by the Lookup; or what went wrong.
  Result<const addrinfo*, std::string> addresses(const std::function<bool()>& give_up) {
    gaicb* list[] = {&request_->control};
    if (const int code = getaddrinfo_a(GAI_NOWAIT, list, 1, nullptr); code != 0) return fault(code);
    while (gai_error(&request_->control) == EAI_INPROGRESS) {
      if (give_up()) return Unexpected{std::string("looking up the name was given up")};
      const timespec slice{0, kSliceMs * 1'000'000L};
      (void)gai_suspend(list, 1, &slice);
    }
    if (const int code = gai_error(&request_->control); code != 0) return fault(code);
    return static_cast<const addrinfo*>(request_->control.ar_result);
  }

 private:
  struct Request {
    std::string host, port;
    addrinfo hints{};
    gaicb control{};
  };

  [[nodiscard]] Unexpected<std::string> fault(int code) const {
    return {"looking up " + request_->host + ": " + gai_strerror(code)};
  }

  std::unique_ptr<Request> request_;
};

}  // namespace

CollectorSocket::CollectorSocket(HepTarget target, std::function<bool()> give_up)
    : target_(std::move(target)), give_up_(std::move(give_up)) {}

void CollectorSocket::close() noexcept {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

Result<Done, std::string> CollectorSocket::open() {
  close();
  Lookup lookup(target_);
  const auto addresses = lookup.addresses(give_up_);
  if (!addresses) return Unexpected{addresses.error()};
  std::string error = "looking up " + target_.host + ": no address";
  for (const addrinfo* address = *addresses; address != nullptr; address = address->ai_next) {
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
