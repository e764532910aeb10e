// Header extensions of streams: whose id is what, what they say, and how it is known.

#include "flows/delay_variation.hpp"
#include "tests/unit/flows/path_scene.hpp"

namespace rtcscope::flows {
namespace {

using rtp::ExtensionKind;

struct Element {
  unsigned id;
  Octets value;
};

/// RFC 8285, 4.2 with profile 0xbede; `profile` may be another one.
Octets with_extensions(unsigned payload_type, std::uint32_t ssrc, int seq, std::uint32_t ts,
                       const std::vector<Element>& elements, unsigned profile = 0xbede, bool marker = false) {
  Octets block;
  for (const Element& element : elements) {
    block = block + Writer{}.u8(element.id << 4 | static_cast<unsigned>(element.value.size() - 1)).octets +
            element.value;
  }
  while (block.size() % 4 != 0) block.push_back(std::byte{0});
  Writer w;
  w.u8(0x90)
      .u8(payload_type | (marker ? 0x80U : 0U))
      .u16(static_cast<unsigned>(seq) & 0xffffU)
      .u32(ts)
      .u32(ssrc);
  w.u16(profile).u16(static_cast<unsigned>(block.size() / 4)).bytes(block).zeros(100);
  return w.octets;
}
Octets text(std::string_view characters) {
  Writer w;
  for (const char c : characters) w.u8(static_cast<unsigned char>(c));
  return w.octets;
}
Octets number(unsigned value, int octets) {
  Writer w;
  for (int i = octets - 1; i >= 0; --i) w.u8(value >> (8 * i) & 0xffU);
  return w.octets;
}

class HeaderExtensions : public FlowTableTest {
 protected:
  static constexpr std::uint32_t kAudio = 0xa0, kVideo = 0xb0;

  void SetUp() override { check_and_answer(0ms, 1); }
  void from_client(Duration at, const Octets& packet) { send(at, client, server, packet); }
  /// Two seconds of 20 ms audio and 15 frames of video a second, with what `audio` and `video` make of the
  /// packet's number over both.
  template <class Audio, class Video>
  void media(Audio audio, Video video, unsigned profile = 0xbede) {
    int both = 0, frames = 0;
    for (int i = 0; i < 100; ++i) {
      const Duration at = 10ms + i * 20ms;
      from_client(at, with_extensions(111, kAudio, i, static_cast<std::uint32_t>(i) * 960,
                                      audio(both++, i, start + at), profile));
      if (i % 3 != 0) continue;
      const auto ts = static_cast<std::uint32_t>(frames) * 5400;
      from_client(at + 1ms, with_extensions(96, kVideo, frames++, ts, video(both++, i, start + at + 1ms),
                                            profile, true));
    }
    path->finish();
  }
  const HeaderFigures& of(std::uint32_t ssrc) { return sink.last_of(ssrc)->headers; }
  StreamFacts facts_of(std::uint32_t ssrc) {
    for (const auto& [id, flow] : sink.flows) {
      for (const StreamFacts& facts : flow.streams) {
        if (facts.ssrc == ssrc) return facts;
      }
    }
    return {};
  }
  static Octets send_time(UtcTime at) {
    const auto ns = static_cast<std::uint64_t>(ns_since_epoch(at)) % 64'000'000'000U;
    return number(static_cast<unsigned>((ns << 18) / 1'000'000'000U) & 0xffffffU, 3);
  }
};

TEST_F(HeaderExtensions, WithoutDescriptionIdsAreKnownByBehaviourAndConvention) {
  media(
      [](int both, int i, UtcTime) {
        return std::vector<Element>{{1, number(i % 7 == 0 ? 0xa0U : 0x30U, 1)},
                                    {3, number(static_cast<unsigned>(both) + 65'500, 2)},
                                    {5, text("0")}};
      },
      [](int both, int, UtcTime at) {
        return std::vector<Element>{{2, send_time(at)},
                                    {3, number(static_cast<unsigned>(both) + 65'500, 2)},
                                    {10, text("hi")},
                                    {13, number(1, 1)}};
      });
  EXPECT_EQ(of(kAudio).extensions, "1=audio-level (behaviour) 3=transport-cc (behaviour) 5=mid (behaviour)");
  EXPECT_EQ(of(kVideo).extensions,
            "2=abs-send-time (behaviour) 3=transport-cc (behaviour) 10=rid (convention) 13=orientation "
            "(convention)");
  EXPECT_EQ(facts_of(kAudio).mid, "0");
  EXPECT_EQ(facts_of(kVideo).rid, "hi");
  EXPECT_EQ(of(kVideo).rotation_degrees, 90u);
  EXPECT_EQ(of(kVideo).variation_by, KnownBy::kExtension);
}

TEST_F(HeaderExtensions, DescriptionsDecideAndMayDifferByMedium) {
  ExtensionTable table;
  table.put(MediaKind::kAudio, 2, ExtensionKind::kAudioLevel);
  table.put(MediaKind::kVideo, 2, ExtensionKind::kPlayoutDelay);
  table.put(MediaKind::kVideo, 10, ExtensionKind::kMid);
  path->add_extensions("SRVU", table);
  check_and_answer(5ms, 2);
  media(
      [](int, int, UtcTime) {
        return std::vector<Element>{{2, number(0xa0, 1)}};
      },
      [](int, int, UtcTime) {
        return std::vector<Element>{{2, number(0x001'00aU, 3)}, {10, text("v")}, {13, number(1, 1)}};
      });
  EXPECT_EQ(of(kAudio).extensions, "2=audio-level (sdp)");
  EXPECT_EQ(of(kVideo).extensions, "2=playout-delay (sdp) 10=mid (sdp)");
  EXPECT_EQ(facts_of(kVideo).mid, "v");
  EXPECT_EQ(facts_of(kVideo).rid, "");
  EXPECT_EQ(of(kVideo).playout_delay_min, Duration{10ms});
  EXPECT_EQ(of(kVideo).playout_delay_max, Duration{100ms});
  EXPECT_EQ(of(kVideo).rotation_degrees, std::nullopt) << "nobody described id 13";
}

TEST_F(HeaderExtensions, WhatTheSenderDoesWithItsFrames) {
  ExtensionTable table;
  table.put(MediaKind::kVideo, 2, ExtensionKind::kAbsSendTime);
  table.put(MediaKind::kVideo, 6, ExtensionKind::kAbsCaptureTime);
  table.put(MediaKind::kVideo, 7, ExtensionKind::kVideoTiming);
  table.put(MediaKind::kVideo, 8, ExtensionKind::kVideoLayersAllocation);
  table.put(MediaKind::kVideo, 9, ExtensionKind::kDependencyDescriptor);
  path->add_extensions("CLIU", table);
  check_and_answer(5ms, 2);
  int frame = 0;
  media([](int, int, UtcTime) { return std::vector<Element>{}; },
        [&](int, int, UtcTime at) {
          // Captured 30 ms before it is sent; any NTP second will do, for only 64 s of it are compared.
          const auto ns = static_cast<std::uint64_t>(ns_since_epoch(at - 30ms));
          const Octets captured =
              Writer{}
                  .u32(static_cast<std::uint32_t>(ns / 1'000'000'000U))
                  .u32(static_cast<std::uint32_t>((ns % 1'000'000'000U << 32) / 1'000'000'000U))
                  .octets;
          const Octets timing = Writer{}.u8(0).u16(5).u16(17).u16(18).u16(21).u16(0).u16(0).octets;
          frame += frame == 10 ? 3 : 1;  // two frames never come
          return std::vector<Element>{{2, send_time(at)},
                                      {6, captured},
                                      {7, timing},
                                      {8, Writer{}.u8(0x01).u8(0x00).u8(0xf4).u8(0x03).octets},
                                      {9, Writer{}.u8(0xc0).u16(static_cast<unsigned>(frame)).octets}};
        });
  const HeaderFigures& said = of(kVideo);
  EXPECT_EQ(said.timings, 33u) << "all but the first, which did not show that it is a stream";
  EXPECT_EQ(said.encode_sum / 33, Duration{12ms});
  EXPECT_EQ(said.pacer_sum / 33, Duration{3ms});
  EXPECT_NEAR(to_milliseconds(said.capture_to_send_sum) / static_cast<double>(said.capture_times), 30, 0.01);
  EXPECT_EQ(said.target_bps, 500'000u);
  EXPECT_EQ(said.described_frames, 33u);
  EXPECT_EQ(said.skipped_frames, 2u);
  const KeyFrameFigures& key = sink.last_of(kVideo)->key_frames;
  EXPECT_EQ(key.by, KeyFrameSign::kDescriptor);
  EXPECT_EQ(key.key_frames, 0u);
}

// RFC 9335: 0xc0de, and the elements are encrypted.
TEST_F(HeaderExtensions, CryptexIsSaidAndNotRead) {
  const auto noise = [](int both, int i, UtcTime) {
    return std::vector<Element>{{1, number(static_cast<unsigned>(both * 37 + i), 1)}, {4, text("0")}};
  };
  media(noise, noise, 0xc0de);
  EXPECT_EQ(of(kAudio).cryptex_packets, 99u);
  EXPECT_EQ(of(kAudio).extensions, "");
  EXPECT_EQ(facts_of(kAudio).mid, "");
}

TEST_F(HeaderExtensions, ARetransmissionStreamMayBeLargerThanItsOriginal) {
  constexpr std::uint32_t kRtx = 0xc0;
  for (int i = 0; i < 45; ++i) {
    const Duration at = 10ms + i * 67ms;
    const auto ts = static_cast<std::uint32_t>(i) * 6000;
    from_client(at, with_extensions(96, kVideo, i, ts, {}, 0xbede, true));
    for (int again = 0; again < 3 && i >= 10; ++again) {
      from_client(at + 5ms + again * 1ms,
                  with_extensions(97, kRtx, 3 * i + again, ts - 5 * 6000, {}, 0xbede, true));
    }
  }
  path->finish();
  const TypingFacts& typing = sink.last_of(kRtx)->typing;
  EXPECT_EQ(typing.role, MediaRole::kRetransmission);
  EXPECT_EQ(typing.repeats_ssrc, kVideo);
}

// RFC 8852, 3.2: without any timestamp in common, and however many there are of each.
TEST_F(HeaderExtensions, ARepairedRidNamesWhatIsRepaired) {
  constexpr std::uint32_t kRtx = 0xc0, kLayer = 0xb1;
  for (int i = 0; i < 45; ++i) {
    const Duration at = 10ms + i * 67ms;
    const auto ts = static_cast<std::uint32_t>(i) * 6000;
    from_client(at, with_extensions(96, kVideo, i, ts, {{4, text("1")}, {10, text("l")}}, 0xbede, true));
    from_client(at, with_extensions(96, kLayer, i, ts + 77, {{4, text("1")}, {10, text("h")}}, 0xbede, true));
    for (int again = 0; again < 3; ++again) {
      from_client(at + 5ms, with_extensions(97, kRtx, 3 * i + again, 9, {{4, text("1")}, {11, text("l")}}));
    }
  }
  path->finish();
  const TypingFacts& typing = sink.last_of(kRtx)->typing;
  EXPECT_EQ(typing.repeats_ssrc, kVideo);
  EXPECT_EQ(typing.kind, MediaKind::kVideo);
  EXPECT_LE(typing.kind_after, Duration{1s});
  EXPECT_EQ(sink.last_of(kLayer)->typing.role, MediaRole::kPrimary);
}

TEST_F(HeaderExtensions, NothingButPaddingInTheMidOfOneVideoIsItsRetransmissions) {
  constexpr std::uint32_t kRtx = 0xc0;
  const auto padding = [&](Duration at, std::uint32_t ssrc, int seq, std::string_view mid) {
    Octets packet = with_extensions(97, ssrc, seq, 0, {{4, text(mid)}});
    packet[0] |= std::byte{0x20};
    packet.back() = std::byte{100};
    from_client(at, packet);
  };
  for (int i = 0; i < 2; ++i) {
    padding(5ms + i * 40ms, kRtx, i, "1");
    padding(6ms + i * 40ms, kRtx + 1, i, "7");
  }
  for (int i = 0; i < 30; ++i) {
    from_client(50ms + i * 67ms,
                with_extensions(96, kVideo, i, 900'000'000U + static_cast<std::uint32_t>(i) * 6000,
                                {{4, text("1")}}, 0xbede, true));
  }
  path->finish();
  EXPECT_EQ(sink.last_of(kRtx)->typing.repeats_ssrc, kVideo);
  EXPECT_EQ(sink.last_of(kRtx + 1)->typing.repeats_ssrc, std::nullopt) << "another mid";
}

// 3GPP TS 26.114, 7.4.5; the request is in clear.
TEST_F(HeaderExtensions, AKeyFrameFollowsARequest) {
  const auto pli = [&](Duration at) {
    send(at, server, client, Writer{}.u8(0x81).u8(206).u16(2).u32(1).u32(kVideo).octets);
  };
  pli(1ms);  // before its first packet
  for (int i = 0; i < 45; ++i) {
    const Duration at = 10ms + i * 67ms;
    const bool key = i == 0 || i == 20;  // also before two packets have shown that this is a stream
    from_client(at, with_extensions(96, kVideo, i, static_cast<std::uint32_t>(i) * 6000,
                                    key ? std::vector<Element>{{13, number(0, 1)}} : std::vector<Element>{},
                                    0xbede, true));
    if (i == 18) pli(at + 10ms);
  }
  path->finish();
  const KeyFrameFigures& key_frames = sink.last_of(kVideo)->key_frames;
  EXPECT_EQ(key_frames.by, KeyFrameSign::kOrientation);
  EXPECT_EQ(key_frames.key_frames, 2u);
  EXPECT_EQ(key_frames.waits, 2u);
  EXPECT_EQ(key_frames.wait_max, Duration{124ms});
}

// Two packets in sequence show that this is a stream: of the three packets of the first frame, none are.
TEST_F(HeaderExtensions, AFirstKeyFrameThatComesOutOfOrderCounts) {
  const std::vector<Element> upright{{13, number(0, 1)}};
  const auto packet = [&](Duration at, int seq, std::uint32_t frame, bool last, bool key = false) {
    from_client(at, with_extensions(96, kVideo, seq, frame * 6000, key ? upright : std::vector<Element>{},
                                    0xbede, last));
  };
  packet(10ms, 0, 0, false);
  packet(12ms, 2, 0, true, true);
  packet(13ms, 1, 0, false);
  for (int i = 0; i < 40; ++i) packet(80ms + i * 67ms, 3 + i, static_cast<std::uint32_t>(i) + 1, true);
  path->finish();
  EXPECT_EQ(sink.last_of(kVideo)->key_frames.key_frames, 1u);
}

// RFC 8888, in clear: packets are named by SSRC and RTP sequence number, and the report says when it left.
TEST_F(HeaderExtensions, CongestionFeedbackTellsLossFramesAndRoundTrips) {
  constexpr int kFrames = 90, kPerReport = 3;
  const auto sent_at = [](int i) { return 10ms + i * 67ms; };
  /// Of the last four packets, one of which the report before had, too; `lost` is none of them or one.
  const auto report = [&](int last, int lost) {
    const Duration left = sent_at(last) + 50ms;
    const auto seconds = static_cast<std::uint64_t>(ns_since_epoch(start + left)) % 60'000'000'000'000U;
    Writer w;
    w.u8(0x8b).u8(205).u16(6).u32(1).u32(kVideo).u16(static_cast<unsigned>(last - kPerReport)).u16(4);
    for (int i = last - kPerReport; i <= last; ++i) {
      const Duration ago = left - (sent_at(i) + 20ms);
      w.u16(i == lost ? 0 : 0x8000U | static_cast<unsigned>(ago.count() * 1024 / 1'000'000'000));
    }
    w.u32(static_cast<std::uint32_t>(seconds * 65'536 / 1'000'000'000));
    send(left + 20ms, server, client, w.octets);
  };
  for (int i = 0; i < kFrames; ++i) {
    from_client(sent_at(i),
                with_extensions(96, kVideo, i, static_cast<std::uint32_t>(i) * 6000, {}, 0xbede, true));
    if (i % kPerReport == 0 && i != 0) report(i, i == 60 ? 59 : i == 63 ? 61 : -1);
  }
  path->finish();
  const StreamReport& last = *sink.last_of(kVideo);
  EXPECT_EQ(last.feedback.reported, 84U);  // all that were sent since the first of them
  EXPECT_EQ(last.feedback.lost, 2U);
  ASSERT_TRUE(last.playout);
  EXPECT_TRUE(last.playout->tells);
  EXPECT_EQ(last.playout->received, 58U);  // up to the loss that nothing repaired
  const FlowSnapshot& flow = sink.flows.begin()->second;
  const auto round_trip = flow.feedback_round_trip[index(flow.key.a == server ? Side::kA : Side::kB)];
  ASSERT_TRUE(round_trip);
  EXPECT_NEAR(to_milliseconds(*round_trip), 40, 2);
}

TEST(DelayVariation, DriftIsNoDelay) {
  DelayVariation variation;
  const UtcTime start = utc_from_ns(1'795'225'174'000'000'000);
  for (int i = 0; i < 6000; ++i) {
    const Duration at = i * 20ms;
    const Duration drift = at / 10'000;                         // 100 ppm
    const Duration queue = i % 50 == 0 ? 40ms : (i % 5) * 1ms;  // one in fifty is late
    const auto sent = static_cast<std::uint64_t>((at - drift + 60s).count()) % 64'000'000'000U;
    variation.add_send_time(start + at + queue, static_cast<std::uint32_t>((sent << 18) / 1'000'000'000U));
  }
  const DelayVariationFigures figures = variation.figures();
  EXPECT_EQ(figures.packets, 6000u);
  EXPECT_NEAR(to_milliseconds(*figures.p50), 2, 0.5);
  EXPECT_NEAR(to_milliseconds(*figures.p99), 40, 2);
  ASSERT_TRUE(figures.drift_ppm);
  EXPECT_NEAR(*figures.drift_ppm, 100, 20);
}

TEST(DelayVariation, AJumpOfTheClockStartsAnew) {
  DelayVariation variation;
  const UtcTime start = utc_from_ns(1'795'225'174'000'000'000);
  for (int i = 0; i < 500; ++i) {
    variation.add(start + i * 20ms, i < 250 ? Duration{1h} : Duration{2h});
  }
  EXPECT_LT(to_milliseconds(*variation.figures().p99), 1);
}

}  // namespace
}  // namespace rtcscope::flows
