#include "feeds/owt/owt_log.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace rtcscope::feeds::owt {
namespace {

TEST(OwtLog, ReadsTheThreeKindsOfLines) {
  const std::string path = testing::TempDir() + "owt_log_" + std::to_string(getpid()) + ".jsonl";
  std::ofstream(path)
      << R"({"t_ms": 2000, "server": "s", "path": "/v1/rooms/r/streams", "asked_ms": 1500, "reply": []})"
      << "\n"
      << R"({"t_ms": 1000, "server": "s", "room": "r", "signal": {"event": "drop"}})"
      << "\n"
      << R"({"t_ms": 3000, "server": "s", "room": "r", "cast": {"method": "x", "args": []}})"
      << "\n"
      << R"({"t_ms": 3000, "server": "s"})"
      << "\nnothing\n"
      << R"({"t_ms": 4000, "server": 7, "reply": []})"
      << "\n";
  OwtLog log(path);
  const auto answer = log.next();
  ASSERT_TRUE(answer);
  ASSERT_TRUE(std::holds_alternative<OwtAnswer>(answer->what));
  EXPECT_EQ(std::get<OwtAnswer>(answer->what).path, "/v1/rooms/r/streams");
  EXPECT_EQ(std::get<OwtAnswer>(answer->what).asked, utc_from_ns(1'500'000'000));
  EXPECT_FALSE(answer->is_event());
  const auto signal = log.next();
  ASSERT_TRUE(signal && std::holds_alternative<OwtSignal>(signal->what));
  EXPECT_EQ(signal->received, answer->received) << "time never goes back";
  EXPECT_EQ(signal->json, R"({"event":"drop"})");
  const auto cast = log.next();
  ASSERT_TRUE(cast && std::holds_alternative<OwtCast>(cast->what));
  EXPECT_TRUE(cast->is_event());
  EXPECT_FALSE(log.next());
  EXPECT_EQ(log.counts().malformed, 3U);
  EXPECT_EQ(log.counts().first_malformed_line, 4U);
  std::filesystem::remove(path);
}

}  // namespace
}  // namespace rtcscope::feeds::owt
