#include "api/cors.hpp"

#include <gtest/gtest.h>

namespace rtcscope::api {
namespace {

const std::vector<std::string> kOrigins{"https://noc.example"};

http::Request from(const std::string& origin, const std::string& method = "GET") {
  return {"1", method, "/api/v1/hosts", {{"Origin", origin}, {"Access-Control-Request-Method", "GET"}}, {}};
}

std::string allowed(const http::Request& request, const std::vector<std::string>& origins) {
  http::Response response;
  allow_origin(request, origins, response);
  return std::string(find_header(response.headers, "Access-Control-Allow-Origin"));
}

TEST(Cors, ListedOriginsMayReadAndNoOther) {
  EXPECT_EQ(allowed(from("https://noc.example"), kOrigins), "https://noc.example");
  EXPECT_EQ(allowed(from("https://noc.example:8443"), kOrigins), "");
  EXPECT_EQ(allowed(from("http://noc.example"), kOrigins), "");
  EXPECT_EQ(allowed(from("null"), kOrigins), "");
  EXPECT_EQ(allowed(from("https://noc.example"), {}), "");
}

TEST(Cors, APreflightIsAnsweredForListedOrigins) {
  EXPECT_TRUE(is_preflight(from("https://noc.example", "OPTIONS")));
  EXPECT_FALSE(is_preflight(from("https://noc.example", "GET")));
  const http::Response yes = preflight(from("https://noc.example", "OPTIONS"), kOrigins);
  EXPECT_EQ(yes.status, 204);
  EXPECT_NE(find_header(yes.headers, "Access-Control-Allow-Headers").find("Authorization"),
            std::string::npos);
  // A cookie never speaks for a page of another origin.
  EXPECT_EQ(find_header(yes.headers, "Access-Control-Allow-Credentials"), "");
  EXPECT_EQ(preflight(from("https://evil.example", "OPTIONS"), kOrigins).status, 403);
}

}  // namespace
}  // namespace rtcscope::api
