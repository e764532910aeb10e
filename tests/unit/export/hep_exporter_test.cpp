#include "export/hep/hep_exporter.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <stdexcept>
#include <string>

#include "collector.hpp"

namespace rtcscope::export_hep {
namespace {

TEST(HepExporter, BadOptionsAreOneClearLine) {
  const struct {
    std::function<void(HepOptions&)> spoil;
    const char* want;
  } rows[] = {
      {[](HepOptions& o) {
         o.targets = {"udp://ok:1", "http://homer"};
       },
       "HEP target \"http://homer\": the transport must be udp://, tcp:// or tls://, as in "
       "udp://collector.example:9060"},
      {[](HepOptions& o) { o.targets = {"tcp://homer:99999"}; },
       "HEP target \"tcp://homer:99999\": the port must be a number from 1 to 65535"},
      {[](HepOptions& o) {
         o.targets = {"udp://homer", "hep:udp://homer:9060"};
       },
       "HEP target \"hep:udp://homer:9060\": it is there twice"},
      {[](HepOptions& o) { o.auth_key = "a b"; },
       "HEP key: at most 255 printable ASCII characters without blanks, quotes and backslashes"},
      {[](HepOptions& o) { o.report_period = std::chrono::seconds{0}; },
       "HEP report period: at least 1 second"},
      {[](HepOptions& o) { o.correlation = ""; }, "HEP correlation id: the template is empty"},
  };
  for (const auto& row : rows) {
    HepOptions options;
    row.spoil(options);
    try {
      const HepExporter exporter(options);
      ADD_FAILURE() << "taken, but should be: " << row.want;
    } catch (const std::invalid_argument& fault) {
      EXPECT_STREQ(fault.what(), row.want);
    }
  }
}

TEST(HepExporter, EveryTargetGetsEveryMessage) {
  Collector over_udp(HepTransport::kUdp);
  Collector over_tcp(HepTransport::kTcp);
  over_tcp.listen();
  HepOptions options;
  options.targets = {to_string(over_udp.target()), to_string(over_tcp.target())};
  HepExporter exporter(options);
  model::Event event;
  event.time = utc_from_ns(1);
  event.host = {9};
  event.kind = "started";
  exporter.on_change(event);
  const std::string datagram = over_udp.datagram();
  EXPECT_EQ(datagram.substr(0, 4), "HEP3");
  EXPECT_NE(datagram.find("host:0000000000000009"), std::string::npos);
  EXPECT_EQ(Collector::take(over_tcp.accept(), datagram.size()), datagram);
  exporter.stop();
  const HepStats stats = exporter.stats();
  ASSERT_EQ(stats.targets.size(), 2U);
  EXPECT_EQ(stats.targets[0].target, options.targets[0]);
  EXPECT_EQ(stats.targets[1].sent, 1U);
  EXPECT_EQ(stats.targets[1].bytes, datagram.size());
}

}  // namespace
}  // namespace rtcscope::export_hep
