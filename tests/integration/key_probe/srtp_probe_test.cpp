// Keys that a process gives to libsrtp: taken where it exports none, and what it protects with them opens.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "flows/srtcp_keys.hpp"
#include "tests/integration/key_probe/probe_fixture.hpp"
#include "tests/integration/key_probe/server_process.hpp"

namespace rtcscope {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::ServerProcess;
using Strings = std::set<std::string>;

KeyTarget target_of(const char* program) {
  return {KeyTarget::Kind::kExecutable, std::filesystem::path(program).filename().string()};
}

/// A master key and salt that no other one begins like.
std::string key_of(std::size_t octets, unsigned char first) {
  testing::Octets key;
  for (std::size_t i = 0; i < octets; ++i) key.push_back(static_cast<std::byte>(first + 3 * i));
  return testing::hex_of(Bytes(key));
}

struct NamedProfile {
  const char* name;
  std::size_t octets;
};
constexpr NamedProfile kProfiles[] = {{"sha1_80", 30}, {"sha1_32", 30}, {"gcm128", 28}, {"gcm256", 44}};

class SrtpProbeTest : public testing::KeyProbeTest {
 protected:
  void SetUp() override {
    KeyProbeTest::SetUp();
    if (probe_ == nullptr) return;
    probe({target_of(SRTP_SERVER), target_of(SRTP_STATIC), target_of(SRTP_WITH_TLS), target_of(SRTP_LIAR)});
  }

  /// srtp_create may call srtp_add_stream with the same key.
  Strings taken_keys() {
    const std::vector<std::string> keys = taken();
    return {keys.begin(), keys.end()};
  }

  /// Gives everything that was taken to the one who matches keys; returns how many of the packets open.
  int opened_of(const std::string& packets) {
    std::uint64_t handed_over = 0;
    probe_->take([&](const TakenSecret& secret) {
      keys_.add(srtp::KeyingMaterial{secret.octets});
      handed_over += 1;
    });
    EXPECT_GT(handed_over, 0U);
    int opened = 0;
    std::istringstream words(packets);
    for (std::string packet; words >> packet;) {
      flows::KeySweep sweep;
      flows::TrialBudget budget;
      budget.begin_datagram(UtcTime{});
      opened += keys_.find(Bytes(testing::hex(packet)), sweep, budget, scratch_).has_value() ? 1 : 0;
    }
    return opened;
  }

  flows::SrtcpKeys keys_;
  srtp::SrtcpContext::Scratch scratch_{};
};

TEST_P(SrtpProbeTest, TakesTheKeyOfEachProfileAndItsSrtcpOpens) {
  ServerProcess server(SRTP_SERVER);  // started after the probe was attached
  unsigned char first = 1;
  for (const char* how : {"create", "add", "list"}) {
    for (const auto& [name, octets] : kProfiles) {
      const std::string key = key_of(octets, ++first);
      const std::string packet = server.ask(std::string(how) + " " + name + " " + key);
      EXPECT_EQ(opened_of(packet), 1) << how << " " << name << ": " << packet;
    }
  }
  // Each key once, however often libsrtp calls itself with it.
  EXPECT_EQ(keys_.counters().added, 12U);
  EXPECT_EQ(keys_.counters().proved, 12U);
  EXPECT_EQ(keys_.counters().duplicates, probe_->counters().taken - 12);
  EXPECT_EQ(probe_->counters().unreadable, 0U);
  EXPECT_EQ(probe_->counters().bad_length, 0U);
  EXPECT_EQ(probe_->counters().unsupported_policy, 0U);
}

TEST_P(SrtpProbeTest, TheKeyIsTheWholeOneAndNothingBehindIt) {
  ServerProcess server(SRTP_SERVER);
  for (const auto& [name, octets] : kProfiles) {
    const std::string key = key_of(octets, 9);
    server.ask(std::string("create ") + name + " " + key);
    EXPECT_EQ(taken_keys(), Strings{key});
  }
}

TEST_P(SrtpProbeTest, EveryPolicyOfAListIsTaken) {
  ServerProcess server(SRTP_SERVER);
  std::string request = "create";
  for (unsigned char i = 0; i < 4; ++i) {
    const auto& [name, octets] = kProfiles[i];
    request += std::string(" ") + name + " " + key_of(octets, static_cast<unsigned char>(40 + i));
  }
  EXPECT_EQ(opened_of(server.ask(request)), 4);
  EXPECT_EQ(probe_->counters().lists_cut, 0U);
}

TEST_P(SrtpProbeTest, LibsrtpWithinTheExecutableIsFound) {
  ServerProcess server(SRTP_STATIC);
  EXPECT_THAT(probe_->attach_new(), IsEmpty());
  EXPECT_THAT(probe_->files(), Contains(SRTP_STATIC));
  EXPECT_EQ(opened_of(server.ask("create gcm256 " + key_of(44, 5))), 1);
  EXPECT_EQ(opened_of(server.ask("add sha1_80 " + key_of(30, 6))), 1);
}

TEST_P(SrtpProbeTest, LeavesOtherProcessesAlone) {
  ServerProcess other(SRTP_STRANGER);
  other.ask("create sha1_80 " + key_of(30, 5));
  other.ask("create cm256 " + key_of(46, 5));
  EXPECT_THAT(taken(), IsEmpty());
  EXPECT_EQ(probe_->counters().taken, 0U);
  EXPECT_EQ(probe_->counters().bad_length, 0U);
}

TEST_P(SrtpProbeTest, WhatIsNoProfileOfDtlsSrtpIsRefusedAndCounted) {
  ServerProcess server(SRTP_SERVER);
  server.ask("create cm256 " + key_of(46, 5));
  EXPECT_GE(probe_->counters().bad_length, 1U);
  server.ask("create no_auth " + key_of(30, 5));
  EXPECT_THAT(taken(), IsEmpty());
  EXPECT_GE(probe_->counters().unsupported_policy, 1U);
  EXPECT_EQ(probe_->counters().unsupported_policy, probe_->counters().taken);
}

TEST_P(SrtpProbeTest, AProcessThatExportsSecretsIsNotLookedAtTwice) {
  ServerProcess server(SRTP_WITH_TLS);
  ServerProcess other(SRTP_WITH_TLS);
  const std::string before = key_of(30, 5);
  server.ask("create sha1_80 " + before);
  EXPECT_EQ(taken_keys(), Strings{before}) << "until then nothing says that it exports";
  const std::string secret = server.ask("export 60");
  server.ask("create sha1_80 " + key_of(30, 6));
  server.ask("add gcm128 " + key_of(28, 7));
  EXPECT_EQ(taken_keys(), Strings{secret});
  const std::string others = key_of(28, 8);
  other.ask("create gcm128 " + others);
  EXPECT_EQ(taken_keys(), Strings{others}) << "the same program, another process";
}

TEST_P(SrtpProbeTest, AProcessThatLiesDoesNoHarm) {
  ServerProcess liar(SRTP_LIAR);
  EXPECT_THAT(probe_->attach_new(), IsEmpty());
  std::uint64_t unreadable = 0;
  for (const char* what : {"nowhere", "half", "keyless", "wild_key", "wild_list"}) {
    EXPECT_EQ(liar.ask(what), "done");
    EXPECT_EQ(probe_->counters().unreadable, ++unreadable) << what;
  }
  EXPECT_EQ(liar.ask("none"), "done");
  EXPECT_EQ(liar.ask("long"), "done");
  EXPECT_EQ(liar.ask("unequal"), "done");
  EXPECT_EQ(probe_->counters().bad_length, 2U);
  EXPECT_EQ(probe_->counters().taken, 0U);
  liar.ask("mixed");
  EXPECT_THAT(taken(), IsEmpty());
  EXPECT_EQ(probe_->counters().unsupported_policy, 1U);
  for (const char* what : {"circle", "nine"}) {
    liar.ask(what);
    EXPECT_EQ(taken().size(), 8U) << what;
  }
  EXPECT_EQ(probe_->counters().lists_cut, 2U);
  for (int i = 0; i < 1000; ++i) liar.ask("random");
  EXPECT_THAT(taken(), IsEmpty());
  liar.ask("good");
  EXPECT_EQ(taken().size(), 1U) << "the probe still works";
}

TEST_P(SrtpProbeTest, TellsHowTheKeysOfEachProcessCanBeTaken) {
  ServerProcess exporter(TLS_EXPORTER);
  ServerProcess both(SRTP_WITH_TLS);
  ServerProcess dynamic(SRTP_SERVER);
  ServerProcess within(SRTP_STATIC);
  const auto ways_of = [](const ServerProcess& process) {
    const auto ways = find_key_ways({{KeyTarget::Kind::kPid, "", static_cast<std::uint32_t>(process.pid())}});
    EXPECT_EQ(ways.size(), 1U);
    return ways.empty() ? KeyWays{} : ways.front();
  };
  EXPECT_EQ(ways_of(exporter).executable, TLS_EXPORTER);
  EXPECT_THAT(ways_of(exporter).exporter, HasSubstr("libssl.so"));
  EXPECT_EQ(ways_of(exporter).libsrtp, "");
  EXPECT_THAT(ways_of(both).exporter, HasSubstr("libssl.so"));
  EXPECT_THAT(ways_of(both).libsrtp, HasSubstr("libsrtp2.so"));
  EXPECT_EQ(ways_of(dynamic).exporter, "");
  EXPECT_THAT(ways_of(dynamic).libsrtp, HasSubstr("libsrtp2.so"));
  EXPECT_EQ(ways_of(within).exporter, "");
  EXPECT_EQ(ways_of(within).libsrtp, SRTP_STATIC);
  EXPECT_THAT(find_key_ways({{KeyTarget::Kind::kExecutable, "no-such-program"}}), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Methods, SrtpProbeTest,
                         ::testing::Values(ProbeMethod::kMultiLink, ProbeMethod::kPerfEvent),
                         testing::name_of);

}  // namespace
}  // namespace rtcscope
