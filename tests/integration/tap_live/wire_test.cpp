// What passes a tapped wire is what was sent, and what the tap says of it is true.

#include <netinet/udp.h>

#include <random>

#include "tests/integration/tap_live/tap_live.hpp"

namespace rtcscope {
namespace {

using testing::Octets;

/// Of every kind that the tap treats differently, and of every size.
std::vector<Octets> mixed_payloads(unsigned seed, std::size_t count) {
  std::mt19937 random(seed);
  std::vector<Octets> payloads;
  for (std::size_t i = 0; i < count; ++i) {
    Octets octets(1 + random() % 1200);
    for (std::byte& octet : octets) octet = static_cast<std::byte>(random());
    const Octets rtp = testing::rtp(7, static_cast<std::uint16_t>(i), static_cast<std::uint32_t>(i));
    const Octets stun = testing::stun(0x0001, i, testing::username("a:b"));
    const Octets& head = i % 3 == 0 ? rtp : stun;
    if (i % 3 != 2) octets.insert(octets.begin(), head.begin(), head.end());
    payloads.push_back(std::move(octets));
  }
  return payloads;
}

void expect_arrive(const std::vector<Octets>& sent, const auto& from, const auto& to) {
  for (const Octets& payload : sent) {
    from.send(payload);
    ASSERT_EQ(to.receive(), payload);
  }
}

TEST_F(TapLive, PacketsPassAsTheyWere) {
  connect();
  for (const TapAttach attach : ways_to_attach()) {
    TapOptions options = options_for("rtc0");
    options.attach = attach;
    const auto tap = tapped(options);
    ASSERT_NE(tap, nullptr);
    const Datagrams ours(host(), kOurs, kClients);
    const Datagrams theirs(client(), kClients, kOurs);
    expect_arrive(mixed_payloads(1, 1000), ours, theirs);
    expect_arrive(mixed_payloads(2, 1000), theirs, ours);
    std::uint64_t metered = 0;
    for (const auto& [name, reading] : meters(*tap)) metered += reading.meter.packets;
    EXPECT_GE(metered, 2 * 334U);
  }
}

TEST_F(TapLive, FramesPassAsTheyWere) {
  connect();
  const auto tap = tapped(options_for("rtc0"));
  ASSERT_NE(tap, nullptr);
  LiveOptions live;
  live.interfaces = {"rtc1"};
  auto capture = client().within([&] { return open_live_capture(live); });
  ASSERT_TRUE(capture.has_value()) << capture.error().message;
  // Whole frames, also such as no IP stack would send.
  const int fd = host().within([] { return socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0); });
  sockaddr_ll to{};
  to.sll_family = AF_PACKET;
  to.sll_ifindex = static_cast<int>(host().within([] { return if_nametoindex("rtc0"); }));
  std::vector<Octets> sent;
  std::mt19937 random(3);
  for (const Octets& payload : mixed_payloads(4, 500)) {
    Octets frame =
        testing::udp_frame(testing::endpoint(kOurs, 1), testing::endpoint("198.18.0.9", 2), payload);
    frame[0] = std::byte{2};
    for (int i = 0; i < 3; ++i) frame[14 + random() % 40] = static_cast<std::byte>(random());
    ASSERT_EQ(sendto(fd, frame.data(), frame.size(), 0, reinterpret_cast<const sockaddr*>(&to), sizeof to),
              static_cast<ssize_t>(frame.size()))
        << std::strerror(errno);
    sent.push_back(std::move(frame));
  }
  close(fd);
  std::size_t next = 0;
  read(**capture, [&](const PacketRecord& record) {
    if (next < sent.size() &&
        std::equal(record.bytes.begin(), record.bytes.end(), sent[next].begin(), sent[next].end())) {
      next += 1;
    }
    return next < sent.size();
  });
  EXPECT_EQ(next, sent.size());
}

TEST_F(TapLive, MetersBothDirections) {
  connect();
  const auto tap = tapped(options_for("rtc0"));
  ASSERT_NE(tap, nullptr);
  const Datagrams ours(host(), kOurs, kClients);
  const Datagrams theirs(client(), kClients, kOurs);
  for (std::uint16_t i = 0; i < 100; ++i) {
    ours.send(testing::rtp(7, i, i * 3000U));
    static_cast<void>(theirs.receive());
    if (i % 10 == 0) continue;  // every tenth is lost on the way to us
    theirs.send(testing::rtp(8, i, i * 3000U));
    static_cast<void>(ours.receive());
  }
  auto found = meters(*tap);
  const auto out = found[{7, PacketDirection::kEgress}].meter;
  const auto in = found[{8, PacketDirection::kIngress}].meter;
  EXPECT_EQ(out.packets, 100U);
  EXPECT_EQ(in.packets, 90U);
  EXPECT_EQ(rtc_meter_expected(&in) - in.distinct, 9U);  // the first one was not missed by anybody
  EXPECT_EQ(tap->counters().at(0).kernel_drops, 0U);
  EXPECT_GE(tap->counters().at(0).packets, 190U);
  EXPECT_EQ(tap->status().streams, 2U);
  // Their time is UTC.
  const auto now = std::chrono::time_point_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now());
  EXPECT_LT(std::chrono::abs(now - utc_from_ns(static_cast<std::int64_t>(out.last_ns))),
            std::chrono::seconds(60));
}

TEST_F(TapLive, SegmentsOfOneSendCallAreDatagrams) {
  connect();
  const auto tap = tapped(options_for("rtc0"));
  ASSERT_NE(tap, nullptr);
  const Datagrams ours(host(), kOurs, kClients);
  Octets together;
  for (std::uint16_t i = 0; i < 40; ++i) {
    const Octets one = testing::rtp(9, i, i * 3000U);
    together.insert(together.end(), one.begin(), one.end());
  }
  const int segment = 112;
  if (setsockopt(ours.fd(), SOL_UDP, UDP_SEGMENT, &segment, sizeof segment) != 0)
    GTEST_SKIP() << "no UDP_SEGMENT";
  ours.send(together);
  auto found = meters(*tap);
  const auto meter = found[{9, PacketDirection::kEgress}].meter;
  EXPECT_EQ(meter.packets, 40U);
  EXPECT_EQ(meter.bytes, 40U * 112);
  EXPECT_EQ(meter.frames, 40U);
}

TEST_F(TapLive, XdpSeesWhatComesIn) {
  connect();
  TapOptions options = options_for("rtc0");
  options.kind = TapKind::kXdp;
  const auto tap = tapped(options);
  ASSERT_NE(tap, nullptr);
  const Datagrams ours(host(), kOurs, kClients);
  const Datagrams theirs(client(), kClients, kOurs);
  for (std::uint16_t i = 0; i < 50; ++i) {
    const Octets payload = testing::rtp(5, i, i);
    theirs.send(payload);
    ASSERT_EQ(ours.receive(), payload);
  }
  auto found = meters(*tap);
  EXPECT_EQ((found[{5, PacketDirection::kUnknown}].meter.packets), 50U);
}

}  // namespace
}  // namespace rtcscope
