// What it costs to look at one RTP packet on its way: the in-kernel tap, AF_PACKET v3 with a header snap, and
// libpcap, each with all of the packet path behind it, on a veth pair between two network namespaces.
//
// usage: bench_tap [packets per run [streams...]]; needs root. One thread sends and reads by turns, so that
// its CPU time is all there is: the veth delivers in the sender's context. "added" is the time per packet
// less that of the same run without anybody looking. Every stream sends 50 packets between two readings of
// the meters, as audio does in a second.

#include <bpf/bpf.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/owned_fd.hpp"
#include "capture/open.hpp"
#include "capture/tap.hpp"
#include "flows/packet_path.hpp"
#include "tests/bench/pcap_capture.hpp"
#include "tests/support/network_namespace.hpp"
#include "tests/support/no_flow_sink.hpp"
#include "tests/support/packet_builder.hpp"

namespace rtcscope {
namespace {

using testing::NetworkNamespace;
using testing::Octets;

constexpr std::size_t kRound = 32'768;  // packets sent before anything is read
constexpr std::size_t kStreamsPerFlow = 10;
constexpr std::uint64_t kPacketsPerReading = 50;  // of each stream
constexpr std::size_t kSequenceOffset = 14 + 20 + 8 + 2;

double cpu_seconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

[[noreturn]] void die(const std::string& why) {
  std::fprintf(stderr, "bench_tap: %s\n", why.c_str());
  std::exit(77);
}

/// Sends the packets of `streams` RTP streams by turns.
class Generator {
 public:
  Generator(const NetworkNamespace& where, std::size_t streams) {
    fd_ = OwnedFd{where.within([] { return socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0); })};
    to_.sll_family = AF_PACKET;
    to_.sll_ifindex = static_cast<int>(where.within([] { return if_nametoindex("rtc1"); }));
    for (std::size_t i = 0; i < streams; ++i) {
      const auto flow = static_cast<std::uint32_t>(i / kStreamsPerFlow);
      const std::string from = "198.18." + std::to_string(flow / 16000) + ".1";
      frames_.push_back(
          testing::udp_frame(testing::endpoint(from, static_cast<std::uint16_t>(1024 + flow % 16000)),
                             testing::endpoint("198.19.0.2", 50'000),
                             testing::rtp(static_cast<std::uint32_t>(i + 1), 0, 0, 200)));
      // Nobody's: the stack of the receiver drops it at once.
      frames_.back()[0] = std::byte{2};
    }
  }

  void send(std::size_t count) {
    std::vector<mmsghdr> messages(64);
    std::vector<iovec> parts(64);
    for (std::size_t done = 0; done < count;) {
      const std::size_t batch = std::min(messages.size(), std::min(count - done, frames_.size() - next_));
      for (std::size_t i = 0; i < batch; ++i) {
        Octets& frame = frames_[next_ + i];
        frame[kSequenceOffset] = static_cast<std::byte>(sequence_ >> 8U);
        frame[kSequenceOffset + 1] = static_cast<std::byte>(sequence_);
        parts[i] = {frame.data(), frame.size()};
        messages[i].msg_hdr = {&to_, sizeof to_, &parts[i], 1, nullptr, 0, 0};
      }
      if (sendmmsg(fd_.value(), messages.data(), static_cast<unsigned>(batch), 0) !=
          static_cast<int>(batch)) {
        die("sendmmsg failed");
      }
      done += batch;
      next_ = (next_ + batch) % frames_.size();
      if (next_ == 0) ++sequence_;
    }
  }

 private:
  OwnedFd fd_;
  sockaddr_ll to_{};
  std::vector<Octets> frames_;
  std::size_t next_ = 0;
  std::uint16_t sequence_ = 0;
};

/// Who looks on: reads what came of the packets sent so far.
class Watcher {
 public:
  virtual ~Watcher() = default;
  /// Returns how many RTP packets it knows of by now.
  virtual std::uint64_t look() = 0;
  virtual void every_second() {}
};

class SourceWatcher : public Watcher {
 public:
  explicit SourceWatcher(std::unique_ptr<PacketSource> source) : source_(std::move(source)) {}
  std::uint64_t look() override {
    const auto batch = source_->next_batch(std::chrono::milliseconds(20));
    if (!batch) die(batch.error().message);
    for (const PacketRecord& record : *batch) path_.add(record);
    return path_.tallies().counters.rtp;
  }

 protected:
  testing::NoFlowSink sink_;
  flows::PacketPath path_{flows::FlowOptions{}, 1, sink_};
  std::unique_ptr<PacketSource> source_;
};

class TapWatcher : public SourceWatcher {
 public:
  explicit TapWatcher(std::unique_ptr<TapSource> tap) : SourceWatcher(nullptr), tap_(tap.get()) {
    source_ = std::move(tap);
  }
  /// The kernel has seen all when the packets are sent: what is in the ring is read once.
  std::uint64_t look() override {
    for (bool more = true; more;) {
      const auto batch = source_->next_batch(Duration::zero());
      if (!batch) die(batch.error().message);
      for (const PacketRecord& record : *batch) path_.add(record);
      more = !batch->empty();
    }
    return UINT64_MAX;
  }
  void every_second() override {
    path_.begin_readings();
    tap_->read_meters([this](const MeterReading& reading) { return path_.add_meter(reading); });
  }
  std::uint64_t metered() {
    every_second();
    return path_.tallies().counters.rtp_metered;
  }

 private:
  TapSource* tap_;
};

class PcapWatcher : public Watcher {
 public:
  PcapWatcher() : capture_(bench::open_pcap("rtc0", 96)) {
    if (!capture_) die("libpcap cannot open rtc0");
  }
  std::uint64_t look() override {
    capture_->dispatch([this](const PacketRecord& record) { path_.add(record); });
    return path_.tallies().counters.rtp;
  }

 private:
  testing::NoFlowSink sink_;
  flows::PacketPath path_{flows::FlowOptions{}, 1, sink_};
  std::unique_ptr<bench::PcapCapture> capture_;
};

struct Wire {
  NetworkNamespace host, client;
  Wire() {
    host.ip("link add rtc0 type veth peer name rtc1 netns " + client.path());
    host.ip("link set rtc0 up");
    client.ip("link set rtc1 up");
  }
};

/// CPU time per packet in ns, and how many packets were seen.
struct Cost {
  double ns = 0;
  std::uint64_t seen = 0;
};

/// Past the first packets of every stream, which go to user space.
std::uint64_t warm_up(std::size_t streams) {
  return (streams * 20 + kRound) / kRound * kRound;
}

Cost run(Generator& generator, Watcher* watcher, std::size_t streams, std::uint64_t packets) {
  const std::uint64_t warm = warm_up(streams);
  const auto send_and_look = [&](std::uint64_t before) {
    generator.send(kRound);
    // Copies come in blocks; a block that waits to be handed over costs nothing but time.
    for (int i = 0; watcher != nullptr && i < 50 && watcher->look() < before + kRound; ++i) {
    }
  };
  for (std::uint64_t sent = 0; sent < warm; sent += kRound) send_and_look(sent);
  const double before = cpu_seconds();
  std::uint64_t sent = 0;
  std::uint64_t to_reading = streams * kPacketsPerReading;
  while (sent < packets) {
    send_and_look(warm + sent);
    sent += kRound;
    if (watcher != nullptr && sent >= to_reading) {
      watcher->every_second();
      to_reading += streams * kPacketsPerReading;
    }
  }
  const double seconds = cpu_seconds() - before;
  return {seconds / static_cast<double>(sent) * 1e9, watcher == nullptr ? 0 : watcher->look() - warm};
}

std::unique_ptr<TapWatcher> open_tap_watcher(const Wire& wire) {
  TapOptions options;
  options.max_streams = 131'072;
  options.live.interfaces = {"rtc0"};
  options.ring_bytes = 32U << 20U;
  auto tap = wire.host.within([&] { return open_tap(options); });
  if (!tap) die(tap.error().message);
  return std::make_unique<TapWatcher>(*std::move(tap));
}

std::unique_ptr<Watcher> open_packet_watcher(const Wire& wire) {
  LiveOptions options;
  options.interfaces = {"rtc0"};
  options.snap_length = 96;
  options.ring_bytes = 64U << 20U;
  auto source = wire.host.within([&] { return open_live_capture(options); });
  if (!source) die(source.error().message);
  return std::make_unique<SourceWatcher>(*std::move(source));
}

std::unique_ptr<Watcher> open_pcap_watcher(const Wire& wire) {
  return wire.host.within([] { return std::make_unique<PcapWatcher>(); });
}

/// Run time and runs of the newest program of this name.
std::pair<std::uint64_t, std::uint64_t> program_time(std::string_view name) {
  std::pair<std::uint64_t, std::uint64_t> found{};
  for (std::uint32_t id = 0; bpf_prog_get_next_id(id, &id) == 0;) {
    const OwnedFd fd{bpf_prog_get_fd_by_id(id)};
    bpf_prog_info info{};
    std::uint32_t size = sizeof info;
    if (!fd.valid() || bpf_obj_get_info_by_fd(fd.value(), &info, &size) != 0) continue;
    if (name == info.name) found = {info.run_time_ns, info.run_cnt};
  }
  return found;
}

/// ns in the program per packet.
double program_ns(std::size_t streams, std::uint64_t packets) {
  const Wire wire;
  const auto watcher = open_tap_watcher(wire);
  Generator generator(wire.client, streams);
  run(generator, watcher.get(), streams, kRound);
  const OwnedFd stats{bpf_enable_stats(BPF_STATS_RUN_TIME)};
  const auto before = program_time("rtcscope_in");
  run(generator, watcher.get(), streams, packets);
  const auto after = program_time("rtcscope_in");
  return static_cast<double>(after.first - before.first) / static_cast<double>(after.second - before.second);
}

double added(std::size_t streams, std::uint64_t packets, double alone,
             const std::function<std::unique_ptr<Watcher>(const Wire&)>& open, const char* name) {
  const Wire wire;
  const auto watcher = open(wire);
  Generator generator(wire.client, streams);
  const Cost cost = run(generator, watcher.get(), streams, packets);
  const std::uint64_t sent = (packets + kRound - 1) / kRound * kRound;
  auto* tap = dynamic_cast<TapWatcher*>(watcher.get());
  const std::uint64_t warm = warm_up(streams);
  const std::uint64_t seen = tap != nullptr ? tap->metered() - warm : cost.seen;
  std::printf("  %-9s %7.0f ns, added %6.0f ns; %.1f %% seen\n", name, cost.ns, cost.ns - alone,
              100.0 * static_cast<double>(seen) / static_cast<double>(sent));
  std::fflush(stdout);
  return cost.ns - alone;
}

}  // namespace

void compare(std::size_t streams, std::uint64_t packets) {
  std::printf("%zu streams\n", streams);
  double alone = 0;
  {
    const Wire wire;
    Generator generator(wire.client, streams);
    alone = run(generator, nullptr, streams, packets).ns;
    std::printf("  %-9s %7.0f ns\n", "nobody", alone);
  }
  const double tap = added(streams, packets, alone, open_tap_watcher, "tc tap");
  const double packet = added(streams, packets, alone, open_packet_watcher, "AF_PACKET");
  const double pcap = added(streams, packets, alone, open_pcap_watcher, "libpcap");
  std::printf("  tap / AF_PACKET %.2f, tap / libpcap %.2f; in the program %.0f ns\n", tap / packet,
              tap / pcap, program_ns(streams, packets));
}

}  // namespace rtcscope

int main(int argc, char** argv) {
  const std::uint64_t packets = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 2'000'000;
  std::vector<std::size_t> streams{1000, 4000, 10'000, 100'000};
  if (argc > 2) streams.clear();
  for (int i = 2; i < argc; ++i) streams.push_back(std::strtoull(argv[i], nullptr, 10));
  try {
    for (const std::size_t count : streams) rtcscope::compare(count, packets);
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_tap: %s\n", error.what());
    return 77;
  }
}
