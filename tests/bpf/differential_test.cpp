// The same frames through the kernel's programs and through user space give the same state of every stream.

#include "tests/bpf/tap_test.hpp"

#include <filesystem>
#include <iostream>
#include <random>

#include "tests/support/packet_builder.hpp"
#include "tests/support/recordings.hpp"

namespace rtcscope {
namespace {

using testing::Octets;

class Differential : public TapTest {
 protected:
  void add(UtcTime time, const Octets& frame, std::uint32_t segment_bytes = 0) {
    if (!run(kEntry, time, frame, segment_bytes)) {
      too_large_ += 1;
      return;
    }
    user_.add(time, frame, segment_bytes);
    frames_ += 1;
    if (frames_ % 1000 == 0) take_events();
  }

  void add_file(const std::filesystem::path& path) {
    for_each_frame(path, [&](UtcTime time, const Octets& frame) { add(time, frame); });
  }

  void expect_same() {
    expect_equal(kernel_meters(), user_.meters());
    std::cout << frames_ << " frames, " << user_.meters().size() << " streams; " << too_large_
              << " frames that the kernel takes for no test\n";
    EXPECT_LT(too_large_, frames_ / 10 + 1);
    for (const auto& drop : program_->read_drops()) {
      EXPECT_NE(drop.key.reason, std::uint32_t{RTC_DROP_STREAMS_FULL});
      EXPECT_NE(drop.key.reason, std::uint32_t{RTC_DROP_UNREADABLE});
    }
  }

  UserSpace user_;
  std::uint64_t frames_ = 0;
  std::uint64_t too_large_ = 0;
};

TEST_F(Differential, Slices) {
  const std::filesystem::path data = RTCSCOPE_TEST_DATA;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(data)) {
    const std::string extension = entry.path().extension().string();
    if (extension == ".pcap" || extension == ".pcapng") add_file(entry.path());
  }
  EXPECT_GT(user_.meters().size(), 0U);
  expect_same();
}

TEST_F(Differential, RecordedCallsInKernel) {
  const auto files = testing::recordings(testing::kCalls, ".pcap");
  if (files.empty()) GTEST_SKIP() << "no recorded calls (RTCSCOPE_CALLS)";
  for (const auto& file : files) add_file(file);
  EXPECT_GT(user_.meters().size(), 20U);
  expect_same();
}

TEST_F(Differential, PublicCapturesInKernel) {
  for (const char* ending : {".pcap", ".pcapng", ".cap"}) {
    for (const auto& file : testing::recordings(testing::kPublicCaptures, ending)) add_file(file);
  }
  if (frames_ == 0) GTEST_SKIP() << "no public captures (RTCSCOPE_PCAPS)";
  expect_same();
}

/// Sequence numbers and timestamps that jump, repeat and wrap, sizes at every bound.
TEST_F(Differential, RandomStreams) {
  std::mt19937 random(1);
  const auto below = [&](std::uint32_t bound) { return static_cast<std::uint32_t>(random() % bound); };
  std::vector<std::uint16_t> seq(8);
  std::vector<std::uint32_t> ts(8);
  std::int64_t now = 1'800'000'000'000'000'000;
  for (int i = 0; i < 60'000; ++i) {
    const std::uint32_t s = below(8);
    const std::uint32_t kind = below(100);
    const auto step = kind < 90 ? 1U : kind < 94 ? 0U : kind < 97 ? below(600) : below(65536);
    seq[s] = static_cast<std::uint16_t>(seq[s] + step - (kind == 96 ? 300U : 0U));
    ts[s] += kind < 50 ? 0U : kind < 99 ? 3000U : below(0xffffffff);
    now += kind == 98 ? 2'000'000'000 : below(20'000'000);
    Octets rtp = testing::rtp(s + 1, seq[s], ts[s], below(1200), below(128));
    if (below(3) == 0) rtp[1] |= std::byte{0x80};
    if (below(4) == 0) rtp[0] = static_cast<std::byte>(0x80U | below(0x40));
    const bool v6 = s % 2 == 1;
    add(utc_from_ns(now),
        testing::udp_frame(testing::endpoint(v6 ? "2001:db8::1" : "198.18.0.1", 5000),
                           testing::endpoint(v6 ? "2001:db8::2" : "198.18.0.2", 6000), rtp));
  }
  expect_same();
}

/// Real frames with octets changed, cut and put in: the headers lie about what follows.
TEST_F(Differential, HostileFrames) {
  std::mt19937 random(2);
  const auto below = [&](std::size_t bound) { return static_cast<std::size_t>(random() % bound); };
  for (int i = 0; i < 120'000; ++i) {
    const bool v6 = below(2) == 0;
    Octets frame = testing::udp_frame(
        testing::endpoint(v6 ? "2001:db8::1" : "198.18.0.1", static_cast<std::uint16_t>(below(4))),
        testing::endpoint(v6 ? "2001:db8::2" : "198.18.0.2", static_cast<std::uint16_t>(4788 + below(3))),
        testing::rtp(static_cast<std::uint32_t>(below(4)), static_cast<std::uint16_t>(i), 1, below(64)));
    if (v6 && below(2) == 0)
      frame[20] = std::byte{std::array<unsigned char, 6>{0, 43, 44, 51, 60, 17}[below(6)]};
    for (std::size_t flips = below(6); flips > 0; --flips) {
      // Mostly within the headers.
      frame[below(std::min<std::size_t>(frame.size(), 80))] = static_cast<std::byte>(random());
    }
    if (below(4) == 0) frame.resize(14 + below(frame.size() - 13));
    add(utc_from_ns(1'800'000'000'000'000'000 + i), frame,
        below(8) == 0 ? static_cast<std::uint32_t>(1 + below(40)) : 0);
  }
  EXPECT_GT(user_.meters().size(), 10U);
  expect_same();
}

}  // namespace
}  // namespace rtcscope
