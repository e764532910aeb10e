#pragma once
// One listener: what still has to be sent to it, and what it says.

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "api/http/hand_over.hpp"
#include "api/live/message.hpp"

namespace rtcscope::api::live {

enum class Protocol { kEventStream, kWebSocket };

/// What a connection brings with it.
struct Listener {
  std::unique_ptr<http::Peer> peer;
  Protocol protocol = Protocol::kEventStream;
  Topics topics;
  std::uint64_t last_number = 0;          // of the last message it had before; 0: it is new
  std::function<bool()> still_allowed{};  // empty: always
  std::string early;                      // octets that came right behind its request
};

class Client {
 public:
  using Time = std::chrono::steady_clock::time_point;

  Client(Listener&& listener, std::size_t most_bytes, Time now);

  /// Queues a message, or counts it as missed when too much waits already.
  void tell(const Message& message);
  /// Counts messages that were missed before.
  void add_missed(std::uint64_t count) { missed_ += count; }
  /// A comment or a ping: so that both ends notice a connection that is gone.
  void beat();
  /// Sends what can go; when all went, an overflow message says what was missed. `newest`: number of the
  /// newest message. False: the connection is over.
  bool flush(std::uint64_t newest, Time now);
  /// Reads what came. False: the connection is over.
  bool read();

  [[nodiscard]] int descriptor() const { return listener_.peer->descriptor(); }
  [[nodiscard]] bool waits() const noexcept { return !pending_.empty(); }
  /// Since when nothing went although something waits.
  [[nodiscard]] Time stuck_since() const noexcept { return progress_; }
  [[nodiscard]] bool allowed() const { return !listener_.still_allowed || listener_.still_allowed(); }
  [[nodiscard]] const Topics& topics() const noexcept { return listener_.topics; }
  [[nodiscard]] std::uint64_t last_number() const noexcept { return listener_.last_number; }
  /// Messages missed since this was asked last.
  std::uint64_t take_missed_count();

 private:
  bool take_frames();
  bool take_text(const std::string& text);
  void end(std::uint16_t status, const char* why);
  [[nodiscard]] bool socket() const noexcept { return listener_.protocol == Protocol::kWebSocket; }

  Listener listener_;
  const std::size_t most_bytes_;
  std::string pending_;
  std::uint64_t missed_ = 0;          // not told yet
  std::uint64_t counted_missed_ = 0;  // for the counters
  bool ending_ = false;               // nothing more than pending_ is sent
  Time progress_;
};

}  // namespace rtcscope::api::live
