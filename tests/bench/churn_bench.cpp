// An hour of flows that come and die at once, through flows and correlator: what memory does.
//
// usage: bench_churn [flows per second [seconds]]; 10,000 and 3,600 unless said. Time is simulated. Each flow
// shows an ICE check, its answer and a few RTP packets, and is never heard of again.

#include <malloc.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "correlator/correlator.hpp"
#include "flows/packet_path.hpp"
#include "tests/support/packet_builder.hpp"

namespace rtcscope {
namespace {

using namespace std::chrono_literals;

struct Count final : model::ChangeSink {
  void on_change(const model::Change&) override { changes += 1; }
  std::uint64_t changes = 0;
};

double mebibytes() {
  const struct mallinfo2 memory = mallinfo2();
  return static_cast<double>(memory.uordblks + memory.hblkhd) / (1 << 20);
}

class Churn {
 public:
  explicit Churn(std::uint64_t flows_per_second) : flows_per_second_(flows_per_second) {}

  void second() {
    const Duration spacing = Duration{1s} / static_cast<Duration::rep>(flows_per_second_);
    for (std::uint64_t i = 0; i < flows_per_second_; ++i) {
      one_flow();
      now_ += spacing;
    }
    path_.advance(now_);
    correlator_.advance(now_);
  }
  [[nodiscard]] std::size_t flows() const { return path_.table().flows(); }
  [[nodiscard]] std::uint64_t changes() const { return sink_.changes; }

 private:
  static constexpr int kRtpPackets = 3;

  void one_flow() {
    const std::uint64_t n = number_++;
    // 16 million addresses, then the next port.
    Endpoint client = testing::endpoint("10.0.0.0", static_cast<std::uint16_t>(1024 + (n >> 24U) * 7));
    for (unsigned octet = 1; octet < 4; ++octet)
      client.address.octets[octet] = static_cast<std::uint8_t>(n >> 8 * (3 - octet));
    send(client, server_, testing::stun(0x0001, n, testing::username("srv:cli")));
    send(server_, client, testing::stun(0x0101, n, {}));
    for (std::uint16_t i = 0; i < kRtpPackets; ++i)
      send(client, server_, testing::rtp(static_cast<std::uint32_t>(n) | 1U, i, i * 960U));
  }
  void send(const Endpoint& from, const Endpoint& to, const testing::Octets& payload) {
    const testing::Octets frame = testing::udp_frame(from, to, payload);
    PacketRecord record;
    record.time = now_;
    record.wire_length = static_cast<std::uint32_t>(frame.size());
    record.bytes = frame;
    path_.add(record);
  }

  std::uint64_t flows_per_second_;
  std::uint64_t number_ = 0;
  Count sink_;
  correlator::Correlator correlator_{{"host"}, {}, sink_};
  flows::PacketPath path_{flows::FlowOptions{}, 1, correlator_};
  Endpoint server_ = testing::endpoint("198.51.100.1", 10000);
  UtcTime now_ = utc_from_ns(1'790'000'000'000'000'000);
};

}  // namespace
}  // namespace rtcscope

int main(int argc, char** argv) {
  const std::uint64_t flows = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 10'000;
  const std::uint64_t seconds = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 3'600;
  rtcscope::Churn churn(flows);
  const auto begin = std::chrono::steady_clock::now();
  for (std::uint64_t s = 1; s <= seconds; ++s) {
    churn.second();
    // Often while the tables fill, then seldom.
    if (s % 60 != 0 && !(s < 60 && s % 10 == 0)) continue;
    std::printf("%5lu s: %8zu flows in the table, %7.1f MiB\n", s, churn.flows(), rtcscope::mebibytes());
    std::fflush(stdout);
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  std::printf("%lu flows in %.0f s, %lu changes of the model\n", flows * seconds, took.count(),
              churn.changes());
}
