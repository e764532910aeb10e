// open_capture_file(): what is no capture is refused at once, with a sentence that names it.

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <thread>

#include "capture/open.hpp"
#include "tests/unit/capture/capture_octets.hpp"

namespace rtcscope {
namespace {

using testing::hex;
using testing::Octets;
using testing::operator+;

class OpenFile : public ::testing::Test {
 protected:
  void TearDown() override { std::filesystem::remove(path_); }

  const std::string& file(const Octets& octets) {
    std::ofstream(path_, std::ios::binary)
        .write(reinterpret_cast<const char*>(octets.data()), static_cast<std::streamsize>(octets.size()));
    return path_;
  }
  const std::string& nothing() const { return path_; }

  /// The code, if the sentence begins with the path.
  static std::string refused(const std::string& path) {
    const auto source = open_capture_file(path);
    if (source) return "opened";
    const CaptureError& error = source.error();
    return error.message.starts_with(path + ": ") ? to_string(error.code) : error.message;
  }

 private:
  std::string path_ =
      ::testing::TempDir() + "capture_" + ::testing::UnitTest::GetInstance()->current_test_info()->name();
};

TEST_F(OpenFile, MissingFile) {
  EXPECT_EQ(refused(nothing()), "not_found");
}

TEST_F(OpenFile, EmptyFile) {
  EXPECT_EQ(refused(file({})), "empty_file");
}

TEST_F(OpenFile, Folder) {
  EXPECT_EQ(refused("/"), "not_a_file");
}

TEST_F(OpenFile, Device) {
  EXPECT_EQ(refused("/dev/null"), "not_a_file");
}

TEST_F(OpenFile, TextFile) {
  EXPECT_EQ(refused(file(testing::Writer{}.text("frame.number,ip.src\n").octets)), "not_a_capture");
}

TEST_F(OpenFile, ThreeOctets) {
  EXPECT_EQ(refused(file(hex("d4c3b2"))), "not_a_capture");
}

TEST_F(OpenFile, HeaderCut) {
  EXPECT_EQ(refused(file(hex("d4c3b2a1 0200"))), "truncated");
}

TEST_F(OpenFile, CompressedFiles) {
  for (const char* magic : {"1f8b0800", "28b52ffd", "fd377a58", "04224d18", "425a6839"}) {
    EXPECT_EQ(refused(file(hex(magic) + Octets(60))), "compressed") << magic;
  }
}

TEST_F(OpenFile, WithoutPermission) {
  constexpr uid_t kNobody = 65534;
  const std::string& path = file(hex("d4c3b2a1"));
  chmod(path.c_str(), 0);
  // Root may read everything, so for the moment we are somebody else.
  const uid_t before = geteuid();
  if (before == 0) {
    ASSERT_EQ(seteuid(kNobody), 0);
  }
  const std::string answer = refused(path);
  if (before == 0) {
    ASSERT_EQ(seteuid(before), 0);
  }
  EXPECT_EQ(answer, "no_permission");
}

TEST_F(OpenFile, NameDoesNotMatter) {
  const std::string& path =
      file(testing::pcap_header(true, 0xa1b2c3d4) + testing::pcap_record(true, 1, 0, hex("aa")));
  const auto source = open_capture_file(path);
  ASSERT_TRUE(source.has_value());
  EXPECT_EQ((*source)->description(), "pcap file " + path);
  EXPECT_EQ(testing::read_all(**source).text(), "if0/1 1.000000000 aa/1\n");
}

TEST_F(OpenFile, PcapngIsNamed) {
  const std::string& path = file(testing::NgWriter{}.section().octets);
  const auto source = open_capture_file(path);
  ASSERT_TRUE(source.has_value());
  EXPECT_EQ((*source)->description(), "pcapng file " + path);
}

// A pipe gives its octets when its writer does: nothing yet is no end.
TEST_F(OpenFile, NamedPipe) {
  ASSERT_EQ(mkfifo(nothing().c_str(), 0600), 0);
  const Octets octets = testing::pcap_header(true, 0xa1b2c3d4) + testing::pcap_record(true, 1, 0, hex("aa"));
  std::thread writer([&] {
    std::ofstream pipe(nothing(), std::ios::binary);
    for (const std::byte octet : octets) pipe.put(static_cast<char>(octet)).flush();
  });
  const auto source = open_capture_file(nothing());
  writer.join();
  ASSERT_TRUE(source.has_value());
  EXPECT_EQ(testing::read_all(**source).text(), "if0/1 1.000000000 aa/1\n");
}

TEST_F(OpenFile, PipeThatClosesAtOnceIsEmpty) {
  ASSERT_EQ(mkfifo(nothing().c_str(), 0600), 0);
  std::thread writer([&] { std::ofstream pipe(nothing(), std::ios::binary); });
  const auto source = open_capture_file(nothing());
  writer.join();
  ASSERT_TRUE(source.has_value());
  EXPECT_EQ(testing::read_all(**source).text(), "empty_file@0\n");
}

TEST(CaptureFault, IsToldOnceAndFinal) {
  const Octets octets = testing::pcap_header(true, 0xa1b2c3d4) + hex("00");
  const auto source = capture_in_memory(octets);
  EXPECT_EQ(testing::read_all(*source).text(), "truncated@24\n");
  EXPECT_TRUE(source->finished());
  const auto again = source->next_batch(Duration::zero());
  ASSERT_TRUE(again.has_value());
  EXPECT_TRUE(again->empty());
}

TEST(CaptureErrc, EachHasItsOwnName) {
  std::set<std::string> names;
  for (int i = 0; i <= static_cast<int>(CaptureErrc::kPollFailed); ++i)
    names.insert(to_string(CaptureErrc(i)));
  EXPECT_EQ(names.size(), static_cast<std::size_t>(CaptureErrc::kPollFailed) + 1);
  EXPECT_EQ(names.count("unknown"), 0U);
}

}  // namespace
}  // namespace rtcscope
