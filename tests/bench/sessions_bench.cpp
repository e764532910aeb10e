// 10,000 sessions and 100 events a second: how long a link takes once both sides are known, and what memory
// does.
//
// usage: bench_sessions [sessions [seconds]]; 10,000 and 600 unless said. Each event is a client that comes
// (attached, joined, both descriptions, then its flow) or leaves, as by turns; the others are looked at every
// second. Time is simulated, the latency is real: from handing the flow over to the change that names its
// connection.

#include <gtest/gtest.h>
#include <malloc.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <string>
#include <vector>

#include "tests/unit/correlator/scene.hpp"

namespace rtcscope::correlator {
namespace {

using Clock = std::chrono::steady_clock;

struct LinkWatch final : model::ChangeSink {
  void on_change(const model::Change& change) override {
    const auto* flow = std::get_if<model::Flow>(&change);
    if (flow != nullptr && flow->id == wanted && flow->connection.valid()) linked = Clock::now();
  }
  FlowId wanted;
  Clock::time_point linked{};
};

struct Member {
  Peer peer;
  std::string room, user;
  flows::FlowSnapshot flow;
};

class Host {
 public:
  static constexpr std::size_t kPeersPerRoom = 6;

  void come() {
    const std::string number = std::to_string(next_++);
    Member m{{"s" + number, "h" + number}, std::to_string(next_ / kPeersPerRoom), number, {}};
    m.flow =
        flow(next_, now_, "srv" + number, "cli" + number, static_cast<std::uint16_t>(1024 + next_ % 60000));
    correlator_.on_fact(m.peer.says(now_, feeds::HandleAttached{"videoroom"}));
    correlator_.on_fact(joined(m.peer, now_, m.room, m.user, "user " + number));
    correlator_.on_fact(m.peer.describes(now_, feeds::DescriptionOwner::kServer, "srv" + number, ""));
    correlator_.on_fact(m.peer.describes(now_, feeds::DescriptionOwner::kClient, "cli" + number, ""));
    sink_.wanted = m.flow.id;
    sink_.linked = {};
    const auto begin = Clock::now();
    correlator_.on_flow(m.flow);
    // What is not told at once is told by the next look of the second.
    if (sink_.linked == Clock::time_point{}) correlator_.advance(kStart + now_);
    if (sink_.linked == Clock::time_point{}) {
      unlinked_ += 1;
    } else {
      latencies_us_.push_back(std::chrono::duration<double, std::micro>(sink_.linked - begin).count());
    }
    members_.push_back(std::move(m));
  }
  void go() {
    const Member m = std::move(members_.front());
    members_.pop_front();
    correlator_.on_fact(left(now_, m.room, m.user));
    correlator_.on_fact(m.peer.says(now_, feeds::HandleDetached{}));
    flows::FlowSnapshot last = m.flow;
    last.end = flows::FlowEnd::kIdle;
    correlator_.on_flow(last);
  }
  void second() {
    now_ += 1s;
    for (Member& m : members_) {
      m.flow.last_packet = kStart + now_;
      correlator_.on_flow(m.flow);
    }
    correlator_.advance(kStart + now_);
  }
  [[nodiscard]] double quantile_us(double q) {
    std::sort(latencies_us_.begin(), latencies_us_.end());
    return latencies_us_[static_cast<std::size_t>(q * static_cast<double>(latencies_us_.size() - 1))];
  }
  void forget_latencies() { latencies_us_.clear(); }
  [[nodiscard]] std::size_t unlinked() const { return unlinked_; }

 private:
  LinkWatch sink_;
  Correlator correlator_{{"host"}, {}, 1, sink_};
  std::deque<Member> members_;
  std::vector<double> latencies_us_;
  std::size_t unlinked_ = 0;
  std::uint64_t next_ = 0;
  Duration now_ = 0s;
};

double mebibytes() {
  const struct mallinfo2 memory = mallinfo2();
  return static_cast<double>(memory.uordblks + memory.hblkhd) / (1 << 20);
}

int run(std::uint64_t sessions, std::uint64_t seconds) {
  Host host;
  for (std::uint64_t i = 0; i < sessions; ++i) {
    host.come();
    if (i % 1000 == 999) host.second();
  }
  host.forget_latencies();
  for (std::uint64_t s = 1; s <= seconds; ++s) {
    for (int i = 0; i < 50; ++i) {
      host.go();
      host.come();
    }
    host.second();
    if (s % 60 == 0) std::printf("%5lu s: %7.1f MiB\n", s, mebibytes());
  }
  std::printf("%lu sessions: a link takes p50 %.0f us, p99 %.0f us, at most %.0f us; not linked: %zu\n",
              sessions, host.quantile_us(0.5), host.quantile_us(0.99), host.quantile_us(1), host.unlinked());
  return host.unlinked() == 0 ? 0 : 1;
}

}  // namespace
}  // namespace rtcscope::correlator

int main(int argc, char** argv) {
  const std::uint64_t sessions = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 10'000;
  const std::uint64_t seconds = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 600;
  return rtcscope::correlator::run(sessions, seconds);
}
