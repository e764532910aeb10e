// Packets and feed are two inputs without a common clock: any interleaving that keeps each one's own order
// must end in the same picture.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <random>
#include <variant>

#include "capture/open.hpp"
#include "feeds/janus/event_log.hpp"
#include "feeds/janus/event_parser.hpp"
#include "flows/packet_path.hpp"
#include "tests/support/recordings.hpp"
#include "tests/unit/correlator/scene.hpp"

namespace rtcscope::correlator {
namespace {

using PacketInput = std::variant<flows::FlowSnapshot, flows::StreamReport, flows::FlowEvent>;

struct Inputs : flows::FlowSink, feeds::FactSink {
  std::vector<PacketInput> packets;
  std::vector<feeds::Fact> facts;

  void on_flow(const flows::FlowSnapshot& flow) override { packets.emplace_back(flow); }
  void on_stream_report(const flows::StreamReport& report) override { packets.emplace_back(report); }
  void on_flow_event(const flows::FlowEvent& event) override { packets.emplace_back(event); }
  void on_fact(const feeds::Fact& fact) override { facts.push_back(fact); }
};

Inputs record(const std::filesystem::path& folder) {
  Inputs inputs;
  auto capture = open_capture_file((folder / "call.pcap").string());
  EXPECT_TRUE(capture.has_value());
  flows::PacketPath path(flows::FlowOptions{}, 1, inputs);
  while (!(*capture)->finished()) {
    const auto batch = (*capture)->next_batch(1s);
    if (!batch) break;
    for (const PacketRecord& packet : *batch) {
      path.add(packet);
      path.advance(packet.time);
    }
  }
  path.finish();
  feeds::janus::EventLog log((folder / "janus-events.jsonl").string());
  while (auto delivery = log.next()) feeds::janus::parse_delivery(delivery->json, inputs);
  return inputs;
}

UtcTime time_of(const PacketInput& input) {
  if (const auto* flow = std::get_if<flows::FlowSnapshot>(&input)) return flow->last_packet;
  if (const auto* report = std::get_if<flows::StreamReport>(&input)) return report->end;
  return std::get<flows::FlowEvent>(input).time;
}

/// `take_fact(p, f)`: whether the next input is the feed's, after p packet inputs and f facts.
template <class TakeFact>
Snapshot play(const Inputs& inputs, TakeFact take_fact) {
  Recorder sink;
  Correlator correlator({"host"}, {}, 1, sink);
  UtcTime now{};
  std::size_t p = 0;
  std::size_t f = 0;
  while (p < inputs.packets.size() || f < inputs.facts.size()) {
    const bool fact = p == inputs.packets.size() || (f < inputs.facts.size() && take_fact(p, f));
    if (fact) {
      now = std::max(now, inputs.facts[f].origin.time);
      correlator.on_fact(inputs.facts[f++]);
    } else {
      now = std::max(now, time_of(inputs.packets[p]));
      if (const auto* flow = std::get_if<flows::FlowSnapshot>(&inputs.packets[p])) correlator.on_flow(*flow);
      if (const auto* r = std::get_if<flows::StreamReport>(&inputs.packets[p]))
        correlator.on_stream_report(*r);
      if (const auto* e = std::get_if<flows::FlowEvent>(&inputs.packets[p])) correlator.on_flow_event(*e);
      ++p;
    }
    if ((p + f) % 7 == 0) correlator.advance(now);
  }
  correlator.finish(now);
  return correlator.snapshot();
}

Snapshot play_in_time(const Inputs& inputs) {
  return play(inputs, [&](std::size_t p, std::size_t f) {
    return inputs.facts[f].origin.time <= time_of(inputs.packets[p]);
  });
}

void expect_same(const Snapshot& x, const Snapshot& y) {
  EXPECT_TRUE(x.host == y.host);
  EXPECT_TRUE(x.conferences == y.conferences);
  EXPECT_TRUE(x.participants == y.participants);
  EXPECT_TRUE(x.sessions == y.sessions);
  EXPECT_TRUE(x.connections == y.connections);
  EXPECT_TRUE(x.flows == y.flows);
  EXPECT_TRUE(x.streams == y.streams);
}

void check_interleavings(const std::filesystem::path& folder, int random_ones) {
  const Inputs inputs = record(folder);
  ASSERT_GT(inputs.packets.size(), 100U);
  ASSERT_GT(inputs.facts.size(), 50U);
  const Snapshot reference = play_in_time(inputs);
  ASSERT_FALSE(reference.conferences.empty());
  for (const model::Stream& stream : reference.streams) EXPECT_TRUE(stream.participant.valid());
  {
    SCOPED_TRACE("all packets first");
    expect_same(reference, play(inputs, [](std::size_t, std::size_t) { return false; }));
  }
  {
    SCOPED_TRACE("all facts first");
    expect_same(reference, play(inputs, [](std::size_t, std::size_t) { return true; }));
  }
  std::mt19937 random(20261121);
  for (int i = 0; i < random_ones && !::testing::Test::HasFailure(); ++i) {
    SCOPED_TRACE("random interleaving " + std::to_string(i));
    std::bernoulli_distribution coin(std::uniform_real_distribution<>(0.01, 0.99)(random));
    expect_same(reference, play(inputs, [&](std::size_t, std::size_t) { return coin(random); }));
  }
}

/// Which participant's connection each stream is on, and whose media it is: by display names.
std::map<StreamId, std::pair<std::string, std::string>> owners(const Snapshot& snapshot) {
  std::map<ParticipantId, std::string> names;
  for (const model::Participant& one : snapshot.participants) names[one.id] = one.display;
  std::map<StreamId, std::pair<std::string, std::string>> found;
  for (const model::Stream& one : snapshot.streams) {
    found[one.id] = {names[one.participant], names[one.source_participant]};
  }
  return found;
}

// What a feed sends again after a lost answer.
TEST(InterleavingTest, EventsThatComeTwiceChangeNothing) {
  const Inputs once = record(std::filesystem::path(RTCSCOPE_TEST_DATA) / "sample-call");
  Inputs twice = once;
  twice.facts.clear();
  for (const feeds::Fact& fact : once.facts) twice.facts.insert(twice.facts.end(), 2, fact);
  expect_same(play_in_time(once), play_in_time(twice));
}

// Two threads of a server may overtake each other.
TEST(InterleavingTest, EventsThatOvertakeTheirNeighboursStillNameEveryStream) {
  const Inputs inputs = record(std::filesystem::path(RTCSCOPE_TEST_DATA) / "sample-call");
  const auto wanted = owners(play_in_time(inputs));
  std::mt19937 random(20261121);
  for (int i = 0; i < 50; ++i) {
    SCOPED_TRACE("shuffle " + std::to_string(i));
    Inputs shuffled = inputs;
    for (std::size_t at = 0; at + 4 <= shuffled.facts.size(); at += 4) {
      const auto first = shuffled.facts.begin() + static_cast<std::ptrdiff_t>(at);
      std::shuffle(first, first + 4, random);
    }
    EXPECT_EQ(owners(play_in_time(shuffled)), wanted);
  }
}

TEST(InterleavingTest, SampleCallEndsTheSameInEveryOrder) {
  check_interleavings(std::filesystem::path(RTCSCOPE_TEST_DATA) / "sample-call", 100);
}

// Six people behind one address, simulcast, TURN, a killed client, ...
TEST(RecordedCall, EndsTheSameInEveryOrder) {
  const auto captures = testing::recordings(testing::kCalls, "call.pcap");
  if (captures.empty()) GTEST_SKIP() << "no recorded calls: set RTCSCOPE_CALLS to their folder";
  for (const auto& capture : captures) {
    SCOPED_TRACE(capture.parent_path().filename());
    check_interleavings(capture.parent_path(), 1);
  }
}

}  // namespace
}  // namespace rtcscope::correlator
