#include "api/answer_cache.hpp"

#include <gtest/gtest.h>

namespace rtcscope::api {
namespace {

http::Response text(std::string body, int status = 200) {
  return {status, "text/plain", std::move(body), {}, http::Caching::kRevalidate};
}

TEST(AnswerCache, GivesWhatWasMadeOfTheSameRows) {
  AnswerCache cache;
  EXPECT_FALSE(cache.find(1, "/a"));
  cache.keep(1, "/a", text("old"));
  EXPECT_EQ(cache.find(1, "/a")->body, "old");
  EXPECT_FALSE(cache.find(1, "/b"));
  EXPECT_FALSE(cache.find(2, "/a"));
  cache.keep(2, "/a", text("new"));
  cache.keep(1, "/a", text("too late"));
  EXPECT_EQ(cache.find(2, "/a")->body, "new");
  EXPECT_FALSE(cache.find(1, "/a"));
}

TEST(AnswerCache, KeepsNoFailure) {
  AnswerCache cache;
  cache.keep(1, "/a", text("", 404));
  EXPECT_FALSE(cache.find(1, "/a"));
}

TEST(AnswerCache, IsBounded) {
  AnswerCache cache;
  for (std::size_t i = 0; i <= AnswerCache::kMaxAnswers; ++i) cache.keep(1, '/' + std::to_string(i), text("x"));
  EXPECT_TRUE(cache.find(1, "/0"));
  EXPECT_FALSE(cache.find(1, '/' + std::to_string(AnswerCache::kMaxAnswers)));
  AnswerCache large;
  large.keep(1, "/a", text(std::string(AnswerCache::kMaxBytes, 'x')));
  large.keep(1, "/b", text("x"));
  EXPECT_TRUE(large.find(1, "/a"));
  EXPECT_FALSE(large.find(1, "/b"));
  large.keep(1, '/' + std::string(AnswerCache::kMaxTarget, 'x'), text(""));
  EXPECT_FALSE(large.find(1, '/' + std::string(AnswerCache::kMaxTarget, 'x')));
}

}  // namespace
}  // namespace rtcscope::api
