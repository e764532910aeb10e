// AF_PACKET on an Ethernet: every frame once, its way, its tag, its time, its length.

#include <linux/if_packet.h>
#include <net/if.h>

#include <map>

#include "tests/integration/capture_live/live_test.hpp"
#include "tests/support/hex.hpp"
#include "tests/support/named_case.hpp"

namespace rtcscope {
namespace {

constexpr std::uint32_t kLast = 0xffffffff;  // the number of the datagram that ends a test

class LiveEthernet : public LiveTest {
 protected:
  /// Reads until the datagram with the number kLast; `use` gets all before it.
  static void read_datagrams(PacketSource& source,
                             const std::function<void(const PacketRecord&, const link::DatagramView&)>& use) {
    read(source, [&](const PacketRecord& record) {
      const auto view = link::parse_frame(record.link_type, record.bytes, record.wire_length);
      if (!view) return true;
      const auto number = number_of(*view);
      if (number && *number != kLast) use(record, *view);
      return !number || *number != kLast;
    });
  }
};

TEST_F(LiveEthernet, EachPacketOfTheClientIsSeenOnceComingIn) {
  connect();
  const auto source = opened({.interfaces = {"rtc0"}});
  const Sender client_sends(client(), kOurs);
  for (std::uint32_t i = 0; i < 500; ++i) client_sends.send(i);
  client_sends.send(kLast);
  std::map<std::uint32_t, int> seen;
  read_datagrams(*source, [&](const PacketRecord& record, const link::DatagramView& view) {
    seen[*number_of(view)] += 1;
    EXPECT_EQ(record.direction, PacketDirection::kIngress);
    EXPECT_EQ(to_string(view.five_tuple.source.address), kClients);
  });
  EXPECT_EQ(seen.size(), 500U);
  for (const auto& [number, times] : seen) EXPECT_EQ(times, 1) << "datagram " << number;
}

TEST_F(LiveEthernet, EachPacketOfOursIsSeenOnceGoingOut) {
  connect();
  const auto source = opened({.interfaces = {"rtc0"}});
  const Sender we_send(host(), kClients);
  for (std::uint32_t i = 0; i < 500; ++i) we_send.send(i);
  we_send.send(kLast);
  std::map<std::uint32_t, int> seen;
  read_datagrams(*source, [&](const PacketRecord& record, const link::DatagramView& view) {
    seen[*number_of(view)] += 1;
    EXPECT_EQ(record.direction, PacketDirection::kEgress);
    EXPECT_EQ(to_string(view.five_tuple.source.address), kOurs);
  });
  EXPECT_EQ(seen.size(), 500U);
  for (const auto& [number, times] : seen) EXPECT_EQ(times, 1) << "datagram " << number;
}

TEST_F(LiveEthernet, PacketsOfOneInterfaceKeepTheirOrder) {
  connect();
  const auto source = opened({.interfaces = {"rtc0"}});
  const Sender client_sends(client(), kOurs);
  for (std::uint32_t i = 0; i < 500; ++i) client_sends.send(i);
  client_sends.send(kLast);
  std::uint32_t next = 0;
  read_datagrams(*source, [&](const PacketRecord&, const link::DatagramView& view) {
    EXPECT_EQ(*number_of(view), next);
    ++next;
  });
}

TEST_F(LiveEthernet, TimeIsThatOfThePacket) {
  connect();
  const auto source = opened({.interfaces = {"rtc0"}});
  const Sender client_sends(client(), kOurs);
  const UtcTime before = std::chrono::system_clock::now();
  for (std::uint32_t i = 0; i < 10; ++i) client_sends.send(i);
  const UtcTime after = std::chrono::system_clock::now();
  client_sends.send(kLast);
  read_datagrams(*source, [&](const PacketRecord& record, const link::DatagramView&) {
    EXPECT_GE(record.time, before);
    EXPECT_LE(record.time, after);
  });
}

TEST_F(LiveEthernet, SnapLengthCutsTheCaptureNotTheLength) {
  connect();
  const auto source = opened({.interfaces = {"rtc0"}, .snap_length = 64});
  const Sender client_sends(client(), kOurs);
  client_sends.send(1, 1000);
  client_sends.send(kLast, 4);
  read_datagrams(*source, [&](const PacketRecord& record, const link::DatagramView& view) {
    EXPECT_EQ(record.bytes.size(), 64U);
    EXPECT_EQ(record.wire_length, 14U + 20U + 8U + 1000U);
    EXPECT_EQ(view.payload_wire_length, 1000U);
  });
  EXPECT_GE(source->counters().at(0).truncated, 1U);
}

TEST_F(LiveEthernet, FilterLetsOnlyMatchingPacketsIn) {
  connect();
  const auto source = opened({.interfaces = {"rtc0"}, .filter = "udp and dst host 198.18.0.2"});
  const Sender client_sends(client(), kOurs);
  const Sender we_send(host(), kClients);
  for (std::uint32_t i = 0; i < 10; ++i) client_sends.send(i);
  we_send.send(100);
  we_send.send(kLast);
  std::vector<std::uint32_t> seen;
  read_datagrams(*source, [&](const PacketRecord&, const link::DatagramView& view) {
    seen.push_back(*number_of(view));
  });
  EXPECT_EQ(seen, std::vector<std::uint32_t>{100});
}

TEST_F(LiveEthernet, CountersAreThoseOfWhatWasHandedOn) {
  connect();
  const auto source = opened({.interfaces = {"rtc0"}, .filter = "udp port 50000"});
  const Sender client_sends(client(), kOurs);
  for (std::uint32_t i = 0; i < 20; ++i) client_sends.send(i);
  client_sends.send(kLast);
  read_datagrams(*source, [](const PacketRecord&, const link::DatagramView&) {});
  const CaptureCounters counters = source->counters().at(0);
  EXPECT_EQ(counters.packets, 21U);
  EXPECT_EQ(counters.bytes, 21U * (14 + 20 + 8 + 100));
  EXPECT_EQ(counters.kernel_drops, 0U);
}

/// Frames as they are, from one end of the wire to the other.
class RawSender {
 public:
  RawSender(const NetworkNamespace& where, const char* link) {
    where.within([&] {
      fd_ = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
      to_.sll_family = AF_PACKET;
      to_.sll_ifindex = static_cast<int>(if_nametoindex(link));
      return 0;
    });
  }
  ~RawSender() { close(fd_); }
  RawSender(const RawSender&) = delete;
  RawSender& operator=(const RawSender&) = delete;

  void send(const testing::Octets& frame) const {
    const auto* address = reinterpret_cast<const sockaddr*>(&to_);
    ASSERT_EQ(sendto(fd_, frame.data(), frame.size(), 0, address, sizeof to_),
              static_cast<ssize_t>(frame.size()))
        << std::strerror(errno);
  }

 private:
  int fd_ = -1;
  sockaddr_ll to_{};
};

struct TagCase : testing::NamedCase {
  const char* tags;
  unsigned vlan_id;
};

class LiveVlan : public LiveEthernet, public ::testing::WithParamInterface<TagCase> {
 protected:
  /// The numbered datagram of this end, with the tags of the case behind the addresses.
  static testing::Octets frame(bool from_client, std::uint32_t number) {
    const testing::Octets payload = testing::Writer{}.u32(__builtin_bswap32(number)).zeros(60).octets;
    const Endpoint ours = testing::endpoint(kOurs, kPort);
    const Endpoint clients = testing::endpoint(kClients, kPort);
    const testing::Octets plain =
        from_client ? testing::udp_frame(clients, ours, payload) : testing::udp_frame(ours, clients, payload);
    const testing::Octets behind(plain.begin() + 12, plain.end());
    const char* addresses = from_client ? "020000000001 020000000002" : "020000000002 020000000001";
    using testing::operator+;
    return testing::hex(addresses) + testing::hex(GetParam().tags) + behind;
  }
  /// The first datagram that comes, whole.
  static std::string first_of(PacketSource& source) {
    std::string first;
    read_datagrams(source, [&](const PacketRecord& record, const link::DatagramView& view) {
      EXPECT_EQ(view.vlan_id, GetParam().vlan_id);
      EXPECT_EQ(record.wire_length, record.bytes.size());
      first = testing::hex_of(record.bytes);
    });
    return first;
  }
};

// The kernel takes the outer tag out of the frame before a tap sees it.
TEST_P(LiveVlan, FrameThatComesInIsAsItWas) {
  connect();
  const auto source = opened({.interfaces = {"rtc0"}});
  const RawSender client_sends(client(), "rtc1");
  client_sends.send(frame(true, 1));
  client_sends.send(frame(true, kLast));
  EXPECT_EQ(first_of(*source), testing::hex_of(frame(true, 1)));
}

TEST_P(LiveVlan, FrameThatGoesOutIsAsItWas) {
  connect();
  const auto source = opened({.interfaces = {"rtc0"}});
  const RawSender we_send(host(), "rtc0");
  we_send.send(frame(false, 1));
  we_send.send(frame(false, kLast));
  EXPECT_EQ(first_of(*source), testing::hex_of(frame(false, 1)));
}

const TagCase kTags[] = {
    {{"None"}, "", 0xffff},
    {{"Customer"}, "81000064", 100},
    {{"WithPriority"}, "8100e064", 100},
    {{"PriorityOnly"}, "8100a000", 0},
    {{"Provider"}, "88a80064", 100},
    {{"CustomerInProvider"}, "88a80064 810000c8", 100},
};
INSTANTIATE_TEST_SUITE_P(Tags, LiveVlan, ::testing::ValuesIn(kTags), testing::CaseName());

// The kernel's own VLAN device leaves the tag beside the frame on its way out, too.
TEST_F(LiveEthernet, TagOfAVlanDeviceIsPutIn) {
  connect();
  try {
    host().ip("link add link rtc0 name tag0 type vlan id 100");
  } catch (const std::runtime_error&) {
    GTEST_SKIP() << "this kernel has no VLAN devices (8021q)";
  }
  set_up(host(), "tag0", "198.18.1.1/24", "198.18.1.2", "02:00:00:00:00:02");
  const auto source = opened({.interfaces = {"rtc0"}});
  const Sender we_send(host(), "198.18.1.2");
  we_send.send(1);
  we_send.send(kLast);
  read_datagrams(*source, [](const PacketRecord& record, const link::DatagramView& view) {
    EXPECT_EQ(view.vlan_id, 100);
    EXPECT_EQ(testing::hex_of(record.bytes.first(18)), "020000000002020000000001810000640800");
  });
}

// Every interface that is up has its ring; what each saw is told apart.
TEST_F(LiveEthernet, TwoInterfacesAreToldApart) {
  connect();
  host().ip(
      "link add two0 address 02:00:00:00:00:03 type veth peer name two1 address 02:00:00:00:00:04 netns " +
      client().path());
  set_up(host(), "two0", "198.18.2.1/24", "198.18.2.2", "02:00:00:00:00:04");
  set_up(client(), "two1", "198.18.2.2/24", "198.18.2.1", "02:00:00:00:00:03");
  const auto source = opened({});
  ASSERT_EQ(source->interfaces().size(), 2U);
  const Sender first(client(), kOurs);
  const Sender second(client(), "198.18.2.1");
  std::map<std::string, std::uint32_t> seen;
  first.send(1);
  second.send(2);
  read(*source, [&](const PacketRecord& record) {
    const auto view = link::parse_frame(record.link_type, record.bytes, record.wire_length);
    const auto number = view ? number_of(*view) : std::nullopt;
    if (number) seen[source->interfaces()[record.interface_index].name] = *number;
    return seen.size() < 2;
  });
  EXPECT_EQ(seen, (std::map<std::string, std::uint32_t>{{"rtc0", 1}, {"two0", 2}}));
}

}  // namespace
}  // namespace rtcscope
