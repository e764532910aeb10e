#include "ring/segment_folder.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "tests/unit/ring/ring_folder.hpp"

namespace rtcscope::ring {
namespace {

using namespace std::chrono_literals;

class SegmentFolderTest : public RingFolder {
 protected:
  SegmentFolderTest() { open(); }
  void open() { files = std::make_unique<SegmentFolder>(FolderOptions{folder, 10'000, 2'000, max_age}); }
  /// A thousand octets of the second.
  std::string append(int second) {
    const UtcTime at = start + std::chrono::seconds{second};
    return files->append(Octets(100), Octets(1000), {at, at});
  }
  std::size_t between(int first, int last) const {
    return files->open_all({start + std::chrono::seconds{first}, start + std::chrono::seconds{last}}).size();
  }

  Duration max_age{};
  std::unique_ptr<SegmentFolder> files;
};

TEST_F(SegmentFolderTest, TheOldestFilesMakeRoom) {
  for (int second = 0; second < 30; ++second) EXPECT_EQ(append(second), "");
  EXPECT_LE(files->counts().bytes, 10'000U);
  EXPECT_GE(files->counts().bytes, 7'000U);
  EXPECT_GT(files->counts().files_removed, 15U);
  EXPECT_EQ(between(0, 15), 0U);
  EXPECT_EQ(between(29, 29), 1U);
  EXPECT_GT(*files->counts().oldest, start + 15s);
  std::uint64_t size = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) size += entry.file_size();
  EXPECT_EQ(size, files->counts().bytes);
}

TEST_F(SegmentFolderTest, WhatIsOpenIsReadableThoughItIsGone) {
  append(0);
  const auto open = files->open_all({start, start});
  for (int second = 1; second < 30; ++second) append(second);
  ASSERT_EQ(open.size(), 1U);
  std::byte octet{0xff};
  EXPECT_EQ(open[0].file.read_at(1099, &octet, 1), 1U);
  EXPECT_EQ(open[0].bytes, 1100U);
}

TEST_F(SegmentFolderTest, TheNextRunGoesOn) {
  for (int second = 0; second < 4; ++second) append(second);
  const std::uint64_t bytes = files->counts().bytes;
  files.reset();
  open();
  EXPECT_EQ(files->counts().bytes, bytes);
  EXPECT_EQ(*files->counts().oldest, start);
  append(9);
  EXPECT_EQ(between(0, 3), 4U);
  EXPECT_EQ(between(0, 9), 5U);
}

TEST_F(SegmentFolderTest, AFileThatWasNotFinishedIsStillRead) {
  append(0);
  files.reset();
  // As a run that was killed leaves it.
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    std::filesystem::rename(entry.path(), folder + "/headers-0000000001.pcapng");
  }
  open();
  EXPECT_EQ(between(-100, 100), 1U);
  EXPECT_FALSE(files->counts().oldest);
}

TEST_F(SegmentFolderTest, OldFilesGo) {
  files.reset();
  max_age = 1h;
  open();
  append(0);
  append(1);
  append(2);
  files->remove_older(start + 30min);
  EXPECT_EQ(between(0, 2), 3U);
  files->remove_older(start + 2h);
  EXPECT_EQ(between(0, 2), 0U);
  EXPECT_EQ(files->counts().bytes, 0U);
  EXPECT_EQ(append(8000), "");
}

TEST_F(SegmentFolderTest, OnlyItsUserReadsIt) {
  append(0);
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    struct stat status {};
    ASSERT_EQ(stat(entry.path().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U);
  }
  struct stat status {};
  ASSERT_EQ(stat(folder.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0700U);
}

TEST_F(SegmentFolderTest, TwoCannotShareAFolder) {
  EXPECT_THROW(open(), std::runtime_error);
}

TEST_F(SegmentFolderTest, AFaultIsToldAndWhatWasThereStays) {
  append(0);
  files.reset();
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  open();
  std::filesystem::remove_all(folder);
  EXPECT_NE(append(1), "");
  std::filesystem::create_directories(folder);
  EXPECT_EQ(append(2), "");
  EXPECT_EQ(between(0, 5), 1U);
}

}  // namespace
}  // namespace rtcscope::ring
