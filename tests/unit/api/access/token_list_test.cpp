#include "api/access/token_list.hpp"

#include <sys/stat.h>

#include <thread>

#include "tests/unit/api/access/token_folder.hpp"

namespace rtcscope::api::access {
namespace {

using namespace std::chrono_literals;

class TokenListTest : public TokenFolder {
 protected:
  std::string fault() {
    try {
      list();
    } catch (const std::runtime_error& error) {
      return error.what();
    }
    return "";
  }
};

TEST_F(TokenListTest, TheTextIsNotInTheFileAndTheFileIsPrivate) {
  const std::string text = add("ops", Role::kAdmin);
  EXPECT_EQ(content().find(text), std::string::npos);
  EXPECT_NE(content().find(token_digest(text)), std::string::npos);
  struct stat found {};
  ASSERT_EQ(::stat(path.c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777, 0600U);
  EXPECT_EQ(list()->find(text)->name, "ops");
}

TEST_F(TokenListTest, WhatIsMadeAndRevokedElsewhereCountsAtOnce) {
  const std::string first = add("first", Role::kAdmin);
  const auto tokens = list();
  const std::string second = add("second", Role::kViewer);
  ASSERT_TRUE(tokens->find(second));
  EXPECT_EQ(tokens->find(second)->role, Role::kViewer);
  ASSERT_TRUE(revoke_token(TokenFile(path), tokens->find(first)->id));
  EXPECT_FALSE(tokens->find(first));
  EXPECT_TRUE(tokens->find(second));
  EXPECT_FALSE(revoke_token(TokenFile(path), "0000000000000000"));
}

TEST_F(TokenListTest, ExpiredAndMalformedTokensAreNone) {
  add("forever", Role::kAdmin);
  const std::string text = add("short", Role::kAdmin, now + 1h);
  const auto tokens = list();
  const std::string id = tokens->find(text)->id;
  now += 1h - 1ns;
  EXPECT_TRUE(tokens->find(text));
  now += 1ns;
  EXPECT_FALSE(tokens->find(text));
  EXPECT_FALSE(tokens->by_id(id));
  for (const std::string& wrong : {std::string(), std::string("rs_"), text + ' ', new_token_text()}) {
    EXPECT_FALSE(tokens->find(wrong)) << wrong;
  }
}

TEST_F(TokenListTest, AFileThatIsGoneOpensNothingAndABrokenOneChangesNothing) {
  const std::string text = add("ops", Role::kAdmin);
  const auto tokens = list();
  const std::string good = content();
  std::ofstream(path, std::ios::app) << "{\n";
  EXPECT_TRUE(tokens->find(text));
  ASSERT_EQ(logged.size(), 1U);
  EXPECT_NE(logged[0].find("line 2"), std::string::npos) << logged[0];
  EXPECT_TRUE(tokens->find(text));
  EXPECT_EQ(logged.size(), 1U);  // once for each content
  std::filesystem::remove(path);
  EXPECT_FALSE(tokens->find(text));
}

TEST_F(TokenListTest, ALateUseIsSavedAboutOnceAMinuteAndAtTheEnd) {
  const std::string text = add("ops", Role::kAdmin);
  auto tokens = list();
  tokens->find(text);
  EXPECT_FALSE(TokenFile(path).read().at(0).last_used_at);
  now += 61s;
  tokens->find(text);
  EXPECT_EQ(TokenFile(path).read().at(0).last_used_at, now);
  now += 5s;
  tokens->find(text);
  add("another", Role::kViewer);  // does not take the use away
  tokens.reset();
  EXPECT_EQ(TokenFile(path).read().at(0).last_used_at, now);
  EXPECT_EQ(TokenFile(path).read().size(), 2U);
}

TEST_F(TokenListTest, SaysWhyAFileCannotServe) {
  EXPECT_NE(fault().find("rtcscope token create"), std::string::npos);  // no such file
  add("old", Role::kAdmin, now - 1h);
  EXPECT_NE(fault().find("holds no valid token"), std::string::npos);
  add("new", Role::kAdmin);
  EXPECT_EQ(fault(), "");
  std::filesystem::permissions(path, std::filesystem::perms{0644});
  EXPECT_NE(fault().find("chmod 600"), std::string::npos);
  std::filesystem::permissions(path, std::filesystem::perms{0640});
  EXPECT_EQ(fault(), "");
  for (const char* line : {"x", "[]", "{}", R"({"id":"a","name":"b","role":"king","sha256":"c"})"}) {
    std::ofstream(path) << line << '\n';
    EXPECT_NE(fault().find("line 1"), std::string::npos) << line;
  }
}

TEST_F(TokenListTest, NamesArePlainText) {
  for (const std::string& name :
       {std::string(), std::string(65, 'x'), std::string("a\nb"), std::string("\xff")}) {
    EXPECT_THROW(add(name, Role::kViewer), std::invalid_argument) << name;
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST_F(TokenListTest, ChangesOfSeveralAtOnceAreAllKept) {
  constexpr int kEach = 10;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([this, t] {
      for (int i = 0; i < kEach; ++i) add(std::to_string(t * kEach + i), Role::kViewer);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(TokenFile(path).read().size(), 40U);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder), {}), 1);  // nothing is left beside it
}

}  // namespace
}  // namespace rtcscope::api::access
