#include "app/metrics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace rtcscope::app {
namespace {

using testing::HasSubstr;
using testing::Not;

api::ProbeStats probe(const char* host) {
  api::ProbeStats p;
  p.host = host;
  p.lost = 2;
  p.unsent = 3;
  p.waiting = 4;
  p.packets = 5;
  p.kernel_drops = 6;
  return p;
}

std::string page(const api::Stats& stats) {
  return exposition(stats_families(stats, "noc"));
}

TEST(Metrics, ProbesAndTheirBus) {
  api::Stats stats;
  stats.bus.enabled = true;
  stats.bus.connected = true;
  stats.bus.batches = 7;
  stats.bus.refused = {{"other_format", 8}};
  stats.bus.probes = {probe("media-1"), probe("media-2"), probe("media-3")};
  stats.bus.probes[1].silent = true;
  stats.bus.probes[2].ended = true;
  const std::string text = page(stats);
  for (const char* line : {
           R"(rtcscope_bus_connected{host="noc"} 1)",
           R"(rtcscope_bus_batches_total{host="noc"} 7)",
           R"(rtcscope_bus_refused_total{host="noc",reason="other_format"} 8)",
           R"(rtcscope_probe_up{host="noc",probe="media-1"} 1)",
           R"(rtcscope_probe_up{host="noc",probe="media-2"} 0)",
           R"(rtcscope_probe_lost_batches_total{host="noc",probe="media-1"} 2)",
           R"(rtcscope_probe_unsent_batches_total{host="noc",probe="media-1"} 3)",
           R"(rtcscope_probe_waiting_batches{host="noc",probe="media-1"} 4)",
           R"(rtcscope_probe_packets_total{host="noc",probe="media-1"} 5)",
           R"(rtcscope_probe_kernel_drops_total{host="noc",probe="media-1"} 6)",
       }) {
    EXPECT_THAT(text, HasSubstr(line + std::string("\n")));
  }
  EXPECT_THAT(text, Not(HasSubstr(R"(rtcscope_probe_up{host="noc",probe="media-3"})")))
      << "it said that it ends";
}

TEST(Metrics, NothingOfProbesWithoutABus) {
  const std::string text = page(api::Stats{});
  EXPECT_THAT(text, Not(HasSubstr("rtcscope_bus_")));
  EXPECT_THAT(text, Not(HasSubstr("rtcscope_probe_")));
}

TEST(Metrics, ABusWithoutProbesHasNoEmptyFamilies) {
  api::Stats stats;
  stats.bus.enabled = true;
  const std::string text = page(stats);
  EXPECT_THAT(text, HasSubstr("rtcscope_bus_connected{host=\"noc\"} 0\n"));
  EXPECT_THAT(text, Not(HasSubstr("rtcscope_probe_")));
}

}  // namespace
}  // namespace rtcscope::app
