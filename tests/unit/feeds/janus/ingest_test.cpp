// feeds/janus/ingest.hpp: what is let in, unpacked, queued and counted.

#include "feeds/janus/ingest.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <thread>

#include "tests/support/named_case.hpp"

namespace rtcscope::feeds::janus {
namespace {

using ::testing::ElementsAre;

enum Packing : int { kZlib = 15, kGzip = 15 + 16, kRawDeflate = -15 };

std::string packed(const std::string& text, Packing packing) {
  z_stream stream{};
  deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, packing, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, text.size()) + 32, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

class JanusIngest : public ::testing::Test {
 protected:
  std::vector<std::string> queued;
  bool room = true;
  IngestOptions options;

  Ingest ingest() {
    return Ingest(options, [this](Delivery&& delivery) {
      if (room) queued.push_back(std::move(delivery.json));
      return room;
    });
  }
  static HttpDelivery post(std::string_view body, std::string_view encoding = "") {
    return {utc_from_ns(1), encoding, "", body};
  }
};

TEST_F(JanusIngest, PlainBodyIsQueuedAsItIs) {
  EXPECT_EQ(ingest().take(post("{ }")), IngestAnswer::kAccepted);
  EXPECT_THAT(queued, ElementsAre("{ }"));
}

TEST_F(JanusIngest, ReceiveTimeGoesAlong) {
  UtcTime seen{};
  Ingest ingest({}, [&](Delivery&& delivery) {
    seen = delivery.received;
    return true;
  });
  ingest.take({utc_from_ns(77), "", "", "{}"});
  EXPECT_EQ(ns_since_epoch(seen), 77);
}

struct EncodingCase : testing::NamedCase {
  const char* header;
  Packing packing;
};
class JanusIngestEncoding : public JanusIngest, public ::testing::WithParamInterface<EncodingCase> {};

TEST_P(JanusIngestEncoding, IsUnpacked) {
  const std::string body = packed(R"([{"type":1}])", GetParam().packing);
  EXPECT_EQ(ingest().take(post(body, GetParam().header)), IngestAnswer::kAccepted);
  EXPECT_THAT(queued, ElementsAre(R"([{"type":1}])"));
}
const EncodingCase kEncodings[] = {
    {"Gzip", "gzip", kGzip},          {"GzipUpperCase", "GZIP", kGzip}, {"GzipBlanks", " gzip\t", kGzip},
    {"OldGzipName", "x-gzip", kGzip}, {"Deflate", "deflate", kZlib},
};
INSTANTIATE_TEST_SUITE_P(Header, JanusIngestEncoding, ::testing::ValuesIn(kEncodings), testing::CaseName());

TEST_F(JanusIngest, IdentityIsNoEncoding) {
  EXPECT_EQ(ingest().take(post("{}", "identity")), IngestAnswer::kAccepted);
  EXPECT_THAT(queued, ElementsAre("{}"));
}

TEST_F(JanusIngest, UnknownEncodingIsRefused) {
  EXPECT_EQ(ingest().take(post("{}", "br")), IngestAnswer::kUnsupportedEncoding);
  EXPECT_TRUE(queued.empty());
}

TEST_F(JanusIngest, ChainOfEncodingsIsRefused) {
  EXPECT_EQ(ingest().take(post("{}", "gzip, gzip")), IngestAnswer::kUnsupportedEncoding);
}

TEST_F(JanusIngest, GzipCutAtEachOctetIsCorrupt) {
  const std::string whole = packed(std::string(200, 'x') + "yz", kGzip);
  Ingest in = ingest();
  for (std::size_t n = 0; n < whole.size(); ++n) {
    ASSERT_EQ(in.take(post(std::string_view(whole).substr(0, n), "gzip")), IngestAnswer::kCorruptEncoding)
        << n << " octets";
  }
  EXPECT_TRUE(queued.empty());
}

TEST_F(JanusIngest, GzipWithAWrongChecksumIsCorrupt) {
  std::string body = packed("{}", kGzip);
  body[body.size() - 8] = static_cast<char>(body[body.size() - 8] ^ 1);
  EXPECT_EQ(ingest().take(post(body, "gzip")), IngestAnswer::kCorruptEncoding);
}

TEST_F(JanusIngest, PlainBodyCalledGzipIsCorrupt) {
  EXPECT_EQ(ingest().take(post("{}", "gzip")), IngestAnswer::kCorruptEncoding);
}

// Only the first of them would be read, and the rest lost without a word.
TEST_F(JanusIngest, SecondGzipMemberIsCorrupt) {
  EXPECT_EQ(ingest().take(post(packed("{}", kGzip) + packed("{}", kGzip), "gzip")),
            IngestAnswer::kCorruptEncoding);
}

TEST_F(JanusIngest, GzipBombIsRefusedAtTheBound) {
  const std::string bomb = packed(std::string(options.max_json_bytes * 16, ' '), kGzip);
  ASSERT_LT(bomb.size(), options.max_body_bytes);
  EXPECT_EQ(ingest().take(post(bomb, "gzip")), IngestAnswer::kTooLarge);
  EXPECT_TRUE(queued.empty());
}

TEST_F(JanusIngest, UnpackedBodyOfJustTheBoundIsTaken) {
  options.max_json_bytes = 1000;
  EXPECT_EQ(ingest().take(post(packed(std::string(1000, ' '), kGzip), "gzip")), IngestAnswer::kAccepted);
  EXPECT_EQ(ingest().take(post(packed(std::string(1001, ' '), kGzip), "gzip")), IngestAnswer::kTooLarge);
}

TEST_F(JanusIngest, BodyOverTheBoundIsTooLarge) {
  EXPECT_EQ(ingest().take(post(std::string(options.max_body_bytes + 1, ' '))), IngestAnswer::kTooLarge);
}

TEST_F(JanusIngest, BodySentAgainIsQueuedOnce) {
  Ingest in = ingest();
  in.take(post("[1]"));
  EXPECT_EQ(in.take(post("[1]")), IngestAnswer::kAccepted);
  EXPECT_EQ(in.counts().repeated, 1U);
  EXPECT_THAT(queued, ElementsAre("[1]"));
}

TEST_F(JanusIngest, BodySentAgainIsKnownAfterUnpacking) {
  Ingest in = ingest();
  in.take(post("[1]"));
  in.take(post(packed("[1]", kGzip), "gzip"));
  EXPECT_THAT(queued, ElementsAre("[1]"));
}

TEST_F(JanusIngest, BodyThatFoundNoRoomIsTakenTheNextTime) {
  Ingest in = ingest();
  room = false;
  EXPECT_EQ(in.take(post("[1]")), IngestAnswer::kQueueFull);
  room = true;
  EXPECT_EQ(in.take(post("[1]")), IngestAnswer::kAccepted);
  EXPECT_THAT(queued, ElementsAre("[1]"));
}

TEST_F(JanusIngest, EachAnswerIsCounted) {
  options.credentials = "janus:secret";
  options.max_body_bytes = 10;
  Ingest in = ingest();
  const std::string good = "Basic amFudXM6c2VjcmV0";  // base64("janus:secret")
  in.take({{}, "", good, "[1]"});
  in.take({{}, "", "", "[1]"});
  in.take({{}, "br", good, "[1]"});
  in.take({{}, "gzip", good, "[1]"});
  in.take({{}, "", good, "[1,1,1,1,1]"});
  room = false;
  in.take({{}, "", good, "[2]"});
  const IngestCounts c = in.counts();
  EXPECT_THAT((std::array{c.accepted, c.unauthorized, c.unsupported_encoding, c.corrupt_encoding, c.too_large,
                          c.queue_full, c.repeated}),
              ElementsAre(1, 1, 1, 1, 1, 1, 0));
}

// A thread sanitizer build looks at this one.
TEST_F(JanusIngest, ManyThreadsLoseNothing) {
  std::atomic<int> taken{0};
  Ingest in({}, [&](Delivery&&) { return ++taken > 0; });
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&in, t] {
      for (int i = 0; i < 200; ++i) in.take(post(std::to_string(t * 1000 + i)));
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(in.counts().accepted, 800U);
  EXPECT_EQ(taken, 800);
}

struct AuthorizationCase : testing::NamedCase {
  std::string_view header;
  std::string_view credentials;
  bool want;
};
class BasicAuthorization : public ::testing::TestWithParam<AuthorizationCase> {};

TEST_P(BasicAuthorization, Matches) {
  EXPECT_EQ(basic_authorization_matches(GetParam().header, GetParam().credentials), GetParam().want);
}

const AuthorizationCase kAuthorizations[] = {
    // RFC 7617, 2: the example of the RFC, with two octets of padding.
    {"RfcExample", "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "Aladdin:open sesame", true},
    // RFC 7617, 2.1: the password ends in U+00A3 as UTF-8.
    {"RfcUtf8Example", "Basic dGVzdDoxMjPCow==", "test:123\xc2\xa3", true},
    {"NoPadding", "Basic YWI6Yw==", "ab:c", true},
    {"OneOctetOfPadding", "Basic YWI6Y2Q=", "ab:cd", true},
    {"SchemeInOtherCase", "bAsIc YWI6Yw==", "ab:c", true},
    {"BlanksAround", " Basic  YWI6Yw== ", "ab:c", true},
    {"EverybodyWithoutCredentials", "", "", true},
    {"AnythingWithoutCredentials", "Bearer x", "", true},
    {"NoHeader", "", "ab:c", false},
    {"OnlyScheme", "Basic ", "ab:c", false},
    {"OtherScheme", "Bearer YWI6Yw==", "ab:c", false},
    {"WrongPassword", "Basic YWI6ZA==", "ab:c", false},
    {"Prefix", "Basic YWI6", "ab:c", false},
    {"Longer", "Basic YWI6Y2Q=", "ab:c", false},
    {"Twice", "Basic YWI6Yw==YWI6Yw==", "ab:c", false},
    {"LetterCase", "Basic ywi6yw==", "ab:c", false},
};
INSTANTIATE_TEST_SUITE_P(Header, BasicAuthorization, ::testing::ValuesIn(kAuthorizations),
                         testing::CaseName());

TEST(IngestAnswer, HttpStatusOfEach) {
  std::vector<int> statuses;
  for (int i = 0; i < 6; ++i) statuses.push_back(http_status(static_cast<IngestAnswer>(i)));
  EXPECT_THAT(statuses, ElementsAre(200, 401, 415, 400, 413, 503));
}

}  // namespace
}  // namespace rtcscope::feeds::janus
