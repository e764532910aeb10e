#pragma once
// The tap's programs on frames of our own (BPF_PROG_TEST_RUN), and the packet path of user space beside them.

#include <bpf/bpf.h>
#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <tuple>
#include <vector>

#include "capture/bpf/event_ring.hpp"
#include "capture/bpf/tap_program.hpp"
#include "capture/open.hpp"
#include "decoders/demux/demux.hpp"
#include "decoders/link/frame.hpp"
#include "decoders/rtp/rtp_packet.hpp"
#include "tests/support/packet_builder.hpp"

namespace rtcscope {

/// What tells streams apart in both worlds; the test knows one interface only.
using StreamName = std::tuple<FiveTuple, std::uint32_t, std::uint32_t>;  // with SSRC and path
using Meters = std::map<StreamName, rtc_rtp_meter>;

/// Sends datagrams through what user space does with RTP.
class UserSpace {
 public:
  void add(UtcTime time, Bytes frame, std::uint32_t segment_bytes = 0) {
    const auto view = link::parse_frame(LinkType::kEthernet, frame, static_cast<std::uint32_t>(frame.size()));
    if (!view || view->five_tuple.transport != Transport::kUdp) return;
    const std::uint16_t to = view->five_tuple.destination.port;
    // Tunnels are left to user space.
    if (to == 4789 || to == 8472 || to == 6081 || to == 2152 || view->tunnel_count != 0) return;
    Bytes rest = view->payload;
    const std::size_t step = segment_bytes == 0 ? rest.size() : segment_bytes;
    while (!rest.empty()) {
      add_datagram(time, *view, rest.first(std::min(step, rest.size())));
      rest = rest.subspan(std::min(step, rest.size()));
    }
  }
  [[nodiscard]] const Meters& meters() const noexcept { return meters_; }

 private:
  void add_datagram(UtcTime time, const link::DatagramView& view, Bytes datagram) {
    if (demux::classify(datagram) != demux::PacketClass::kRtp) return;
    const auto packet = rtp::parse_rtp(datagram);
    if (!packet || packet->ssrc == 0) return;
    const unsigned flags = (packet->marker ? RTC_MARKER : 0U) | (packet->has_padding ? RTC_PADDING : 0U);
    rtc_meter_add(&meters_[{view.five_tuple, packet->ssrc, view.path}],
                  static_cast<rtc_u64>(ns_since_epoch(time)), packet->sequence_number, packet->rtp_timestamp,
                  static_cast<rtc_u8>(flags), packet->payload_type, static_cast<rtc_u32>(datagram.size()));
  }

  Meters meters_;
};

/// The program for captures: it gives every stream one direction, whatever the addresses are to lo.
inline constexpr TapEntry kEntry = TapEntry::kLoopback;

/// Linux cooked and raw frames get an Ethernet header: the programs that run here begin with one. Empty for
/// what is no frame.
inline testing::Octets as_ethernet(LinkType link_type, Bytes bytes) {
  const std::size_t header = link_type == LinkType::kLinuxSll2  ? 20
                             : link_type == LinkType::kLinuxSll ? 16
                             : link_type == LinkType::kNull     ? 4
                                                                : 0;
  testing::Writer w;
  if (link_type == LinkType::kEthernet) {
    w.octets.assign(bytes.begin(), bytes.end());
  } else if (bytes.size() > header) {
    w.zeros(12).u16((static_cast<unsigned>(bytes[header]) >> 4U) == 6 ? 0x86dd : 0x0800);
    w.octets.insert(w.octets.end(), bytes.begin() + static_cast<std::ptrdiff_t>(header), bytes.end());
  }
  if (w.octets.size() < 14) w.octets.clear();
  return w.octets;
}

/// Calls use(time, frame) for every frame of a capture file, whole as the kernel sees it: what a snap length
/// cut off is filled up. Other tests say what they think of files that cannot be read.
template <class Use>
void for_each_frame(const std::filesystem::path& path, Use use) {
  auto source = open_capture_file(path.string());
  if (!source) return;
  while (!(*source)->finished()) {
    const auto batch = (*source)->next_batch(Duration::zero());
    if (!batch) return;
    for (const PacketRecord& record : *batch) {
      std::vector<std::byte> bytes(record.bytes.begin(), record.bytes.end());
      bytes.resize(std::max<std::size_t>(bytes.size(), record.wire_length));
      const testing::Octets frame = as_ethernet(record.link_type, bytes);
      if (!frame.empty()) use(record.time, frame);
    }
  }
}

class TapTest : public ::testing::Test {
 protected:
  void SetUp() override {
    TapProgramOptions options;
    options.time_is_set = true;
    load(options);
  }

  void load(const TapProgramOptions& options) {
    ring_.reset();
    auto loaded = TapProgram::load(options);
    if (!loaded && loaded.error().code == CaptureErrc::kNoCapability) {
      GTEST_SKIP() << "needs root: " << loaded.error().message;
    }
    ASSERT_TRUE(loaded.has_value()) << loaded.error().message;
    program_.emplace(*std::move(loaded));
    auto ring = EventRing::map(program_->events_fd(), options.ring_bytes);
    ASSERT_TRUE(ring.has_value()) << ring.error().message;
    ring_ = std::make_unique<EventRing>(*std::move(ring));
  }

  /// Sends one frame through a program. Returns what the program returned, or nothing where the kernel takes
  /// no frame of this size for a test.
  std::optional<std::uint32_t> run(TapEntry entry, UtcTime time, Bytes frame,
                                   std::uint32_t segment_bytes = 0) {
    program_->set_now(time);
    std::vector<std::byte> out(frame.size() + 256);
    __sk_buff context{};
    context.gso_size = segment_bytes;
    context.gso_segs = segment_bytes == 0 ? 0 : 2;
    LIBBPF_OPTS(bpf_test_run_opts, options, .data_in = frame.data(), .data_out = out.data(),
                .data_size_in = static_cast<std::uint32_t>(frame.size()),
                .data_size_out = static_cast<std::uint32_t>(out.size()), .repeat = 1);
    if (entry != TapEntry::kXdp) {
      options.ctx_in = &context;
      options.ctx_size_in = sizeof context;
    }
    if (bpf_prog_test_run_opts(program_->program_fd(entry), &options) != 0) return std::nullopt;
    EXPECT_EQ(options.data_size_out, frame.size());
    EXPECT_EQ(std::memcmp(out.data(), frame.data(), frame.size()), 0) << "the tap changed a packet";
    return options.retval;
  }

  /// The kernel's streams under their names.
  [[nodiscard]] Meters kernel_meters() const {
    std::vector<rtc_stream> streams;
    EXPECT_TRUE(program_->read_streams(streams));
    Meters meters;
    for (const rtc_stream& stream : streams) {
      const MeterReading reading = to_reading(stream, {});
      meters[{reading.five_tuple, reading.ssrc, reading.path}] = reading.meter;
    }
    return meters;
  }

  void forget_streams() const {
    std::vector<rtc_stream> streams;
    EXPECT_TRUE(program_->read_streams(streams));
    for (const rtc_stream& stream : streams) program_->forget_stream(stream.key);
  }

  static void expect_equal(const Meters& kernel, const Meters& user) {
    EXPECT_EQ(kernel.size(), user.size());
    for (const auto& [name, meter] : user) {
      const auto found = kernel.find(name);
      const auto& [tuple, ssrc, path] = name;
      const std::string text = to_string(tuple.source) + " to " + to_string(tuple.destination) + " ssrc " +
                               std::to_string(ssrc) + " path " + std::to_string(path);
      ASSERT_NE(found, kernel.end()) << text;
      EXPECT_EQ(std::memcmp(&found->second, &meter, sizeof meter), 0)
          << text << ": " << found->second.packets << " packets in the kernel, " << meter.packets;
    }
  }

  /// The next event, given back at once: for tests that read few.
  struct Event {
    rtc_tap_event header;
    std::vector<std::byte> frame;
  };
  std::vector<Event> take_events() {
    std::vector<Event> events;
    while (const rtc_tap_event* event = ring_->next()) {
      const auto* frame = reinterpret_cast<const std::byte*>(event + 1);
      events.push_back({*event, {frame, frame + event->captured}});
    }
    ring_->release();
    return events;
  }

  std::optional<TapProgram> program_;
  std::unique_ptr<EventRing> ring_;
};

}  // namespace rtcscope
