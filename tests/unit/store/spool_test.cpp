// What waits on disk: in order, across restarts, torn files and full disks.

#include "store/spool/spool.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "store/spool/codec.hpp"
#include "tests/unit/store/entities.hpp"

namespace rtcscope::store::spool {
namespace {

using namespace rtcscope::store::testing;

class SpoolTest : public ::testing::Test {
 protected:
  [[nodiscard]] SpoolOptions options() const { return {folder_.string(), 1U << 20U, 1'000}; }
  [[nodiscard]] std::vector<std::filesystem::path> files() const {
    std::vector<std::filesystem::path> found;
    for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
      if (entry.path().extension() == ".spool") found.push_back(entry.path());
    }
    std::ranges::sort(found);
    return found;
  }

  const rtcscope::testing::TempFolder temp_;
  const std::filesystem::path folder_ = temp_.path() / "spool";
};

std::vector<model::Change> batch(std::uint64_t n) {
  model::StreamSample sample;
  sample.stream = {n};
  return {model::Host{{n}, "media", "", at(0), at(0)}, sample};
}

std::uint64_t number_of(const std::vector<model::Change>& changes) {
  return std::get<model::Host>(changes.at(0)).id.value;
}

TEST(SpoolCodec, EveryMemberComesBack) {
  const std::vector<model::Change> changes{full_host(),    full_conference(), full_participant(),
                                           full_session(), full_connection(), full_flow(),
                                           full_stream(),  full_sample(),     full_event()};
  const std::string octets = pack(changes);
  const auto back = unpack(std::as_bytes(std::span(octets)));
  ASSERT_TRUE(back.has_value());
  ASSERT_EQ(back->size(), changes.size());
  EXPECT_TRUE(same(std::get<model::Conference>(back->at(1)), full_conference()));
  EXPECT_TRUE(same(std::get<model::Session>(back->at(3)), full_session()));
  EXPECT_TRUE(same(std::get<model::Connection>(back->at(4)), full_connection()));
  EXPECT_TRUE(same(std::get<model::Flow>(back->at(5)), full_flow()));
  EXPECT_TRUE(same(std::get<model::Stream>(back->at(6)), full_stream()));
  EXPECT_TRUE(same(std::get<model::StreamSample>(back->at(7)), full_sample()));
  EXPECT_TRUE(same(std::get<model::Event>(back->at(8)), full_event()));
}

TEST(SpoolCodec, OctetsThatAreNoneAreRefused) {
  const std::string octets = pack(std::vector<model::Change>{full_stream()});
  for (std::size_t size = 1; size < octets.size(); size += 7) {
    EXPECT_FALSE(unpack(std::as_bytes(std::span(octets).first(size))).has_value()) << size;
  }
  const std::string other(40, '\xff');
  EXPECT_FALSE(unpack(std::as_bytes(std::span(other))).has_value());
}

TEST_F(SpoolTest, GivesBatchesInOrderAndThenItsFilesAreGone) {
  Spool spool(options());
  for (std::uint64_t n = 1; n <= 40; ++n) ASSERT_TRUE(spool.append(batch(n))) << spool.error();
  EXPECT_EQ(spool.counts().changes, 80U);
  EXPECT_GT(files().size(), 2U);
  for (std::uint64_t n = 1; n <= 40; ++n) {
    const auto oldest = spool.oldest();
    ASSERT_TRUE(oldest.has_value());
    EXPECT_EQ(number_of(*oldest), n);
    spool.pop();
  }
  EXPECT_TRUE(spool.empty());
  EXPECT_EQ(spool.counts().bytes, 0U);
  EXPECT_TRUE(files().empty());
}

TEST_F(SpoolTest, TheNextRunFindsWhatWaitsAndAppendsBehindIt) {
  {
    Spool spool(options());
    for (std::uint64_t n = 1; n <= 3; ++n) ASSERT_TRUE(spool.append(batch(n)));
  }
  Spool spool(options());
  EXPECT_EQ(spool.counts().changes, 6U);
  ASSERT_TRUE(spool.append(batch(4)));
  for (std::uint64_t n = 1; n <= 4; ++n) {
    EXPECT_EQ(number_of(*spool.oldest()), n);
    spool.pop();
  }
  EXPECT_EQ(spool.counts().unreadable, 0U);
}

TEST_F(SpoolTest, ATornEndCostsOnlyItself) {
  {
    Spool spool(options());
    ASSERT_TRUE(spool.append(batch(1)));
    ASSERT_TRUE(spool.append(batch(2)));
  }
  const auto file = files().at(0);
  std::filesystem::resize_file(file, std::filesystem::file_size(file) - 3);
  Spool spool(options());
  EXPECT_EQ(spool.counts().unreadable, 1U);
  EXPECT_EQ(number_of(*spool.oldest()), 1U);
  spool.pop();
  EXPECT_FALSE(spool.oldest().has_value());
}

TEST_F(SpoolTest, ADamagedBatchIsCountedAndPassedOver) {
  {
    Spool spool(options());
    ASSERT_TRUE(spool.append(batch(1)));
    ASSERT_TRUE(spool.append(batch(2)));
  }
  {
    std::fstream file(files().at(0), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(40);
    file.put('\x55');
  }
  Spool spool(options());
  EXPECT_EQ(number_of(*spool.oldest()), 2U);
  EXPECT_EQ(spool.counts().unreadable, 1U);
}

TEST_F(SpoolTest, WhatFindsNoRoomIsRefusedWhole) {
  SpoolOptions small = options();
  small.max_bytes = 600;
  Spool spool(small);
  std::uint64_t taken = 0;
  while (spool.append(batch(taken + 1))) taken += 1;
  EXPECT_GT(taken, 0U);
  EXPECT_NE(spool.error().find("as much as it may"), std::string::npos);
  spool.oldest();
  for (std::uint64_t n = 0; n < taken; ++n) spool.pop();
  EXPECT_TRUE(spool.append(batch(9)));
  EXPECT_EQ(number_of(*spool.oldest()), 9U);
}

TEST_F(SpoolTest, HasOneRtcscopeAtATime) {
  const Spool spool(options());
  EXPECT_THROW(Spool{options()}, std::runtime_error);
}

TEST_F(SpoolTest, AFolderThatCannotBeUsedIsNamed) {
  try {
    Spool spool({"/proc/rtcscope-spool"});
    FAIL() << "there can be no such folder";
  } catch (const std::runtime_error& error) {
    EXPECT_NE(std::string(error.what()).find("/proc/rtcscope-spool"), std::string::npos);
  }
}

}  // namespace
}  // namespace rtcscope::store::spool
