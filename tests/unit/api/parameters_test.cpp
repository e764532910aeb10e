#include "api/parameters.hpp"

#include <gtest/gtest.h>

#include "api/routes.hpp"

namespace rtcscope::api {
namespace {

const std::vector<Parameter> kAllowed{
    {"text", ParameterType::kText, false, 1, 4},
    {"word", ParameterType::kWord, false, 0, 0, {"live", "ended"}},
    {"number", ParameterType::kInteger, false, 1, 500},
    {"flag", ParameterType::kBoolean},
    {"id", ParameterType::kId},
    {"time", ParameterType::kTime},
    {"address", ParameterType::kAddress},
};

std::string detail_of(const std::string& query) {
  const auto arguments = parse_query(query, kAllowed);
  return arguments ? "" : arguments.error().detail;
}

TEST(ParseQuery, TakesEveryType) {
  const auto arguments = parse_query(
      "text=a%20+b&word=live&number=500&flag=false&id=00000000000000FF&time=1795241454.5&"
      "address=%5B2001:db8::7%5D:5000",
      kAllowed);
  ASSERT_TRUE(arguments) << arguments.error().detail;
  EXPECT_EQ(arguments->text("text"), "a  b");
  EXPECT_EQ(arguments->text("word"), "live");
  EXPECT_EQ(arguments->value<std::int64_t>("number"), 500);
  EXPECT_EQ(arguments->value<bool>("flag"), false);
  EXPECT_EQ(arguments->id<FlowId>("id"), FlowId{255});
  EXPECT_EQ(arguments->value<UtcTime>("time"), utc_from_ns(1'795'241'454'500'000'000));
  EXPECT_EQ(arguments->value<store::AddressFilter>("address")->port, 5000);
  EXPECT_EQ(arguments->value<std::int64_t>("text"), std::nullopt);
}

TEST(ParseQuery, NothingIsNothing) {
  for (const char* query : {"", "&", "&&"}) {
    const auto arguments = parse_query(query, kAllowed);
    ASSERT_TRUE(arguments);
    EXPECT_FALSE(arguments->has("text"));
    EXPECT_EQ(arguments->page().limit, 100U);
    EXPECT_EQ(arguments->state(), std::nullopt);
  }
}

TEST(ParseQuery, SaysWhatIsWrong) {
  const std::pair<const char*, const char*> cases[] = {
      {"colour=red", "unknown query parameter \"colour\""},
      {"%0acolour", "unknown query parameter \"colour\""},
      {"text=", "parameter \"text\" is empty"},
      {"text", "parameter \"text\" is empty"},
      {"text=abcde", "parameter \"text\" is longer than 4 characters"},
      {"text=%ff", "parameter \"text\" is not plain UTF-8 text"},
      {"text=a%0ab", "parameter \"text\" is not plain UTF-8 text"},
      {"text=a&text=b", "parameter \"text\" is given more than once"},
      {"word=dead", "parameter \"word\" is none of: live, ended"},
      {"word=", "parameter \"word\" is none of: live, ended"},
      {"number=0", "parameter \"number\" is not a whole number from 1 to 500"},
      {"number=501", "parameter \"number\" is not a whole number from 1 to 500"},
      {"number=5x", "parameter \"number\" is not a whole number from 1 to 500"},
      {"number=99999999999999999999", "parameter \"number\" is not a whole number from 1 to 500"},
      {"number=", "parameter \"number\" is not a whole number from 1 to 500"},
      {"flag=1", "parameter \"flag\" is neither true nor false"},
      {"id=ff", "parameter \"id\" is not an identifier of 16 hexadecimal digits"},
      {"id=0000000000000000", "parameter \"id\" is not an identifier of 16 hexadecimal digits"},
      {"time=yesterday", "parameter \"time\" is neither an RFC 3339 time nor epoch seconds"},
      {"time=", "parameter \"time\" is neither an RFC 3339 time nor epoch seconds"},
      {"address=example.org", "parameter \"address\" is neither an IP address nor address:port"},
      {"text=%", "the query is not percent-encoded correctly"},
      {"%=a", "the query is not percent-encoded correctly"},
  };
  for (const auto& [query, detail] : cases) EXPECT_EQ(detail_of(query), detail) << query;
}

TEST(ParseQuery, CountsCharactersNotOctets) {
  EXPECT_EQ(detail_of("text=%C3%A9%C3%A9%C3%A9%C3%A9"), "");
  EXPECT_NE(detail_of("text=%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9"), "");
}

TEST(ParseQuery, AnUnencodedPlusOfAnOffsetIsAPlus) {
  const auto encoded = parse_query("time=2026-11-21T07:10:54%2B01:00", kAllowed);
  const auto plain = parse_query("time=2026-11-21T07:10:54+01:00", kAllowed);
  ASSERT_TRUE(encoded);
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->value<UtcTime>("time"), encoded->value<UtcTime>("time"));
  EXPECT_EQ(to_rfc3339(*plain->value<UtcTime>("time")), "2026-11-21T06:10:54.000Z");
}

TEST(ParseQuery, MissesWhatIsRequired) {
  const std::vector<Parameter> required{{"q", ParameterType::kText, true, 1, 9}};
  const auto arguments = parse_query("", required);
  ASSERT_FALSE(arguments);
  EXPECT_EQ(arguments.error().detail, "parameter \"q\" is missing");
}

TEST(PathMatches, Templates) {
  std::string_view id;
  EXPECT_TRUE(path_matches("/api/v1/streams/{id}/series", "/api/v1/streams/abc/series", id));
  EXPECT_EQ(id, "abc");
  EXPECT_TRUE(path_matches("/api/v1/streams", "/api/v1/streams", id));
  EXPECT_EQ(id, "");
  for (const char* other : {"/api/v1/streams/", "/api/v1/streams/a", "/api/v1/stream", "/api/v1", "", "/",
                            "//api/v1/streams", "/API/v1/streams"}) {
    EXPECT_FALSE(path_matches("/api/v1/streams", other, id)) << other;
  }
  EXPECT_FALSE(path_matches("/api/v1/streams/{id}", "/api/v1/streams/", id));
  EXPECT_FALSE(path_matches("/api/v1/streams/{id}", "/api/v1/streams/a/", id));
}

TEST(IsApiPath, EndsAtASegment) {
  for (const char* path : {"/api", "/api/", "/api/v2/x", "/healthz", "/version", "/ingest/other"}) {
    EXPECT_TRUE(is_api_path(path)) << path;
  }
  for (const char* path : {"/", "/apiary", "/versions", "/conferences", "/assets/api/x.js"}) {
    EXPECT_FALSE(is_api_path(path)) << path;
  }
}

TEST(Routes, NoTwoOfOneNameOrPlace) {
  for (const Route& one : routes()) {
    for (const Route& other : routes()) {
      if (&one == &other) continue;
      EXPECT_STRNE(one.operation_id, other.operation_id);
      EXPECT_FALSE(std::string_view(one.path) == other.path && std::string_view(one.method) == other.method)
          << one.path;
    }
    EXPECT_TRUE(is_api_path(one.path)) << one.path;
  }
}

}  // namespace
}  // namespace rtcscope::api
