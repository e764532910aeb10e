// What people write on the command line: targets and correlation templates.
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

#include "export/hep/correlation_template.hpp"
#include "export/hep/hep_target.hpp"
#include "export/hep/message_types.hpp"

namespace rtcscope::export_hep {
namespace {

TEST(HepTarget, ReadsEveryTransportAndEveryKindOfHost) {
  const struct {
    const char* text;
    HepTarget want;
    const char* canonical;
  } rows[] = {
      {"udp://homer.example:9070",
       {HepTransport::kUdp, "homer.example", 9070},
       "hep:udp://homer.example:9070"},
      {"hep:tcp://192.0.2.5:1", {HepTransport::kTcp, "192.0.2.5", 1}, "hep:tcp://192.0.2.5:1"},
      {"tcp://homer", {HepTransport::kTcp, "homer", 9060}, "hep:tcp://homer:9060"},
      {"hep:tls://homer:9062", {HepTransport::kTls, "homer", 9062}, "hep:tls://homer:9062"},
      {"udp://[2001:db8::1]:65535",
       {HepTransport::kUdp, "2001:db8::1", 65535},
       "hep:udp://[2001:db8::1]:65535"},
      {"udp://[::1]", {HepTransport::kUdp, "::1", 9060}, "hep:udp://[::1]:9060"},
  };
  for (const auto& row : rows) {
    const auto target = parse_hep_target(row.text);
    ASSERT_TRUE(target) << row.text;
    EXPECT_EQ(*target, row.want) << row.text;
    EXPECT_EQ(to_string(*target), row.canonical);
  }
}

TEST(HepTarget, SaysWhatIsWrong) {
  const struct {
    const char* text;
    HepTargetErrc want;
  } rows[] = {
      {"", HepTargetErrc::kTransport},
      {"homer:9060", HepTargetErrc::kTransport},
      {"tls:homer:9060", HepTargetErrc::kTransport},
      {"https://homer:9060", HepTargetErrc::kTransport},
      {"udp://", HepTargetErrc::kHost},
      {"udp://:9060", HepTargetErrc::kHost},
      {"udp://ho mer:9060", HepTargetErrc::kHost},
      {"udp://2001:db8::1:9060", HepTargetErrc::kBrackets},
      {"udp://[2001:db8::1:9060", HepTargetErrc::kBrackets},
      {"udp://[homer]:9060", HepTargetErrc::kBrackets},
      {"udp://[::1]9060", HepTargetErrc::kBrackets},
      {"udp://homer:", HepTargetErrc::kPort},
      {"udp://homer:0", HepTargetErrc::kPort},
      {"udp://homer:65536", HepTargetErrc::kPort},
      {"udp://homer:90a", HepTargetErrc::kPort},
      {"udp://homer:9060/", HepTargetErrc::kPath},
  };
  for (const auto& row : rows) {
    const auto target = parse_hep_target(row.text);
    ASSERT_FALSE(target) << row.text;
    EXPECT_EQ(target.error(), row.want) << row.text << ": " << to_string(target.error());
  }
}

TEST(CorrelationTemplate, FillsInAndCutsWhatIsLeftOpen) {
  const CorrelationIds all{"janus-1", "7", "12", "1234", "00000000000000aa", "call@pbx"};
  CorrelationIds session_only;
  session_only.session = "7";
  const struct {
    const char* text;
    const CorrelationIds& ids;
    const char* want;
  } rows[] = {
      {"janus:{session}/{handle}", all, "janus:7/12"},
      {"{server}-{room}-{conference}-{call_id}", all, "janus-1-1234-00000000000000aa-call@pbx"},
      {"janus:{session}/{handle}", session_only, "janus:7"},
      {"janus:{handle}", session_only, ""},
      {"fixed", session_only, "fixed"},
  };
  for (const auto& row : rows) EXPECT_EQ(CorrelationTemplate(row.text).expand(row.ids), row.want) << row.text;
}

TEST(CorrelationTemplate, NeverLetsAQuoteThrough) {
  CorrelationIds ids;
  ids.room = "a\"b";
  EXPECT_EQ(CorrelationTemplate("{room}").expand(ids), "a_b");
}

TEST(CorrelationTemplate, ThrowsNamingTheFault) {
  const auto message_of = [](const char* text) -> std::string {
    try {
      const CorrelationTemplate made(text);
      return "no exception";
    } catch (const std::invalid_argument& fault) {
      return fault.what();
    }
  };
  EXPECT_NE(message_of("{callid}").find("unknown placeholder {callid}"), std::string::npos);
  EXPECT_NE(message_of("janus:{session").find("no '}'"), std::string::npos);
  EXPECT_NE(message_of("").find("empty"), std::string::npos);
}

TEST(MessageTypes, AreNumbersWithCommas) {
  const MessageTypes two("5,100");
  EXPECT_TRUE(two.has(PayloadType::kRtcp));
  EXPECT_TRUE(two.has(PayloadType::kLog));
  EXPECT_FALSE(two.has(PayloadType::kRtpReport));
  for (const char* wrong : {"", "5,", "36", "35 5", "logs"}) {
    EXPECT_THROW(MessageTypes{wrong}, std::invalid_argument) << wrong;
  }
}

}  // namespace
}  // namespace rtcscope::export_hep
