// Every line of recorded Janus feeds: none is refused, and the facts are those that the lines' own
// members call for. The oracle reads the JSON anew and knows nothing of the parser.

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "feeds/janus/event_log.hpp"
#include "feeds/janus/event_parser.hpp"
#include "tests/support/recordings.hpp"
#include "tests/unit/feeds/fact_text.hpp"

namespace rtcscope::feeds::janus {
namespace {

using Json = nlohmann::json;
using KindCounts = std::map<std::string, int>;

std::string wanted_webrtc_kind(const Json& event, int subtype) {
  switch (subtype) {
    case 1:
      return "IceStateChanged";
    case 2:
    case 3:
      return "Candidate";
    case 4:
      return "SelectedPair";
    case 5:
      return "DtlsStateChanged";
    default:
      return event.at("connection") == "webrtcup" ? "PeerConnectionUp" : "PeerConnectionDown";
  }
}

std::string wanted_room_kind(const Json& data) {
  static const std::map<std::string, std::string> kKinds = {
      {"created", "RoomCreated"},     {"destroyed", "RoomDestroyed"},     {"joined", "RoomJoined"},
      {"published", "RoomPublished"}, {"subscribing", "RoomSubscribed"},  {"subscribed", "RoomSubscribed"},
      {"switched", "RoomSwitched"},   {"unpublished", "RoomUnpublished"}, {"leaving", "RoomLeft"},
      {"kicked", "RoomLeft"}};
  const std::string name = data.value("event", "");
  if (name == "updated") return data.contains("id") ? "RoomPublished" : "RoomSubscribed";
  const auto found = kKinds.find(name);
  return found == kKinds.end() ? "OtherEvent" : found->second;
}

std::string wanted_plugin_kind(const Json& event) {
  const std::string plugin = event.at("plugin");
  if (plugin == "janus.plugin.videoroom") return wanted_room_kind(event.at("data"));
  return plugin == "janus.plugin.echotest" ? "SoloActivity" : "OtherEvent";
}

/// By type and subtype (specification of the Janus event handlers, janus.conventions of its core).
std::string wanted_kind(const Json& line) {
  const Json& event = line.at("event");
  const int subtype = line.value("subtype", 0);
  switch (line.at("type").get<int>()) {
    case 1:
      return event.at("name") == "created" ? "SessionCreated" : "SessionEnded";
    case 2:
      return event.at("name") == "attached" ? "HandleAttached" : "HandleDetached";
    case 8:
      return "Description";
    case 16:
      return wanted_webrtc_kind(event, subtype);
    case 32:
      return subtype == 1 ? "MediaReceiving" : subtype == 2 ? "SlowLink" : "MediaStatistics";
    case 64:
      return wanted_plugin_kind(event);
    case 128:
      return event.at("data").contains("ip") ? "SignallingPeer" : "OtherEvent";
    case 256:
      return subtype == 2                      ? "ServerStopped"
             : event.at("status") == "started" ? "ServerStarted"
                                               : "OtherEvent";
    default:
      return "OtherEvent";
  }
}

KindCounts wanted_counts(const std::filesystem::path& path) {
  KindCounts counts;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    const Json event = Json::parse(line).at("event");
    const Json events = event.is_array() ? event : Json::array({event});
    for (const Json& one : events) counts[wanted_kind(one)] += 1;
  }
  return counts;
}

struct Parsed {
  KindCounts kinds;
  DeliveryCounts counts;
  LineCounts log;
};

Parsed parsed(const std::filesystem::path& path) {
  Parsed out;
  FactKeeper sink;
  EventLog log(path);
  while (const auto delivery = log.next()) out.counts += parse_delivery(delivery->json, sink);
  for (const Fact& fact : sink.facts) out.kinds[kind_of(fact.body)] += 1;
  out.log = log.counts();
  return out;
}

const std::filesystem::path kSample = RTCSCOPE_TEST_DATA "/sample-call/janus-events.jsonl";

TEST(SampleCallEvents, NoLineIsRefused) {
  const Parsed sample = parsed(kSample);
  EXPECT_EQ(sample.log.lines, 217U);
  EXPECT_EQ(sample.log.malformed, 0U);
  EXPECT_EQ(sample.counts.refused_total(), 0U);
}

TEST(SampleCallEvents, FactsAreThoseOfTheLines) {
  EXPECT_EQ(parsed(kSample).kinds, wanted_counts(kSample));
}

// Two clients, each with a publisher and a subscriber, in one room.
TEST(SampleCallEvents, TellOfTwoPublishersAndTwoSubscribers) {
  const KindCounts kinds = parsed(kSample).kinds;
  EXPECT_EQ(kinds.at("RoomJoined"), 2);
  EXPECT_EQ(kinds.at("RoomPublished"), 2);
  EXPECT_EQ(kinds.at("HandleAttached"), 4);
  EXPECT_EQ(kinds.at("PeerConnectionUp"), 4);
}

TEST(RecordedCallEvents, NoLineIsRefused) {
  const auto logs = testing::recordings(testing::kCalls, "janus-events.jsonl");
  if (logs.empty()) GTEST_SKIP() << testing::kCalls << " names no folder of recorded calls";
  for (const auto& path : logs) {
    const Parsed call = parsed(path);
    EXPECT_EQ(call.log.malformed, 0U) << path;
    EXPECT_EQ(call.counts.refused_total(), 0U) << path;
  }
}

TEST(RecordedCallEvents, FactsAreThoseOfTheLines) {
  const auto logs = testing::recordings(testing::kCalls, "janus-events.jsonl");
  if (logs.empty()) GTEST_SKIP() << testing::kCalls << " names no folder of recorded calls";
  for (const auto& path : logs) EXPECT_EQ(parsed(path).kinds, wanted_counts(path)) << path;
}

}  // namespace
}  // namespace rtcscope::feeds::janus
