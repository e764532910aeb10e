// flows/packet_path.hpp: from frames to flows and reports, with bounds.

#include <gtest/gtest.h>

#include <random>

#include "tests/support/allocation_counter.hpp"
#include "tests/unit/flows/path_scene.hpp"

namespace rtcscope::flows {
namespace {

TEST_F(FlowTableTest, RtpAloneIsBelievedAfterEightPacketsInSequence) {
  for (int i = 0; i < 7; ++i) send_rtp(i * 20ms, 0xabc, i);
  path->advance(start + 1s);
  EXPECT_TRUE(sink.flows.empty());
  for (int i = 7; i < 10; ++i) send_rtp(i * 20ms, 0xabc, i);
  path->finish();
  ASSERT_EQ(sink.flows.size(), 1u);
  const StreamReport* report = sink.last_of(0xabc);
  ASSERT_NE(report, nullptr);
  EXPECT_TRUE(report->final);
  EXPECT_EQ(report->total.packets, 10u) << "packets before the proof count too";
  EXPECT_EQ(report->total.bytes, 10u * 112u);
}

TEST_F(FlowTableTest, AClockThatIsSetBackStopsNoReport) {
  for (int i = 0; i < 100; ++i) send_rtp(i * 20ms, 0xabc, i);
  path->begin_anew();
  EXPECT_EQ(path->table().flows(), 0u);
  EXPECT_EQ(sink.last_of(0xabc)->total.packets, 100u) << "what was counted until then is told";
  EXPECT_TRUE(sink.last_of(0xabc)->final);
  const std::size_t before = sink.reports.size();
  for (int i = 0; i < 100; ++i) send_rtp(-1h + i * 20ms, 0xabc, 100 + i);
  path->advance(start - 1h + 3s);
  ASSERT_GT(sink.reports.size(), before) << "not in an hour";
  const StreamReport& report = sink.reports.back();
  EXPECT_EQ(report.total.packets, 100u);
  EXPECT_EQ(report.total.lost, 0);
  EXPECT_LT(report.end, start);
}

TEST_F(FlowTableTest, OtherUdpOpensNoFlow) {
  send(0ms, endpoint("10.0.0.1", 33333), endpoint("10.0.0.2", 53),
       Writer{}.u16(0x1234).u16(0x0100).zeros(20).octets);
  send(1ms, endpoint("10.0.0.1", 33333), endpoint("10.0.0.2", 443), Writer{}.u8(0xc3).zeros(50).octets);
  EXPECT_EQ(path->table().flows(), 0u);
  EXPECT_EQ(path->tallies().counters.other, 2u);
}

TEST_F(FlowTableTest, IceChecksProveNameAndTimeAFlow) {
  check_and_answer(0ms, 1);
  check_and_answer(100ms, 2, true);
  ASSERT_EQ(sink.flows.size(), 1u);
  const FlowSnapshot& flow = sink.flows.begin()->second;
  ASSERT_EQ(flow.ice_usernames.size(), 1u);
  EXPECT_EQ(flow.ice_usernames[0].receiver_ufrag, "SRVU");
  EXPECT_EQ(flow.ice_usernames[0].sender_ufrag, "CLIU");
  EXPECT_EQ(flow.ice_usernames[0].sender, Side::kA);
  EXPECT_EQ(flow.ice.state, IceState::kNominated);
  EXPECT_EQ(flow.ice.last_round_trip[index(Side::kB)], Duration{3ms});
  EXPECT_FALSE(flow.ice.last_round_trip[index(Side::kA)].has_value());
  EXPECT_EQ(sink.count(FlowEventKind::kIceConnected), 1);
  EXPECT_EQ(sink.count(FlowEventKind::kIceNominated), 1);
}

TEST_F(FlowTableTest, ARepeatedCheckGivesNoRoundTrip) {
  send(0ms, client, server, testing::stun(0x0001, 7, testing::username("S:C")));
  send(50ms, client, server, testing::stun(0x0001, 7, testing::username("S:C")));
  send(53ms, server, client, testing::stun(0x0101, 7, {}));
  EXPECT_FALSE(sink.flows.begin()->second.ice.last_round_trip[index(Side::kB)].has_value());
}

TEST_F(FlowTableTest, ConsentIsLostAfterThirtySecondsWithoutAnAnswer) {
  check_and_answer(0ms, 1, true);
  for (int i = 1; i <= 31; ++i) {
    send(i * 1s, client, server,
         testing::stun(0x0001, 100 + static_cast<std::uint64_t>(i), testing::username("SRVU:CLIU")));
  }
  path->advance(start + 32s);
  EXPECT_EQ(sink.flows.begin()->second.ice.state, IceState::kConsentLost);
}

TEST_F(FlowTableTest, ReportsHaveTheBoundsThatWereMeasured) {
  check_and_answer(0ms, 1);
  for (int i = 0; i < 100; ++i) send_rtp(500ms + i * 20ms, 0xabc, i);  // 0.5 s to 2.48 s
  for (int i = 100; i < 110; ++i) send_rtp(20s + i * 20ms, 0xabc, i);  // 22.0 s to 22.18 s
  path->finish();
  std::vector<std::pair<Duration, Duration>> bounds;
  std::uint64_t packets = 0;
  for (const StreamReport& r : sink.reports) {
    bounds.emplace_back(r.start - start, r.end - start);
    packets += r.interval.packets;
  }
  EXPECT_EQ(packets, 110u);
  const std::vector<std::pair<Duration, Duration>> want{
      {500ms, 1s},
      {1s, 2s},
      {2s, 3s},
      // 2.48 s to 22 s without a packet: no report speaks of it, the next one begins where packets do.
      {22s, 22180ms}};
  EXPECT_EQ(bounds, want);
  EXPECT_EQ(sink.reports[0].interval.packets, 25u);
  EXPECT_EQ(sink.reports.back().total.packets, 110u);
}

// A lone packet proves no stream. When the next ones do, they are told together, in an interval that covers
// it.
TEST_F(FlowTableTest, ALonePacketBeforeAPauseIsInTheFirstReport) {
  check_and_answer(0ms, 1);
  const auto packet = [](int seq) { return testing::rtp(0xc0, static_cast<std::uint16_t>(seq), 0); };
  send(100ms, client, server, packet(1));
  for (int i = 0; i < 5; ++i) send(8s + i * 10ms, client, server, packet(2 + i));
  send(9500ms, client, server, packet(7));
  path->finish();
  const auto first =
      std::find_if(sink.reports.begin(), sink.reports.end(), [](const auto& r) { return r.ssrc == 0xc0; });
  ASSERT_NE(first, sink.reports.end());
  EXPECT_EQ(first->interval.packets, 6u);
  EXPECT_EQ(first->start, start + 100ms);
}

TEST_F(FlowTableTest, CopiesOnASecondInterfaceCountOnce) {
  check_and_answer(0ms, 1);
  for (int i = 0; i < 50; ++i) {
    const Octets packet =
        testing::rtp(0xabc, static_cast<std::uint16_t>(i), static_cast<std::uint32_t>(i) * 960);
    send(i * 20ms, client, server, packet, 0);
    send(i * 20ms + 10us, client, server, packet, 3);
  }
  path->finish();
  EXPECT_EQ(sink.last_of(0xabc)->total.packets, 50u);
  EXPECT_EQ(sink.last_of(0xabc)->total.duplicates, 0u);
  EXPECT_EQ(path->tallies().counters.seen_elsewhere, 50u);
}

TEST_F(FlowTableTest, ASideThatMovesToAnotherInterfaceIsFollowed) {
  check_and_answer(0ms, 1);
  for (int i = 0; i < 10; ++i)
    send(i * 20ms, client, server, testing::rtp(0xabc, static_cast<std::uint16_t>(i), 0), 0);
  for (int i = 10; i < 20; ++i) {
    send(2s + i * 20ms, client, server, testing::rtp(0xabc, static_cast<std::uint16_t>(i), 0), 1);
  }
  path->finish();
  EXPECT_EQ(sink.last_of(0xabc)->total.packets, 20u);
}

TEST_F(FlowTableTest, SilentFlowsEnd) {
  check_and_answer(0ms, 1);
  send_rtp(100ms, 0xabc, 1);
  send_rtp(120ms, 0xabc, 2);
  path->advance(start + 59s);
  EXPECT_EQ(path->table().flows(), 1u);
  path->advance(start + 62s);
  EXPECT_EQ(path->table().flows(), 0u);
  EXPECT_EQ(sink.flows.begin()->second.end, FlowEnd::kIdle);
  EXPECT_TRUE(sink.last_of(0xabc)->final);
  EXPECT_EQ(sink.count(FlowEventKind::kFlowEnded), 1);
}

TEST_F(FlowTableTest, SsrcZeroIsNoStream) {
  check_and_answer(0ms, 1);
  for (int i = 0; i < 20; ++i) send_rtp(i * 20ms, 0, i);
  path->finish();
  EXPECT_TRUE(sink.reports.empty());
  EXPECT_EQ(path->tallies().counters.ssrc_zero, 20u);
}

TEST_F(FlowTableTest, CaptureDropsStandBesideTheFiguresTheyMayHaveTouched) {
  check_and_answer(0ms, 1);
  for (int i = 0; i < 100; ++i) {
    if (i == 60) path->add_capture_drops(0, 7);
    send_rtp(i * 20ms, 0xabc, i);
  }
  path->finish();
  ASSERT_EQ(sink.reports.size(), 2u);
  EXPECT_EQ(sink.reports[0].capture_drops, 0u);
  EXPECT_EQ(sink.reports[1].capture_drops, 7u);
}

TEST_F(FlowTableTest, TurnChannelDataIsUnwrappedToAFlowOfItsOwn) {
  const Endpoint peer = endpoint("198.18.0.1", 51111);
  send(0ms, client, server, testing::stun(0x0003, 1, {}));
  send(1ms, server, client, testing::stun(0x0103, 1, {}));
  send(2ms, client, server,
       testing::stun(
           0x0009, 2,
           attribute(0x000c, Writer{}.u16(0x4001).u16(0).octets) + testing::xor_address(0x0012, peer)));
  // The check goes as a Send indication, the media on the channel: one inner flow.
  const Octets check = testing::stun(0x0001, 3, testing::username("SRVU:CLIU"));
  send(3ms, client, server,
       testing::stun(0x0016, 4, testing::xor_address(0x0012, peer) + attribute(0x0013, check)));
  for (int i = 0; i < 10; ++i) {
    const Octets media = testing::rtp(0xabc, static_cast<std::uint16_t>(i), 0);
    send(10ms + i * 20ms, client, server,
         Writer{}.u16(0x4001).u16(static_cast<unsigned>(media.size())).bytes(media).octets);
  }
  path->finish();
  const auto inner = std::find_if(sink.flows.begin(), sink.flows.end(), [](const auto& f) {
    return f.second.key.encapsulation == Encapsulation::kTurn;
  });
  ASSERT_NE(inner, sink.flows.end());
  EXPECT_EQ(inner->second.key.relayed_peer, peer);
  EXPECT_EQ(inner->second.ice_usernames.at(0).receiver_ufrag, "SRVU");
  EXPECT_EQ(sink.last_of(0xabc)->total.packets, 10u);
  EXPECT_EQ(sink.last_of(0xabc)->flow, inner->second.id);
  EXPECT_EQ(sink.last_of(0xabc)->total.bytes, 10u * 112u) << "inner octets, without the channel header";
}

TEST_F(FlowTableTest, AFloodOfFiveTuplesLeavesRealFlowsAlone) {
  options.max_flows = 1000;
  path = std::make_unique<PacketPath>(options, 1, sink);
  check_and_answer(0ms, 1, true);
  std::mt19937 random(5);
  for (int i = 0; i < 200; ++i) {
    send_rtp(i * 20ms, 0xabc, i);
    for (int n = 0; n < 500; ++n) {
      const Endpoint spoofed{*parse_ip_address("203.0.113." + std::to_string(random() % 256)),
                             static_cast<std::uint16_t>(random())};
      send(i * 20ms, spoofed, server, testing::rtp(static_cast<std::uint32_t>(random()), 1, 1));
    }
    ASSERT_LE(path->table().flows(), 1000u);
  }
  path->finish();
  EXPECT_EQ(sink.flows.size(), 1u);
  EXPECT_EQ(sink.last_of(0xabc)->total.packets, 200u);
  EXPECT_EQ(sink.last_of(0xabc)->total.lost, 0);
  EXPECT_GT(path->tallies().counters.flows_evicted, 50'000u);
}

TEST_F(FlowTableTest, AFloodOfSsrcsLeavesRealStreamsAlone) {
  check_and_answer(0ms, 1, true);
  send_rtp(1ms, 0xabc, -2);
  send_rtp(2ms, 0xabc, -1);
  std::mt19937 random(5);
  for (int i = 0; i < 200; ++i) {
    send_rtp(i * 20ms, 0xabc, i);
    send_rtp(i * 20ms, 0xdef, i);
    for (int n = 0; n < 500; ++n)
      send(i * 20ms, client, server, testing::rtp(static_cast<std::uint32_t>(random()), 1, 1));
    ASSERT_LE(path->table().streams(), options.max_streams_per_flow);
  }
  path->advance(start + 5s);
  ASSERT_NE(sink.last_of(0xabc), nullptr);
  EXPECT_EQ(sink.last_of(0xabc)->total.packets, 202u);
  EXPECT_EQ(sink.last_of(0xabc)->total.lost, 0);
  ASSERT_NE(sink.last_of(0xdef), nullptr) << "a stream that begins under the flood is found";
  EXPECT_GT(sink.last_of(0xdef)->total.packets, 100u);
  EXPECT_LE(sink.flows.begin()->second.streams.size(), 3u) << "lone packets are not shown as streams at once";
}

TEST_F(FlowTableTest, HandshakeFragmentsOfAnAttackerStayBounded) {
  for (unsigned i = 0; i < 5000; ++i) {
    send(i * 1ms, client, server, testing::dtls_handshake(11, i, 16'000, 0, Writer{}.zeros(100).octets));
  }
  EXPECT_GT(path->tallies().dtls.counts()[static_cast<std::size_t>(dtls::DtlsErrc::kTooManyMessages)], 4000u);
}

TEST_F(FlowTableTest, NoAllocationPerPacket) {
  check_and_answer(0ms, 1, true);
  std::vector<Octets> frames;
  for (int i = 0; i < 2000; ++i) {
    frames.push_back(testing::udp_frame(
        client, server, testing::rtp(0xabc, static_cast<std::uint16_t>(i), static_cast<std::uint32_t>(i))));
  }
  PacketRecord record;
  const auto feed = [&](std::size_t from, std::size_t to) {
    for (std::size_t i = from; i < to; ++i) {
      record.time = start + 10ms + i * 1us;  // within one report interval
      record.bytes = frames[i];
      record.wire_length = static_cast<std::uint32_t>(frames[i].size());
      path->add(record);
    }
  };
  feed(0, 100);
  const std::uint64_t before = testing::allocations;
  feed(100, 2000);
  EXPECT_EQ(testing::allocations - before, 0u);
}

TEST_F(FlowTableTest, TheSameCaptureGivesTheSameAnswerUnderAnySeed) {
  const auto run = [&](std::uint64_t seed) {
    Recorder recorder;
    PacketPath fresh(options, seed, recorder);
    for (std::uint16_t n = 0; n < 50; ++n) {
      for (std::uint16_t i = 0; i < 20; ++i) {
        const Octets frame = testing::udp_frame(endpoint("198.18.0.11", n), server, testing::rtp(n, i, i));
        PacketRecord record;
        record.time = start + i * 100ms + n * 1us;
        record.bytes = frame;
        record.wire_length = static_cast<std::uint32_t>(frame.size());
        fresh.add(record);
      }
    }
    fresh.finish();
    std::vector<std::pair<std::uint64_t, std::uint64_t>> order;
    for (const StreamReport& r : recorder.reports) order.emplace_back(r.stream.value, r.total.packets);
    return order;
  };
  EXPECT_EQ(run(1), run(0xdeadbeef));
}

// On a link that loses half of them, retransmissions are more than what they repeat.
TEST_F(FlowTableTest, ARetransmissionStreamMayBeLargerThanItsOriginal) {
  constexpr std::uint32_t kVideo = 0xb0, kRtx = 0xc0;
  check_and_answer(0ms, 1);
  const auto packet = [&](Duration at, std::uint32_t ssrc, int seq, int ts, unsigned payload_type) {
    send(at, client, server,
         testing::rtp(ssrc, static_cast<std::uint16_t>(seq), static_cast<std::uint32_t>(ts), 100,
                      payload_type));
  };
  for (int i = 0; i < 45; ++i) {
    const Duration at = 10ms + i * 67ms;
    packet(at, kVideo, i, i * 6000, 96);
    for (int again = 0; again < 3 && i >= 10; ++again) {
      packet(at + 5ms + again * 1ms, kRtx, 3 * i + again, (i - 5) * 6000, 97);
    }
  }
  path->finish();
  EXPECT_EQ(sink.last_of(kRtx)->typing.role, MediaRole::kRetransmission);
  EXPECT_EQ(sink.last_of(kRtx)->typing.repeats_ssrc, kVideo);
  EXPECT_EQ(sink.last_of(kVideo)->typing.role, MediaRole::kPrimary);
  EXPECT_EQ(sink.last_of(kVideo)->retransmitted, 105u);
}

// aiortc begins the timestamps of all its videos at 0: two that begin together run beside each other.
TEST_F(FlowTableTest, OfTwoOriginalsWithTheSameTimestampsTheSizeTells) {
  constexpr std::uint32_t kOne = 0xb0, kOther = 0xb1, kBySize = 0xc0, kByNothing = 0xc1;
  check_and_answer(0ms, 1);
  const auto packet = [&](Duration at, std::uint32_t ssrc, int seq, int frame, std::size_t bytes,
                          unsigned payload_type) {
    send(at, client, server,
         testing::rtp(ssrc, static_cast<std::uint16_t>(seq), static_cast<std::uint32_t>(frame * 6000), bytes,
                      payload_type));
  };
  for (int i = 0; i < 60; ++i) {
    const Duration at = 10ms + i * 67ms;
    packet(at, kOne, i, i, static_cast<std::size_t>(100 + i), 96);
    packet(at + 1ms, kOther, i, i, static_cast<std::size_t>(200 + i), 96);
    if (i < 30 || i % 5 != 0) continue;
    packet(at + 20ms, kBySize, i / 5, i - 1, static_cast<std::size_t>(200 + i - 1 + 2), 97);
    packet(at + 21ms, kByNothing, i / 5, i - 1, 600, 97);
  }
  path->finish();
  EXPECT_EQ(sink.last_of(kBySize)->typing.repeats_ssrc, kOther);
  EXPECT_EQ(sink.last_of(kByNothing)->typing.role, MediaRole::kRetransmission);
  EXPECT_EQ(sink.last_of(kByNothing)->typing.repeats_ssrc, std::nullopt) << "it may be of either";
}

// Ten frames at once: for 1.26 s the timestamps run faster than any clock. The next report would be at 1.9 s.
TEST_F(FlowTableTest, WhatBeginsWithABurstIsToldBeforeTheNextReport) {
  constexpr std::uint32_t kVideo = 0xb0;
  check_and_answer(0ms, 1);
  for (int i = 0; i < 40; ++i) {
    send(100ms + (i < 10 ? i * 1ms : (i - 10) * 67ms + 67ms), client, server,
         testing::rtp(kVideo, static_cast<std::uint16_t>(i), static_cast<std::uint32_t>(i) * 6000, 100, 96));
  }
  path->finish();
  const TypingFacts& typing = sink.last_of(kVideo)->typing;
  EXPECT_EQ(typing.kind, MediaKind::kVideo);
  EXPECT_GT(typing.kind_after, 1s) << "the burst has to be one that the first report cannot tell";
  EXPECT_LT(typing.kind_after, 1600ms);
}

TEST_F(FlowTableTest, AStreamOfPaddingOnlyIsVideos) {
  check_and_answer(0ms, 1);
  for (int i = 0; i < 3; ++i) {
    Octets probe = testing::rtp(0xc1, static_cast<std::uint16_t>(i), 0, 255, 97);
    probe[0] |= std::byte{0x20};
    send(10ms + i * 5ms, client, server, probe);
  }
  path->finish();
  EXPECT_EQ(sink.last_of(0xc1)->typing.kind, MediaKind::kVideo);
  EXPECT_EQ(sink.last_of(0xc1)->typing.kind_by, KnownBy::kConvention);
}

}  // namespace
}  // namespace rtcscope::flows
