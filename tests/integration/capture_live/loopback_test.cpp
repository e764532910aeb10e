// On loopback the kernel shows each packet twice, going out and coming in; we show it once.

#include <map>

#include "tests/integration/capture_live/live_test.hpp"

namespace rtcscope {
namespace {

class LiveLoopback : public LiveTest {};

TEST_F(LiveLoopback, EachPacketIsSeenOnce) {
  host().ip("link set lo up");
  const auto source = opened({.interfaces = {"lo"}});
  const Sender we_send(host(), "127.0.0.1");
  for (std::uint32_t i = 0; i <= 500; ++i) we_send.send(i);
  std::map<std::uint32_t, int> seen;
  read(*source, [&](const PacketRecord& record) {
    const auto view = link::parse_frame(record.link_type, record.bytes, record.wire_length);
    const auto number = view ? number_of(*view) : std::nullopt;
    if (number) seen[*number] += 1;
    return seen.count(500) == 0;
  });
  EXPECT_EQ(seen.size(), 501U);
  for (const auto& [number, times] : seen) EXPECT_EQ(times, 1) << "datagram " << number;
}

// Both ends are here: neither way is the right one.
TEST_F(LiveLoopback, DirectionIsUnknown) {
  host().ip("link set lo up");
  const auto source = opened({.interfaces = {"lo"}});
  const Sender we_send(host(), "127.0.0.1");
  we_send.send(1);
  read(*source, [&](const PacketRecord& record) {
    EXPECT_EQ(record.direction, PacketDirection::kUnknown);
    return false;
  });
}

TEST_F(LiveLoopback, IsOnlyCapturedWhenAskedFor) {
  host().ip("link set lo up");
  const auto without = open_capture({});
  ASSERT_FALSE(without.has_value());
  EXPECT_EQ(without.error().code, CaptureErrc::kNoInterface);
  const auto with = opened({.loopback = true});
  EXPECT_EQ(with->interfaces().size(), 1U);
}

}  // namespace
}  // namespace rtcscope
