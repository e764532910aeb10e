// decoders/dtls/record.hpp: the records of a datagram (RFC 6347, 4.1; RFC 9146, 4; RFC 9147, 4).

#include "decoders/dtls/record.hpp"

#include <gtest/gtest.h>

#include <set>

#include "tests/support/hex.hpp"
#include "tests/support/named_case.hpp"

namespace rtcscope::dtls {
namespace {

using testing::hex;
using testing::Octets;

/// "22/fefd/0/1:octets" a record, and the fault that ended the list.
std::string records(const Octets& datagram) {
  std::string text;
  RecordReader reader(datagram);
  while (const auto r = reader.next()) {
    char head[64];
    std::snprintf(head, sizeof head, "%s%u/%04x/%u/%llu:", r->unified ? "unified " : "",
                  static_cast<unsigned>(r->content_type), unsigned{r->version}, unsigned{r->epoch},
                  static_cast<unsigned long long>(r->sequence_number));
    text += (text.empty() ? "" : " ") + std::string(head) + testing::hex_of(r->fragment);
  }
  if (reader.error()) text += " " + testing::text_of(*reader.error());
  return text;
}

struct RecordCase : testing::NamedCase {
  const char* octets;
  const char* want;
};

class DtlsRecords : public ::testing::TestWithParam<RecordCase> {};

TEST_P(DtlsRecords, AreReadUpToTheFault) {
  EXPECT_EQ(records(hex(GetParam().octets)), GetParam().want);
}

const RecordCase kPlain[] = {
    {{"ChangeCipherSpec"}, "14 fefd 0000 000000000005 0001 01", "20/fefd/0/5:01"},
    {{"Alert"}, "15 fefd 0000 000000000000 0002 0228", "21/fefd/0/0:0228"},
    {{"Handshake"}, "16 feff 0000 000000000001 0003 010203", "22/feff/0/1:010203"},
    {{"ApplicationData"}, "17 fefd 0001 ffffffffffff 0001 aa", "23/fefd/1/281474976710655:aa"},
    {{"Heartbeat"}, "18 fefd 0001 000000000001 0001 aa", "24/fefd/1/1:aa"},
    {{"Ack"}, "1a fefd 0000 000000000001 0002 0000", "26/fefd/0/1:0000"},
    {{"PreStandardVersion"}, "16 0100 0000 000000000000 0001 01", "22/0100/0/0:01"},
    {{"Empty"}, "16 fefd 0000 000000000000 0000", "22/fefd/0/0:"},
    {{"TwoInADatagram"},
     "14 fefd 0000 000000000005 0001 01 16 fefd 0001 000000000000 0002 aabb",
     "20/fefd/0/5:01 22/fefd/1/0:aabb"},
    // RFC 9146, 4: the connection id, whose length only the endpoints know, comes before the length.
    {{"ConnectionId"}, "19 fefd 0001 000000000001 c1d2 0002 aabb", "25/fefd/1/1:c1d20002aabb"},
    {{"NothingBehindTheConnectionIdHeader"}, "19 fefd 0001 000000000001", "25/fefd/1/1:"},
};
INSTANTIATE_TEST_SUITE_P(Plain, DtlsRecords, ::testing::ValuesIn(kPlain), testing::CaseName());

// 001CSLEE: C connection id, S sixteen bits of sequence number, L length, E epoch.
const RecordCase kUnified[] = {
    {{"ShortSequenceNumber"}, "22 05 aabb", "unified 23/0000/2/0:aabb"},
    {{"LongSequenceNumber"}, "2b 0005 aabb", "unified 23/0000/3/0:aabb"},
    {{"WithLength"}, "2f 0005 0002 aabb", "unified 23/0000/3/0:aabb"},
    {{"TwoInADatagram"}, "2e 0005 0001 aa 2f 0006 0001 bb", "unified 23/0000/2/0:aa unified 23/0000/3/0:bb"},
    {{"BehindAPlainOne"},
     "16 fefd 0000 000000000000 0001 01 2e 0005 0001 aa",
     "22/fefd/0/0:01 unified 23/0000/2/0:aa"},
    {{"WithConnectionId"}, "3f c1d2 0005 0002 aabb", "unified 23/0000/3/0:c1d200050002aabb"},
    {{"HeaderCut"}, "2f 0005 00", " truncated_record_header@0"},
    {{"SequenceNumberCut"}, "2b 00", " truncated_record_header@0"},
    {{"BodyCut"}, "2f 0005 0003 aabb", " truncated_record@0"},
};
INSTANTIATE_TEST_SUITE_P(Unified, DtlsRecords, ::testing::ValuesIn(kUnified), testing::CaseName());

const RecordCase kBroken[] = {
    {{"Nothing"}, "", ""},
    {{"HeaderCut"}, "16 fefd 0000 000000000000 00", " truncated_record_header@0"},
    {{"OneOctet"}, "16", " truncated_record_header@0"},
    {{"ConnectionIdHeaderCut"}, "19 fefd 0001 0000000000", " truncated_record_header@0"},
    {{"ConnectionIdOfAnotherVersion"}, "19 0303 0001 000000000001 aa", " bad_record_version@1"},
    {{"BodyCut"}, "16 fefd 0000 000000000000 0002 01", " truncated_record@0"},
    {{"TypeBelow"}, "13 fefd 0000 000000000000 0001 01", " unknown_content_type@0"},
    {{"TypeAbove"}, "1b fefd 0000 000000000000 0001 01", " unknown_content_type@0"},
    {{"TlsVersion"}, "16 0303 0000 000000000000 0001 01", " bad_record_version@1"},
    {{"SecondBroken"}, "14 fefd 0000 000000000005 0001 01 ff", "20/fefd/0/5:01 unknown_content_type@14"},
};
INSTANTIATE_TEST_SUITE_P(Broken, DtlsRecords, ::testing::ValuesIn(kBroken), testing::CaseName());

TEST(RecordReader, StaysAtAFault) {
  const Octets datagram = hex("13 fefd 0000 000000000000 0001 01");
  RecordReader reader(datagram);
  EXPECT_FALSE(reader.next().has_value());
  EXPECT_FALSE(reader.next().has_value());
  EXPECT_EQ(reader.error()->code, DtlsErrc::kUnknownContentType);
}

TEST(DtlsErrc, EachHasItsOwnName) {
  std::set<std::string> names;
  for (int i = 0; i <= static_cast<int>(DtlsErrc::kBadAlert); ++i) names.insert(to_string(DtlsErrc(i)));
  EXPECT_EQ(names.size(), 12U);
  EXPECT_EQ(names.count("unknown"), 0U);
}

}  // namespace
}  // namespace rtcscope::dtls
