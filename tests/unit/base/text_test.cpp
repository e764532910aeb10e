// base/text.hpp: ids at borders, and names from outside made safe.

#include "base/text.hpp"

#include <gtest/gtest.h>

#include "tests/support/named_case.hpp"

namespace rtcscope {
namespace {

TEST(HexId, HasSixteenLowerCaseDigits) {
  EXPECT_EQ(hex_id(0), "0000000000000000");
  EXPECT_EQ(hex_id(0xab), "00000000000000ab");
  EXPECT_EQ(hex_id(0xffffffffffffffff), "ffffffffffffffff");
}

TEST(HexId, IsReadBack) {
  constexpr std::uint64_t kIds[] = {0, 1, 0x0123456789abcdef, 0xffffffffffffffff};
  for (const std::uint64_t id : kIds) {
    EXPECT_EQ(parse_hex_id(hex_id(id)), id);
  }
}

TEST(HexId, AnythingElseIsNone) {
  for (const char* text :
       {"", "0", "000000000000000", "00000000000000000", "000000000000000g", "-000000000000001",
        "+000000000000001", "0x00000000000001", " 000000000000001", "000000000000001 "}) {
    EXPECT_FALSE(parse_hex_id(text).has_value()) << text;
  }
}

struct CleanCase : testing::NamedCase {
  std::string text;
  std::string want;
};

class CleanUtf8 : public ::testing::TestWithParam<CleanCase> {};

TEST_P(CleanUtf8, KeepsWhatIsWellFormed) {
  EXPECT_EQ(clean_utf8(GetParam().text), GetParam().want);
}

const std::string kBad = "\xef\xbf\xbd";  // U+FFFD

const CleanCase kClean[] = {
    {{"Nothing"}, "", ""},
    {{"Ascii"}, "alice ~!", "alice ~!"},
    {{"TwoOctets"}, "J\xc3\xbcrgen", "J\xc3\xbcrgen"},
    {{"ThreeOctets"}, "\xe3\x83\x9e", "\xe3\x83\x9e"},
    {{"FourOctets"}, "\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80"},
    {{"LowestOfEachLength"}, "\xc2\x80\xe0\xa0\x80\xf0\x90\x80\x80", "\xc2\x80\xe0\xa0\x80\xf0\x90\x80\x80"},
    {{"LastBeforeSurrogates"}, "\xed\x9f\xbf", "\xed\x9f\xbf"},
    {{"LastCodePoint"}, "\xf4\x8f\xbf\xbf", "\xf4\x8f\xbf\xbf"},
    {{"ControlCharacters"},
     std::string("a\0b\x1b[2J\r\n\t\x7f"
                 "c",
                 12),
     "ab[2Jc"},
    {{"LoneTail"}, "a\x80z", "a" + kBad + "z"},
    {{"CutOff"}, "a\xe3\x83", "a" + kBad + kBad},
    {{"TailMissing"}, "\xc3(", kBad + "("},
    // RFC 3629, 3 and 4: overlong forms, surrogates and what is past U+10FFFF.
    {{"OverlongSlash"}, "\xc0\xaf", kBad + kBad},
    {{"OverlongOfThree"}, "\xe0\x9f\xbf", kBad + kBad + kBad},
    {{"OverlongOfFour"}, "\xf0\x8f\xbf\xbf", kBad + kBad + kBad + kBad},
    {{"Surrogate"}, "\xed\xa0\x80", kBad + kBad + kBad},
    {{"PastTheLast"}, "\xf4\x90\x80\x80", kBad + kBad + kBad + kBad},
    {{"ImpossibleOctets"}, "\xfe\xff", kBad + kBad},
};
INSTANTIATE_TEST_SUITE_P(Text, CleanUtf8, ::testing::ValuesIn(kClean), testing::CaseName());

TEST(Hex, HasTwoLowerCaseDigitsAnOctet) {
  EXPECT_EQ(to_hex(std::string_view("\x00\x7f\x80\xff", 4)), "007f80ff");
  EXPECT_EQ(to_hex(""), "");
}

TEST(Hex, OctetIsTwoDigits) {
  EXPECT_EQ(hex_octet('0', '0'), 0);
  EXPECT_EQ(hex_octet('f', 'F'), 0xff);
  EXPECT_EQ(hex_octet('7', 'a'), 0x7a);
  EXPECT_FALSE(hex_octet('g', '0'));
  EXPECT_FALSE(hex_octet('0', ' '));
}

TEST(Hex, IsSoManyDigits) {
  EXPECT_TRUE(is_hex("00Ff", 4));
  EXPECT_FALSE(is_hex("00ff", 3));
  EXPECT_FALSE(is_hex("00fg", 4));
  EXPECT_TRUE(is_hex("", 0));
}

TEST(LowerCase, ChangesLettersOfAsciiOnly) {
  EXPECT_EQ(lower_case("AZ az [@`{ \xc3\x84"), "az az [@`{ \xc3\x84");
}

TEST(CleanUtf8Bound, IsTwoHundredAndFiftySixOctetsUnlessSaid) {
  EXPECT_EQ(clean_utf8(std::string(1000, 'x')).size(), 256U);
  EXPECT_EQ(clean_utf8("abcdef", 3), "abc");
  EXPECT_EQ(clean_utf8("abc", 3), "abc");
  EXPECT_EQ(clean_utf8("abc", 0), "");
}

TEST(CleanUtf8Bound, NeverCutsACharacter) {
  const std::string text = "a\xf0\x9f\x98\x80z";
  EXPECT_EQ(clean_utf8(text, 4), "a");
  EXPECT_EQ(clean_utf8(text, 5), "a\xf0\x9f\x98\x80");
}

TEST(CleanUtf8Bound, HoldsForReplacementsToo) {
  EXPECT_EQ(clean_utf8("\xff\xff", 5), kBad);
}

TEST(CleanUtf8Property, OnceCleanStaysClean) {
  for (unsigned first = 0; first < 256; ++first) {
    for (unsigned second = 0; second < 256; ++second) {
      const std::string text{static_cast<char>(first), static_cast<char>(second), '\x80', '\x80'};
      const std::string once = clean_utf8(text);
      ASSERT_EQ(clean_utf8(once), once) << first << " " << second;
    }
  }
}

}  // namespace
}  // namespace rtcscope
