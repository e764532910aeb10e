// ns that the tap's program spends on one RTP packet, by the kernel's own count (bpf_stats), over
// BPF_PROG_TEST_RUN.
//
// usage: bench_program [streams...]; needs root. Packets of all streams come by turns; one in four begins a
// new frame. The least of some rounds is shown: whatever else runs on the machine only adds.

#include <bpf/bpf.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <utility>
#include <vector>

#include "base/owned_fd.hpp"
#include "capture/bpf/event_ring.hpp"
#include "capture/bpf/tap_program.hpp"
#include "tests/support/packet_builder.hpp"

namespace rtcscope {
namespace {

constexpr std::size_t kStreamsPerFlow = 10;
constexpr int kRounds = 31;
constexpr std::size_t kPacketsPerRound = 200'000;
constexpr std::size_t kRtp = 14 + 20 + 8;
constexpr unsigned kPacketsPerFrame = 4;

[[noreturn]] void die(const char* why) {
  std::fprintf(stderr, "bench_program: %s\n", why);
  std::exit(77);
}

void put(testing::Octets& octets, std::size_t at, std::uint32_t value, int size) {
  for (int i = 0; i < size; ++i) {
    octets[at + static_cast<std::size_t>(i)] = static_cast<std::byte>(value >> (8 * (size - 1 - i)));
  }
}

std::vector<testing::Octets> frames_of(std::size_t streams) {
  std::vector<testing::Octets> frames;
  for (std::size_t i = 0; i < streams; ++i) {
    const auto port = static_cast<std::uint16_t>(1024 + i / kStreamsPerFlow);
    frames.push_back(testing::udp_frame(testing::endpoint("198.18.0.1", port),
                                        testing::endpoint("198.19.0.2", 50'000),
                                        testing::rtp(static_cast<std::uint32_t>(i + 1), 0, 0, 200)));
  }
  return frames;
}

/// Sends the packets of `streams` streams through one program by turns.
class Runner {
 public:
  Runner(int program, std::size_t streams) : program_(program), frames_(frames_of(streams)) {}

  /// Every stream sends `packets`.
  void send(std::size_t packets, EventRing& ring) {
    for (std::size_t i = 0; i < packets; ++i, ++sent_) {
      for (testing::Octets& frame : frames_) {
        put(frame, kRtp + 2, sent_, 2);
        put(frame, kRtp + 4, sent_ / kPacketsPerFrame * 3000, 4);
        run(frame);
      }
      while (ring.next() != nullptr) {
      }
      ring.release();
    }
  }

  /// ns and packets since the last call.
  double ns_per_packet() {
    bpf_prog_info info{};
    std::uint32_t size = sizeof info;
    if (bpf_obj_get_info_by_fd(program_, &info, &size) != 0) die("no program info");
    const std::uint64_t ns = info.run_time_ns - std::exchange(ns_, info.run_time_ns);
    const std::uint64_t runs = info.run_cnt - std::exchange(runs_, info.run_cnt);
    return static_cast<double>(ns) / static_cast<double>(std::max<std::uint64_t>(runs, 1));
  }

 private:
  void run(testing::Octets& frame) const {
    LIBBPF_OPTS(bpf_test_run_opts, options, .data_in = frame.data(),
                .data_size_in = static_cast<std::uint32_t>(frame.size()), .repeat = 1);
    if (bpf_prog_test_run_opts(program_, &options) != 0) die("the kernel runs no test");
  }

  int program_;
  std::vector<testing::Octets> frames_;
  std::uint32_t sent_ = 0;
  std::uint64_t ns_ = 0;
  std::uint64_t runs_ = 0;
};

void measure(const char* name, int program, EventRing& ring, std::size_t streams) {
  Runner runner(program, streams);
  runner.send(RTC_FIRST_PACKETS, ring);
  runner.ns_per_packet();
  std::vector<double> rounds;
  for (int i = 0; i < kRounds; ++i) {
    runner.send(std::max<std::size_t>(RTC_SAMPLE_EVERY, kPacketsPerRound / streams), ring);
    rounds.push_back(runner.ns_per_packet());
  }
  std::sort(rounds.begin(), rounds.end());
  std::printf("%-6s %8zu streams: %4.0f ns at least, %4.0f ns in the middle\n", name, streams, rounds.front(),
              rounds[rounds.size() / 2]);
  std::fflush(stdout);
}

/// What the kernel's own reading of its clock takes: a program that does nothing.
OwnedFd empty_program() {
  const bpf_insn instructions[] = {
      {.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0, .src_reg = 0, .off = 0, .imm = -1},
      {.code = BPF_JMP | BPF_EXIT, .dst_reg = 0, .src_reg = 0, .off = 0, .imm = 0}};
  return OwnedFd{bpf_prog_load(BPF_PROG_TYPE_SCHED_CLS, "nothing", "GPL", instructions, 2, nullptr)};
}

void measure_all(std::size_t streams) {
  auto program = TapProgram::load({});
  if (!program) die(program.error().message.c_str());
  auto ring = EventRing::map(program->events_fd(), program->ring_bytes());
  if (!ring) die(ring.error().message.c_str());
  const OwnedFd nothing = empty_program();
  measure("empty", nothing.value(), *ring, streams);
  measure("tc", program->program_fd(TapEntry::kIngress), *ring, streams);
  measure("xdp", program->program_fd(TapEntry::kXdp), *ring, streams);
}

}  // namespace
}  // namespace rtcscope

int main(int argc, char** argv) {
  const rtcscope::OwnedFd stats{bpf_enable_stats(BPF_STATS_RUN_TIME)};
  if (argc < 2) {
    for (const std::size_t streams : {1U, 1000U, 4000U}) rtcscope::measure_all(streams);
  }
  for (int i = 1; i < argc; ++i) rtcscope::measure_all(std::strtoull(argv[i], nullptr, 10));
}
