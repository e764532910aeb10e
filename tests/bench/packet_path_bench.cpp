// One frame from Ethernet to flow state, for a host with many clients at once.

#include <benchmark/benchmark.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "flows/packet_path.hpp"
#include "tests/support/packet_builder.hpp"

namespace rtcscope {
namespace {

constexpr std::size_t kRtpAt = 14 + 20 + 8;
constexpr Duration kPacketSpacing = std::chrono::microseconds{10};

struct Discard final : flows::FlowSink {
  void on_flow(const flows::FlowSnapshot&) override { snapshots += 1; }
  void on_stream_report(const flows::StreamReport&) override { reports += 1; }
  void on_flow_event(const flows::FlowEvent&) override {}
  std::uint64_t snapshots = 0;
  std::uint64_t reports = 0;
};

Endpoint client(std::size_t i) {
  return testing::endpoint("203.0.113." + std::to_string(i % 250 + 1),
                           static_cast<std::uint16_t>(10000 + i / 250));
}

testing::Octets check(std::size_t i, std::uint64_t transaction) {
  const testing::Octets name = testing::username("srv" + std::to_string(i) + ":cli" + std::to_string(i));
  return testing::stun(0x0001, transaction, name);
}

/// A packet path that knows `clients` flows for WebRTC, and feeds frames to it at a steady rate.
class Host {
 public:
  explicit Host(std::size_t clients) {
    for (std::size_t i = 0; i < clients; ++i) feed(testing::udp_frame(client(i), server_, check(i, i)));
  }
  void feed(const testing::Octets& frame) {
    PacketRecord record;
    record.time = now_;
    record.wire_length = static_cast<std::uint32_t>(frame.size());
    record.bytes = frame;
    path_.add(record);
    now_ += kPacketSpacing;
  }
  [[nodiscard]] Endpoint server() const { return server_; }
  [[nodiscard]] const Discard& sink() const { return sink_; }

 private:
  Discard sink_;
  flows::PacketPath path_{flows::FlowOptions{}, 1, sink_};
  Endpoint server_ = testing::endpoint("198.51.100.1", 10000);
  UtcTime now_ = utc_from_ns(1'790'000'000'000'000'000);
};

void finish(benchmark::State& state, const Host& host, std::size_t frame_octets) {
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()));
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) *
                          static_cast<std::int64_t>(frame_octets));
  state.counters["reports"] = static_cast<double>(host.sink().reports);
}

void BM_PacketPathRtp(benchmark::State& state) {
  const auto clients = static_cast<std::size_t>(state.range(0));
  Host host(clients);
  std::vector<testing::Octets> frames;
  for (std::size_t i = 0; i < clients; ++i) {
    const auto ssrc = static_cast<std::uint32_t>(i + 1);
    frames.push_back(testing::udp_frame(client(i), host.server(), testing::rtp(ssrc, 0, 0)));
  }
  std::size_t turn = 0;
  std::uint32_t sequence = 0;
  for ([[maybe_unused]] auto _ : state) {
    testing::Octets& frame = frames[turn];
    frame[kRtpAt + 2] = static_cast<std::byte>(sequence >> 8);
    frame[kRtpAt + 3] = static_cast<std::byte>(sequence);
    host.feed(frame);
    turn += 1;
    if (turn == clients) {
      turn = 0;
      sequence += 1;
    }
  }
  finish(state, host, frames[0].size());
}
BENCHMARK(BM_PacketPathRtp)->Arg(1)->Arg(100)->Arg(10000);

void BM_PacketPathStun(benchmark::State& state) {
  const auto clients = static_cast<std::size_t>(state.range(0));
  Host host(clients);
  std::vector<testing::Octets> frames;
  for (std::size_t i = 0; i < clients; ++i) {
    const auto transaction = static_cast<std::uint64_t>(i) + clients;
    frames.push_back(testing::udp_frame(client(i), host.server(), check(i, transaction)));
    frames.push_back(testing::udp_frame(host.server(), client(i), testing::stun(0x0101, transaction, {})));
  }
  std::size_t turn = 0;
  for ([[maybe_unused]] auto _ : state) {
    host.feed(frames[turn]);
    turn = turn + 1 == frames.size() ? 0 : turn + 1;
  }
  finish(state, host, frames[0].size());
}
BENCHMARK(BM_PacketPathStun)->Arg(1)->Arg(100)->Arg(10000);

}  // namespace
}  // namespace rtcscope
