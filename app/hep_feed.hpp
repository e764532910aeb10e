#pragma once
// HEP messages of other agents: taken on a thread of their own, joined on the pipeline's.

#include <array>
#include <atomic>
#include <deque>
#include <mutex>
#include <span>
#include <string>
#include <thread>

#include "api/stats.hpp"
#include "correlator/agent_join.hpp"
#include "feeds/hep/hep_message.hpp"
#include "feeds/hep/io/hep_port.hpp"

namespace rtcscope::app {

class HepFeed {
 public:
  static constexpr std::size_t kMaxMessages = 4096;

  /// Listens at once. Throws std::runtime_error, one line, when `listen` is no address or cannot be had.
  /// `auth_key`: "" takes any.
  HepFeed(const std::string& listen, std::string auth_key);
  ~HepFeed();
  HepFeed(const HepFeed&) = delete;
  HepFeed& operator=(const HepFeed&) = delete;

  /// On the pipeline's thread: what other agents' messages may name.
  void learn(const model::Change& change) { join_.learn(change); }
  /// On the pipeline's thread: hands `sink` the messages that became events.
  void drain(UtcTime now, model::ChangeSink& sink);
  /// From any thread.
  [[nodiscard]] api::HepInStats stats() const;

 private:
  void run();
  void take(std::span<const std::byte> datagram);

  feeds::hep::HepPort port_;
  const std::string auth_key_;
  correlator::AgentJoin join_{correlator::AgentJoin::Bounds{}};  // pipeline's thread only

  mutable std::mutex mutex_;
  std::deque<feeds::AgentMessage> queue_;
  correlator::AgentJoinCounts joined_;  // as of the last drain()
  std::uint64_t received_ = 0;
  std::uint64_t dropped_ = 0;
  std::array<std::uint64_t, feeds::hep::kHepErrcs> refused_{};

  std::atomic<bool> stopping_{false};
  std::thread thread_;  // last: it uses all the others
};

}  // namespace rtcscope::app
