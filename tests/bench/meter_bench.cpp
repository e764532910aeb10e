// What metering costs above touching the header at all: the same headers through the meter and through
// memcpy.

#include <benchmark/benchmark.h>

#include <time.h>

#include <array>
#include <cstring>
#include <vector>

#include "base/rtp_meter.h"

namespace {

struct Arrival {
  rtc_u64 time_ns;
  std::array<unsigned char, 12> header;
};

constexpr std::size_t kPackets = 4096;

std::vector<Arrival> arrivals() {
  std::vector<Arrival> made(kPackets);
  for (std::size_t i = 0; i < kPackets; ++i) {
    const auto number = static_cast<rtc_u32>(i);
    // Every 50th packet changes places with the next, and arrival jitters by a few milliseconds.
    const rtc_u32 sequence = number % 50 == 48 ? number + 1 : number % 50 == 49 ? number - 1 : number;
    const rtc_u32 timestamp = sequence * 960;
    made[i].time_ns = 1'790'000'000'000'000'000ULL + i * 20'000'000 + i * 7919 % 4'000'000;
    made[i].header = {0x80, 111};
    for (unsigned octet = 0; octet < 2; ++octet)
      made[i].header[3 - octet] = static_cast<unsigned char>(sequence >> (8 * octet));
    for (unsigned octet = 0; octet < 4; ++octet)
      made[i].header[7 - octet] = static_cast<unsigned char>(timestamp >> (8 * octet));
  }
  return made;
}

void copy_all(const std::vector<Arrival>& packets, std::vector<Arrival>& copies) {
  for (std::size_t i = 0; i < packets.size(); ++i) std::memcpy(&copies[i], &packets[i], sizeof(Arrival));
  benchmark::ClobberMemory();
}

void meter_all(const std::vector<Arrival>& packets, rtc_rtp_meter& meter) {
  for (const Arrival& packet : packets) {
    const auto& h = packet.header;
    const auto sequence = static_cast<rtc_u16>(h[2] << 8 | h[3]);
    const auto timestamp = static_cast<rtc_u32>(h[4]) << 24 | static_cast<rtc_u32>(h[5]) << 16 |
                           static_cast<rtc_u32>(h[6]) << 8 | h[7];
    rtc_meter_add(&meter, packet.time_ns, sequence, timestamp, h[1] >> 7, h[1] & 0x7f, 132);
  }
  benchmark::DoNotOptimize(meter);
}

/// CPU time of this process: a busy machine does not change the ratio.
double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

void BM_MeterAgainstCopy(benchmark::State& state) {
  const std::vector<Arrival> packets = arrivals();
  std::vector<Arrival> copies(packets.size());
  double copying = 0;
  double metering = 0;
  for ([[maybe_unused]] auto _ : state) {
    rtc_rtp_meter meter{};
    const double start = cpu_seconds();
    copy_all(packets, copies);
    const double copied = cpu_seconds();
    meter_all(packets, meter);
    const double metered = cpu_seconds();
    copying += copied - start;
    metering += metered - copied;
    state.SetIterationTime(metered - copied);
  }
  const double packets_done = static_cast<double>(state.iterations()) * kPackets;
  state.SetItemsProcessed(static_cast<std::int64_t>(packets_done));
  state.counters["meter_ns"] = metering / packets_done * 1e9;
  state.counters["copy_ns"] = copying / packets_done * 1e9;
  state.counters["ratio"] = metering / copying;
}
BENCHMARK(BM_MeterAgainstCopy)->UseManualTime();

}  // namespace
