// Which stream a media server made of which: by steps, sizes and markers only.

#include "flows/relay_tracker.hpp"

#include <gtest/gtest.h>

#include <random>

namespace rtcscope::flows {
namespace {

using namespace std::chrono_literals;

const UtcTime kStart = utc_from_ns(1'795'225'174'000'000'000);

struct Sent {
  std::uint16_t sequence_number;
  std::uint32_t rtp_timestamp;
  bool marker;
  std::uint32_t payload_bytes;
  UtcTime time;
};

std::vector<Sent> video(int packets, unsigned seed, std::uint32_t least = 300, std::uint32_t most = 1100) {
  std::mt19937 random(seed);
  std::uniform_int_distribution<std::uint32_t> size(least, most);
  std::vector<Sent> sent;
  for (int i = 0; i < packets; ++i) {
    sent.push_back({static_cast<std::uint16_t>(65'400 + i), 5000U + static_cast<std::uint32_t>(i / 2) * 6000,
                    i % 2 == 1, size(random), kStart + i * 33ms});
  }
  return sent;
}

/// The server's copy: numbers and sizes of its own, `way` later.
Sent copy_of(const Sent& s, std::uint16_t numbers, Duration way) {
  return {static_cast<std::uint16_t>(s.sequence_number + numbers), s.rtp_timestamp + 777'777, s.marker,
          s.payload_bytes + 6, s.time + way};
}

const IpAddress kServer = *parse_ip_address("198.18.0.1");
const IpAddress kAlice = *parse_ip_address("198.18.0.11");
const IpAddress kBob = *parse_ip_address("198.18.0.12");

class RelayTest : public ::testing::Test {
 protected:
  void add(RelayTrack& track, const Sent& s) {
    rtp::RtpPacketView packet;
    packet.sequence_number = s.sequence_number;
    packet.rtp_timestamp = s.rtp_timestamp;
    packet.marker = s.marker;
    packet.header_length = 24;
    tracker.add(track, s.time, packet, s.payload_bytes + 24);
  }
  RelayTracker tracker{1};
  RelayTrack publisher{tracker, StreamId{1}, 111, kAlice, kServer};
  RelayTrack subscriber{tracker, StreamId{2}, 222, kServer, kBob};
};

TEST_F(RelayTest, FindsTheSourceAndTheForwardingDelay) {
  for (const Sent& s : video(200, 1)) {
    add(publisher, s);
    add(subscriber, copy_of(s, 1000, 3ms));
  }
  const RelayFigures figures = subscriber.figures();
  EXPECT_EQ(figures.source, StreamId{1});
  EXPECT_EQ(figures.source_ssrc, 111u);
  EXPECT_GT(figures.samples, 180u);
  EXPECT_NEAR(static_cast<double>(figures.forwarding_p50->count()), 3e6, 1e5);
  EXPECT_NEAR(static_cast<double>(figures.forwarding_p99->count()), 3e6, 1e5);
  EXPECT_FALSE(publisher.figures().source.valid());
}

TEST_F(RelayTest, TellsGapsOfTheServerFromThoseItPassedOn) {
  int i = 0;
  for (const Sent& s : video(400, 2)) {
    i += 1;
    if (i == 100 || i == 101 || i == 300) continue;  // lost before the server
    add(publisher, s);
    if (i != 200) add(subscriber, copy_of(s, 1000, 1ms));  // lost in it
  }
  EXPECT_EQ(subscriber.figures().relayed_lost, 3u);
  EXPECT_EQ(subscriber.figures().server_lost, 1u);
}

TEST_F(RelayTest, AGapThatARepairFilledIsNone) {
  const std::vector<Sent> all = video(300, 3);
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (i != 150) {
      add(publisher, all[i]);
      add(subscriber, copy_of(all[i], 1000, 1ms));
    }
    // Retransmitted to the server on another SSRC, and forwarded late under its own number.
    if (i == 153) add(subscriber, copy_of(all[150], 1000, 110ms));
  }
  EXPECT_EQ(subscriber.figures().relayed_lost, 0u);
  EXPECT_EQ(subscriber.figures().server_lost, 0u);
}

TEST_F(RelayTest, ASwitchOfTheSourceIsCounted) {
  RelayTrack other{tracker, StreamId{3}, 333, kAlice, kServer};
  const std::vector<Sent> low = video(600, 4);
  std::vector<Sent> high = video(600, 5);
  for (Sent& s : high) {
    s.sequence_number = static_cast<std::uint16_t>(s.sequence_number + 7000);
    s.rtp_timestamp += 1'234'567;
  }
  for (std::size_t i = 0; i < low.size(); ++i) {
    add(publisher, low[i]);
    add(other, high[i]);
    add(subscriber, i < 300 ? copy_of(low[i], 1000, 1ms) : copy_of(high[i], 1000, 1ms));
  }
  EXPECT_EQ(subscriber.figures().source_ssrc, 333u);
  EXPECT_EQ(subscriber.figures().source_switches, 1u);
}

TEST_F(RelayTest, SizesThatAreAllAlikePairNothing) {
  for (const Sent& s : video(400, 6, 120, 121)) {
    add(publisher, s);
    add(subscriber, copy_of(s, 1000, 1ms));
  }
  EXPECT_FALSE(subscriber.figures().source.valid());
}

TEST_F(RelayTest, TwoPublishersOfTheSameContentAreNoPair) {
  RelayTrack twin{tracker, StreamId{5}, 555, kBob, kServer};
  for (const Sent& s : video(400, 10)) {
    add(publisher, s);
    add(twin, copy_of(s, 77, 700ms));
    add(subscriber, copy_of(s, 1000, 701ms));
  }
  EXPECT_FALSE(twin.figures().source.valid());
  EXPECT_EQ(subscriber.figures().source_ssrc, 555u);
}

// Of the second one's first packets nobody knows yet that they are media, so only the first one shows.
TEST_F(RelayTest, ACopyWaitsForItsOwnPublisherOfTheSameContent) {
  RelayTrack twin{tracker, StreamId{5}, 555, kBob, kServer};
  const std::vector<Sent> all = video(400, 11);
  for (std::size_t i = 0; i < all.size(); ++i) {
    add(publisher, all[i]);
    if (i >= 20) add(twin, copy_of(all[i], 77, 700ms));
    add(subscriber, copy_of(all[i], 1000, 701ms));
  }
  EXPECT_EQ(subscriber.figures().source_ssrc, 555u);
  EXPECT_EQ(subscriber.figures().source_switches, 0u);
}

TEST_F(RelayTest, ASlowServersCopiesAreFound) {
  for (const Sent& s : video(400, 12)) {
    add(publisher, s);
    add(subscriber, copy_of(s, 1000, 300ms));
  }
  EXPECT_EQ(subscriber.figures().source_ssrc, 111u);
  EXPECT_NEAR(static_cast<double>(subscriber.figures().forwarding_p50->count()), 3e8, 1e7);
}

TEST_F(RelayTest, StreamsOfTheirOwnPairNothing) {
  const std::vector<Sent> one = video(2000, 7), two = video(2000, 8);
  for (std::size_t i = 0; i < one.size(); ++i) {
    add(publisher, one[i]);
    add(subscriber, two[i]);
  }
  EXPECT_FALSE(subscriber.figures().source.valid());
  EXPECT_FALSE(publisher.figures().source.valid());
}

TEST_F(RelayTest, ThePacketItselfOnItsWayIsNoCopy) {
  RelayTrack relayed{tracker, StreamId{4}, 111, kServer, kServer};
  for (const Sent& s : video(200, 9)) {
    add(publisher, s);
    Sent same = s;
    same.time += 1ms;
    add(relayed, same);
  }
  EXPECT_FALSE(relayed.figures().source.valid());
}

TEST_F(RelayTest, MoreStreamsThanItsBoundAreNotFollowed) {
  std::vector<std::unique_ptr<RelayTrack>> flood;
  for (std::uint64_t i = 0; i < RelayTracker::kMaxTracks; ++i) {
    flood.push_back(std::make_unique<RelayTrack>(tracker, StreamId{100 + i}, 1, kAlice, kServer));
  }
  EXPECT_FALSE(flood.back()->followed());
  EXPECT_TRUE(publisher.followed());
  flood.clear();
  EXPECT_TRUE(RelayTrack(tracker, StreamId{6}, 1, kAlice, kServer).followed());
}

}  // namespace
}  // namespace rtcscope::flows
