#include "decoders/rtcp/compound.hpp"

#include <set>
#include <string>

#include "tests/support/allocation_counter.hpp"
#include "tests/unit/decoders/rtcp/rtcp_octets.hpp"

namespace rtcscope::rtcp {
namespace {

using testing::Octets;
using testing::rtcp_block;
using testing::Writer;
using testing::operator+;

const Octets kEmptyRr = rtcp_block(0x80, 201, Writer{}.u32(1).octets);
const Octets kPli = rtcp_block(0x81, 206, Writer{}.u32(2).u32(3).octets);

struct Read {
  std::vector<unsigned> types;
  std::size_t body_faults = 0;
  std::optional<RtcpError> error;
  bool reduced = false;
};

Read read(const Octets& datagram) {
  Read result;
  CompoundReader reader(datagram);
  while (const auto block = reader.next()) {
    result.types.push_back(block->raw.payload_type);
    result.body_faults += block->body ? 0U : 1U;
  }
  result.error = reader.error();
  result.reduced = reader.is_reduced_size();
  return result;
}

TEST(RtcpCompound, WalksAllBlocksInOrder) {
  const Octets bye = rtcp_block(0x81, 203, Writer{}.u32(1).octets);
  const Read result = read(kEmptyRr + kPli + bye);
  EXPECT_EQ(result.types, (std::vector<unsigned>{201, 206, 203}));
  EXPECT_EQ(result.body_faults, 0U);
  EXPECT_EQ(result.error, std::nullopt);
  EXPECT_FALSE(result.reduced);
}

TEST(RtcpCompound, FeedbackAloneIsReducedSize) {
  const Read result = read(kPli);
  EXPECT_TRUE(result.reduced);
  EXPECT_EQ(result.error, std::nullopt);
}

TEST(RtcpCompound, OffsetsCountFromTheDatagram) {
  const Octets datagram = kEmptyRr + kPli;
  CompoundReader reader(datagram);
  EXPECT_EQ(reader.next()->raw.offset, 0U);
  EXPECT_EQ(reader.next()->raw.offset, 8U);
}

TEST(RtcpCompound, KeepsUnknownTypesAndFormatsRaw) {
  const Octets body = Writer{}.u32(1).u32(2).u32(0x01020304).octets;
  // RFC 2032 FIR, RTPFB with an unassigned FMT, PSFB likewise, and application layer feedback without "REMB".
  for (const auto& [first, type] : {std::pair{0x80U, 192U}, {0x9eU, 205U}, {0x9eU, 206U}, {0x8fU, 206U}}) {
    const Octets datagram = rtcp_block(first, type, body);
    CompoundReader reader(datagram);
    const auto block = reader.next();
    ASSERT_TRUE(block && block->body) << type;
    EXPECT_TRUE(std::holds_alternative<UnknownBlock>(*block->body)) << type;
    EXPECT_EQ(block->raw.payload_type, type);
    EXPECT_EQ(block->raw.count, first & 0x1f);
    EXPECT_TRUE(std::equal(block->raw.body.begin(), block->raw.body.end(), body.begin(), body.end()));
  }
}

TEST(RtcpCompound, FaultInOneBodyDoesNotHideTheNext) {
  const Octets short_pli = rtcp_block(0x81, 206, Writer{}.u32(2).octets);
  const Read result = read(short_pli + kEmptyRr);
  EXPECT_EQ(result.types, (std::vector<unsigned>{206, 201}));
  EXPECT_EQ(result.body_faults, 1U);
  EXPECT_EQ(result.error, std::nullopt);
}

struct FramingCase {
  const char* name;
  Octets octets;
  std::size_t blocks;
  RtcpErrc code;
  std::uint32_t offset;
};

TEST(RtcpCompound, NamesEachFramingFault) {
  const Octets padded_rr = rtcp_block(0xa0, 201, Writer{}.u32(1).u32(4).octets);
  const FramingCase cases[] = {
      {"empty datagram", {}, 0, RtcpErrc::kTruncatedHeader, 0},
      {"three octets", Writer{}.u24(0x80c900).octets, 0, RtcpErrc::kTruncatedHeader, 0},
      {"rest behind a block", kEmptyRr + Writer{}.u16(0x80c9).octets, 1, RtcpErrc::kTruncatedHeader, 8},
      {"version 1", rtcp_block(0x40, 201, Writer{}.u32(1).octets), 0, RtcpErrc::kBadVersion, 0},
      {"version 0 behind a block", kEmptyRr + Writer{}.u32(0).octets, 1, RtcpErrc::kBadVersion, 8},
      {"length past the end", Writer{}.u8(0x80).u8(201).u16(2).u32(1).octets, 0, RtcpErrc::kTruncatedBlock,
       0},
      {"padding of zero", rtcp_block(0xa0, 201, Writer{}.u32(1).u32(0).octets), 0, RtcpErrc::kBadPadding, 0},
      {"padding over the block", rtcp_block(0xa0, 201, Writer{}.u32(12).octets), 0, RtcpErrc::kBadPadding, 0},
      {"padding of an empty block", rtcp_block(0xa0, 201, {}), 0, RtcpErrc::kBadPadding, 0},
      {"padding in the first", padded_rr + kPli, 0, RtcpErrc::kPaddingNotLast, 0},
  };
  for (const FramingCase& c : cases) {
    const Read result = read(c.octets);
    EXPECT_EQ(result.types.size(), c.blocks) << c.name;
    EXPECT_EQ(result.error, (RtcpError{c.code, c.offset})) << c.name;
  }
}

TEST(RtcpCompound, PaddingOfTheLastBlockIsNoBody) {
  const Octets padded = rtcp_block(0xa0, 201, Writer{}.u32(7).u32(4).octets);
  const Octets datagram = kEmptyRr + padded;
  CompoundReader reader(datagram);
  ASSERT_TRUE(reader.next());
  const auto block = reader.next();
  ASSERT_TRUE(block && block->body);
  EXPECT_TRUE(block->raw.has_padding);
  const auto& report = std::get<ReceiverReportView>(*block->body);
  EXPECT_EQ(report.sender_ssrc, 7U);
  EXPECT_TRUE(report.profile_extension.empty());
}

TEST(RtcpCompound, BlockOfNothingButPaddingHasAnEmptyBody) {
  const Octets datagram = rtcp_block(0xa0, 203, Writer{}.u32(4).octets);
  const auto bye = testing::only_block<ByeView>(datagram);
  ASSERT_TRUE(bye);
  EXPECT_TRUE(bye->sources.empty());
}

TEST(RtcpCompound, ReadingDoesNotAllocate) {
  const Octets twcc =
      rtcp_block(0x8f, 205, Writer{}.zeros(8).u16(1).u16(2).u32(0).u16(0x2002).u16(0x0101).octets);
  const Octets sdes = rtcp_block(0x81, 202, Writer{}.u32(1).u8(1).u8(1).text("a").u8(0).octets);
  const Octets xr = rtcp_block(0x80, 207, Writer{}.u32(1).u8(4).u8(0).u16(2).zeros(8).octets);
  const Octets datagram = kEmptyRr + sdes + kPli + xr + twcc;
  const std::uint64_t before = testing::allocations;
  std::size_t blocks = 0;
  CompoundReader reader(datagram);
  while (const auto block = reader.next()) blocks += block->body ? 1U : 0U;
  EXPECT_EQ(testing::allocations - before, 0U);
  EXPECT_EQ(blocks, 5U);
}

TEST(RtcpCompound, EveryTruncationIsRefusedInItsFraming) {
  const Octets whole = kEmptyRr + kPli;
  for (std::size_t size = 0; size < whole.size(); ++size) {
    if (size == kEmptyRr.size()) continue;  // a whole datagram of its own
    const Read result = read(Octets(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)));
    ASSERT_TRUE(result.error) << size;
    EXPECT_LE(result.error->offset, size);
  }
}

TEST(RtcpErrcNames, EachCodeHasItsOwn) {
  std::set<std::string> names;
  const auto last = static_cast<unsigned>(RtcpErrc::kTruncatedSrtcpTrailer);
  for (unsigned code = 0; code <= last; ++code) names.insert(to_string(static_cast<RtcpErrc>(code)));
  EXPECT_EQ(names.size(), last + 1);
  EXPECT_EQ(names.count("unknown"), 0U);
  EXPECT_STREQ(to_string(static_cast<RtcpErrc>(last + 1)), "unknown");
  // Both ends and the places where a list by hand would slip.
  EXPECT_STREQ(to_string(RtcpErrc::kTruncatedHeader), "truncated_header");
  EXPECT_STREQ(to_string(RtcpErrc::kBadSliLength), "bad_sli_length");
  EXPECT_STREQ(to_string(RtcpErrc::kReservedTwccSymbol), "reserved_twcc_symbol");
  EXPECT_STREQ(to_string(RtcpErrc::kBadXrBlockLength), "bad_xr_block_length");
  EXPECT_STREQ(to_string(RtcpErrc::kTruncatedSrtcpTrailer), "truncated_srtcp_trailer");
}

}  // namespace
}  // namespace rtcscope::rtcp
