#pragma once
// Pushes what changed to everybody who listens. One thread for all of them: a client costs a socket and what
// waits for it, and the pipeline only leaves a note.

#include <atomic>
#include <chrono>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "api/live/client.hpp"
#include "api/live/inbox.hpp"

namespace rtcscope::api::live {

struct BroadcasterOptions {
  std::size_t most_clients = 1000;
  std::size_t most_kept = 10'000;          // messages for those who come again
  std::size_t client_bytes = 256 * 1024;   // that may wait for one client
  std::chrono::milliseconds period{1000};  // an entity is told of at most once in it
  std::chrono::milliseconds heartbeat{15'000};
  std::chrono::milliseconds patience{60'000};  // with a client that takes nothing
};

struct LiveCounts {
  std::uint64_t clients = 0, capacity = 0;
  std::uint64_t refused = 0;    // found no room
  std::uint64_t expelled = 0;   // took nothing for too long, or lost its right to listen
  std::uint64_t published = 0;  // messages
  std::uint64_t missed = 0;     // messages that a slow client did not get, each told of by an overflow
  std::uint64_t dropped = 0;    // changes that found no room before they became messages
};

class Broadcaster : public model::ChangeSink {
 public:
  /// Starts the thread. Throws std::system_error when the system has no descriptor left.
  explicit Broadcaster(const BroadcasterOptions& options);
  ~Broadcaster() override;
  Broadcaster(const Broadcaster&) = delete;
  Broadcaster& operator=(const Broadcaster&) = delete;

  /// Any thread; never waits for a client.
  void on_change(const model::Change& change) override { inbox_.on_change(change); }

  /// A place for one more; false, and counted, when there is none. Each needs an adopt() or a give_back().
  bool reserve();
  void give_back();
  /// Takes a listener whose place was reserved. Any thread.
  void adopt(Listener&& listener);

  /// Closes all connections and ends the thread. Idempotent.
  void stop();

  [[nodiscard]] LiveCounts counts() const;

 private:
  using Clock = std::chrono::steady_clock;
  using MessagePtr = std::shared_ptr<const Message>;

  void run();
  void take_newcomers();
  void publish();
  void publish_changes(const Inbox::Content& content);
  void publish_event(const model::Event& event);
  void send(Kind kind, ConferenceId conference, HostId host, std::string_view name, const std::string& data);
  HostId host_of(ConferenceId conference, HostId known);
  void catch_up(Client& client) const;
  void wait_until(Clock::time_point next);
  void serve(std::size_t index, short events);
  void sweep(Clock::time_point now, bool beat);
  void wake() const noexcept;

  const BroadcasterOptions options_;
  const int wake_;  // an eventfd
  Inbox inbox_;
  std::mutex newcomers_mutex_;
  std::vector<Listener> newcomers_;
  std::atomic<std::uint64_t> places_{0}, refused_{0}, expelled_{0}, published_{0}, missed_{0}, dropped_{0};
  std::atomic<bool> stopping_{false};

  // The thread's own.
  std::vector<std::unique_ptr<Client>> clients_;  // null: gone since the last sweep
  std::deque<MessagePtr> kept_;
  std::map<ConferenceId, HostId> hosts_;
  std::uint64_t newest_ = 0;
  std::thread thread_;
};

}  // namespace rtcscope::api::live
