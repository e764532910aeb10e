// flows/turn_tracker.hpp and the table's relays: allocations, and both legs of a relayed path.

#include <set>

#include "tests/unit/flows/path_scene.hpp"

namespace rtcscope::flows {
namespace {

class Turn : public FlowTableTest {
 protected:
  const Endpoint turn_server = endpoint("198.51.100.9", 3478);
  const Endpoint relayed = endpoint("198.51.100.9", 49160);

  static Octets lifetime(std::uint32_t seconds) { return attribute(0x000d, Writer{}.u32(seconds).octets); }
  void ask(Duration at, unsigned method, std::uint64_t transaction, const Octets& attributes = {}) {
    send(at, client, turn_server, testing::stun(method, transaction, attributes));
  }
  void answer(Duration at, unsigned method, std::uint64_t transaction, const Octets& attributes = {}) {
    send(at, turn_server, client, testing::stun(method, transaction, attributes));
  }
  void allocate() {
    ask(0ms, 0x0003, 1);
    answer(1ms, 0x0113, 1, attribute(0x0009, Writer{}.u16(0).u8(4).u8(1).octets));
    ask(2ms, 0x0003, 2);
    answer(3ms, 0x0103, 2, testing::xor_address(0x0016, relayed) + lifetime(600));
  }
  const FlowSnapshot* flow_of(Encapsulation encapsulation, const Endpoint& end) const {
    for (const auto& [id, flow] : sink.flows) {
      const bool has = flow.key.a == end || flow.key.b == end;
      if (flow.key.encapsulation == encapsulation && has) return &flow;
    }
    return nullptr;
  }
  const TurnFacts& facts() const { return flow_of(Encapsulation::kNone, turn_server)->turn; }
};

TEST_F(Turn, AnAllocationFromItsChallengeToItsEnd) {
  allocate();
  ask(4ms, 0x0008, 3, testing::xor_address(0x0012, server));
  answer(5ms, 0x0108, 3);
  ask(6ms, 0x0009, 4,
      attribute(0x000c, Writer{}.u16(0x4001).u16(0).octets) + testing::xor_address(0x0012, server));
  answer(7ms, 0x0109, 4);
  ask(8ms, 0x0004, 5, lifetime(600));
  answer(9ms, 0x0104, 5, lifetime(500));
  path->advance(start + 1s);
  EXPECT_EQ(facts().state, TurnState::kAllocated);
  EXPECT_EQ(facts().relayed, relayed);
  EXPECT_EQ(facts().lifetime_s, 500u);
  EXPECT_EQ(facts().permissions, 1u);
  EXPECT_EQ(facts().channels, 1u);
  EXPECT_EQ(facts().refreshes, 1u);
  EXPECT_EQ(facts().last_error, 0) << "the challenge is how every allocation begins";
  ask(2s, 0x0004, 6, lifetime(0));
  answer(2s + 1ms, 0x0104, 6);
  path->finish();
  EXPECT_EQ(facts().state, TurnState::kReleased);
  EXPECT_EQ(sink.count(FlowEventKind::kTurnAllocated), 1);
  EXPECT_EQ(sink.count(FlowEventKind::kTurnReleased), 1);
}

TEST_F(Turn, AQuotaIsAnError) {
  ask(0ms, 0x0003, 1);
  answer(1ms, 0x0113, 1, attribute(0x0009, Writer{}.u16(0).u8(4).u8(86).octets));
  path->finish();
  EXPECT_EQ(facts().state, TurnState::kFailed);
  EXPECT_EQ(facts().last_error, 486);
}

TEST_F(Turn, BothLegsOfTheRelayKnowTheirClient) {
  allocate();
  for (int i = 0; i < 20; ++i) {
    const Octets media =
        testing::rtp(0xabc, static_cast<std::uint16_t>(i), static_cast<std::uint32_t>(i) * 960);
    send(10ms + i * 20ms, client, turn_server,
         testing::stun(0x0016, 100 + static_cast<std::uint64_t>(i),
                       testing::xor_address(0x0012, server) + attribute(0x0013, media)));
    send(11ms + i * 20ms, relayed, server, media);
  }
  path->finish();
  const FlowSnapshot* outer = flow_of(Encapsulation::kNone, turn_server);
  const FlowSnapshot* inner = flow_of(Encapsulation::kTurn, client);
  const FlowSnapshot* beyond = flow_of(Encapsulation::kNone, relayed);
  ASSERT_TRUE(outer != nullptr && inner != nullptr && beyond != nullptr);
  EXPECT_EQ(inner->turn_client, outer->id);
  EXPECT_EQ(beyond->turn_client, outer->id);
  EXPECT_FALSE(outer->turn_client.valid());
  EXPECT_EQ(inner->rtp_packets.packets[0], 20u);
  EXPECT_EQ(beyond->rtp_packets.packets[0], 20u);
}

TEST_F(Turn, OfManyChannelsTheOldestIsForgotten) {
  const auto bind = [&](unsigned channel, const Endpoint& peer) {
    ask(5ms, 0x0009, 10 + channel,
        attribute(0x000c, Writer{}.u16(channel).u16(0).octets) + testing::xor_address(0x0012, peer));
  };
  const auto peer_of = [&](unsigned channel) {
    return endpoint("203.0.113.1", static_cast<std::uint16_t>(channel));
  };
  allocate();
  bind(0x4001, server);
  for (unsigned channel = 0x4000; channel <= 0x4020; ++channel) bind(channel, peer_of(channel));
  for (const unsigned channel : {0x4000U, 0x4001U, 0x4020U}) {
    for (std::uint16_t i = 0; i < 10; ++i) {
      const Octets media = testing::rtp(channel, i, i * 960U);
      send(10ms + i * 20ms, client, turn_server,
           Writer{}.u16(channel).u16(static_cast<unsigned>(media.size())).octets + media);
    }
  }
  path->finish();
  EXPECT_EQ(facts().channels, 33u);
  std::set<Endpoint> peers;
  for (const auto& [id, flow] : sink.flows) {
    if (flow.key.encapsulation == Encapsulation::kTurn) peers.insert(flow.key.relayed_peer);
  }
  // 0x4001 was the first to be bound, so it made room for the last.
  EXPECT_EQ(peers, (std::set{Endpoint{{}, 0x4001}, peer_of(0x4000), peer_of(0x4020)}));
}

}  // namespace
}  // namespace rtcscope::flows
