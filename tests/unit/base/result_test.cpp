// base/result.hpp: a value or an error.

#include "base/result.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace rtcscope {
namespace {

enum class Fault { kOne, kTwo };

Result<int, Fault> even(int value) {
  if (value % 2 != 0) return Unexpected{Fault::kTwo};
  return value;
}

TEST(Result, HoldsAValue) {
  const auto result = even(4);
  ASSERT_TRUE(result.has_value());
  EXPECT_TRUE(static_cast<bool>(result));
  EXPECT_EQ(*result, 4);
}

TEST(Result, HoldsAnError) {
  const auto result = even(5);
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error(), Fault::kTwo);
}

TEST(Result, FallbackStandsInForAnErrorOnly) {
  EXPECT_EQ(even(4).value_or(7), 4);
  EXPECT_EQ(even(5).value_or(7), 7);
}

// The same type on both sides must not be mixed up.
TEST(Result, ValueAndErrorOfOneType) {
  const Result<std::string, std::string> good = std::string("value");
  const Result<std::string, std::string> bad = Unexpected{std::string("error")};
  EXPECT_EQ(*good, "value");
  EXPECT_EQ(bad.error(), "error");
  EXPECT_FALSE(bad.has_value());
}

TEST(Result, ValueThatOnlyMovesIsMovedOut) {
  Result<std::unique_ptr<int>, Fault> result = std::make_unique<int>(3);
  const std::unique_ptr<int> out = *std::move(result);
  EXPECT_EQ(*out, 3);
}

TEST(Result, MembersAreReachedByArrow) {
  const Result<std::string, Fault> result = std::string("abc");
  EXPECT_EQ(result->size(), 3U);
}

}  // namespace
}  // namespace rtcscope
