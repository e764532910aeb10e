#include <gtest/gtest.h>
#include <zlib.h>

#include "api/http/framing.hpp"
#include "api/http/host_policy.hpp"
#include "api/http/message.hpp"
#include "api/http/negotiation.hpp"

namespace rtcscope::api::http {
namespace {

std::string gunzip(const std::string& packed) {
  z_stream stream{};
  EXPECT_EQ(inflateInit2(&stream, 15 + 16), Z_OK);
  std::string plain(1'000'000, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = reinterpret_cast<Bytef*>(plain.data());
  stream.avail_out = static_cast<uInt>(plain.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  plain.resize(stream.total_out);
  inflateEnd(&stream);
  return plain;
}

Request request_with(std::vector<Header> headers) {
  return {"00000000000004d2", "GET", "/", std::move(headers), {}};
}

Response json_response(std::size_t size) {
  Response response;
  response.media_type = "application/json";
  response.body.assign(size, '1');
  response.caching = Caching::kRevalidate;
  return response;
}

TEST(PercentDecode, RefusesBrokenOnes) {
  std::string out;
  EXPECT_TRUE(percent_decode("a%20b+c%c3%A9", false, out));
  EXPECT_EQ(out, "a b+c\xc3\xa9");
  EXPECT_TRUE(percent_decode("a+b%2B", true, out));
  EXPECT_EQ(out, "a b+");
  for (const char* broken : {"%", "%2", "a%zz", "%0", "%00", "%%20"})
    EXPECT_FALSE(percent_decode(broken, true, out));
}

TEST(AcceptsGzip, ReadsWeights) {
  for (const char* yes : {"gzip", "deflate, gzip;q=0.5", "GZIP", "*", "br;q=1, *;q=0.1", "x-gzip"}) {
    EXPECT_TRUE(accepts_gzip(yes)) << yes;
  }
  for (const char* no : {"", "identity", "gzip;q=0", "gzip; q=0.000, *", "*;q=0", "br", "gzipped"}) {
    EXPECT_FALSE(accepts_gzip(no)) << no;
  }
}

TEST(NoneMatchNames, ComparesWeakly) {
  EXPECT_TRUE(none_match_names("W/\"1\"", "W/\"1\""));
  EXPECT_TRUE(none_match_names("\"0\" , \"1\"", "W/\"1\""));
  EXPECT_TRUE(none_match_names("*", "W/\"1\""));
  EXPECT_FALSE(none_match_names("", "W/\"1\""));
  EXPECT_FALSE(none_match_names("W/\"2\"", "W/\"1\""));
}

TEST(Finish, CompressesLargeTextForWhoTakesIt) {
  Response response = json_response(5000);
  finish(request_with({{"accept-encoding", "gzip"}}), response);
  EXPECT_EQ(find_header(response.headers, "Content-Encoding"), "gzip");
  EXPECT_EQ(find_header(response.headers, "Vary"), "Accept-Encoding");
  EXPECT_LT(response.body.size(), 500U);
  EXPECT_EQ(gunzip(response.body), std::string(5000, '1'));

  Response plain = json_response(5000);
  finish(request_with({}), plain);
  EXPECT_EQ(plain.body.size(), 5000U);
  EXPECT_EQ(find_header(plain.headers, "Vary"), "Accept-Encoding");
  EXPECT_EQ(find_header(plain.headers, "ETag"), find_header(response.headers, "ETag"));

  Response small = json_response(100);
  finish(request_with({{"Accept-Encoding", "gzip"}}), small);
  EXPECT_EQ(find_header(small.headers, "Content-Encoding"), "");

  Response image = json_response(5000);
  image.media_type = "image/png";
  finish(request_with({{"Accept-Encoding", "gzip"}}), image);
  EXPECT_EQ(find_header(image.headers, "Content-Encoding"), "");
}

TEST(Finish, NotModifiedHasTheTagButNoBody) {
  Response first = json_response(10);
  finish(request_with({}), first);
  const std::string etag(find_header(first.headers, "ETag"));
  EXPECT_EQ(etag.substr(0, 3), "W/\"");
  Response again = json_response(10);
  finish(request_with({{"If-None-Match", etag}}), again);
  EXPECT_EQ(again.status, 304);
  EXPECT_EQ(again.body, "");
  EXPECT_EQ(find_header(again.headers, "ETag"), etag);
  Response changed = json_response(11);
  finish(request_with({{"If-None-Match", etag}}), changed);
  EXPECT_EQ(changed.status, 200);
}

TEST(Finish, FiguresOfTheMomentAreNeverKept) {
  Response response = json_response(10);
  response.caching = Caching::kNever;
  finish(request_with({{"If-None-Match", "*"}}), response);
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(find_header(response.headers, "ETag"), "");
  EXPECT_EQ(find_header(response.headers, "Cache-Control"), "no-store");
}

TEST(Finish, TellsBrowsersToRunNothingForeign) {
  Response response = json_response(10);
  finish(request_with({}), response);
  const std::string policy(find_header(response.headers, "Content-Security-Policy"));
  EXPECT_NE(policy.find("default-src 'none'"), std::string::npos);
  EXPECT_NE(policy.find("script-src 'self';"), std::string::npos);
  EXPECT_NE(policy.find("frame-ancestors 'none'"), std::string::npos);
  EXPECT_EQ(find_header(response.headers, "X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(find_header(response.headers, "X-Request-Id"), "00000000000004d2");
}

TEST(Problem, QuotesWhatIsNotUtf8) {
  const Response response = problem(request_with({}), 400, "unknown \xff");
  EXPECT_EQ(response.status, 400);
  EXPECT_NE(response.body.find("\"title\":\"Bad Request\""), std::string::npos);
  EXPECT_NE(response.body.find("urn:rtcscope:request:00000000000004d2"), std::string::npos);
}

TEST(HostName, CutsPortAndBrackets) {
  EXPECT_EQ(host_name("LocalHost:8080"), "localhost");
  EXPECT_EQ(host_name("[::1]:8080"), "::1");
  EXPECT_EQ(host_name("[::1"), "::1");
  EXPECT_EQ(host_name("a.example."), "a.example");
  EXPECT_EQ(host_name(""), "");
}

TEST(HostPolicy, LetsEveryNameThroughOffLoopback) {
  EXPECT_TRUE(HostPolicy(false, {}).allows("anything.example"));
  EXPECT_FALSE(HostPolicy(true, {}).allows("anything.example"));
}

TEST(CrossSite, KnowsBrowsersFromPrograms) {
  EXPECT_FALSE(cross_site("127.0.0.1:8080", "", ""));
  EXPECT_FALSE(cross_site("127.0.0.1:8080", "http://127.0.0.1:8080", ""));
  EXPECT_FALSE(cross_site("127.0.0.1:8080", "http://127.0.0.1:8080", "same-origin"));
  EXPECT_TRUE(cross_site("127.0.0.1:8080", "https://evil.example", ""));
  EXPECT_TRUE(cross_site("127.0.0.1:8080", "http://127.0.0.1:8081", ""));
  EXPECT_TRUE(cross_site("127.0.0.1:8080", "null", ""));
  EXPECT_TRUE(cross_site("127.0.0.1:8080", "", "cross-site"));
  EXPECT_TRUE(cross_site("127.0.0.1:8080", "", "same-site"));
}

TEST(OriginForm, CutsTheAuthority) {
  EXPECT_EQ(origin_form("/a?b#c"), "/a?b");
  EXPECT_EQ(origin_form("http://h:1/a?b"), "/a?b");
  EXPECT_EQ(origin_form("http://h"), "/");
  EXPECT_EQ(origin_form("http://h?q"), "/?q");
  EXPECT_EQ(origin_form("http://h#f"), "/");
  EXPECT_EQ(origin_form("*"), std::nullopt);
  EXPECT_EQ(origin_form(""), std::nullopt);
  EXPECT_EQ(origin_form("h:80"), std::nullopt);
}

}  // namespace
}  // namespace rtcscope::api::http
