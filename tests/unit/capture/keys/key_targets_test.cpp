#include "capture/keys/key_targets.hpp"

#include <gtest/gtest.h>

namespace rtcscope {
namespace {

using Kind = KeyTarget::Kind;

TEST(KeyTargets, EachForm) {
  EXPECT_EQ(parse_key_target("exe:janus"), (KeyTarget{Kind::kExecutable, "janus"}));
  EXPECT_EQ(parse_key_target("janus"), (KeyTarget{Kind::kExecutable, "janus"}));
  EXPECT_EQ(parse_key_target("unit:janus@1.service"), (KeyTarget{Kind::kUnit, "janus@1.service"}));
  EXPECT_EQ(parse_key_target("pid:4711"), (KeyTarget{Kind::kPid, "", 4711}));
}

TEST(KeyTargets, WhatNamesNothingIsRefused) {
  for (const char* text : {"", "exe:", "unit:", "pid:", "pid:0", "pid:-1", "pid:12x", "pid:4294967296",
                           "comm:janus", "exe:/usr/bin/janus", ":janus"}) {
    EXPECT_FALSE(parse_key_target(text)) << text;
  }
}

TEST(KeyTargets, ANameThatTheKernelCannotCompareIsRefused) {
  EXPECT_TRUE(parse_key_target("unit:" + std::string(55, 'u')));
  EXPECT_FALSE(parse_key_target("unit:" + std::string(56, 'u')));
}

TEST(KeyTargets, TextIsReadBack) {
  for (const char* text : {"exe:janus", "unit:janus.service", "pid:1"}) {
    EXPECT_EQ(to_string(*parse_key_target(text)), text);
  }
}

}  // namespace
}  // namespace rtcscope
