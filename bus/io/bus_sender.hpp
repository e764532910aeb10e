#pragma once
// Sends batches to the queue of a broker, in order, each at least once, and keeps them while it is away.

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <thread>

#include "bus/io/backlog.hpp"
#include "bus/io/bus_address.hpp"

namespace rtcscope::feeds {
class AmqpConnection;
}

namespace rtcscope::bus {

struct SenderOptions {
  BusPlace place;
  std::string spool_folder;  // "" = none
  std::uint64_t spool_bytes = 1'073'741'824;
  /// Half of it holds what comes while the thread waits for the broker, `confirm_within` or a little more.
  std::size_t memory_bytes = 64 * 1024 * 1024;
  /// One line a call, from the sender's thread: the connection is lost, or back.
  std::function<void(bool trouble, const std::string&)> log;
  std::chrono::milliseconds first_wait{1000};  // before the second attempt; then doubled
  std::chrono::milliseconds longest_wait{30'000};
  std::chrono::milliseconds connect_within{5000};
  std::chrono::milliseconds confirm_within{10'000};
};

/// Every batch taken, or found in the spool at the start, is in exactly one of sent, lost, waiting and
/// spool_batches, but for what in the spool could not be read back.
struct SenderCounts : BacklogCounts {
  bool connected = false;
  std::uint64_t sent = 0;  // the broker has them safe
  std::uint64_t sent_bytes = 0;
  std::uint64_t reconnects = 0;  // connections after the first
  std::uint64_t failures = 0;    // failed attempts to connect, and connections lost
  std::uint64_t refused = 0;     // attempts to send while the broker's queue was full
  std::string last_error;        // one line; "" while all is well
};

class Sender {
 public:
  /// Takes the spool and starts to connect; a broker that is away is no error. Throws std::runtime_error, one
  /// line, when it cannot use the spool.
  explicit Sender(SenderOptions options);
  ~Sender();
  Sender(const Sender&) = delete;
  Sender& operator=(const Sender&) = delete;

  /// From any thread. Never waits for the network or the disk; a batch of more than 8 MiB is lost.
  void send(std::string batch);
  /// From any thread.
  [[nodiscard]] SenderCounts counts() const;
  /// Sends what waits, for at most `patience`; what is left goes to the spool, or is lost. Gives up at the
  /// first failure. An attempt to connect that has begun is waited for, `connect_within` at most.
  void stop(std::chrono::milliseconds patience);

 private:
  using Clock = std::chrono::steady_clock;
  enum class State : std::uint8_t { kNew, kGood, kAway, kFull };

  void run();
  void connect();
  void send_oldest();
  void wait_for_batch();
  void pause();
  void look_after();
  void lose(const std::string& why);
  void refuse();
  void pause_longer();
  void enter(State state, const std::string& error);
  [[nodiscard]] bool finished();
  [[nodiscard]] std::chrono::milliseconds at_most(std::chrono::milliseconds patience) const;

  const SenderOptions options_;
  Backlog backlog_;
  std::mt19937_64 random_;              // sender thread only
  std::chrono::milliseconds pause_{0};  // sender thread only: what the last failure cost
  Clock::time_point next_try_{};        // sender thread only
  State state_ = State::kNew;           // sender thread only
  bool was_connected_ = false;          // sender thread only
  bool failed_at_end_ = false;          // sender thread only: something went wrong while stopping

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  /// Changed by the sender thread alone, under the lock: stop() interrupts it.
  std::unique_ptr<feeds::AmqpConnection> connection_;
  SenderCounts counts_;  // without what the backlog counts
  bool stopping_ = false;
  bool done_ = false;
  Clock::time_point stop_at_ = Clock::time_point::max();
  std::thread thread_;  // last: it uses all the others
};

}  // namespace rtcscope::bus
