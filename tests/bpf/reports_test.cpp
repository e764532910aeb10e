// Flows that take their meters from the tap report what flows that see every packet report.

#include "tests/bpf/tap_test.hpp"

#include <algorithm>
#include <filesystem>

#include "flows/packet_path.hpp"
#include "tests/support/recordings.hpp"

namespace rtcscope {
namespace {

using flows::FlowSnapshot;
using flows::StreamReport;
using testing::Octets;

class Recorder : public flows::FlowSink {
 public:
  void on_flow(const FlowSnapshot& flow) override { flows[flow.id.value] = flow; }
  void on_stream_report(const StreamReport& report) override { reports.push_back(report); }
  void on_flow_event(const flows::FlowEvent& /*event*/) override {}

  /// By stream and time: the order of streams within one tick is nobody's business.
  std::vector<StreamReport> sorted() const {
    std::vector<StreamReport> all = reports;
    std::stable_sort(all.begin(), all.end(), [](const StreamReport& a, const StreamReport& b) {
      return std::tie(a.stream.value, a.end) < std::tie(b.stream.value, b.end);
    });
    return all;
  }

  std::map<std::uint64_t, FlowSnapshot> flows;
  std::vector<StreamReport> reports;
};

auto figures(const flows::StreamFigures& f) {
  return std::make_tuple(f.packets, f.bytes, f.expected, f.lost, f.duplicates, f.reordered, f.frames,
                         f.markers);
}

void expect_equal_reports(const StreamReport& tap, const StreamReport& user) {
  SCOPED_TRACE("ssrc " + std::to_string(user.ssrc) + " until " + to_rfc3339(user.end));
  EXPECT_EQ(tap.stream.value, user.stream.value);
  EXPECT_EQ(tap.flow.value, user.flow.value);
  EXPECT_EQ(tap.sender, user.sender);
  EXPECT_EQ(tap.payload_type, user.payload_type);
  EXPECT_EQ(tap.start, user.start);
  EXPECT_EQ(tap.end, user.end);
  EXPECT_EQ(tap.first_packet, user.first_packet);
  EXPECT_EQ(tap.last_packet, user.last_packet);
  EXPECT_EQ(tap.final, user.final);
  EXPECT_EQ(figures(tap.total), figures(user.total));
  EXPECT_EQ(figures(tap.interval), figures(user.interval));
  EXPECT_EQ(tap.max_gap, user.max_gap);
  EXPECT_EQ(tap.lost_rfc3550, user.lost_rfc3550);
  EXPECT_EQ(tap.largest_frame_bytes, user.largest_frame_bytes);
  for (std::size_t i = 0; i < user.jitter.size(); ++i) {
    EXPECT_EQ(tap.jitter[i].rfc3550, user.jitter[i].rfc3550);
    EXPECT_EQ(tap.jitter[i].rfc3550_max, user.jitter[i].rfc3550_max);
    EXPECT_EQ(tap.jitter[i].rfc3550_mean, user.jitter[i].rfc3550_mean);
    EXPECT_EQ(tap.jitter[i].frame_based, user.jitter[i].frame_based);
  }
}

class Reports : public TapTest {
 protected:
  void add_file(const std::filesystem::path& path) {
    for_each_frame(path, [&](UtcTime time, const Octets& frame) {
      PacketRecord record;
      record.time = time;
      record.bytes = frame;
      record.wire_length = static_cast<std::uint32_t>(frame.size());
      go_on_to(time);
      if (!run(kEntry, time, frame)) return;
      user_.add(record);
      hand_on();
      last_ = time;
    });
  }

  /// Readings come once a second, before anything of the new second.
  void go_on_to(UtcTime time) {
    const UtcTime second = std::chrono::floor<std::chrono::seconds>(time);
    if (second <= second_) return;
    if (second_ != UtcTime{} && second_ + std::chrono::seconds{1} < second)
      read(second_ + std::chrono::seconds{1});
    read(second);
    second_ = second;
  }

  void read(UtcTime time) {
    std::vector<rtc_stream> streams;
    ASSERT_TRUE(program_->read_streams(streams));
    tap_.begin_readings();
    for (const rtc_stream& stream : streams) {
      if (!tap_.add_meter(to_reading(stream, time))) program_->forget_stream(stream.key);
    }
    tap_.advance(time);
  }

  void hand_on() {
    for (const Event& event : take_events()) {
      PacketRecord record;
      record.time = utc_from_ns(static_cast<std::int64_t>(event.header.time_ns));
      record.bytes = event.frame;
      record.wire_length = event.header.wire_length;
      record.rtp_is_metered = (event.header.flags & RTC_EVENT_METERED) != 0;
      handed_on_ += 1;
      tap_.add(record);
    }
  }

  void expect_same() {
    read(last_);
    tap_.finish();
    user_.finish();
    const auto of_tap = from_tap_.sorted();
    const auto of_user = from_user_.sorted();
    ASSERT_EQ(of_tap.size(), of_user.size());
    for (std::size_t i = 0; i < of_user.size() && !HasFailure(); ++i) expect_equal_reports(of_tap[i], of_user[i]);
    expect_same_flows();
    const flows::PathCounters& tap = tap_.tallies().counters;
    const flows::PathCounters& user = user_.tallies().counters;
    EXPECT_EQ(tap.rtp + tap.rtp_metered, user.rtp);
    EXPECT_EQ(tap.stun, user.stun);
    EXPECT_EQ(tap.dtls, user.dtls);
    EXPECT_EQ(tap.rtcp, user.rtcp);
    std::cout << of_user.size() << " reports of " << from_user_.flows.size() << " flows; " << handed_on_
              << " of " << user.frames << " frames handed on\n";
  }

  void expect_same_flows() {
    ASSERT_EQ(from_tap_.flows.size(), from_user_.flows.size());
    for (const auto& [id, user] : from_user_.flows) {
      const FlowSnapshot& tap = from_tap_.flows[id];
      EXPECT_EQ(tap.key, user.key);
      EXPECT_EQ(tap.last_packet, user.last_packet);
      EXPECT_EQ(tap.rtp_packets.packets, user.rtp_packets.packets);
      EXPECT_EQ(tap.rtp_packets.bytes, user.rtp_packets.bytes);
      EXPECT_EQ(tap.stun_packets.packets, user.stun_packets.packets);
      EXPECT_EQ(tap.dtls_packets.packets, user.dtls_packets.packets);
      EXPECT_EQ(tap.rtcp_packets.packets, user.rtcp_packets.packets);
      EXPECT_EQ(tap.streams.size(), user.streams.size());
      EXPECT_EQ(tap.ice.state, user.ice.state);
      EXPECT_EQ(tap.dtls.state, user.dtls.state);
    }
  }

  Recorder from_tap_, from_user_;
  flows::PacketPath tap_{flows::FlowOptions{}, 1, from_tap_};
  flows::PacketPath user_{flows::FlowOptions{}, 1, from_user_};
  UtcTime second_{};
  UtcTime last_{};
  std::uint64_t handed_on_ = 0;
};

class ReportsOf : public Reports, public ::testing::WithParamInterface<const char*> {};

TEST_P(ReportsOf, Slice) {
  add_file(std::filesystem::path(RTCSCOPE_TEST_DATA) / GetParam() / "call.pcap");
  EXPECT_GT(from_user_.reports.size(), 5U);
  expect_same();
}
INSTANTIATE_TEST_SUITE_P(Slices, ReportsOf,
                         ::testing::Values("sample-call", "calls/loss-uplink", "calls/simulcast-joined-late",
                                           "calls/turn", "calls/udp-blocked", "calls/six-behind-one-nat"));

/// One call a test: packets of different calls would meet in one table out of order of time.
class ReportsOfCall : public Reports, public ::testing::WithParamInterface<const char*> {};

TEST_P(ReportsOfCall, InKernel) {
  const std::filesystem::path calls = testing::recordings_folder(testing::kCalls);
  const std::filesystem::path file = calls / GetParam() / "call.pcap";
  if (calls.empty() || !std::filesystem::exists(file)) GTEST_SKIP() << "no recorded call (RTCSCOPE_CALLS)";
  add_file(file);
  expect_same();
}
INSTANTIATE_TEST_SUITE_P(Calls, ReportsOfCall,
                         ::testing::Values("a-clean", "b1-loss3-up", "b2-loss3-down", "e1-simulcast",
                                           "g1-udp-blocked", "h1-kill", "i-datachannel", "j-ipv6",
                                           "k1-nat6-perfeed", "l2-turn-local"));

}  // namespace
}  // namespace rtcscope
