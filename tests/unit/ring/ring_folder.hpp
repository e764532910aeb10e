#pragma once
// A folder for a ring that goes away with what is in it.

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <stdexcept>
#include <string>

#include "base/time.hpp"

namespace rtcscope::ring {

class RingFolder : public ::testing::Test {
 protected:
  RingFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "rtcscope-ring-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make the folder " + name);
    parent = name;
    folder = name + "/ring";
  }
  ~RingFolder() override { std::filesystem::remove_all(parent); }

  std::string parent, folder;
  const UtcTime start = utc_from_ns(1'795'225'174'000'000'000);
};

}  // namespace rtcscope::ring
