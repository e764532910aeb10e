#pragma once
// A key probe that is attached one way or the other.

#include <gtest/gtest.h>
#include <unistd.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "capture/keys/key_probe.hpp"
#include "tests/support/hex.hpp"

namespace rtcscope::testing {

class KeyProbeTest : public ::testing::TestWithParam<ProbeMethod> {
 protected:
  void SetUp() override {
    if (geteuid() != 0) GTEST_SKIP() << "needs root: a probe on another process";
    auto probe = KeyProbe::open({{*parse_key_target("exe:tls_exporter")}, {GetParam()}});
    if (!probe && GetParam() == ProbeMethod::kMultiLink) {
      GTEST_SKIP() << "needs a multi-uprobe link (Linux 6.6): " << probe.error().message;
    }
    ASSERT_TRUE(probe) << probe.error().message;
    probe_ = *std::move(probe);
  }

  /// Opens the probe anew, for other targets. Throws where it cannot: there is none to go on with.
  void probe(const std::vector<KeyTarget>& targets) {
    probe_.reset();
    auto opened = KeyProbe::open({targets, {GetParam()}});
    if (!opened) throw std::runtime_error(opened.error().message);
    probe_ = *std::move(opened);
  }

  std::vector<std::string> taken() {
    std::vector<std::string> secrets;
    probe_->take([&](const TakenSecret& secret) { secrets.push_back(hex_of(secret.octets)); });
    return secrets;
  }

  std::unique_ptr<KeyProbe> probe_;
};

inline std::string name_of(const ::testing::TestParamInfo<ProbeMethod>& method) {
  return method.param == ProbeMethod::kMultiLink ? "MultiLink" : "PerfEvent";
}

}  // namespace rtcscope::testing
