// export/homer/: what Homer is told of our messages is what is in them.

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "export/hep/payload.hpp"
#include "export/hep/rtcp_payload.hpp"

namespace rtcscope::export_hep {
namespace {

using Json = nlohmann::json;

Json mapping(const std::string& hepid) {
  std::ifstream file(RTCSCOPE_SOURCE_DIR "/export/homer/mapping_" + hepid + ".json");
  EXPECT_TRUE(file.is_open()) << hepid;
  return Json::parse(file);
}

/// What can be searched for in data_header; objects and lists cannot.
void add_keys(std::set<std::string>& keys, const std::string& payload) {
  const Json json = Json::parse(payload);
  for (const auto& [key, value] : json.items()) {
    if (!value.is_structured()) keys.insert(key);
  }
}

std::set<std::string> mapped_keys(const Json& mapping) {
  constexpr std::string_view kPrefix = "data_header.";
  std::set<std::string> keys;
  for (const Json& field : mapping.at("fields_mapping")) {
    const std::string id = field.at("id");
    if (id.starts_with(kPrefix)) keys.insert(id.substr(kPrefix.size()));
  }
  return keys;
}

std::set<std::string> rtp_report_keys() {
  model::Stream stream;
  stream.direction = "downlink";
  stream.kind = "audio";
  stream.codec = "opus";
  stream.clock_rate_hz = 48'000;
  stream.total.packets = 2;
  stream.jitter_ms = stream.jitter_max_ms = stream.jitter_mean_ms = 1;
  RtpReport report;
  report.type = ReportType::kFinal;
  report.stream = &stream;
  report.figures = life_of(stream);
  report.direction_known = true;
  report.correlation_id = report.room = report.display = "x";
  std::set<std::string> keys;
  add_keys(keys, rtp_report_json(report));
  return keys;
}

std::set<std::string> log_keys() {
  model::Event event;
  event.conference = {1};
  event.connection = {2};
  event.stream = {3};
  model::Issue issue;
  issue.id = {4};
  std::set<std::string> keys;
  add_keys(keys, log_line_json(event, "x", "x"));
  add_keys(keys, issue_line_json(issue, "x", "x"));
  return keys;
}

std::set<std::string> rtcp_keys() {
  RtcpReport report;
  report.sender_info = {1, 1, 1, 1};
  std::set<std::string> keys;
  add_keys(keys, rtcp_report_json(report));
  return keys;
}

TEST(HomerMapping, NamesEveryKeyThatIsSentAndNoOther) {
  EXPECT_EQ(mapped_keys(mapping("5")), rtcp_keys());
  EXPECT_EQ(mapped_keys(mapping("34")), rtp_report_keys());
  EXPECT_EQ(mapped_keys(mapping("35")), rtp_report_keys());
  EXPECT_EQ(mapped_keys(mapping("100")), log_keys());
}

// homer-app refuses a mapping without these, or with 0 in one.
TEST(HomerMapping, HasWhatHomerRequires) {
  for (const char* hepid : {"5", "34", "35", "100"}) {
    const Json one = mapping(hepid);
    EXPECT_EQ(one.at("hepid").get<int>(), std::stoi(hepid));
    EXPECT_EQ(one.at("profile"), "default");
    for (const char* key : {"partid", "version", "retention", "partition_step"}) {
      EXPECT_GT(one.at(key).get<int>(), 0) << hepid << " " << key;
    }
    std::set<int> positions;
    for (const Json& field : one.at("fields_mapping")) positions.insert(field.at("position").get<int>());
    EXPECT_EQ(positions.size(), one.at("fields_mapping").size()) << hepid;
  }
}

// From a line of the log to the call's SIP, RTCP and reports, and back.
TEST(HomerMapping, JoinsTheTypesByTheCorrelationId) {
  for (const char* hepid : {"5", "34", "35", "100"}) {
    std::set<int> found;
    const Json one = mapping(hepid);
    for (const Json& lookup : one.at("correlation_mapping")) {
      EXPECT_EQ(lookup.at("source_field"), "sid") << hepid;
      const int id = lookup.at("lookup_id").get<int>();
      EXPECT_EQ(lookup.at("lookup_field"), id == 1 ? "data_header.callid" : "sid") << hepid;
      found.insert(id);
    }
    EXPECT_TRUE(found.contains(1)) << hepid;
    EXPECT_EQ(found.contains(100), std::string(hepid) != "100") << hepid;
  }
}

}  // namespace
}  // namespace rtcscope::export_hep
