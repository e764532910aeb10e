#pragma once
// A bounded queue and the thread that empties it to one collector.

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "export/hep/collector_socket.hpp"
#include "export/hep/hep_target.hpp"

namespace rtcscope::export_hep {

struct SenderLimits {
  std::size_t queue_messages = 4096;
  std::chrono::milliseconds first_wait{500};  // before the second attempt to connect; then doubled
  std::chrono::milliseconds longest_wait{30'000};
  std::chrono::milliseconds stop_within{1000};
};

enum class SenderState : std::uint8_t { kConnecting, kConnected, kWaiting, kStopped };
const char* to_string(SenderState state) noexcept;  // "connecting", "connected", "waiting", "stopped"

/// Every message taken is in exactly one of sent, dropped_queue_full, dropped_unsent and depth.
struct HepTargetStats {
  std::string target;
  SenderState state = SenderState::kConnecting;
  std::uint64_t sent = 0;   // messages handed to the kernel whole
  std::uint64_t bytes = 0;  // of those
  std::uint64_t dropped_queue_full = 0;
  std::uint64_t dropped_unsent = 0;  // too big for the network, or left over at the end
  std::uint64_t failures = 0;        // failed look-ups, connects and sends
  std::uint64_t reconnects = 0;      // connections after the first
  std::size_t depth = 0;
  std::size_t capacity = 0;
  std::string last_error;  // one line; "" when there was none
};

class HepSender {
 public:
  /// Starts to connect at once.
  HepSender(HepTarget target, SenderLimits limits);
  ~HepSender() { stop(); }
  HepSender(const HepSender&) = delete;
  HepSender& operator=(const HepSender&) = delete;

  /// Queues a copy and returns; never waits for the network. The oldest messages are the ones kept.
  void send(std::span<const std::byte> message);
  [[nodiscard]] HepTargetStats stats() const;

  /// Begins the end: what is queued is still sent, for at most `stop_within`.
  void request_stop();
  /// request_stop() and waits for the thread.
  void stop();

 private:
  using Clock = std::chrono::steady_clock;
  using Message = std::vector<std::byte>;

  void run();
  void connect();
  void wait_for_message();
  void send_front();
  void pause();
  [[nodiscard]] bool out_of_time() const;
  void fail(std::string text);

  const SenderLimits limits_;
  CollectorSocket socket_;              // sender thread only
  std::chrono::milliseconds pause_{0};  // sender thread only: before the next attempt to connect
  Clock::time_point connected_at_{};    // sender thread only

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Message> queue_;  // the front stays while it is being sent
  HepTargetStats stats_;
  bool stopping_ = false;
  Clock::time_point stop_at_ = Clock::time_point::max();
  std::thread thread_;  // last: it uses all the others
};

}  // namespace rtcscope::export_hep
