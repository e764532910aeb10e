#include "flows/trial_budget.hpp"

#include <gtest/gtest.h>

namespace rtcscope::flows {
namespace {

using namespace std::chrono_literals;

constexpr UtcTime kStart = utc_from_ns(1'795'225'174'000'000'000);

/// How many tries the datagrams of one time get, as many of them as want some.
unsigned tries_at(TrialBudget& budget, UtcTime time) {
  constexpr unsigned kTooMany = 2 * TrialBudget::kPerSecond;
  unsigned tries = 0;
  for (unsigned before = ~0U; before != tries && tries < kTooMany;) {
    before = tries;
    budget.begin_datagram(time);
    while (tries < kTooMany && budget.take(1)) tries += 1;
  }
  return tries;
}

TEST(TrialBudget, OneDatagramDoesNotUseWhatOthersNeed) {
  TrialBudget budget;
  budget.begin_datagram(kStart);
  unsigned tries = 0;
  while (tries <= TrialBudget::kPerDatagram && budget.take(2)) tries += 2;
  EXPECT_EQ(tries, TrialBudget::kPerDatagram);
  budget.begin_datagram(kStart);
  EXPECT_TRUE(budget.take(2));
}

TEST(TrialBudget, EarnsWithTimeAndSavesNoMoreThanASecond) {
  TrialBudget budget;
  EXPECT_EQ(tries_at(budget, kStart), TrialBudget::kPerSecond);
  EXPECT_EQ(tries_at(budget, kStart), 0U);
  EXPECT_EQ(tries_at(budget, kStart + 100ms), TrialBudget::kPerSecond / 10);
  EXPECT_EQ(tries_at(budget, kStart + 1h), TrialBudget::kPerSecond);
}

TEST(TrialBudget, WhatIsNotThereIsNotTakenInPart) {
  TrialBudget budget;
  tries_at(budget, kStart);
  budget.begin_datagram(kStart + 100us);  // three tries
  EXPECT_FALSE(budget.take(4));
  EXPECT_TRUE(budget.take(3));
}

// Packets of two interfaces may come a little out of order: time that went by earns once.
TEST(TrialBudget, TimesThatGoBackAndForthEarnNothing) {
  TrialBudget budget;
  tries_at(budget, kStart);
  unsigned tries = 0;
  for (int i = 0; i < 100; ++i) tries += tries_at(budget, kStart - (i % 2) * 500ms);
  EXPECT_EQ(tries, 0U);
}

TEST(TrialBudget, AClockThatWasSetBackEarnsFromThereOn) {
  TrialBudget budget;
  tries_at(budget, kStart);
  EXPECT_EQ(tries_at(budget, kStart - 1h), 0U);
  EXPECT_EQ(tries_at(budget, kStart - 1h + 100ms), TrialBudget::kPerSecond / 10);
}

}  // namespace
}  // namespace rtcscope::flows
