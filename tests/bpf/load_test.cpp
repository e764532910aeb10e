// Every program passes the verifier of this kernel.

#include "tests/bpf/tap_test.hpp"

namespace rtcscope {
namespace {

constexpr TapEntry kEntries[] = {TapEntry::kIngress,  TapEntry::kEgress,   TapEntry::kIpIngress,
                                 TapEntry::kIpEgress, TapEntry::kLoopback, TapEntry::kXdp};

TEST_F(TapTest, EveryProgramLoads) {
  for (const TapEntry entry : kEntries) EXPECT_GE(program_->program_fd(entry), 0);
  EXPECT_GE(program_->events_fd(), 0);
}

TEST_F(TapTest, LoadsWithEveryKnobTurned) {
  TapProgramOptions options;
  options.ring_bytes = 1U << 20U;
  options.snap_length = 256;
  options.max_streams = 1000;
  options.drop_when_seen = true;
  load(options);
}

}  // namespace
}  // namespace rtcscope
