#pragma once
// The socket to one collector. Every call is made on one thread and may wait for the network.

#include <cstddef>
#include <functional>
#include <span>
#include <string>

#include "base/result.hpp"
#include "export/hep/hep_target.hpp"

struct addrinfo;

namespace rtcscope::export_hep {

struct SendFault {
  std::string text;
  bool message_at_fault = false;  // the connection is good, this message will never go
};

class CollectorSocket {
 public:
  /// `give_up` is asked every 50 ms while a call waits; true ends the wait as a failure.
  CollectorSocket(HepTarget target, std::function<bool()> give_up);
  ~CollectorSocket() { close(); }
  CollectorSocket(const CollectorSocket&) = delete;
  CollectorSocket& operator=(const CollectorSocket&) = delete;

  /// Looks the name up and connects to the first address that answers (TCP) or has a route (UDP). The
  /// error is one line for people.
  [[nodiscard]] Result<Done, std::string> open();
  [[nodiscard]] bool is_open() const noexcept { return fd_ >= 0; }
  /// Hands the whole message to the kernel; what it takes may still be lost on the way. After a fault that
  /// is not the message's own only close() and open() make sense.
  [[nodiscard]] Result<Done, SendFault> send(std::span<const std::byte> message);
  /// True if the collector has ended the connection or refused a datagram; octets that it sent are thrown
  /// away.
  [[nodiscard]] bool has_ended();
  void close() noexcept;

 private:
  [[nodiscard]] Result<Done, std::string> connect_to(const addrinfo& address);
  [[nodiscard]] Result<Done, std::string> wait_writable(int timeout_ms);

  HepTarget target_;
  std::function<bool()> give_up_;
  int fd_ = -1;
};

}  // namespace rtcscope::export_hep
