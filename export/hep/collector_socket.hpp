#pragma once
// The socket to one collector. Every call is made on one thread and may wait for the network.

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "base/result.hpp"
#include "export/hep/hep_target.hpp"
#include "export/hep/tls_session.hpp"

struct addrinfo;

namespace rtcscope::export_hep {

struct SendFault {
  std::string text;
  bool message_at_fault = false;  // the connection is good, this message will never go
};

class CollectorSocket {
 public:
  /// `tls` outlives this and is not null where the target is kTls. `give_up` is asked every 50 ms while a
  /// call waits; true ends the wait as a failure.
  CollectorSocket(HepTarget target, const TlsContext* tls, std::function<bool()> give_up);
  ~CollectorSocket() { close(); }
  CollectorSocket(const CollectorSocket&) = delete;
  CollectorSocket& operator=(const CollectorSocket&) = delete;

  /// Looks the name up and connects to the first address that answers (TCP, and TLS with a certificate that
  /// is believed) or has a route (UDP). The error is one line for people.
  [[nodiscard]] Result<Done, std::string> open();
  [[nodiscard]] bool is_open() const noexcept { return fd_ >= 0; }
  /// Hands the whole message to the kernel; what it takes may still be lost on the way. After a fault that
  /// is not the message's own only close() and open() make sense.
  [[nodiscard]] Result<Done, SendFault> send(std::span<const std::byte> message);
  /// True if the collector has ended the connection or refused a datagram; octets that it sent are thrown
  /// away.
  [[nodiscard]] bool has_ended();
  void close() noexcept;
  /// Ends the connection so that what was sent arrives: over TLS it waits a moment for the collector's end,
  /// because octets that nobody has read would turn close() into a reset (RFC 9293, 3.6).
  void finish();

 private:
  [[nodiscard]] Result<Done, std::string> connect_to(const addrinfo& address);
  [[nodiscard]] Result<Done, std::string> shake_hands();
  /// One go at handing octets on; how many went. 0: wait for `awaited_`.
  [[nodiscard]] Result<std::size_t, SendFault> push(std::span<const std::byte> octets);
  [[nodiscard]] Result<std::size_t, SendFault> push_tls(std::span<const std::byte> octets);
  [[nodiscard]] Result<Done, std::string> wait_for(short events, int timeout_ms);

  HepTarget target_;
  std::function<bool()> give_up_;
  int fd_ = -1;
  short awaited_ = 0;                    // what push() could not go on without
  const TlsContext* tls_;                // null: none of the targets is kTls
  std::unique_ptr<TlsSession> session_;  // of this connection; null without TLS
};

}  // namespace rtcscope::export_hep
