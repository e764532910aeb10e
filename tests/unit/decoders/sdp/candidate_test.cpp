// parse_candidate() of decoders/sdp (RFC 8839, 5.1; RFC 6544, 4.5).

#include <gtest/gtest.h>

#include "decoders/sdp/session_description.hpp"
#include "tests/support/named_case.hpp"

namespace rtcscope::sdp {
namespace {

std::string outcome(std::string_view text) {
  const auto c = parse_candidate(text);
  if (!c) return to_string(c.error().code);
  std::string out = c->foundation + "/" + std::to_string(c->component) + " " + c->transport + " " +
                    std::to_string(c->priority) + " " + c->address + ":" + std::to_string(c->port) + " " +
                    c->type;
  if (!c->related_address.empty()) {
    out += " of " + c->related_address + ":" + std::to_string(c->related_port);
  }
  if (!c->tcp_type.empty()) out += " tcp-" + c->tcp_type;
  if (!c->ufrag.empty()) out += " ufrag=" + c->ufrag;
  return out;
}

struct CandidateCase : testing::NamedCase {
  std::string text;
  const char* want;
};

class Candidates : public ::testing::TestWithParam<CandidateCase> {};

TEST_P(Candidates, AreReadOrRefused) {
  EXPECT_EQ(outcome(GetParam().text), GetParam().want);
}

const CandidateCase kWhole[] = {
    {{"HostOfJanus"},
     "1 1 udp 2015363327 198.18.0.1 42599 typ host",
     "1/1 udp 2015363327 198.18.0.1:42599 host"},
    {{"WithItsName"}, "candidate:1 1 udp 1 192.0.2.1 5 typ host", "1/1 udp 1 192.0.2.1:5 host"},
    {{"AsALine"}, "a=candidate:1 1 udp 1 192.0.2.1 5 typ host", "1/1 udp 1 192.0.2.1:5 host"},
    {{"TransportInUpperCase"}, "1 1 UDP 1 192.0.2.1 5 typ host", "1/1 udp 1 192.0.2.1:5 host"},
    {{"ServerReflexive"},
     "2 1 udp 1686052607 203.0.113.5 61000 typ srflx raddr 10.0.0.5 rport 50000",
     "2/1 udp 1686052607 203.0.113.5:61000 srflx of 10.0.0.5:50000"},
    {{"Relay"},
     "3 1 udp 41885439 2001:db8::9 49152 typ relay raddr :: rport 0",
     "3/1 udp 41885439 2001:db8::9:49152 relay of :::0"},
    {{"Mdns"},
     "4 1 udp 2113937151 9b36eaac-bb2e.local 51000 typ host generation 0 ufrag EsAw network-cost 999",
     "4/1 udp 2113937151 9b36eaac-bb2e.local:51000 host ufrag=EsAw"},
    {{"TcpActive"},
     "5 1 tcp 1518280447 192.0.2.1 9 typ host tcptype active",
     "5/1 tcp 1518280447 192.0.2.1:9 host tcp-active"},
    {{"RepeatedBlanks"}, "1  1 udp  1 192.0.2.1 5  typ host  ufrag  x", "1/1 udp 1 192.0.2.1:5 host ufrag=x"},
    {{"ExtensionWithoutValue"}, "1 1 udp 1 192.0.2.1 5 typ host ufrag", "1/1 udp 1 192.0.2.1:5 host"},
    {{"RelatedPortOver16Bits"},
     "1 1 udp 1 192.0.2.1 5 typ srflx raddr 10.0.0.1 rport 65536",
     "1/1 udp 1 192.0.2.1:5 srflx of 10.0.0.1:0"},
};
INSTANTIATE_TEST_SUITE_P(Whole, Candidates, ::testing::ValuesIn(kWhole), testing::CaseName());

const CandidateCase kBroken[] = {
    {{"Nothing"}, "", "bad_candidate"},
    {{"NoType"}, "1 1 udp 1 192.0.2.1 5 typ", "bad_candidate"},
    {{"NoTyp"}, "1 1 udp 1 192.0.2.1 5 host", "bad_candidate"},
    {{"ComponentIsText"}, "1 x udp 1 192.0.2.1 5 typ host", "bad_candidate"},
    {{"PriorityOver32Bits"}, "1 1 udp 4294967296 192.0.2.1 5 typ host", "bad_candidate"},
    {{"PriorityNegative"}, "1 1 udp -1 192.0.2.1 5 typ host", "bad_candidate"},
    {{"PortOver16Bits"}, "1 1 udp 1 192.0.2.1 65536 typ host", "bad_candidate"},
    {{"PortWithATail"}, "1 1 udp 1 192.0.2.1 5x typ host", "bad_candidate"},
    {{"EndOfCandidates"}, "end-of-candidates", "bad_candidate"},
    {{"TooLong"}, "1 1 udp 1 192.0.2.1 5 typ host ufrag " + std::string(1024, 'x'), "bad_candidate"},
};
INSTANTIATE_TEST_SUITE_P(Broken, Candidates, ::testing::ValuesIn(kBroken), testing::CaseName());

}  // namespace
}  // namespace rtcscope::sdp
