// correlator/token_index.hpp: that nobody who chooses tokens chooses their places in the table.

#include "correlator/token_index.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace rtcscope::correlator {
namespace {

constexpr std::size_t kBuckets = 97;

/// Ufrags that an attacker has found to share one bucket with this seed.
std::vector<Token> tokens_of_one_bucket(std::uint64_t seed, std::size_t count) {
  std::vector<Token> tokens;
  for (unsigned i = 0; tokens.size() < count; ++i) {
    const Token token = ufrag_token("u" + std::to_string(i));
    if (SeededTokenHash{seed}(token) % kBuckets == 0) tokens.push_back(token);
  }
  return tokens;
}

std::size_t buckets_of(const std::vector<Token>& tokens, std::uint64_t seed) {
  std::set<std::size_t> buckets;
  for (const Token token : tokens) buckets.insert(SeededTokenHash{seed}(token) % kBuckets);
  return buckets.size();
}

TEST(SeededTokenHash, WhatSharesABucketWithOneSeedDoesNotWithAnother) {
  const std::vector<Token> tokens = tokens_of_one_bucket(1, 200);
  EXPECT_EQ(buckets_of(tokens, 1), 1U);
  // Of 200 at random 85 of the 97 are expected.
  for (const std::uint64_t seed : {0U, 2U, 0xffffffffU}) EXPECT_GT(buckets_of(tokens, seed), 60U) << seed;
}

TEST(SeededTokenHash, TokensInEqualStepsAreSpread) {
  std::vector<Token> tokens;
  for (Token i = 0; i < 200; ++i) tokens.push_back(i * kBuckets);
  EXPECT_GT(buckets_of(tokens, 7), 60U);
}

TEST(TokenIndex, FindsWhatWasAddedWhateverTheSeed) {
  for (const std::uint64_t seed : {0U, 1U, 12345U}) {
    TokenIndex index(seed);
    index.add(ufrag_token("srv1"), ConnectionId{7});
    index.add(ufrag_token("srv1"), FlowId{8});
    const TokenIndex::Posting* posting = index.find(ufrag_token("srv1"));
    ASSERT_NE(posting, nullptr);
    EXPECT_EQ(posting->connections, std::vector{ConnectionId{7}});
    EXPECT_EQ(posting->flows, std::vector{FlowId{8}});
    index.remove(ufrag_token("srv1"), ConnectionId{7});
    index.remove(ufrag_token("srv1"), FlowId{8});
    EXPECT_EQ(index.find(ufrag_token("srv1")), nullptr);
  }
}

}  // namespace
}  // namespace rtcscope::correlator
