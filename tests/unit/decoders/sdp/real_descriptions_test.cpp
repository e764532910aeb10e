// The descriptions of real calls (Chromium, aiortc, Janus). The oracle counts lines and knows no grammar.

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "decoders/sdp/session_description.hpp"
#include "tests/support/recordings.hpp"

namespace rtcscope::sdp {
namespace {

using Json = nlohmann::json;

std::vector<std::string> descriptions(const std::filesystem::path& log) {
  std::vector<std::string> all;
  std::ifstream file(log);
  for (std::string line; std::getline(file, line);) {
    const Json event = Json::parse(line).at("event");
    if (event.is_object() && event.at("type") == 8) all.push_back(event.at("event").at("jsep").at("sdp"));
  }
  return all;
}

std::size_t lines_that_begin(const std::string& text, const std::string& with) {
  std::size_t count = 0;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) count += line.starts_with(with) ? 1 : 0;
  return count;
}

/// All SSRCs named in the text, in order of number.
std::set<std::string> ssrcs_named(const std::string& text) {
  std::set<std::string> all;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    constexpr std::string_view kHead = "a=ssrc:";
    if (line.starts_with(kHead)) all.insert(line.substr(kHead.size(), line.find(' ') - kHead.size()));
  }
  return all;
}

/// Line by line, as text: what the parser kept, and what is there.
struct Counts {
  std::map<std::string, std::size_t> kept;
  std::map<std::string, std::size_t> there;
};

Counts counts_of(const OwnedSdp& sdp, const std::string& text) {
  Counts c;
  const auto add = [&](const std::string& line, std::size_t kept) { c.kept[line] += kept; };
  add("m=", sdp.media.size());
  add("a=ice-ufrag:", sdp.transport.ice_ufrag.empty() ? 0 : 1);
  add("a=fingerprint:", sdp.transport.fingerprints.size());
  for (const Media& m : sdp.media) {
    add("a=mid:", m.mid.empty() ? 0 : 1);
    add("a=rtpmap:", m.rtpmaps.size());
    add("a=fmtp:", m.fmtps.size());
    add("a=extmap:", m.extmaps.size());
    add("a=rtcp-fb:", m.rtcp_feedback.size());
    add("a=ssrc-group:", m.ssrc_groups.size());
    add("a=rid:", m.rids.size());
    add("a=candidate:", m.candidates.size());
    add("a=rtcp-mux", m.rtcp_mux ? 1 : 0);
    add("a=ice-ufrag:", m.transport.ice_ufrag.empty() ? 0 : 1);
    add("a=fingerprint:", m.transport.fingerprints.size());
  }
  for (const auto& [line, count] : c.kept) c.there[line] = lines_that_begin(text, line);
  return c;
}

void expect_all_kept(const std::string& text) {
  const auto sdp = parse_sdp(text);
  ASSERT_TRUE(sdp.has_value()) << text;
  const Counts counts = counts_of(*sdp, text);
  EXPECT_EQ(counts.kept, counts.there) << text;
  std::set<std::string> ssrcs;
  for (const Media& m : sdp->media) {
    for (const auto& [ssrc, attributes] : m.ssrcs) ssrcs.insert(std::to_string(ssrc));
  }
  EXPECT_EQ(ssrcs, ssrcs_named(text));
}

TEST(SampleCallSdp, EveryLineIsKept) {
  const auto all = descriptions(RTCSCOPE_TEST_DATA "/sample-call/janus-events.jsonl");
  EXPECT_GE(all.size(), 8U);  // four PeerConnections, two descriptions each
  for (const std::string& text : all) expect_all_kept(text);
}

// Every retransmission format of these calls repairs one that is there too.
TEST(SampleCallSdp, EveryAptNamesAPayloadTypeOfItsMedium) {
  std::size_t repaired = 0;
  for (const std::string& text : descriptions(RTCSCOPE_TEST_DATA "/sample-call/janus-events.jsonl")) {
    const auto sdp = parse_sdp(text);
    ASSERT_TRUE(sdp.has_value());
    for (const Media& m : sdp->media) {
      for (const auto& [rtx, payload_type] : m.apt) EXPECT_EQ(m.rtpmaps.count(payload_type), 1U) << text;
      repaired += m.apt.size();
    }
  }
  EXPECT_GT(repaired, 0U);
}

TEST(RecordedCallSdp, EveryLineIsKept) {
  const auto logs = testing::recordings(testing::kCalls, "janus-events.jsonl");
  if (logs.empty()) GTEST_SKIP() << testing::kCalls << " names no folder of recorded calls";
  for (const auto& log : logs) {
    for (const std::string& text : descriptions(log)) expect_all_kept(text);
  }
}

}  // namespace
}  // namespace rtcscope::sdp
