// feeds/janus/event_log.hpp: a recorded log, line by line.

#include "feeds/janus/event_log.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <system_error>

namespace rtcscope::feeds::janus {
namespace {

using ::testing::ElementsAre;

class JanusEventLog : public ::testing::Test {
 protected:
  void TearDown() override { std::filesystem::remove(path_); }

  /// Reads `text` as a log.
  void read(const std::string& text) {
    std::ofstream(path_, std::ios::binary) << text;
    EventLog log(path_);
    while (auto delivery = log.next()) deliveries.push_back(*std::move(delivery));
    counts = log.counts();
  }
  std::vector<std::int64_t> times_ms() const {
    std::vector<std::int64_t> out;
    for (const Delivery& d : deliveries) out.push_back(ns_since_epoch(d.received) / 1'000'000);
    return out;
  }
  std::vector<std::string> texts() const {
    std::vector<std::string> out;
    for (const Delivery& d : deliveries) out.push_back(d.json);
    return out;
  }

  std::vector<Delivery> deliveries;
  LineCounts counts;

 private:
  std::string path_ =
      ::testing::TempDir() + "event_log_" + ::testing::UnitTest::GetInstance()->current_test_info()->name();
};

TEST_F(JanusEventLog, RecordedLineGivesItsEvent) {
  read("{\"t_ms\":5,\"post\":1,\"idx\":0,\"event\":{\"type\":1}}\n");
  EXPECT_THAT(texts(), ElementsAre(R"({"type":1})"));
}

TEST_F(JanusEventLog, RecordedGroupStaysAGroup) {
  read("{\"t_ms\":5,\"event\":[{\"type\":1},{\"type\":2}]}\n");
  EXPECT_THAT(texts(), ElementsAre(R"([{"type":1},{"type":2}])"));
}

TEST_F(JanusEventLog, BareEventIsADelivery) {
  read("{\"type\":1,\"timestamp\":7000}\n");
  EXPECT_THAT(texts(), ElementsAre(R"({"type":1,"timestamp":7000})"));
}

TEST_F(JanusEventLog, BareGroupIsADelivery) {
  read("[{\"type\":1,\"timestamp\":7000}]\n");
  EXPECT_THAT(times_ms(), ElementsAre(7));
}

TEST_F(JanusEventLog, ReceiveTimeMayBeAFraction) {
  read("{\"t_ms\":1795226111283.339,\"event\":{}}\n");
  ASSERT_EQ(deliveries.size(), 1U);
  EXPECT_EQ(ns_since_epoch(deliveries[0].received), 1'795'226'111'283'339'000);
}

TEST_F(JanusEventLog, EventTimeStandsInForReceiveTime) {
  read("{\"t_ms\":null,\"event\":{\"timestamp\":9000}}\n");
  EXPECT_THAT(times_ms(), ElementsAre(9));
}

TEST_F(JanusEventLog, TimeNeverGoesBack) {
  read("{\"t_ms\":5,\"event\":{}}\n{\"t_ms\":3,\"event\":{}}\n{\"t_ms\":8,\"event\":{}}\n");
  EXPECT_THAT(times_ms(), ElementsAre(5, 5, 8));
}

TEST_F(JanusEventLog, LineWithoutAnyTimeHasThatOfTheLineBefore) {
  read("{\"t_ms\":5,\"event\":{}}\n[]\n");
  EXPECT_THAT(times_ms(), ElementsAre(5, 5));
}

TEST_F(JanusEventLog, ImpossibleTimesAreNone) {
  read(
      "{\"t_ms\":5,\"event\":{}}\n{\"t_ms\":1e300,\"event\":{}}\n{\"t_ms\":-1,\"event\":{}}\n"
      "{\"t_ms\":\"9\",\"event\":{}}\n{\"type\":1,\"timestamp\":18446744073709551615}\n"
      "{\"type\":1,\"timestamp\":9223372036854775807}\n");
  EXPECT_THAT(times_ms(), ElementsAre(5, 5, 5, 5, 5, 5));
}

TEST_F(JanusEventLog, LastLineNeedsNoLineEnd) {
  read("[]\n[]");
  EXPECT_EQ(deliveries.size(), 2U);
}

TEST_F(JanusEventLog, BlankAndCarriageReturnLinesAreSkipped) {
  read("\r\n   \n[]\r\n\t\n");
  EXPECT_EQ(deliveries.size(), 1U);
  EXPECT_EQ(counts.lines, 4U);
  EXPECT_EQ(counts.malformed, 0U);
}

TEST_F(JanusEventLog, EmptyFileHasNothing) {
  read("");
  EXPECT_TRUE(deliveries.empty());
  EXPECT_EQ(counts.lines, 0U);
}

TEST_F(JanusEventLog, MalformedLinesAreCountedAndTheFirstIsNamed) {
  read("[]\nhello\n{\"t_ms\":1}\n7\n{\"t_ms\":1,\"event\":{\n[]\n");
  EXPECT_EQ(deliveries.size(), 2U);
  EXPECT_EQ(counts.malformed, 4U);
  EXPECT_EQ(counts.first_malformed_line, 2U);
}

TEST_F(JanusEventLog, BinaryFileIsMalformed) {
  read(std::string("\xd4\xc3\xb2\xa1\x00\x00\xff\xff", 8));
  EXPECT_TRUE(deliveries.empty());
  EXPECT_EQ(counts.malformed, 1U);
}

TEST_F(JanusEventLog, LineOverTheBoundIsMalformedAndTheNextIsRead) {
  read("[" + std::string(LineReader::kMaxLineBytes, ' ') + "]\n[]\n");
  EXPECT_EQ(deliveries.size(), 1U);
  EXPECT_EQ(counts.malformed, 1U);
}

// Writing JSON out again goes as deep as the JSON does, on the stack.
TEST_F(JanusEventLog, DeeplyNestedLineIsMalformed) {
  const std::string depth(1'000'000, '[');
  read("{\"t_ms\":1,\"event\":" + depth + std::string(depth.size(), ']') + "}\n[]\n");
  EXPECT_EQ(deliveries.size(), 1U);
  EXPECT_EQ(counts.malformed, 1U);
}

TEST(JanusEventLogFile, MissingFileIsNamed) {
  try {
    EventLog log("/nowhere/events.jsonl");
    FAIL() << "opened";
  } catch (const std::system_error& error) {
    EXPECT_THAT(error.what(), ::testing::HasSubstr("/nowhere/events.jsonl"));
    EXPECT_EQ(error.code(), std::errc::no_such_file_or_directory);
  }
}

TEST(JanusEventLogFile, FolderIsRefused) {
  EXPECT_THROW(EventLog log(::testing::TempDir()), std::system_error);
}

}  // namespace
}  // namespace rtcscope::feeds::janus
