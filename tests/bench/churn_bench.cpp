// An hour of flows that come and die at once, through flows and correlator: what memory does.
//
// usage: bench_churn [flows per second [seconds]]; 10,000 and 3,600 unless said. Time is simulated. Each flow
// shows an ICE check, its answer and a few RTP packets, and is never heard of again.

#include <malloc.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <vector>

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

double allocated_mib() {
  const struct mallinfo2 memory = mallinfo2();
  return static_cast<double>(memory.uordblks + memory.hblkhd) / (1 << 20);
}

/// 0 where there is no /proc.
double resident_mib() {
  std::uint64_t size = 0, resident = 0;
  std::ifstream("/proc/self/statm") >> size >> resident;
  return static_cast<double>(resident) * static_cast<double>(sysconf(_SC_PAGESIZE)) / (1 << 20);
}

double processor_s() {
  return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
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
  // Ethernet and IPv4 without options, then UDP.
  static constexpr std::size_t kAddresses = 14 + 12;
  static constexpr std::size_t kPorts = 14 + 20;
  static constexpr std::size_t kSsrc = 14 + 20 + 8 + 8;

  struct Frame {
    testing::Octets octets;
    bool from_client;
    bool is_rtp;
  };

  // Made once: what is measured is who reads them.
  static std::vector<Frame> make_frames() {
    const Endpoint client = testing::endpoint("10.0.0.0", 0);
    const Endpoint server = testing::endpoint("198.51.100.1", 10000);
    const auto up = [&](const testing::Octets& payload, bool is_rtp) {
      return Frame{testing::udp_frame(client, server, payload), true, is_rtp};
    };
    return {up(testing::stun(0x0001, 1, testing::username("srv:cli")), false),
            {testing::udp_frame(server, client, testing::stun(0x0101, 1, {})), false, false},
            up(testing::rtp(0, 0, 0), true),
            up(testing::rtp(0, 1, 960), true),
            up(testing::rtp(0, 2, 1920), true)};
  }

  template <int kOctets>
  static void put(testing::Octets& octets, std::size_t at, std::uint64_t value) {
    for (int i = 0; i < kOctets; ++i)
      octets[at + static_cast<std::size_t>(i)] = static_cast<std::byte>(value >> 8 * (kOctets - 1 - i));
  }

  void one_flow() {
    const std::uint64_t n = number_++;
    for (Frame& frame : frames_) {
      // 16 million addresses, then the next port.
      put<3>(frame.octets, kAddresses + (frame.from_client ? 1 : 5), n);
      put<2>(frame.octets, kPorts + (frame.from_client ? 0 : 2), 1024 + (n >> 24U) * 7);
      if (frame.is_rtp) put<4>(frame.octets, kSsrc, n | 1U);
      PacketRecord record;
      record.time = now_;
      record.wire_length = static_cast<std::uint32_t>(frame.octets.size());
      record.bytes = frame.octets;
      path_.add(record);
    }
  }

  std::uint64_t flows_per_second_;
  std::uint64_t number_ = 0;
  Count sink_;
  correlator::Correlator correlator_{{"host"}, {}, 1, sink_};
  flows::PacketPath path_{flows::FlowOptions{}, 1, correlator_};
  std::vector<Frame> frames_ = make_frames();
  UtcTime now_ = utc_from_ns(1'790'000'000'000'000'000);
};

}  // namespace
}  // namespace rtcscope

int main(int argc, char** argv) {
  const std::uint64_t flows = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 10'000;
  const std::uint64_t seconds = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 3'600;
  rtcscope::Churn churn(flows);
  for (std::uint64_t s = 1; s <= seconds; ++s) {
    churn.second();
    // Often while the tables fill, then seldom.
    if (s % 60 != 0 && !(s < 60 && s % 10 == 0)) continue;
    const double us = rtcscope::processor_s() * 1e6 / static_cast<double>(flows * s);
    std::printf("%5lu s: %8zu flows in the table, %7.1f MiB allocated, %7.1f MiB resident, %6.1f us a flow\n",
                s, churn.flows(), rtcscope::allocated_mib(), rtcscope::resident_mib(), us);
    std::fflush(stdout);
  }
  std::printf("%lu flows in %.0f s of processor time, %lu changes of the model\n", flows * seconds,
              rtcscope::processor_s(), churn.changes());
}
