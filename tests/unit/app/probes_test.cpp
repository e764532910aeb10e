#include "app/probes.hpp"

#include <gtest/gtest.h>

#include <variant>

#include "tests/unit/bus/samples.hpp"

namespace rtcscope::app {
namespace {

using namespace std::chrono_literals;

constexpr UtcTime kNow = utc_from_ns(1'763'700'100'000'000'000);

struct Changes final : model::ChangeSink {
  void on_change(const model::Change& change) override {
    if (const auto* flow = std::get_if<model::Flow>(&change)) flows.push_back(*flow);
    if (const auto* host = std::get_if<model::Host>(&change)) hosts.push_back(host->name);
  }
  std::vector<model::Flow> flows;
  std::vector<std::string> hosts;
};

/// A probe on some host: what it sends can be taken, lost or taken twice.
class Sender {
 public:
  explicit Sender(std::string host, std::uint64_t run = 1) {
    bus::BatchWriter::Options options;
    options.host = std::move(host);
    options.run = run;
    options.clock = [] { return kNow; };
    options.status = [] {
      return bus::ProbeStatus{"0.1.0", "tc on eth0", "", 100, 2, 3, 4, 5, {{"rtp", "truncated", 6}}};
    };
    options.send = [this](std::string&& batch) { sent_ = std::move(batch); };
    writer_ = std::make_unique<bus::BatchWriter>(options);
  }

  std::string second(int number) {
    writer_->advance(bus::samples::kStart + number * 1s);
    return sent_;
  }
  std::string flow(int number) {
    writer_->on_flow(bus::samples::flow());
    return second(number);
  }
  std::string last() {
    writer_->finish(bus::samples::kStart + 60s);
    return sent_;
  }

 private:
  std::unique_ptr<bus::BatchWriter> writer_;
  std::string sent_;
};

class ProbesTest : public ::testing::Test {
 protected:
  void take(const std::string& batch, UtcTime now = kNow) {
    probes_.take(std::as_bytes(std::span(batch)), now);
  }
  api::ProbeStats only(UtcTime now = kNow) {
    const api::BusStats stats = probes_.stats(now);
    EXPECT_EQ(stats.probes.size(), 1U);
    return stats.probes.empty() ? api::ProbeStats{} : stats.probes[0];
  }

  Changes changes_;
  std::vector<std::string> log_;
  Probes probes_{{{},
                  1,
                  [](const auto&, const auto&) {},
                  [this](bool, const std::string& line) { log_.push_back(line); }},
                 changes_};
};

TEST_F(ProbesTest, FlowsAreOfTheProbesHost) {
  Sender one("edge-1"), other("edge-2");
  take(one.flow(1));
  take(other.second(1));
  probes_.finish();
  ASSERT_FALSE(changes_.flows.empty());
  EXPECT_EQ(changes_.flows.back().id, bus::samples::flow().id);
  EXPECT_EQ(std::set<std::string>(changes_.hosts.begin(), changes_.hosts.end()),
            (std::set<std::string>{"edge-1"}))
      << "a host of which nothing was seen is not told of";
  EXPECT_EQ(probes_.stats(kNow).probes.size(), 2U);
}

TEST_F(ProbesTest, SaysWhatTheProbeSaysOfItself) {
  Sender sender("edge-1");
  const std::string batch = sender.second(1);
  take(batch);
  const api::ProbeStats probe = only();
  EXPECT_EQ(probe.version, "0.1.0");
  EXPECT_EQ(probe.source, "tc on eth0");
  EXPECT_EQ(probe.packets, 100U);
  EXPECT_EQ(probe.kernel_drops, 2U);
  EXPECT_EQ(probe.waiting, 3U);
  EXPECT_EQ(probe.waiting_bytes, 4U);
  EXPECT_EQ(probe.unsent, 5U);
  EXPECT_EQ(probe.batches, 1U);
  EXPECT_EQ(probe.bytes, batch.size());
  EXPECT_EQ(probe.clock, kNow);
}

TEST_F(ProbesTest, WhatProbesRefuseIsSummed) {
  Sender one("edge-1"), other("edge-2");
  take(one.second(1));
  take(one.second(2));  // counts since the probe's start, not since its last batch
  take(other.second(1));
  const std::vector<api::RefusalStats> refusals = probes_.refusals();
  ASSERT_EQ(refusals.size(), 1U);
  EXPECT_EQ(refusals[0].protocol, "rtp");
  EXPECT_EQ(refusals[0].code, "truncated");
  EXPECT_EQ(refusals[0].count, 12U);
}

TEST_F(ProbesTest, WhatNeverCameIsCounted) {
  Sender sender("edge-1");
  sender.second(0);  // before we came: not ours to miss
  take(sender.second(1));
  sender.second(2);
  sender.second(3);
  take(sender.second(4));
  EXPECT_EQ(only().lost, 2U);
}

TEST_F(ProbesTest, WhatComesTwiceIsUsedOnce) {
  Sender sender("edge-1");
  const std::string batch = sender.second(1);
  take(batch);
  take(batch);
  EXPECT_EQ(only().repeated, 1U);
  EXPECT_EQ(only().batches, 1U);
  EXPECT_EQ(only().lost, 0U);
}

TEST_F(ProbesTest, RestartEndsWhatWasBeforeIt) {
  Sender before("edge-1", 1), after("edge-1", 2);
  take(before.flow(1));
  const std::string late = before.second(2);
  after.second(1);  // was lost
  take(after.second(2));
  EXPECT_EQ(only().restarts, 1U);
  EXPECT_EQ(only().lost, 1U);
  ASSERT_FALSE(changes_.flows.empty());
  EXPECT_TRUE(changes_.flows.back().ended.has_value());
  take(late);
  EXPECT_EQ(only().restarts, 1U) << "the old run is over";
  EXPECT_EQ(only().repeated, 1U);
}

TEST_F(ProbesTest, EndedIsNotSilent) {
  Sender sender("edge-1");
  take(sender.second(1));
  EXPECT_FALSE(only(kNow + Probes::kSilence).silent);
  EXPECT_TRUE(only(kNow + Probes::kSilence + 1ns).silent);
  take(sender.last());
  EXPECT_TRUE(only().ended);
  EXPECT_FALSE(only(kNow + 1h).silent);
  probes_.advance(kNow + Probes::kShowEnded);
  EXPECT_EQ(probes_.stats(kNow).probes.size(), 1U);
  probes_.advance(kNow + Probes::kShowEnded + 1ns);
  EXPECT_EQ(probes_.stats(kNow).probes.size(), 0U);
}

TEST_F(ProbesTest, OctetsOfNobodyAreRefusedByReason) {
  Sender sender("edge-1");
  take("hello");
  take("hello");
  std::string broken = sender.second(1);
  broken.resize(broken.size() - 1);
  take(broken);
  const api::BusStats stats = probes_.stats(kNow);
  ASSERT_EQ(stats.refused.size(), 2U);
  EXPECT_EQ(stats.refused[0].reason, "no_batch");
  EXPECT_EQ(stats.refused[0].count, 2U);
  EXPECT_EQ(stats.refused[1].reason, "bad_item");
  EXPECT_EQ(stats.batches, 3U);
}

TEST_F(ProbesTest, TooManyPushOutTheLongestSilent) {
  for (std::size_t i = 0; i <= Probes::kMaxProbes; ++i) {
    Sender sender("edge-" + std::to_string(i));
    take(sender.second(1), kNow + i * 1ms);
  }
  const api::BusStats stats = probes_.stats(kNow);
  EXPECT_EQ(stats.probes.size(), Probes::kMaxProbes);
  EXPECT_EQ(stats.probes_forgotten, 1U);
  for (const api::ProbeStats& probe : stats.probes) EXPECT_NE(probe.host, "edge-0");
}

}  // namespace
}  // namespace rtcscope::app
