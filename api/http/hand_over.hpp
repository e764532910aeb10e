#pragma once
// A connection whose request is answered for as long as it lasts, by somebody who serves many of them.

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "api/http/message.hpp"

namespace rtcscope::api::http {

/// A connection that never waits.
class Peer {
 public:
  virtual ~Peer() = default;
  [[nodiscard]] virtual int descriptor() const = 0;
  /// Octets that went, 0 when none can go now, -1 when the connection is over.
  virtual long send(std::string_view octets) = 0;
  /// As send(), for what came; fills `octets`.
  virtual long receive(char* octets, std::size_t size) = 0;
};

/// The head of such an answer, and who takes the connection after it.
struct HandOver {
  Response head;  // status, media type and headers; its body is not sent
  /// `early`: octets that came behind the request. Not called when the head could not be sent.
  std::function<void(std::unique_ptr<Peer> peer, std::string early)> take;
  std::function<void()> give_up;  // called instead
};

}  // namespace rtcscope::api::http
