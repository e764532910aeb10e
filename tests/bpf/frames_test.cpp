// One frame each: what the programs return, what goes to user space, what is metered.

#include "tests/bpf/tap_test.hpp"

namespace rtcscope {
namespace {

using testing::endpoint;
using testing::Octets;
using testing::udp_frame;
using testing::Writer;

constexpr std::uint32_t kNext = 0xffffffff;  // TC_ACT_UNSPEC, TCX_NEXT
constexpr std::uint32_t kXdpPass = 2;
const UtcTime kNow = utc_from_ns(1'800'000'000'000'000'000);

const Endpoint kA = testing::endpoint("198.18.0.1", 40'000);
const Endpoint kB = testing::endpoint("198.18.0.2", 50'000);

struct Case {
  const char* name;
  Octets frame;
  std::size_t events;
  std::size_t streams;
};

Octets tagged(const Octets& frame, unsigned tags) {
  Writer w;
  w.octets.assign(frame.begin(), frame.begin() + 12);
  for (unsigned i = 0; i < tags; ++i) w.u16(i == 0 ? 0x88a8 : 0x8100).u16(100 + i);
  w.octets.insert(w.octets.end(), frame.begin() + 12, frame.end());
  return w.octets;
}

/// IPv6 with `count` destination options headers before UDP.
Octets with_extensions(unsigned count, const Octets& payload) {
  const auto udp = static_cast<unsigned>(payload.size() + 8);
  Writer w;
  w.zeros(12).u16(0x86dd).u32(0x60000000).u16(udp + count * 8).u8(count == 0 ? 17 : 60).u8(64);
  w.zeros(15).u8(1).zeros(15).u8(2);
  for (unsigned i = 0; i < count; ++i) w.u8(i + 1 == count ? 17 : 60).u8(0).u8(1).u8(4).zeros(4);
  return w.u16(40'000).u16(50'000).u16(udp).u16(0).bytes(payload).octets;
}

Octets tcp_frame(const Octets& payload) {
  Writer w;
  w.zeros(12)
      .u16(0x0800)
      .u8(0x45)
      .u8(0)
      .u16(static_cast<unsigned>(40 + payload.size()))
      .u32(0x4000)
      .u8(64)
      .u8(6);
  w.u16(0)
      .u32(0xc6120001)
      .u32(0xc6120002)
      .u16(40'000)
      .u16(443)
      .u32(1)
      .u32(1)
      .u8(0x50)
      .u8(0x10)
      .u16(1000)
      .u32(0);
  return w.bytes(payload).octets;
}

const Octets kRtp = testing::rtp(0x1234, 1, 1000);
const Octets kStun = testing::stun(0x0001, 7, testing::username("a:b"));

std::vector<Case> cases() {
  const Octets rtp4 = udp_frame(kA, kB, kRtp);
  const Octets v6 = udp_frame(endpoint("2001:db8::1", 1), endpoint("2001:db8::2", 2), kRtp);
  Octets fragment = rtp4;
  fragment[20] = std::byte{0x20};
  Octets rtp_with_long_extension = kRtp;
  rtp_with_long_extension[0] = std::byte{0x90};
  rtp_with_long_extension[14] = std::byte{0xff};
  Octets rtcp = kRtp;
  rtcp[1] = std::byte{200};
  Octets ipip = rtp4;
  ipip[23] = std::byte{4};
  Octets icmp = rtp4;
  icmp[23] = std::byte{1};
  Octets long_ip = rtp4;
  long_ip[16] = std::byte{0x7f};
  return {
      {"rtp over IPv4", rtp4, 1, 1},
      {"rtp over IPv6", v6, 1, 1},
      {"one tag", tagged(rtp4, 1), 1, 1},
      {"four tags", tagged(rtp4, 4), 1, 1},
      {"five tags are refused by user space", tagged(rtp4, 5), 1, 0},
      {"seven extension headers", with_extensions(7, kRtp), 1, 1},
      {"eight extension headers are refused by user space", with_extensions(8, kRtp), 1, 0},
      {"dtls", udp_frame(kA, kB, Writer{}.u8(22).u16(0xfefd).zeros(20).octets), 1, 0},
      {"rtcp", udp_frame(kA, kB, rtcp), 1, 0},
      {"channel data", udp_frame(kA, kB, Writer{}.u16(0x4001).u16(4).zeros(4).octets), 1, 0},
      {"one octet of dtls", udp_frame(kA, kB, Writer{}.u8(22).octets), 1, 0},
      {"no payload", udp_frame(kA, kB, {}), 0, 0},
      {"quic", udp_frame(kA, kB, Writer{}.u8(0xc3).zeros(40).octets), 0, 0},
      {"vxlan", udp_frame(kA, endpoint("198.18.0.2", 4789), Writer{}.u8(8).zeros(60).octets), 1, 0},
      {"ssrc 0", udp_frame(kA, kB, testing::rtp(0, 1, 1)), 1, 0},
      {"an extension past the end", udp_frame(kA, kB, rtp_with_long_extension), 1, 0},
      {"a first fragment", fragment, 1, 0},
      {"an IP length past the end", long_ip, 1, 0},
      {"ip in ip", ipip, 1, 0},
      {"icmp", icmp, 0, 0},
      {"arp", Writer{}.zeros(12).u16(0x0806).zeros(28).octets, 0, 0},
      {"tcp", tcp_frame(Writer{}.text("GET / HTTP/1.1").octets), 0, 0},
      {"ice-tcp", tcp_frame(Writer{}.u16(static_cast<unsigned>(kStun.size())).bytes(kStun).octets), 1, 0},
      {"turn over tcp", tcp_frame(kStun), 1, 0},
      {"tcp without payload", tcp_frame({}), 0, 0},
      // Last: from then on the five-tuple is known.
      {"stun", udp_frame(kA, kB, kStun), 1, 0},
  };
}

TEST_F(TapTest, EachKindOfFrame) {
  for (const TapEntry entry : {TapEntry::kIngress, TapEntry::kEgress, TapEntry::kLoopback, TapEntry::kXdp}) {
    ASSERT_NO_FATAL_FAILURE(SetUp());
    if (IsSkipped()) return;
    for (const Case& c : cases()) {
      SCOPED_TRACE(c.name);
      EXPECT_EQ(run(entry, kNow, c.frame), entry == TapEntry::kXdp ? kXdpPass : kNext);
      const auto events = take_events();
      ASSERT_EQ(events.size(), c.events);
      EXPECT_EQ(kernel_meters().size(), c.streams);
      forget_streams();
      if (events.empty()) continue;
      EXPECT_EQ(events[0].header.flags, c.streams == 0 ? 0U : RTC_EVENT_METERED);
      EXPECT_EQ(events[0].header.wire_length, c.frame.size());
      EXPECT_EQ(utc_from_ns(static_cast<std::int64_t>(events[0].header.time_ns)), kNow);
      EXPECT_TRUE(std::equal(events[0].frame.begin(), events[0].frame.end(), c.frame.begin()));
    }
  }
}

TEST_F(TapTest, MediaIsNotHandedOn) {
  run(TapEntry::kIngress, kNow, udp_frame(kA, kB, kRtp));
  const auto events = take_events();
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].frame.size(), 14U + 20 + 8 + 12);
}

TEST_F(TapTest, FirstPacketsThenASample) {
  std::vector<unsigned> handed_on;
  for (unsigned i = 1; i <= 200; ++i) {
    run(TapEntry::kIngress, kNow, udp_frame(kA, kB, testing::rtp(7, static_cast<std::uint16_t>(i), i)));
    if (!take_events().empty()) handed_on.push_back(i);
  }
  std::vector<unsigned> want;
  for (unsigned i = 1; i <= RTC_FIRST_PACKETS; ++i) want.push_back(i);
  for (unsigned i = RTC_SAMPLE_EVERY; i <= 200; i += RTC_SAMPLE_EVERY) want.push_back(i);
  EXPECT_EQ(handed_on, want);
}

TEST_F(TapTest, AFiveTupleWithStunIsHandedOnWhole) {
  const Octets other = udp_frame(kA, kB, Writer{}.u8(0xc3).zeros(40).octets);
  run(TapEntry::kIngress, kNow, udp_frame(kB, kA, kStun));
  run(TapEntry::kIngress, kNow, other);
  EXPECT_EQ(take_events().size(), 2U);
}

TEST_F(TapTest, StreamsThatFindNoRoomAreMeteredInUserSpace) {
  TapProgramOptions options;
  options.max_streams = 2;
  options.time_is_set = true;
  ASSERT_NO_FATAL_FAILURE(load(options));
  for (std::uint32_t ssrc = 1; ssrc <= 100; ++ssrc) {
    run(TapEntry::kIngress, kNow, udp_frame(kA, kB, testing::rtp(ssrc, 1, 1, 100)));
  }
  const auto events = take_events();
  ASSERT_EQ(events.size(), 100U);
  std::size_t metered = 0;
  for (const Event& event : events) {
    metered += (event.header.flags & RTC_EVENT_METERED) != 0 ? 1 : 0;
    EXPECT_EQ(event.header.captured, 14U + 20 + 8 + 12) << "headers only, no media";
  }
  EXPECT_EQ(metered, kernel_meters().size());
  const auto drops = program_->read_drops();
  ASSERT_EQ(drops.size(), 1U);
  EXPECT_EQ(drops[0].key.reason, RTC_DROP_STREAMS_FULL);
  EXPECT_EQ(drops[0].count, 100 - metered);
}

TEST_F(TapTest, ASuperPacketThatFindsNoRoomIsHandedOnToItsEnd) {
  TapProgramOptions options;
  options.max_streams = 1;
  options.time_is_set = true;
  ASSERT_NO_FATAL_FAILURE(load(options));
  Octets payload;
  for (std::uint16_t i = 0; i < 20; ++i) {
    const Octets segment = testing::rtp(8, i, i, 100);
    payload.insert(payload.end(), segment.begin(), segment.end());
  }
  run(TapEntry::kEgress, kNow, udp_frame(kA, kB, testing::rtp(7, 1, 1)));
  take_events();
  const Octets frame = udp_frame(kA, kB, payload);
  ASSERT_EQ(run(TapEntry::kEgress, kNow, frame, 112), kNext);
  const auto events = take_events();
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].header.captured, frame.size());
  EXPECT_EQ(events[0].header.flags & RTC_EVENT_METERED, 0U);
}

TEST_F(TapTest, AFullRingIsCounted) {
  TapProgramOptions options;
  options.ring_bytes = 4096;
  options.time_is_set = true;
  ASSERT_NO_FATAL_FAILURE(load(options));
  for (int i = 0; i < 100; ++i) run(TapEntry::kIngress, kNow, udp_frame(kA, kB, kStun));
  const std::size_t handed_on = take_events().size();
  EXPECT_GT(handed_on, 0U);
  const auto drops = program_->read_drops();
  ASSERT_EQ(drops.size(), 1U);
  EXPECT_EQ(drops[0].key.reason, RTC_DROP_EVENTS_FULL);
  EXPECT_EQ(drops[0].count, 100 - handed_on);
}

TEST_F(TapTest, ASuperPacketCountsAsItsSegments) {
  Octets payload;
  UserSpace user;
  for (std::uint16_t i = 0; i < 20; ++i) {
    // The last one is shorter; an RTCP packet and a second stream travel in between.
    Octets segment = testing::rtp(i % 3 == 0 ? 8U : 7U, i, i * 10U, i == 19 ? 20 : 100);
    if (i == 10) segment[1] = std::byte{200};
    payload.insert(payload.end(), segment.begin(), segment.end());
  }
  const Octets frame = udp_frame(kA, kB, payload);
  ASSERT_EQ(run(TapEntry::kEgress, kNow, frame, 112), kNext);
  user.add(kNow, frame, 112);
  EXPECT_EQ(user.meters().size(), 2U);
  expect_equal(kernel_meters(), user.meters());
  const auto events = take_events();
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].header.segment_bytes, 112U);
  EXPECT_EQ(events[0].header.flags, RTC_EVENT_METERED);
}

}  // namespace
}  // namespace rtcscope
