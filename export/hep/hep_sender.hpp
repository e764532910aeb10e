#pragma once
// A bounded queue and the thread that empties it to one collector.

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <thread>

#include "export/hep/collector_socket.hpp"
#include "export/hep/hep_target.hpp"
#include "export/hep/message_spool.hpp"

namespace rtcscope::export_hep {

struct SenderLimits {
  std::size_t queue_messages = 4096;
  std::chrono::milliseconds first_wait{500};  // before the second attempt to connect; then doubled
  std::chrono::milliseconds longest_wait{30'000};
  std::chrono::milliseconds stop_within{1000};
};

enum class SenderState : std::uint8_t { kConnecting, kConnected, kWaiting, kStopped };
const char* to_string(SenderState state) noexcept;  // "connecting", "connected", "waiting", "stopped"

/// Every message taken, or found in the spool at the start, is in exactly one of sent, the dropped ones,
/// depth and spool.messages.
struct HepTargetStats {
  std::string target;
  SenderState state = SenderState::kConnecting;
  std::uint64_t sent = 0;   // messages handed to the kernel whole
  std::uint64_t bytes = 0;  // of those
  std::uint64_t dropped_queue_full = 0;
  std::uint64_t dropped_spool_full = 0;  // likewise, and the disk took no more
  std::uint64_t dropped_too_big = 0;     // for the network: never a part of it is sent
  std::uint64_t dropped_unsent = 0;      // left over at the end
  std::uint64_t failures = 0;            // failed look-ups, connects and sends
  std::uint64_t reconnects = 0;          // connections after the first
  std::uint64_t spooled = 0;             // went to the disk since the start
  SpoolCounts spool;                     // spool.lost are dropped ones
  std::size_t depth = 0;
  std::size_t capacity = 0;
  std::string last_error;  // one line; "" when there was none; while the disk takes no more, also why
};

class HepSender {
 public:
  /// Starts to connect at once. `tls` outlives this; null where the target is not kTls. With a spool, half a
  /// queue that cannot go goes to the disk, and so does what is left at the end.
  HepSender(const HepTarget& target, SenderLimits limits, const TlsContext* tls = nullptr,
            std::unique_ptr<MessageSpool> spool = nullptr);
  ~HepSender() { stop(); }
  HepSender(const HepSender&) = delete;
  HepSender& operator=(const HepSender&) = delete;

  /// Queues a copy and returns; never waits for the network or the disk. The oldest messages are the ones
  /// kept.
  void send(std::span<const std::byte> message);
  [[nodiscard]] HepTargetStats stats() const;

  /// Begins the end: what is queued is still sent, for at most `stop_within`.
  void request_stop();
  /// request_stop() and waits for the thread.
  void stop();

 private:
  using Clock = std::chrono::steady_clock;

  void run();
  void finish();
  void connect();
  void wait_for_message();
  void send_oldest();
  void take_back(std::deque<Message>& messages);
  [[nodiscard]] const Message* oldest();
  void pause();
  [[nodiscard]] bool given_up();
  [[nodiscard]] bool must_spill() const;
  void spill_if_due();
  void spill(std::deque<Message> messages);
  void note_spool();
  void fail(std::string text);

  const SenderLimits limits_;
  const std::unique_ptr<MessageSpool> spool_;  // sender thread only; null: none
  CollectorSocket socket_;                     // sender thread only
  std::chrono::milliseconds pause_{0};         // sender thread only: before the next attempt to connect
  Clock::time_point connected_at_{};           // sender thread only
  Clock::time_point next_spill_{};             // sender thread only: after one that failed
  /// Sender thread only: older than all that is queued; it stays until it is sent.
  std::optional<Message> current_;

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Message> queue_;
  bool holding_ = false;     // there is a current_
  std::string spool_error_;  // why the disk took no more when it was last asked; "" when it did
  HepTargetStats stats_;
  bool stopping_ = false;
  Clock::time_point stop_at_ = Clock::time_point::max();
  std::thread thread_;  // last: it uses all the others
};

}  // namespace rtcscope::export_hep
