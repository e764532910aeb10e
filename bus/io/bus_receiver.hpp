#pragma once
// Fetches batches from the queue of a broker. Each stays there until it is done with.

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "bus/io/bus_address.hpp"

namespace rtcscope::feeds {
class AmqpConnection;
}

namespace rtcscope::bus {

/// For one thread. Everything throws std::runtime_error, one line, when the broker refuses or the connection
/// is lost; the object is of no more use then, and what was not done comes again to the next one.
class Receiver {
 public:
  struct Message {
    std::string octets;
    std::uint64_t tag = 0;  // for done()
  };

  /// Connects, in at most five seconds, and makes the queue where there is none.
  explicit Receiver(const BusPlace& place);
  ~Receiver();
  Receiver(const Receiver&) = delete;
  Receiver& operator=(const Receiver&) = delete;

  /// The next batch; nothing when none came within `patience`. It may have come before.
  std::optional<Message> next(std::chrono::milliseconds patience);
  /// The broker may forget it.
  void done(std::uint64_t tag);
  /// Messages of more than 8 MiB, which no sender of ours makes: they are taken from the queue and dropped.
  [[nodiscard]] std::uint64_t too_big() const noexcept { return too_big_; }

 private:
  std::unique_ptr<feeds::AmqpConnection> connection_;
  std::uint64_t too_big_ = 0;
};

}  // namespace rtcscope::bus
