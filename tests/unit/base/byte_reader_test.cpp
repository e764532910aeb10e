// base/byte_reader.hpp: big-endian reads, and failure that sticks.

#include "base/byte_reader.hpp"

#include <gtest/gtest.h>

#include "tests/support/hex.hpp"
#include "tests/support/named_case.hpp"

namespace rtcscope {
namespace {

using testing::hex;
using testing::Octets;

using Read = std::uint64_t (*)(ByteReader&);

struct NumberCase : testing::NamedCase {
  Read read;
  std::size_t size;
  std::uint64_t want;  // of 0102030405060708
};

class Numbers : public ::testing::TestWithParam<NumberCase> {};

const Octets kOctets = hex("0102030405060708");

TEST_P(Numbers, AreBigEndian) {
  ByteReader reader(kOctets);
  EXPECT_EQ(GetParam().read(reader), GetParam().want);
  EXPECT_EQ(reader.offset(), GetParam().size);
  EXPECT_TRUE(reader.ok());
}

// Whatever is there of it, a number that is not whole is zero and takes nothing.
TEST_P(Numbers, CutOffAreZeroAndFailWhereTheyBegan) {
  for (std::size_t size = 0; size < GetParam().size; ++size) {
    ByteReader reader(Bytes(kOctets).first(size));
    EXPECT_EQ(GetParam().read(reader), 0U) << size << " octets";
    EXPECT_EQ(reader.offset(), 0U) << size << " octets";
    EXPECT_FALSE(reader.ok());
  }
}

const NumberCase kNumbers[] = {
    {{"U8"}, [](ByteReader& r) { return std::uint64_t{r.u8()}; }, 1, 0x01},
    {{"U16"}, [](ByteReader& r) { return std::uint64_t{r.u16()}; }, 2, 0x0102},
    {{"U24"}, [](ByteReader& r) { return std::uint64_t{r.u24()}; }, 3, 0x010203},
    {{"U32"}, [](ByteReader& r) { return std::uint64_t{r.u32()}; }, 4, 0x01020304},
    {{"U48"}, [](ByteReader& r) { return r.u48(); }, 6, 0x010203040506},
    {{"U64"}, [](ByteReader& r) { return r.u64(); }, 8, 0x0102030405060708},
};
INSTANTIATE_TEST_SUITE_P(Of, Numbers, ::testing::ValuesIn(kNumbers), testing::CaseName());

TEST(ByteReader, HighBitsAreNoSigns) {
  const Octets ones(8, std::byte{0xff});
  EXPECT_EQ(ByteReader(ones).u8(), 0xffU);
  EXPECT_EQ(ByteReader(ones).u16(), 0xffffU);
  EXPECT_EQ(ByteReader(ones).u24(), 0xffffffU);
  EXPECT_EQ(ByteReader(ones).u32(), 0xffffffffU);
  EXPECT_EQ(ByteReader(ones).u64(), 0xffffffffffffffffU);
}

TEST(ByteReader, FailureSticks) {
  ByteReader reader(kOctets);
  reader.skip(7);
  EXPECT_EQ(reader.u16(), 0);
  EXPECT_EQ(reader.u8(), 0);  // one octet is left, and stays out of reach
  EXPECT_TRUE(reader.take(0).empty());
  EXPECT_FALSE(reader.ok());
  EXPECT_EQ(reader.offset(), 7U);
}

TEST(ByteReader, NothingIsLeftAfterFailure) {
  ByteReader reader(kOctets);
  reader.skip(9);
  EXPECT_EQ(reader.remaining(), 0U);
  EXPECT_TRUE(reader.empty());
  EXPECT_TRUE(reader.rest().empty());
}

TEST(ByteReader, TakeIsAViewOfTheInput) {
  ByteReader reader(kOctets);
  reader.skip(2);
  const Bytes taken = reader.take(3);
  EXPECT_EQ(taken.data(), kOctets.data() + 2);
  EXPECT_EQ(taken.size(), 3U);
  EXPECT_EQ(reader.remaining(), 3U);
}

TEST(ByteReader, TakeOfAllThatIsLeftIsFine) {
  ByteReader reader(kOctets);
  EXPECT_EQ(reader.take(8).size(), 8U);
  EXPECT_TRUE(reader.empty());
  EXPECT_TRUE(reader.ok());
}

TEST(ByteReader, HugeTakeDoesNotWrapAround) {
  ByteReader reader(kOctets);
  reader.skip(4);
  EXPECT_TRUE(reader.take(SIZE_MAX - 2).empty());
  EXPECT_FALSE(reader.ok());
}

TEST(ByteReader, RestDoesNotConsume) {
  ByteReader reader(kOctets);
  reader.skip(6);
  EXPECT_EQ(reader.rest().size(), 2U);
  EXPECT_EQ(reader.u16(), 0x0708);
}

TEST(ByteReader, EmptyInputIsEmptyAndWell) {
  ByteReader reader(Bytes{});
  EXPECT_TRUE(reader.empty());
  EXPECT_TRUE(reader.ok());
  EXPECT_TRUE(reader.take(0).empty());
  EXPECT_TRUE(reader.ok());
}

}  // namespace
}  // namespace rtcscope
