#include "api/owt/mauth.hpp"

#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

namespace rtcscope::api::owt {
namespace {

const std::string kId = "5e1a2b3c4d5e6f7081920a1b";
// Computed with Python's hmac over "1700000000000,123" and "1700000000000,123,Ym9i,presenter", key "abc".
const std::string kSignature =
    "NTQwZDA1NjY2ZGM2MzliMTk0NTE0NzUyZGU3MTEwMDFkOTBiNmI4MDVhNzE0Njk5ZmU1N2RlYTUxMjMzNTEwZg==";
const std::string kUserSignature =
    "MjcyYjUwYTkxMDliNGJjZjI0ZWYzY2M1NDA4MTA0YTAwN2I5NTc5MWZjMGE3Mzg5YmMwNmE1YzE0MzUyZDBiMg==";

std::string header(const std::string& signature, const std::string& id = kId,
                   const std::string& method = "HMAC_SHA256") {
  return "MAuth realm=http://x,mauth_signature_method=" + method + ",mauth_serviceid=" + id +
         ",mauth_cnonce=123,mauth_timestamp=1700000000000,mauth_signature=" + signature;
}

class MauthTest : public ::testing::Test {
 protected:
  /// 200, or the status of the refusal.
  int status(const std::string& authorization) const {
    const auto service = authenticate(authorization, services);
    return service ? 200 : service.error().status;
  }
  const std::vector<Service> services{{"000000000000000000000001", "other", false}, {kId, "abc", true}};
};

TEST_F(MauthTest, ASignatureOfTheServersOwnKindIsTaken) {
  const auto service = authenticate(header(kSignature), services);
  ASSERT_TRUE(service);
  EXPECT_EQ(service->service->id, kId);
  EXPECT_EQ(status(header(kUserSignature) + ",mauth_username=Ym9i,mauth_role=presenter"), 200);
  // Fields in any order.
  EXPECT_EQ(status("MAuth mauth_x=1,mauth_signature=" + kSignature +
                   ",mauth_timestamp=1700000000000,mauth_cnonce=123," + "mauth_serviceid=" + kId +
                   ",mauth_signature_method=HMAC_SHA256"),
            200);
}

TEST_F(MauthTest, UserAndRoleAreSignedOnlyTogether) {
  EXPECT_EQ(status(header(kSignature) + ",mauth_username=Ym9i"), 200);
  EXPECT_EQ(status(header(kSignature) + ",mauth_username=Ym9i,mauth_role=presenter"), 401);
  EXPECT_EQ(status(header(kUserSignature) + ",mauth_username=Ym9i,mauth_role=viewer"), 401);
}

TEST_F(MauthTest, WhateverElseIsAStranger) {
  const std::string changed = 'M' + kSignature.substr(1);
  for (const std::string& wrong :
       {std::string(), header(changed), header(kSignature, "000000000000000000000001"),
        header(kSignature, "00000000000000000000000f"), header(kSignature, kId, "HMAC_SHA1"), header(""),
        header(kSignature + "=")}) {
    EXPECT_EQ(status(wrong), 401) << wrong;
  }
  const auto refused = authenticate("", services);
  EXPECT_EQ(refused.error().code, 1101);
  EXPECT_EQ(refused.error().message, "WWW-Authenticate: MAuth realm=\"http://marte3.dit.upm.es\"");
}

TEST_F(MauthTest, AnIdThatIsNoneFailsInTheDatabase) {
  for (const char* id : {"", "5e1a", "5e1a2b3c4d5e6f7081920a1g"})
    EXPECT_EQ(status(header(kSignature, id)), 500) << id;
  EXPECT_EQ(status("Bearer rs_x"), 500);  // as the server's database does with an id that is not there
  EXPECT_EQ(authenticate("MAuth x", services).error().code, 2001);
}

// The server's parser: six characters of each name go, "=" in a value survives only where pieces are empty.
TEST_F(MauthTest, FieldsAreTakenApartAsTheServerDoes) {
  std::string odd = header(kSignature);
  odd.replace(odd.find("mauth_cnonce"), 12, "abcdefcnonce");
  EXPECT_EQ(status(odd), 200);
  std::string split = header(kSignature);
  split.replace(split.find("cnonce=123"), 10, "cnonce=1=23");  // becomes 123
  EXPECT_EQ(status(split), 200);
  std::string quoted = header(kSignature);
  quoted.replace(quoted.find("cnonce=123"), 10, "cnonce=\"123\"");
  EXPECT_EQ(status(quoted), 401);
  EXPECT_EQ(status(std::string(3000, ',') + "=,=,==="), 500);
}

class ServicesFile : public ::testing::Test {
 protected:
  ~ServicesFile() override { std::filesystem::remove(path); }
  void write(const std::string& text) const { std::ofstream(path) << text; }
  const std::string path =
      (std::filesystem::temp_directory_path() / ("rtcscope-services-" + std::to_string(::getpid()))).string();
};

TEST_F(ServicesFile, HasALineForEach) {
  write("# who\n\n" + kId + ":a:key\noperator 000000000000000000000001:k2\n");
  const auto services = read_services(path);
  ASSERT_EQ(services.size(), 2U);
  EXPECT_EQ(services[0].key, "a:key");
  EXPECT_FALSE(services[0].is_operator);
  EXPECT_EQ(services[1].key, "k2");
  EXPECT_TRUE(services[1].is_operator);
}

TEST_F(ServicesFile, OtherLinesAreFaults) {
  for (const std::string& text : {std::string(), std::string("# nothing\n"), kId, kId + ":",
                                  std::string("id:key"), "admin " + kId + ":k"}) {
    write(text);
    EXPECT_THROW(read_services(path), std::runtime_error) << text;
  }
  EXPECT_THROW(read_services(path + "-none"), std::runtime_error);
}

}  // namespace
}  // namespace rtcscope::api::owt
