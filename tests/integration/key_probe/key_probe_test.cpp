#include "capture/keys/key_probe.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "tests/integration/key_probe/probe_fixture.hpp"
#include "tests/integration/key_probe/server_process.hpp"

namespace rtcscope {
namespace {

using ::testing::ElementsAre;
using testing::ExporterProcess;
using testing::hex_of;
using ::testing::IsEmpty;
using testing::KeyProbeTest;
namespace fs = std::filesystem;

constexpr const char* kLabel = "EXTRACTOR-dtls_srtp";

TEST_P(KeyProbeTest, TakesTheSecretOfEachProfile) {
  ExporterProcess server(TLS_EXPORTER);  // started after the probe was attached
  for (const std::size_t size : {60U, 56U, 88U}) {
    const std::string secret = server.export_secret(kLabel, size);
    ASSERT_EQ(secret.size(), 2 * size);
    EXPECT_THAT(taken(), ElementsAre(secret));
  }
  EXPECT_EQ(probe_->counters().taken, 3U);
  EXPECT_THAT(taken(), IsEmpty()) << "each once";
}

TEST_P(KeyProbeTest, TellsWhenAndWhose) {
  ExporterProcess server(TLS_EXPORTER);
  const auto before = std::chrono::system_clock::now();
  server.export_secret(kLabel, 60);
  const auto after = std::chrono::system_clock::now();
  probe_->take([&](const TakenSecret& secret) {
    EXPECT_GE(secret.time, before - std::chrono::milliseconds{1});
    EXPECT_LE(secret.time, after + std::chrono::milliseconds{1});
    EXPECT_EQ(secret.octets.size(), 60U);
  });
  EXPECT_EQ(probe_->counters().taken, 1U);
}

TEST_P(KeyProbeTest, KeepsTheOrderOfSeveral) {
  ExporterProcess server(TLS_EXPORTER);
  std::vector<std::string> secrets;
  for (const std::size_t size : {88U, 60U, 56U}) secrets.push_back(server.export_secret(kLabel, size));
  EXPECT_EQ(taken(), secrets);
}

TEST_P(KeyProbeTest, LeavesOtherLabelsAndLengthsAlone) {
  ExporterProcess server(TLS_EXPORTER);
  server.export_secret("EXTRACTOR-dtls_srtq", 60);
  server.export_secret("EXPORTER-Channel-Binding", 60);
  server.export_secret(kLabel, 61);
  EXPECT_THAT(taken(), IsEmpty());
  EXPECT_EQ(probe_->counters().taken, 0U);
  EXPECT_EQ(probe_->counters().bad_length, 1U);
}

TEST_P(KeyProbeTest, LeavesOtherProcessesAlone) {
  ExporterProcess other(TLS_EXPORTER_STRANGER);
  other.export_secret(kLabel, 60);
  EXPECT_THAT(taken(), IsEmpty());
  EXPECT_EQ(probe_->counters().bad_length, 0U);
}

TEST_P(KeyProbeTest, ByPid) {
  ExporterProcess wanted(TLS_EXPORTER_STRANGER);
  ExporterProcess other(TLS_EXPORTER_STRANGER);
  probe({{KeyTarget::Kind::kPid, "", static_cast<std::uint32_t>(wanted.pid())}});
  other.export_secret(kLabel, 60);
  const std::string secret = wanted.export_secret(kLabel, 60);
  EXPECT_THAT(taken(), ElementsAre(secret));
}

TEST_P(KeyProbeTest, ByUnitAndBelowIt) {
  fs::path root;
  std::ifstream mounts("/proc/mounts");
  for (std::string what, where, type, rest; mounts >> what >> where >> type && std::getline(mounts, rest);) {
    if (type == "cgroup2") root = where;
  }
  const fs::path unit = root / "rtcscope-test.service";
  std::error_code refused;
  fs::create_directories(unit / "payload", refused);
  if (root.empty() || refused)
    GTEST_SKIP() << "needs a control group hierarchy (cgroup2) that can be written";
  {
    ExporterProcess wanted(TLS_EXPORTER_STRANGER);
    ExporterProcess other(TLS_EXPORTER_STRANGER);
    std::ofstream(unit / "payload" / "cgroup.procs") << wanted.pid() << std::flush;
    probe({{KeyTarget::Kind::kUnit, "rtcscope-test.service"}});
    other.export_secret(kLabel, 60);
    const std::string secret = wanted.export_secret(kLabel, 60);
    EXPECT_THAT(taken(), ElementsAre(secret));
  }
  fs::remove(unit / "payload");
  fs::remove(unit);
}

TEST_P(KeyProbeTest, StaticOpenSslIsFoundInTheExecutable) {
  ExporterProcess server(TLS_EXPORTER_STATIC);
  EXPECT_THAT(probe_->attach_new(), IsEmpty());
  EXPECT_THAT(probe_->files(), ::testing::Not(::testing::Contains(TLS_EXPORTER_STATIC)));
  probe({*parse_key_target(fs::path(TLS_EXPORTER_STATIC).filename().string())});
  EXPECT_THAT(probe_->files(), ::testing::Contains(TLS_EXPORTER_STATIC));
  const std::string secret = server.export_secret(kLabel, 88);
  EXPECT_THAT(taken(), ElementsAre(secret));
}

TEST_P(KeyProbeTest, AFileThatComesLaterIsAttachedOnce) {
  probe({*parse_key_target(fs::path(TLS_EXPORTER_STATIC).filename().string())});
  const std::size_t before = probe_->files().size();
  ExporterProcess server(TLS_EXPORTER_STATIC);
  EXPECT_THAT(probe_->attach_new(), IsEmpty());
  EXPECT_THAT(probe_->attach_new(), IsEmpty());
  EXPECT_EQ(probe_->files().size(), before + 1);
  const std::string secret = server.export_secret(kLabel, 60);
  EXPECT_THAT(taken(), ElementsAre(secret));
}

TEST_P(KeyProbeTest, AFullHandOverIsCountedAndRecovers) {
  ExporterProcess server(TLS_EXPORTER);
  constexpr std::uint64_t kMore = 10;
  constexpr std::uint64_t kSlots = 256;
  for (std::uint64_t i = 0; i < kSlots + kMore; ++i) server.export_secret(kLabel, 60);
  EXPECT_EQ(probe_->counters().dropped, kMore);
  EXPECT_EQ(taken().size(), kSlots);
  const std::string secret = server.export_secret(kLabel, 60);
  EXPECT_THAT(taken(), ElementsAre(secret));
}

TEST_P(KeyProbeTest, NothingIsLeftWhereSecretsWere) {
  ExporterProcess server(TLS_EXPORTER);
  const std::string secret = server.export_secret(kLabel, 60);
  const std::byte* slot = nullptr;
  probe_->take([&](const TakenSecret& taken) {
    slot = taken.octets.data();
    EXPECT_EQ(hex_of(taken.octets), secret);
  });
  ASSERT_NE(slot, nullptr);
  EXPECT_EQ(hex_of(Bytes(slot, 60)), std::string(120, '0'));
}

TEST_P(KeyProbeTest, GoneWhenClosed) {
  ExporterProcess server(TLS_EXPORTER);
  probe_.reset();
  const std::string secret = server.export_secret(kLabel, 60);
  EXPECT_EQ(secret.size(), 120U) << "the server goes on";
}

INSTANTIATE_TEST_SUITE_P(Methods, KeyProbeTest,
                         ::testing::Values(ProbeMethod::kMultiLink, ProbeMethod::kPerfEvent),
                         testing::name_of);

}  // namespace
}  // namespace rtcscope
