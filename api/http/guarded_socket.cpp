#include "api/http/guarded_socket.hpp"

#include <Poco/Exception.h>
#include <Poco/Net/NetException.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <system_error>

#include "api/http/tls.hpp"

namespace rtcscope::api::http {
namespace {

class GuardedServerSocketImpl : public Poco::Net::ServerSocketImpl {
 public:
  GuardedServerSocketImpl(const StopSignal& stop, TlsContext* tls) : stop_(stop), tls_(tls) {}

  Poco::Net::SocketImpl* acceptConnection(Poco::Net::SocketAddress& client) override {
    sockaddr_storage storage{};
    socklen_t length = sizeof(storage);
    auto* address = reinterpret_cast<sockaddr*>(&storage);
    const int descriptor = ::accept4(sockfd(), address, &length, SOCK_CLOEXEC);
    if (descriptor < 0) error();
    client = Poco::Net::SocketAddress(address, length);
    // Owned by the Socket that Poco makes of it.
    if (tls_ == nullptr) return new GuardedSocket(descriptor, stop_);
    return new TlsSocket(descriptor, stop_, *tls_);
  }

 protected:
  ~GuardedServerSocketImpl() override = default;

 private:
  const StopSignal& stop_;
  TlsContext* tls_;
};

}  // namespace

StopSignal::StopSignal() : descriptor_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (descriptor_ < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
}

StopSignal::~StopSignal() {
  ::close(descriptor_);
}

void StopSignal::raise() const noexcept {
  const std::uint64_t one = 1;
  // An eventfd below its maximum always takes a write.
  [[maybe_unused]] const auto written = ::write(descriptor_, &one, sizeof(one));
}

GuardedSocket::GuardedSocket(int descriptor, const StopSignal& stop)
    : StreamSocketImpl(descriptor), stop_(stop) {}

bool GuardedSocket::wait(short events, Clock::time_point until) {
  std::array<pollfd, 2> watched{{{sockfd(), events, 0}, {stop_.descriptor(), POLLIN, 0}}};
  while (true) {
    constexpr auto kLongest = std::chrono::milliseconds{60'000};
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now());
    const auto timeout = std::clamp(left, std::chrono::milliseconds{0}, kLongest);
    const int ready = ::poll(watched.data(), watched.size(), static_cast<int>(timeout.count()));
    if (ready < 0 && errno != EINTR) error();
    if (ready > 0 && watched[0].revents != 0) return true;
    if (ready > 0 && watched[1].revents != 0) return false;
    if (Clock::now() >= until) return false;
  }
}

int GuardedSocket::receiveBytes(void* buffer, int length, int flags) {
  while (true) {
    const auto received = ::recv(sockfd(), buffer, static_cast<std::size_t>(length), flags | MSG_DONTWAIT);
    if (received >= 0) return static_cast<int>(received);
    if (errno == EINTR) continue;
    if (errno != EAGAIN && errno != EWOULDBLOCK) error();
    if (!wait(POLLIN, deadline_)) throw Poco::TimeoutException("the client did not send in time");
  }
}

int GuardedSocket::sendBytes(const void* buffer, int length, int flags) {
  const char* next = static_cast<const char*>(buffer);
  int left = length;
  while (left > 0) {
    const auto sent =
        ::send(sockfd(), next, static_cast<std::size_t>(left), flags | MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent >= 0) {
      next += sent;
      left -= static_cast<int>(sent);
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      if (!wait(POLLOUT, deadline_)) throw Poco::TimeoutException("the client did not read in time");
    } else if (errno != EINTR) {
      error();
    }
  }
  return length;
}

long GuardedSocket::try_send(std::string_view octets) {
  const auto sent = ::send(sockfd(), octets.data(), octets.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  if (sent >= 0) return sent;
  return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? 0 : -1;
}

long GuardedSocket::try_receive(char* octets, std::size_t size) {
  const auto received = ::recv(sockfd(), octets, size, MSG_DONTWAIT);
  if (received > 0) return received;
  const bool later = received < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR);
  return later ? 0 : -1;
}

bool GuardedSocket::poll(const Poco::Timespan& timeout, int mode) {
  const short events =
      static_cast<short>((mode & SELECT_READ ? POLLIN : 0) | (mode & SELECT_WRITE ? POLLOUT : 0));
  return wait(events, Clock::now() + std::chrono::microseconds{timeout.totalMicroseconds()});
}

GuardedServerSocket::GuardedServerSocket(const Poco::Net::SocketAddress& address, int backlog,
                                         const StopSignal& stop, TlsContext* tls)
    : ServerSocket(new GuardedServerSocketImpl(stop, tls), true) {
  // Without SO_REUSEPORT: a second rtcscope on the port must fail instead of taking half the requests.
  if (address.family() == Poco::Net::SocketAddress::IPv6) {
    impl()->bind6(address, true, false, false);
  } else {
    impl()->bind(address, true, false);
  }
  impl()->fcntl(F_SETFD, FD_CLOEXEC);
  impl()->listen(backlog);
}

}  // namespace rtcscope::api::http
