// feeds/janus/event_parser.hpp against bodies that no Janus sends: each is refused, by its name, and
// what else is in the delivery still arrives.

#include <gtest/gtest.h>

#include "feeds/janus/event_parser.hpp"
#include "tests/support/named_case.hpp"
#include "tests/unit/feeds/fact_text.hpp"

namespace rtcscope::feeds::janus {
namespace {

std::string repeated(const std::string& text, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) out += text;
  return out;
}

struct HostileCase : testing::NamedCase {
  std::string delivery;
  EventErrc want;
};

class HostileDelivery : public ::testing::TestWithParam<HostileCase> {};

TEST_P(HostileDelivery, IsRefusedByName) {
  FactKeeper sink;
  const DeliveryCounts counts = parse_delivery(GetParam().delivery, sink);
  EXPECT_EQ(counts.refused[static_cast<std::size_t>(GetParam().want)], 1U);
  EXPECT_EQ(counts.refused_total(), 1U);
  EXPECT_EQ(counts.facts, 0U);
}

std::string event(const std::string& type, const std::string& body) {
  return R"({"type":)" + type + R"(,"timestamp":1,"event":)" + body + "}";
}

std::string selected_pair(const std::string& text) {
  return event("16", R"({"selected-pair":")" + text + R"("})");
}

std::string videoroom(const std::string& data) {
  return event("64", R"({"plugin":"janus.plugin.videoroom","data":)" + data + "}");
}

const HostileCase kText[] = {
    {"Nothing", "", EventErrc::kNotJson},
    {"Text", "hello", EventErrc::kNotJson},
    {"CutOff", R"({"type":1,"timestamp":1,"event":{"name":"cre)", EventErrc::kNotJson},
    {"TwoValues", "{}{}", EventErrc::kNotJson},
    {"Nan", R"({"type":NaN,"timestamp":1,"event":{}})", EventErrc::kNotJson},
    {"Infinity", R"({"type":1,"timestamp":-Infinity,"event":{}})", EventErrc::kNotJson},
    {"NumberOverDouble", R"({"type":1,"timestamp":1e999,"event":{}})", EventErrc::kNotJson},
    {"BadUtf8", "{\"type\":1,\"timestamp\":1,\"emitter\":\"\xff\xfe\",\"event\":{\"name\":\"created\"}}",
     EventErrc::kNotJson},
    {"OverlongUtf8", "{\"emitter\":\"\xc0\xaf\"}", EventErrc::kNotJson},
    {"LoneSurrogate", R"({"emitter":"\ud800"})", EventErrc::kNotJson},
    {"NulOctet", std::string("{\"type\":1\0}", 11), EventErrc::kNotJson},
    {"TooLarge", std::string(kMaxDeliveryBytes + 1, ' '), EventErrc::kTooLarge},
    {"TooDeepArrays", repeated("[", 1'000'000), EventErrc::kTooDeep},
    {"TooDeepObjects", repeated(R"({"a":)", 100'000), EventErrc::kTooDeep},
    {"TooDeepInside", event("4", repeated("[", kMaxDepth) + repeated("]", kMaxDepth)), EventErrc::kTooDeep},
    // A quote that is escaped does not end its string.
    {"DepthBehindEscapes", R"({"a\"b\\":)" + repeated("[", kMaxDepth), EventErrc::kTooDeep},
};
INSTANTIATE_TEST_SUITE_P(Text, HostileDelivery, ::testing::ValuesIn(kText), testing::CaseName());

const HostileCase kEnvelopes[] = {
    {"Null", "null", EventErrc::kNotObject},
    {"Number", "7", EventErrc::kNotObject},
    {"NestedGroup", "[[" + event("1", R"({"name":"timeout"})") + "]]", EventErrc::kNotObject},
    {"EmptyObject", "{}", EventErrc::kBadEnvelope},
    {"NoType", R"({"timestamp":1,"event":{}})", EventErrc::kBadEnvelope},
    {"TextType", event(R"("1")", "{}"), EventErrc::kBadEnvelope},
    {"FractionalType", event("1.5", "{}"), EventErrc::kBadEnvelope},
    {"NoTimestamp", R"({"type":1,"event":{}})", EventErrc::kBadEnvelope},
    {"TextTimestamp", R"({"type":1,"timestamp":"1","event":{}})", EventErrc::kBadEnvelope},
    {"NegativeTimestamp", R"({"type":1,"timestamp":-1,"event":{}})", EventErrc::kBadEnvelope},
    {"TimestampOverNanoseconds", R"({"type":1,"timestamp":9223372036854776,"event":{}})",
     EventErrc::kBadEnvelope},
    {"TimestampOver63Bits", R"({"type":1,"timestamp":18446744073709551615,"event":{}})",
     EventErrc::kBadEnvelope},
    {"TimestampOver64Bits", R"({"type":1,"timestamp":18446744073709551616,"event":{}})",
     EventErrc::kBadEnvelope},
    {"FractionalTimestamp", R"({"type":1,"timestamp":1.5,"event":{}})", EventErrc::kBadEnvelope},
    {"ListAsSession", R"({"type":1,"timestamp":1,"session_id":[1],"event":{}})", EventErrc::kBadEnvelope},
    {"FlagAsHandle", R"({"type":1,"timestamp":1,"handle_id":true,"event":{}})", EventErrc::kBadEnvelope},
    {"FractionAsHandle", R"({"type":1,"timestamp":1,"handle_id":1.5,"event":{}})", EventErrc::kBadEnvelope},
    {"NumberAsOpaqueId", R"({"type":1,"timestamp":1,"opaque_id":1,"event":{}})", EventErrc::kBadEnvelope},
    {"NumberAsEmitter", R"({"type":1,"timestamp":1,"emitter":1,"event":{}})", EventErrc::kBadEnvelope},
    {"NoEvent", R"({"type":1,"timestamp":1})", EventErrc::kBadEnvelope},
    {"NullEvent", event("1", "null"), EventErrc::kBadEnvelope},
    {"TextEvent", event("1", R"("created")"), EventErrc::kNotObject},
    {"ListInListEvent", event("32", "[[]]"), EventErrc::kNotObject},
};
INSTANTIATE_TEST_SUITE_P(Envelope, HostileDelivery, ::testing::ValuesIn(kEnvelopes), testing::CaseName());

const HostileCase kMembers[] = {
    {"SessionWithoutName", event("1", "{}"), EventErrc::kBadMember},
    {"SessionNameIsNumber", event("1", R"({"name":1})"), EventErrc::kBadMember},
    {"SessionTransportIsText", event("1", R"({"name":"created","transport":"ws"})"), EventErrc::kBadMember},
    {"SessionTransportWithoutId", event("1", R"({"name":"created","transport":{"transport":"x"}})"),
     EventErrc::kBadMember},
    {"HandleWithoutPlugin", event("2", R"({"name":"attached"})"), EventErrc::kBadMember},
    {"CoreWithoutStatus", event("256", "{}"), EventErrc::kBadMember},
    {"CoreInfoIsText", event("256", R"({"status":"started","info":"x"})"), EventErrc::kBadMember},
    {"CoreVersionIsNumber", event("256", R"({"status":"started","info":{"version_string":1}})"),
     EventErrc::kBadMember},
    {"CoreSignalIsText", event("256", R"({"status":"shutdown","signum":"x"})"), EventErrc::kBadMember},
    {"TransportWithoutData", event("128", R"({"transport":"x","id":"1"})"), EventErrc::kBadMember},
    {"TransportIpIsNumber", event("128", R"({"transport":"x","id":"1","data":{"ip":1}})"),
     EventErrc::kBadMember},
    {"TransportAdminIsText",
     event("128", R"({"transport":"x","id":"1","data":{"ip":"192.0.2.1","admin_api":"yes"}})"),
     EventErrc::kBadMember},
    {"JsepWithoutOwner", event("8", R"({"jsep":{"type":"offer","sdp":"v=0"}})"), EventErrc::kBadMember},
    {"JsepOfAStranger", event("8", R"({"owner":"me","jsep":{"type":"offer","sdp":"v=0"}})"),
     EventErrc::kBadMember},
    {"JsepWithoutSdp", event("8", R"({"owner":"local","jsep":{"type":"offer"}})"), EventErrc::kBadMember},
    {"JsepSdpIsNumber", event("8", R"({"owner":"local","jsep":{"type":"offer","sdp":1}})"),
     EventErrc::kBadMember},
    {"JsepIsText", event("8", R"({"owner":"local","jsep":"v=0"})"), EventErrc::kBadMember},
    {"JsepNoSdp", event("8", R"({"owner":"local","jsep":{"type":"offer","sdp":"hello"}})"),
     EventErrc::kBadSdp},
    {"JsepLongSdp",
     event("8",
           R"({"owner":"local","jsep":{"type":"offer","sdp":"v=0)" + std::string(300'000, 'x') + R"("}})"),
     EventErrc::kBadSdp},
    {"IceIsNumber", event("16", R"({"ice":1})"), EventErrc::kBadMember},
    {"CandidateIsNumber", event("16", R"({"local-candidate":1})"), EventErrc::kBadMember},
    {"CandidateIsNone", event("16", R"({"remote-candidate":"hello"})"), EventErrc::kBadCandidate},
    {"CandidatePortOver16Bits", event("16", R"({"remote-candidate":"1 1 udp 1 192.0.2.1 65536 typ host"})"),
     EventErrc::kBadCandidate},
    {"PairIsNumber", event("16", R"({"selected-pair":1})"), EventErrc::kBadCandidate},
    {"PairWithoutArrow", selected_pair("192.0.2.1:1 [host,udp]"), EventErrc::kBadCandidate},
    {"PairWithoutKind", selected_pair("192.0.2.1:1 <-> 192.0.2.2:2"), EventErrc::kBadCandidate},
    {"PairPortOver16Bits", selected_pair("192.0.2.1:65536 [host,udp] <-> 192.0.2.2:2 [host,udp]"),
     EventErrc::kBadCandidate},
    {"PairNamesAHost", selected_pair("a.example:1 [host,udp] <-> 192.0.2.2:2 [host,udp]"),
     EventErrc::kBadCandidate},
    {"PairIsOnlyBrackets", selected_pair(" [ <-> ]"), EventErrc::kBadCandidate},
    {"DtlsIsList", event("16", R"({"dtls":[]})"), EventErrc::kBadMember},
    {"ConnectionIsNumber", event("16", R"({"connection":1})"), EventErrc::kBadMember},
    {"HangupReasonIsNumber", event("16", R"({"connection":"hangup","reason":1})"), EventErrc::kBadMember},
    {"ReceivingIsText", event("32", R"({"mid":"0","receiving":"true"})"), EventErrc::kBadMember},
    {"SlowLinkIsFlag", event("32", R"({"slow_link":true})"), EventErrc::kBadMember},
    {"StatisticsMidIsNumber", event("32", R"({"mid":0,"base":48000})"), EventErrc::kBadMember},
    {"StatisticsLostIsFraction", event("32", R"({"base":48000,"lost":1.5})"), EventErrc::kBadMember},
    {"StatisticsPacketsAreText", event("32", R"({"packets-sent":"1"})"), EventErrc::kBadMember},
    {"StatisticsOver63Bits", event("32", R"({"bytes-sent":18446744073709551615,"base":1})"),
     EventErrc::kBadMember},
    {"PluginWithoutName", event("64", R"({"data":{}})"), EventErrc::kBadMember},
    {"PluginWithoutData", event("64", R"({"plugin":"x"})"), EventErrc::kBadMember},
    {"RoomMissing", videoroom(R"({"event":"joined","id":1})"), EventErrc::kBadMember},
    {"RoomIsFraction", videoroom(R"({"event":"created","room":1.5})"), EventErrc::kBadMember},
    {"RoomEventIsNumber", videoroom(R"({"event":1})"), EventErrc::kBadMember},
    {"UserMissing", videoroom(R"({"event":"joined","room":1})"), EventErrc::kBadMember},
    {"DisplayIsNumber", videoroom(R"({"event":"joined","room":1,"id":1,"display":7})"),
     EventErrc::kBadMember},
    {"StreamsAreObject", videoroom(R"({"event":"published","room":1,"id":1,"streams":{}})"),
     EventErrc::kBadMember},
    {"StreamIsNumber", videoroom(R"({"event":"published","room":1,"id":1,"streams":[1]})"),
     EventErrc::kBadMember},
    {"TooManyStreams",
     videoroom(R"({"event":"published","room":1,"id":1,"streams":[{})" + repeated(",{}", 256) + "]}"),
     EventErrc::kBadMember},
};
INSTANTIATE_TEST_SUITE_P(Member, HostileDelivery, ::testing::ValuesIn(kMembers), testing::CaseName());

TEST(HostileDelivery, BracketsInStringsAreNoDepth) {
  FactKeeper sink;
  parse_delivery(event("4", R"({"schema":")" + repeated("[{", 100) + R"(\"[[["})"), sink);
  EXPECT_EQ(sink.facts.size(), 1U);
}

TEST(HostileDelivery, TheDeepestThatIsAllowedIsRead) {
  FactKeeper sink;
  // One level is the event itself, one its `event`.
  const std::size_t inner = kMaxDepth - 2;
  parse_delivery(event("4", R"({"a":)" + repeated("[", inner) + repeated("]", inner) + "}"), sink);
  EXPECT_EQ(sink.facts.size(), 1U);
}

TEST(HostileDelivery, GroupIsReadUpToItsBound) {
  FactKeeper sink;
  const std::string one = event("1", R"({"name":"timeout"})");
  const DeliveryCounts counts = parse_delivery("[" + one + repeated("," + one, kMaxEvents + 500) + "]", sink);
  EXPECT_EQ(counts.facts, kMaxEvents);
  EXPECT_EQ(counts.refused[static_cast<std::size_t>(EventErrc::kTooManyEvents)], 1U);
}

TEST(HostileDelivery, CombinedStatisticsAreReadUpToTheirBound) {
  FactKeeper sink;
  const DeliveryCounts counts = parse_delivery(
      event("32", R"([{"base":1})" + repeated(R"(,{"base":1})", kMaxEvents + 500) + "]"), sink);
  EXPECT_EQ(counts.facts, kMaxEvents);
  EXPECT_EQ(counts.refused[static_cast<std::size_t>(EventErrc::kTooManyEvents)], 1U);
}

TEST(HostileDelivery, OtherEventIsBounded) {
  FactKeeper sink;
  parse_delivery(event("4", R"({"data":")" + std::string(100'000, 'x') + R"("})"), sink);
  ASSERT_EQ(sink.facts.size(), 1U);
  EXPECT_EQ(std::get<OtherEvent>(sink.facts[0].body).json, R"({"omitted_bytes":100011})");
}

TEST(HostileDelivery, NamesAreCutAndFreeOfControlCharacters) {
  FactKeeper sink;
  parse_delivery(videoroom(R"({"event":"joined","room":1,"id":1,"display":"a\u0000\u001b[2J)" +
                           std::string(1000, 'b') + R"("})"),
                 sink);
  ASSERT_EQ(sink.facts.size(), 1U);
  EXPECT_EQ(std::get<RoomJoined>(sink.facts[0].body).display, "a[2J" + std::string(252, 'b'));
}

// The last of two equal keys wins, as in every JSON library: no reading past the first.
TEST(HostileDelivery, RepeatedKeysAreOne) {
  FactKeeper sink;
  parse_delivery(event("16", R"({"ice":"connected","ice":"failed"})"), sink);
  ASSERT_EQ(sink.facts.size(), 1U);
  EXPECT_EQ(describe(sink.facts[0].body), "IceStateChanged|failed");
}

}  // namespace
}  // namespace rtcscope::feeds::janus
