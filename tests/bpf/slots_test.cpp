// The table of streams: slots are claimed once a stream, found again, emptied and claimed again.

#include <atomic>
#include <set>
#include <thread>

#include "tests/bpf/tap_test.hpp"

namespace rtcscope {
namespace {

using testing::Octets;

const UtcTime kNow = utc_from_ns(1'800'000'000'000'000'000);
const Endpoint kA = testing::endpoint("198.18.0.1", 40'000);
const Endpoint kB = testing::endpoint("198.18.0.2", 50'000);

Octets packet(std::uint32_t ssrc, std::uint16_t sequence_number) {
  return testing::udp_frame(kA, kB, testing::rtp(ssrc, sequence_number, 0));
}

class SlotsTest : public TapTest {
 protected:
  void load_with_room_for(std::uint32_t streams) {
    TapProgramOptions options;
    options.max_streams = streams;
    options.time_is_set = true;
    load(options);
  }

  [[nodiscard]] std::vector<rtc_stream> streams() const {
    std::vector<rtc_stream> found;
    EXPECT_TRUE(program_->read_streams(found));
    return found;
  }
};

TEST_F(SlotsTest, AreClaimedAgainWhenEmptied) {
  constexpr std::uint32_t kStreams = 512;  // a quarter of the room: each finds a place in the index
  ASSERT_NO_FATAL_FAILURE(load_with_room_for(4 * kStreams));
  for (std::uint32_t round = 0; round < 20; ++round) {
    for (std::uint32_t i = 1; i <= kStreams; ++i) run(kEntry, kNow, packet(round * kStreams + i, 1));
    take_events();
    std::set<std::uint32_t> seen;
    for (const rtc_stream& stream : streams()) {
      EXPECT_EQ(stream.meter.packets, 1U);
      seen.insert(stream.key.ssrc);
      program_->forget_stream(stream.key);
    }
    ASSERT_EQ(seen.size(), kStreams) << "round " << round;
    EXPECT_EQ(*seen.begin(), round * kStreams + 1);
    EXPECT_TRUE(streams().empty());
  }
  EXPECT_TRUE(program_->read_drops().empty());
}

TEST_F(SlotsTest, OfOthersStayWhenOneIsEmptied) {
  constexpr std::uint32_t kStreams = 256;
  ASSERT_NO_FATAL_FAILURE(load_with_room_for(4 * kStreams));
  for (std::uint32_t ssrc = 1; ssrc <= kStreams; ++ssrc) run(kEntry, kNow, packet(ssrc, 1));
  for (const rtc_stream& stream : streams()) {
    if (stream.key.ssrc % 2 == 0) program_->forget_stream(stream.key);
  }
  for (std::uint32_t ssrc = 1; ssrc <= kStreams; ++ssrc) run(kEntry, kNow, packet(ssrc, 2));
  ASSERT_EQ(streams().size(), kStreams);
  for (const rtc_stream& stream : streams()) {
    EXPECT_EQ(stream.meter.packets, stream.key.ssrc % 2 == 0 ? 1U : 2U) << stream.key.ssrc;
  }
}

TEST_F(SlotsTest, AStreamThatIsNotThereIsForgottenWithoutHarm) {
  ASSERT_NO_FATAL_FAILURE(load_with_room_for(16));
  run(kEntry, kNow, packet(1, 1));
  rtc_stream_key key = streams().at(0).key;
  key.ssrc = 2;
  program_->forget_stream(key);
  EXPECT_EQ(streams().size(), 1U);
}

/// Runs a program without looking at what becomes of it: for threads.
void run_quietly(int program, Octets frame) {
  LIBBPF_OPTS(bpf_test_run_opts, options, .data_in = frame.data(),
              .data_size_in = static_cast<std::uint32_t>(frame.size()), .repeat = 1);
  bpf_prog_test_run_opts(program, &options);
}

// Every processor brings packets of the same new streams at once, while those of the round before are
// emptied.
TEST_F(SlotsTest, AreSharedByProcessors) {
  constexpr std::uint32_t kStreams = 400;
  constexpr int kThreads = 4;
  constexpr std::uint16_t kPackets = 5;
  ASSERT_NO_FATAL_FAILURE(load_with_room_for(4096));
  const int program = program_->program_fd(kEntry);
  for (std::uint32_t round = 0; round < 5; ++round) {
    const std::vector<rtc_stream> before = streams();
    std::vector<std::thread> threads;
    for (int thread = 0; thread < kThreads; ++thread) {
      threads.emplace_back([=] {
        for (std::uint32_t i = 1; i <= kStreams; ++i) {
          for (std::uint16_t n = 0; n < kPackets; ++n) {
            run_quietly(program, packet(round * kStreams + i, static_cast<std::uint16_t>(thread * 100 + n)));
          }
        }
      });
    }
    for (const rtc_stream& stream : before) program_->forget_stream(stream.key);
    for (std::thread& thread : threads) thread.join();
    take_events();
    ASSERT_EQ(streams().size(), kStreams);
    for (const rtc_stream& stream : streams()) EXPECT_EQ(stream.meter.packets, kThreads * kPackets);
  }
  EXPECT_TRUE(program_->read_drops().empty());
}

}  // namespace
}  // namespace rtcscope
