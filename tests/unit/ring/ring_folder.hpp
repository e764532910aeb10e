#pragma once
// A folder for a ring that goes away with what is in it.

#include <gtest/gtest.h>

#include <string>

#include "base/time.hpp"
#include "tests/support/temp_folder.hpp"

namespace rtcscope::ring {

class RingFolder : public ::testing::Test {
 protected:
  const rtcscope::testing::TempFolder temp;
  const std::string parent = temp.path().string(), folder = temp.file("ring");
  const UtcTime start = utc_from_ns(1'795'225'174'000'000'000);
};

}  // namespace rtcscope::ring
