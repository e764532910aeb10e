// A second of a host with many streams on its way to another: made, and played to nobody.

#include <benchmark/benchmark.h>

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "tests/unit/bus/samples.hpp"

namespace rtcscope::bus {
namespace {

constexpr int kStreamsPerFlow = 4;

std::vector<std::string> second(std::int64_t streams) {
  std::vector<std::string> sent;
  BatchWriter writer(samples::options(sent));
  const flows::FlowSnapshot flow = samples::flow();
  const flows::StreamReport report = samples::report();
  for (std::int64_t i = 0; i < streams; ++i) {
    if (i % kStreamsPerFlow == 0) writer.on_flow(flow);
    writer.on_stream_report(report);
  }
  writer.advance(samples::kStart);
  return sent;
}

void batches_made(benchmark::State& state) {
  std::size_t octets = 0;
  for (auto _ : state) {
    octets = 0;
    for (const std::string& batch : second(state.range(0))) octets += batch.size();
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
  state.counters["octets/stream"] = static_cast<double>(octets) / static_cast<double>(state.range(0));
}
BENCHMARK(batches_made)->Arg(4'000);

struct Nobody final : correlator::Intake, BatchSink {
  correlator::Intake& intake() override { return *this; }
  void on_delivery(const feeds::Delivery&) override {}
  void on_flow(const flows::FlowSnapshot& flow) override { benchmark::DoNotOptimize(flow.id); }
  void on_stream_report(const flows::StreamReport& report) override { benchmark::DoNotOptimize(report.ssrc); }
  void on_flow_event(const flows::FlowEvent&) override {}
  void on_fact(const feeds::Fact&) override {}
  void advance(UtcTime) override {}
  void clock_went_back(UtcTime) override {}
  void finish(UtcTime) override {}
};

void batches_played(benchmark::State& state) {
  const std::vector<std::string> batches = second(state.range(0));
  Nobody nobody;
  for (auto _ : state) {
    for (const std::string& batch : batches) {
      if (!play(std::as_bytes(std::span(batch)), nobody)) state.SkipWithError("a batch is refused");
    }
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(batches_played)->Arg(4'000);

}  // namespace
}  // namespace rtcscope::bus
