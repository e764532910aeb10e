// base/rtp_meter.h: sequence numbers (RFC 3550 A.1, A.3) and jitter (RFC 3550 6.4.1, A.8).

#include "base/rtp_meter.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <random>
#include <set>
#include <utility>
#include <vector>

namespace {

constexpr std::uint64_t kMs = 1'000'000;
constexpr std::uint64_t kStart = 1'795'225'174'490'708'557;  // a real capture's clock: large, not round

struct Packet {
  std::uint64_t ns;
  std::uint16_t seq;
  std::uint32_t ts;
};

rtc_rtp_meter metered(const std::vector<Packet>& packets) {
  rtc_rtp_meter meter{};
  for (const Packet& p : packets) rtc_meter_add(&meter, p.ns, p.seq, p.ts, 0, 111, 100);
  return meter;
}

std::vector<Packet> opus(std::initializer_list<int> seqs) {
  std::vector<Packet> packets;
  for (const int seq : seqs) {
    const auto n = static_cast<std::uint64_t>(packets.size());
    packets.push_back(
        {kStart + n * 20 * kMs, static_cast<std::uint16_t>(seq), static_cast<std::uint32_t>(seq) * 960});
  }
  return packets;
}

std::int64_t lost(const rtc_rtp_meter& m) {
  return static_cast<std::int64_t>(rtc_meter_expected(&m)) - static_cast<std::int64_t>(m.distinct);
}

struct SequenceCase {
  const char* name;
  std::vector<Packet> packets;
  std::uint64_t expected;
  std::int64_t lost;
  std::uint64_t duplicates;
  std::uint64_t reordered;
  std::uint64_t restarts;
};

TEST(RtpMeter, TracksSequenceNumbers) {
  const SequenceCase cases[] = {
      {"one packet", opus({7}), 1, 0, 0, 0, 0},
      {"in order", opus({7, 8, 9}), 3, 0, 0, 0, 0},
      {"one missing", opus({7, 9}), 3, 1, 0, 0, 0},
      {"late arrival is reordered, not lost", opus({7, 9, 8}), 3, 0, 0, 1, 0},
      {"duplicate", opus({7, 8, 8}), 2, 0, 1, 0, 0},
      {"duplicate of a late arrival", opus({7, 9, 8, 8}), 3, 0, 1, 1, 0},
      {"before the first packet", opus({7, 6}), 2, 0, 0, 1, 0},
      {"wrap", opus({65534, 65535, 0, 1}), 4, 0, 0, 0, 0},
      {"wrap with a gap", opus({65534, 1}), 4, 2, 0, 0, 0},
      {"late arrival across the wrap", opus({65534, 0, 65535}), 3, 0, 0, 1, 0},
      {"before the first packet across the wrap", opus({0, 65535}), 2, 0, 0, 1, 0},
      {"447 late is placed", opus({0, 448, 1}), 449, 446, 0, 1, 0},
      // RFC 3550 A.1: one stray packet far behind does not count, two in sequence are a restart.
      {"far behind once", opus({1000, 400, 1001}), 2, 0, 0, 0, 0},
      {"restart behind", opus({1000, 1001, 100, 101, 102}), 5, 0, 0, 0, 1},
      {"restart ahead", opus({1000, 1001, 9000, 9001}), 4, 0, 0, 0, 1},
      {"2999 ahead is loss", opus({0, 2999}), 3000, 2998, 0, 0, 0},
      // 20 ms of silence allow 76 more than MAX_DROPOUT.
      {"3076 ahead once does not count", opus({0, 3076, 1}), 2, 0, 0, 0, 0},
  };
  for (const SequenceCase& c : cases) {
    SCOPED_TRACE(c.name);
    const rtc_rtp_meter m = metered(c.packets);
    EXPECT_EQ(m.packets, c.packets.size());
    EXPECT_EQ(rtc_meter_expected(&m), c.expected);
    EXPECT_EQ(lost(m), c.lost);
    EXPECT_EQ(m.duplicates, c.duplicates);
    EXPECT_EQ(m.reordered, c.reordered);
    EXPECT_EQ(m.restarts, c.restarts);
  }
}

TEST(RtpMeter, AnOutageIsLossNotARestart) {
  // 4000 packets missing: with 10 s of silence that is an outage of 400 packets a second.
  const rtc_rtp_meter outage =
      metered({{kStart, 1, 0}, {kStart + 10'000 * kMs, 4002, 0}, {kStart + 10'020 * kMs, 4003, 0}});
  EXPECT_EQ(lost(outage), 4000);
  EXPECT_EQ(outage.restarts, 0u);
  const rtc_rtp_meter jump =
      metered({{kStart, 1, 0}, {kStart + 20 * kMs, 4002, 0}, {kStart + 40 * kMs, 4003, 0}});
  EXPECT_EQ(lost(jump), 0);
  EXPECT_EQ(jump.restarts, 1u);
}

// The straightforward way, with unbounded memory: a set of extended sequence numbers.
std::int64_t lost_by_set(const std::vector<Packet>& packets) {
  std::int64_t highest = 65536 + packets.front().seq;
  std::set<std::int64_t> seen;
  for (const Packet& p : packets) {
    const auto delta =
        static_cast<std::int16_t>(static_cast<std::uint16_t>(p.seq - static_cast<std::uint16_t>(highest)));
    seen.insert(highest + delta);
    highest = std::max(highest, highest + delta);
  }
  return *seen.rbegin() - *seen.begin() + 1 - static_cast<std::int64_t>(seen.size());
}

TEST(RtpMeter, AgreesWithASetUnderRandomLossReorderAndDuplication) {
  std::mt19937 random(20261121);
  for (int round = 0; round < 200; ++round) {
    std::vector<Packet> packets;
    const auto first = static_cast<std::uint16_t>(random());
    for (std::uint32_t i = 0; i < 3000; ++i) {
      if (random() % 100 < 5 && i != 0) continue;
      packets.push_back({kStart + i * 5 * kMs, static_cast<std::uint16_t>(first + i), i * 450});
      if (random() % 100 < 2) packets.push_back(packets.back());
    }
    for (std::size_t i = 0; i + 300 < packets.size(); ++i) {
      if (random() % 100 >= 3) continue;
      std::swap(packets[i], packets[i + random() % 200]);
      i += 200;  // or a packet could be carried on and on, past the window
    }
    for (std::size_t i = 0; i < packets.size(); ++i) packets[i].ns = kStart + i * 5 * kMs;
    const rtc_rtp_meter m = metered(packets);
    ASSERT_EQ(lost(m), lost_by_set(packets)) << "round " << round;
    ASSERT_EQ(m.distinct + m.duplicates, m.packets);
  }
}

double jitter_ms(const rtc_rtp_meter& m, int clock) {
  return static_cast<double>(m.jitter[clock].rfc3550_q4 >> 4) / 1e6;
}

TEST(RtpMeter, JitterIsZeroForAPerfectStreamUnderItsOwnClock) {
  const rtc_rtp_meter m = metered(opus({1, 2, 3, 4, 5, 6, 7, 8, 9}));
  EXPECT_LT(jitter_ms(m, 2), 0.000'01);  // 48 kHz
  EXPECT_GT(jitter_ms(m, 3), 1.0);       // under 90 kHz the same packets jitter
}

TEST(RtpMeter, JitterFollowsRfc3550InFloatingPoint) {
  std::mt19937 random(7);
  const std::uint32_t rates[] = RTC_CLOCK_RATES_HZ;
  for (int clock = 0; clock < RTC_CLOCKS; ++clock) {
    rtc_rtp_meter m{};
    double j = 0;
    double before = 0;
    double sum = 0;
    double highest = 0;
    auto ts = static_cast<std::uint32_t>(random());
    std::uint64_t ns = kStart;
    for (int i = 0; i < 5000; ++i) {
      if (i != 0) {
        ns += random() % (40 * kMs);
        ts += rates[clock] / 50;
      }
      rtc_meter_add(&m, ns, static_cast<std::uint16_t>(i), ts, 0, 96, 1);
      // RFC 3550 A.8 in milliseconds: transit = arrival - timestamp; the wrap of ts cancels in the
      // difference.
      const double transit =
          static_cast<double>(ns - kStart) / 1e6 - i * 1000.0 * (rates[clock] / 50) / rates[clock];
      if (i != 0) {
        j += (std::abs(transit - before) - j) / 16;
        sum += j;
        highest = std::max(highest, j);
      }
      before = transit;
    }
    EXPECT_NEAR(jitter_ms(m, clock), j, 0.001) << rates[clock];
    EXPECT_NEAR(static_cast<double>(m.jitter[clock].rfc3550_sum / m.jitter_samples) / 1e6, sum / 4999, 0.001);
    EXPECT_NEAR(static_cast<double>(m.jitter[clock].rfc3550_q4_max >> 4) / 1e6, highest, 0.001);
  }
}

TEST(RtpMeter, FrameJitterLooksAtTheFirstPacketOfAFrameOnly) {
  rtc_rtp_meter m{};
  std::uint16_t seq = 0;
  for (std::uint64_t frame = 0; frame < 100; ++frame) {
    for (std::uint64_t part = 0; part < 3; ++part) {
      rtc_meter_add(&m, kStart + frame * 33 * kMs + part * 5 * kMs, seq++,
                    static_cast<std::uint32_t>(frame * 2970), part == 2, 96, 1200);
    }
  }
  EXPECT_EQ(m.frames, 100u);
  EXPECT_EQ(m.markers, 100u);
  // In order packets of one frame come 5 ms apart: A.8 counts each as 5 ms, and the step to the next
  // frame (23 ms after the frame's last packet, 33 ms of timestamp) as 10 ms.
  EXPECT_NEAR(jitter_ms(m, 3), 6.6, 0.7);
  // libwebrtc measures the step to the next frame only: |23 - 33| = 10 ms.
  EXPECT_NEAR(static_cast<double>(m.jitter[3].frame_q4 >> 4) / 1e6, 10.0, 0.1);
}

/// Frames of two packets, 15 a second; the arrival of each by its number. The packets come in that order.
std::uint32_t frames_of(std::uint32_t frames, const std::function<std::int64_t(std::uint32_t)>& late_ms) {
  std::vector<std::pair<std::uint64_t, std::uint32_t>> arrivals;
  for (std::uint32_t packet = 0; packet < 2 * frames; ++packet) {
    const std::int64_t due_ms = packet / 2 * 67 + packet % 2;
    arrivals.emplace_back(static_cast<std::uint64_t>(due_ms + late_ms(packet)) * kMs, packet);
  }
  std::sort(arrivals.begin(), arrivals.end());
  rtc_rtp_meter m{};
  for (const auto& [time, packet] : arrivals) {
    rtc_meter_add(&m, kStart + time, static_cast<std::uint16_t>(65'500 + packet),
                  0xffff'8000U + packet / 2 * 6000, packet % 2, 96, 1000);
  }
  return m.frames;
}

TEST(RtpMeter, AFrameThatComesLateAsAWholeCounts) {
  EXPECT_EQ(frames_of(100, [](auto packet) { return packet / 2 % 10 == 5 ? 80 : 0; }), 100u);
  EXPECT_EQ(frames_of(100, [](auto packet) { return packet / 2 % 10 == 5 ? 150 : 0; }), 100u);
}

TEST(RtpMeter, ALatePacketOfAFrameThatCameCountsNoFrame) {
  EXPECT_EQ(frames_of(100, [](auto packet) { return packet % 20 == 11 ? 80 : 0; }), 100u);
  EXPECT_EQ(frames_of(100, [](auto packet) { return packet % 20 == 11 ? 700 : 0; }), 100u);
}

TEST(RtpMeter, FramesThatOvertakeEachOtherAtRandomCountOnce) {
  std::mt19937 random(1);
  EXPECT_EQ(frames_of(2000, [&](auto) { return static_cast<std::int64_t>(random() % 160); }), 2000u);
}

TEST(RtpMeter, ATimestampDiscontinuityIsNoJitter) {
  rtc_rtp_meter m =
      metered({{kStart, 1, 0}, {kStart + 20 * kMs, 2, 960}, {kStart + 40 * kMs, 3, 0x7000'0000}});
  EXPECT_LT(jitter_ms(m, 2), 0.001);
  rtc_meter_add(&m, kStart + 60 * kMs, 4, 0x7000'0000 + 960, 0, 111, 100);
  EXPECT_LT(jitter_ms(m, 2), 0.001);
  EXPECT_EQ(m.jitter_samples, 2u);
}

TEST(RtpMeter, ClockThatStepsBackDoesNotOverflow) {
  const rtc_rtp_meter m =
      metered({{kStart + 100 * kMs, 1, 0}, {kStart, 2, 960}, {kStart + 10 * kMs, 3, 1920}});
  // -100 ms of arrival against +20 ms of timestamps, then +10 against +20: (120, then 10) / 16 each.
  EXPECT_NEAR(jitter_ms(m, 2), 120.0 / 16 * 15 / 16 + 10.0 / 16, 0.01);
  EXPECT_EQ(m.max_gap_ns, 10 * kMs);
}

// RFC 3611, 4.7.2 with Gmin 16: settled as a reader does.
struct BurstCase {
  const char* name;
  std::set<int> lost;  // of 1..400
  std::uint32_t bursts, burst_packets, burst_lost, gap_lost, longest;
};

rtc_rtp_meter with_losses(const std::set<int>& lost) {
  rtc_rtp_meter m{};
  for (int seq = 1; seq <= 400; ++seq) {
    if (lost.count(seq) != 0) continue;
    rtc_meter_add(&m, kStart + static_cast<std::uint64_t>(seq) * 20 * kMs,
                  static_cast<std::uint16_t>(65'300 + seq), static_cast<std::uint32_t>(seq) * 960, 0, 111,
                  100);
  }
  rtc_settle_rest(&m);
  return m;
}

TEST(RtpMeter, TellsBurstsFromGaps) {
  std::set<int> outage;
  for (int seq = 50; seq < 250; ++seq) outage.insert(seq);
  const BurstCase cases[] = {
      {"nothing lost", {}, 0, 0, 0, 0, 0},
      {"a lone loss lies in a gap", {100}, 0, 0, 0, 1, 1},
      {"sixteen received in between keep two losses apart", {100, 117}, 0, 0, 0, 2, 1},
      {"fifteen do not", {100, 116}, 1, 17, 2, 0, 1},
      {"a burst over a border of words", {63, 64, 65, 70}, 1, 8, 4, 0, 3},
      {"a burst at the end that nothing closed", {100, 395, 397}, 1, 3, 2, 1, 1},
      {"an outage of several words", outage, 1, 200, 200, 0, 200},
  };
  for (const BurstCase& c : cases) {
    SCOPED_TRACE(c.name);
    const rtc_rtp_meter m = with_losses(c.lost);
    EXPECT_EQ(m.bursts, c.bursts);
    EXPECT_EQ(m.burst_packets, c.burst_packets);
    EXPECT_EQ(m.burst_lost, c.burst_lost);
    EXPECT_EQ(m.settled_lost - m.burst_lost, c.gap_lost);
    EXPECT_EQ(m.loss_run_max, c.longest);
    EXPECT_EQ(m.settled, rtc_meter_expected(&m));
  }
}

TEST(RtpMeter, LateArrivalsAreNoBurst) {
  rtc_rtp_meter m{};
  // Every tenth packet comes thirty numbers late.
  for (int n = 0; n < 2000; ++n) {
    const auto send = [&](int seq) {
      rtc_meter_add(&m, kStart + static_cast<std::uint64_t>(n) * 5 * kMs, static_cast<std::uint16_t>(seq),
                    static_cast<std::uint32_t>(seq) * 240, 0, 111, 100);
    };
    if (n % 10 != 0) send(n);
    if (n >= 30 && (n - 30) % 10 == 0) send(n - 30);
  }
  EXPECT_EQ(m.settled_lost, 0u);
  EXPECT_GT(m.reordered, 190u);
  EXPECT_GT(m.settled, 1800u);
}

// W3C freezeCount: max(3 * avg, avg + 150 ms) over the last 30 intervals.
TEST(RtpMeter, CountsStallsOfFrames) {
  rtc_rtp_meter m{};
  std::uint64_t now = kStart;
  std::uint16_t seq = 0;
  const auto frames = [&](int count, std::uint64_t ms) {
    for (int i = 0; i < count; ++i) {
      now += ms * kMs;
      rtc_meter_add(&m, now, ++seq, static_cast<std::uint32_t>((now - kStart) / kMs) * 90, RTC_MARKER, 96,
                    1000);
    }
  };
  frames(40, 40);
  frames(1, 180);  // the average grows to 44 ms with it: 194 would be a stall
  frames(10, 40);
  EXPECT_EQ(m.stalls, 0u);
  frames(1, 220);
  frames(10, 40);
  EXPECT_EQ(m.stalls, 1u);
  EXPECT_EQ(m.stalled_ms, 220u);
  frames(1, 6000);  // a pause
  frames(3, 40);
  EXPECT_EQ(m.stalls, 1u);
  EXPECT_EQ(m.markers, m.frames);
}

TEST(RtpMeter, CountsPaddingApart) {
  rtc_rtp_meter m{};
  for (std::uint16_t i = 0; i < 10; ++i) {
    rtc_meter_add(&m, kStart + i * kMs, i, 0, i % 2 == 0 ? RTC_PADDING : RTC_MARKER, 97, 250);
  }
  EXPECT_EQ(m.padding_packets, 5u);
  EXPECT_EQ(m.padding_bytes, 1250u);
  EXPECT_EQ(m.markers, 5u);
}

}  // namespace
