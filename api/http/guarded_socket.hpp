#pragma once
// A server's side of a TCP connection that cannot be held up: every wait ends at a deadline for the whole
// request (not only at a time-out for each octet), or when the server stops.

#include <Poco/Net/ServerSocket.h>
#include <Poco/Net/ServerSocketImpl.h>
#include <Poco/Net/StreamSocketImpl.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <string_view>

namespace rtcscope::api::http {

/// Wakes every thread that waits on a socket. Raised once.
class StopSignal {
 public:
  StopSignal();
  ~StopSignal();
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;

  void raise() const noexcept;
  [[nodiscard]] int descriptor() const noexcept { return descriptor_; }

 private:
  int descriptor_;  // an eventfd, readable once raised
};

class GuardedSocket : public Poco::Net::StreamSocketImpl {
 public:
  using Clock = std::chrono::steady_clock;

  GuardedSocket(int descriptor, const StopSignal& stop);

  /// Its thread is done with it. Poco's accepting thread may be the one that deletes it; Poco's reference
  /// count orders the two, but its library is not built so that ThreadSanitizer can see that.
  void finished() noexcept { finished_.store(true, std::memory_order_release); }

  /// Until when receiveBytes() and sendBytes() may wait; after it they throw Poco::TimeoutException.
  void set_deadline(Clock::time_point deadline) noexcept { deadline_ = deadline; }

  using StreamSocketImpl::receiveBytes;
  using StreamSocketImpl::sendBytes;
  int receiveBytes(void* buffer, int length, int flags) override;
  int sendBytes(const void* buffer, int length, int flags) override;
  /// False when `timeout` passed or the server stops; does not look at the deadline.
  bool poll(const Poco::Timespan& timeout, int mode) override;

  /// Without waiting: octets that went, 0 when none can go now, -1 when the connection is over.
  virtual long try_send(std::string_view octets);
  /// As try_send(), for what came.
  virtual long try_receive(char* octets, std::size_t size);

 protected:
  ~GuardedSocket() override { static_cast<void>(finished_.load(std::memory_order_acquire)); }

  /// Until the deadline. False: it came or the server stops.
  bool wait(short events) { return wait(events, deadline_); }

 private:
  bool wait(short events, Clock::time_point until);

  const StopSignal& stop_;
  std::atomic<bool> finished_{false};
  Clock::time_point deadline_ = Clock::time_point::max();
};

class TlsContext;

/// Listens, and accepts GuardedSockets; TlsSockets when there is a context, which must outlive this.
class GuardedServerSocket : public Poco::Net::ServerSocket {
 public:
  GuardedServerSocket(const Poco::Net::SocketAddress& address, int backlog, const StopSignal& stop,
                      TlsContext* tls = nullptr);
};

}  // namespace rtcscope::api::http
