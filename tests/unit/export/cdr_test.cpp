// export/cdr: one record for each presence that ends, with the figures of its streams.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "export/cdr/recorder.hpp"

namespace rtcscope::export_cdr {
namespace {

using namespace std::chrono_literals;
using Json = nlohmann::json;

const UtcTime kStart = utc_from_ns(1'795'225'174'000'000'000);  // 2026-11-21T01:39:34Z

class CdrTest : public ::testing::Test {
 protected:
  CdrTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "rtcscope-cdr-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
  }
  ~CdrTest() override { std::filesystem::remove_all(folder_); }

  static model::Session session(std::uint64_t id, std::optional<Duration> left) {
    model::Session s;
    s.id = {id};
    s.conference = {1};
    s.participant = {2};
    s.joined_at = kStart;
    if (left) s.left = model::Ending{kStart + *left, "leaving", model::Source::kFeed};
    return s;
  }
  static model::Stream stream(std::uint64_t id, const char* direction, std::int64_t lost) {
    model::Stream s;
    s.id = {id};
    s.connection = {5};
    s.direction = direction;
    s.codec = "opus";
    s.total.packets = 90;
    s.total.expected = 100;
    s.total.lost = lost;
    s.jitter_max_ms = 7.5;
    return s;
  }
  void play(CdrRecorder& recorder) {
    recorder.on_change(model::Conference{{1}, {}, "media-1", "videoroom", "1234", kStart, {}});
    recorder.on_change(model::Participant{{2}, {1}, "u1", "=cmd, \"alice\"", kStart});
    recorder.on_change(session(3, {}));
    model::Connection connection;
    connection.id = {5};
    connection.session = {3};
    connection.started_at = kStart;
    connection.connected_at = kStart + 250ms;
    recorder.on_change(connection);
    recorder.on_change(session(3, 60s));
    recorder.on_change(stream(7, "uplink", 4));
    recorder.on_change(stream(8, "uplink", 6));
    recorder.on_change(stream(9, "downlink", -1));
    model::Issue issue;
    issue.connection = {5};
    issue.kind = "high_loss";
    recorder.on_change(issue);
  }
  std::vector<std::string> lines(const std::string& name) const {
    std::ifstream file(folder_ / name);
    std::vector<std::string> all;
    for (std::string line; std::getline(file, line);) all.push_back(line);
    return all;
  }

  std::filesystem::path folder_;
};

TEST_F(CdrTest, ARecordHasWhoWhenAndTheLastFigures) {
  CdrRecorder recorder({folder_});
  play(recorder);
  EXPECT_EQ(recorder.counts().written, 0U) << "figures may still come";
  model::Host later;
  later.last_seen = kStart + 70s;
  recorder.on_change(later);
  EXPECT_EQ(recorder.counts().written, 1U);
  const auto json = lines("cdr-20261121.jsonl");
  ASSERT_EQ(json.size(), 1U);
  const Json record = Json::parse(json[0]);
  EXPECT_EQ(record["room"], "1234");
  EXPECT_EQ(record["duration_s"], 60);
  EXPECT_EQ(record["connect_s"], 0.25);
  EXPECT_EQ(record["uplink_streams"], 2);
  EXPECT_EQ(record["uplink_lost"], 10);
  EXPECT_EQ(record["uplink_loss_ratio"], 0.05);
  EXPECT_EQ(record["downlink_loss_ratio"], 0);
  EXPECT_EQ(record["left_source"], "feed");
  EXPECT_EQ(record["issues"], "high_loss");
  const auto csv = lines("cdr-20261121.csv");
  ASSERT_EQ(csv.size(), 2U);
  EXPECT_EQ(csv[0], csv_header() + "\r");
  EXPECT_THAT(csv[1], ::testing::HasSubstr("\"'=cmd, \"\"alice\"\"\"")) << "a formula is made text";
}

TEST_F(CdrTest, WhatWaitsIsWrittenAtTheEndAndWhoIsStillThereIsNot) {
  CdrRecorder recorder({folder_});
  play(recorder);
  recorder.on_change(session(4, {}));
  recorder.finish();
  EXPECT_EQ(lines("cdr-20261121.jsonl").size(), 1U);
}

TEST_F(CdrTest, AFullFileGoesOnAsTheNext) {
  {
    CdrRecorder recorder({folder_, 10});
    for (std::uint64_t id = 10; id < 13; ++id) recorder.on_change(session(id, 60s));
    recorder.finish();
  }
  EXPECT_EQ(lines("cdr-20261121.jsonl").size(), 1U);
  EXPECT_EQ(lines("cdr-20261121-3.csv").size(), 2U);
  CdrRecorder again({folder_, 10});
  again.on_change(session(20, 60s));
  again.finish();
  EXPECT_EQ(lines("cdr-20261121-4.jsonl").size(), 1U);
}

/// A file on it takes no octet: write() says ENOSPC (full(4)).
void fill_disk(const std::filesystem::path& file) {
  std::filesystem::create_symlink("/dev/full", file);
}

TEST_F(CdrTest, WhatAFullDiskDoesNotTakeIsCountedAndWrittenLater) {
  for (const char* full : {"cdr-20261121.jsonl", "cdr-20261121.csv"}) {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directory(folder_);
    fill_disk(folder_ / full);
    CdrRecorder recorder({folder_});
    recorder.on_change(session(3, 60s));
    recorder.on_change(session(4, 60s));
    model::Host host;
    host.last_seen = kStart + 70s;
    recorder.on_change(host);
    EXPECT_EQ(recorder.counts().written, 0U) << full;
    EXPECT_EQ(recorder.counts().waiting, 2U) << full;
    EXPECT_EQ(recorder.counts().failures, 1U) << "not one for each that waits";
    EXPECT_THAT(recorder.counts().last_error, ::testing::HasSubstr("No space left on device"));
    std::filesystem::remove(folder_ / full);
    host.last_seen = kStart + 75s;
    recorder.on_change(host);
    EXPECT_EQ(recorder.counts().written, 0U) << "it is not tried at every change";
    host.last_seen = kStart + 80s;
    recorder.on_change(host);
    EXPECT_EQ(recorder.counts().written, 2U) << full;
    EXPECT_EQ(recorder.counts().waiting, 0U);
    EXPECT_EQ(recorder.counts().last_error, "");
    EXPECT_EQ(lines("cdr-20261121.jsonl").size(), 2U) << "each once, also when only the CSV was full";
    EXPECT_EQ(lines("cdr-20261121.csv").size(), 3U) << full;
  }
}

TEST_F(CdrTest, AFolderThatIsGoneIsNoticedAndARecordAtTheEndIsLostAloud) {
  CdrRecorder recorder({folder_});
  recorder.on_change(session(3, 60s));
  model::Host host;
  host.last_seen = kStart + 70s;
  recorder.on_change(host);
  ASSERT_EQ(recorder.counts().written, 1U);
  std::filesystem::remove_all(folder_);  // the open files would still take what nobody reads
  recorder.on_change(session(4, 60s));
  host.last_seen = kStart + 80s;
  recorder.on_change(host);
  EXPECT_EQ(recorder.counts().written, 1U);
  EXPECT_THAT(recorder.counts().last_error, ::testing::HasSubstr("No such file or directory"));
  recorder.finish();
  EXPECT_EQ(recorder.counts().lost, 1U);
  EXPECT_EQ(recorder.counts().waiting, 0U);
}

TEST_F(CdrTest, AClockThatIsSetBackHoldsNoRecordUp) {
  CdrRecorder recorder({folder_});
  recorder.on_change(session(3, 60s));
  model::StreamSample sample;
  sample.end = kStart + 61s;
  recorder.on_change(sample);
  EXPECT_EQ(recorder.counts().written, 0U) << "it is due at 66 s";
  sample.end = kStart - 1h;
  recorder.on_change(sample);
  EXPECT_EQ(recorder.counts().written, 1U);
  model::Session next = session(4, {});
  next.left = model::Ending{kStart - 1h, "leaving", model::Source::kFeed};
  recorder.on_change(next);
  sample.end = kStart - 1h + 6s;
  recorder.on_change(sample);
  EXPECT_EQ(recorder.counts().written, 2U);
}

TEST_F(CdrTest, TheRecordsThatWaitAreBounded) {
  fill_disk(folder_ / "cdr-20261121.jsonl");
  CdrRecorder recorder({folder_});
  for (std::uint64_t id = 1; id <= CdrRecorder::kMaxWaiting + 5; ++id) recorder.on_change(session(id, 60s));
  model::Host host;
  host.last_seen = kStart + 70s;
  recorder.on_change(host);
  EXPECT_EQ(recorder.counts().waiting, CdrRecorder::kMaxWaiting);
  EXPECT_EQ(recorder.counts().lost, 5U);
}

TEST_F(CdrTest, ALineThatAnEarlierRunLeftUnfinishedIsEnded) {
  std::ofstream(folder_ / "cdr-20261121.jsonl") << "{\"room\":\"12";
  CdrRecorder recorder({folder_});
  recorder.on_change(session(3, 60s));
  recorder.finish();
  const auto json = lines("cdr-20261121.jsonl");
  ASSERT_EQ(json.size(), 2U);
  EXPECT_EQ(Json::parse(json[1])["session_id"], "0000000000000003");
}

TEST_F(CdrTest, AFolderThatCannotBeWrittenIsSaidAtOnce) {
  const std::filesystem::path file = folder_ / "file";
  std::ofstream(file) << "x";
  EXPECT_THROW(CdrRecorder({file / "below"}), std::runtime_error);
}

}  // namespace
}  // namespace rtcscope::export_cdr
