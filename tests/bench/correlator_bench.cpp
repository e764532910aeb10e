// A second in the life of a host: a snapshot of each flow, a report of each stream, some facts in between.

#include <benchmark/benchmark.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "tests/unit/correlator/scene.hpp"

namespace rtcscope::correlator {
namespace {

constexpr std::size_t kPeersPerRoom = 6;
constexpr std::uint64_t kStreamsPerFlow = 4;

struct CountingSink final : model::ChangeSink {
  void on_change(const model::Change&) override { changes += 1; }
  std::uint64_t changes = 0;
};

/// A peer of the media server with one flow of its own and four streams on it.
struct Client {
  Peer peer;
  flows::FlowSnapshot snapshot;
  std::vector<flows::StreamReport> reports;
};

std::vector<Client> clients(std::size_t count) {
  std::vector<Client> made;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string number = std::to_string(i);
    Client c{{"s" + number, "h" + number}, flow(i + 1, 0s, "srv" + number, "cli" + number), {}};
    c.snapshot.key.a.port = static_cast<std::uint16_t>(10000 + i);
    for (std::uint64_t s = 0; s < kStreamsPerFlow; ++s) {
      const std::uint64_t stream = i * kStreamsPerFlow + s + 1;
      const flows::Side sender = s % 2 == 0 ? flows::Side::kA : flows::Side::kB;
      c.reports.push_back(report(stream, i + 1, static_cast<std::uint32_t>(stream), 0s, sender));
    }
    made.push_back(std::move(c));
  }
  return made;
}

void join(Correlator& correlator, const std::vector<Client>& everybody) {
  for (std::size_t i = 0; i < everybody.size(); ++i) {
    const std::string number = std::to_string(i);
    const Peer& peer = everybody[i].peer;
    const std::string room = std::to_string(i / kPeersPerRoom);
    correlator.on_fact(peer.says(0s, feeds::HandleAttached{"videoroom"}));
    correlator.on_fact(joined(peer, 0s, room, number, "user " + number));
    correlator.on_fact(peer.describes(0s, feeds::DescriptionOwner::kServer, "srv" + number, ""));
    correlator.on_fact(peer.describes(0s, feeds::DescriptionOwner::kClient, "cli" + number, ""));
  }
}

void live_one_second(Correlator& correlator, std::vector<Client>& everybody, Duration at) {
  for (std::size_t i = 0; i < everybody.size(); ++i) {
    Client& client = everybody[i];
    client.snapshot.last_packet = kStart + at;
    correlator.on_flow(client.snapshot);
    for (flows::StreamReport& r : client.reports) {
      r.start = kStart + at;
      r.end = r.last_packet = kStart + at + 1s;
      r.total.packets += r.interval.packets;
      r.total.expected += r.interval.expected;
      r.total.bytes += r.interval.bytes;
      correlator.on_stream_report(r);
    }
    if (i % 50 == 0) correlator.on_fact(client.peer.says(at, feeds::SlowLink{"0", "audio", false, 1}));
  }
  correlator.advance(kStart + at + 1s);
}

void BM_CorrelatorSecond(benchmark::State& state) {
  CountingSink sink;
  Correlator correlator{{"host"}, {}, 1, sink};
  std::vector<Client> everybody = clients(static_cast<std::size_t>(state.range(0)));
  join(correlator, everybody);
  Duration at = 1s;
  for ([[maybe_unused]] auto _ : state) {
    live_one_second(correlator, everybody, at);
    at += 1s;
  }
  const std::uint64_t reports = everybody.size() * kStreamsPerFlow;
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(reports));
  state.counters["changes_a_second"] =
      static_cast<double>(sink.changes) / static_cast<double>(state.iterations());
}
BENCHMARK(BM_CorrelatorSecond)->Arg(10)->Arg(1000)->Arg(5000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace rtcscope::correlator
