#include "bus/batch.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "capture/open.hpp"
#include "flows/packet_path.hpp"
#include "tests/unit/bus/samples.hpp"

namespace rtcscope::bus {
namespace {

using namespace std::chrono_literals;

Bytes octets_of(const std::string& text) {
  return std::as_bytes(std::span(text));
}

/// Plays a batch into another writer: what comes out again is what was understood.
class Echo final : public BatchSink {
 public:
  correlator::Intake& intake() override { return writer_; }
  void on_delivery(const feeds::Delivery& delivery) override { writer_.on_delivery(delivery); }

  std::vector<std::string> sent;

 private:
  BatchWriter writer_{samples::options(sent)};
};

TEST(Batch, HeadSaysWhoSentIt) {
  const auto head = read_head(octets_of(samples::batches()[1]));
  ASSERT_TRUE(head.has_value());
  EXPECT_EQ(head->host, "edge-1");
  EXPECT_EQ(head->run, 0x0123'4567'89ab'cdefU);
  EXPECT_EQ(head->sequence, 1U);
  EXPECT_EQ(head->written, samples::kStart + 2s);
  EXPECT_EQ(head->owt_viewer, "rtcscope");
  EXPECT_EQ(head->status.source, "tc on eth0");
  EXPECT_EQ(head->status.unsent, 4U);
  ASSERT_EQ(head->status.refusals.size(), 2U);
  EXPECT_EQ(head->status.refusals[1].code, "evicted");
}

TEST(Batch, ComesOutAsItWentIn) {
  const std::vector<std::string> batches = samples::batches();
  ASSERT_EQ(batches.size(), 2U);
  Echo echo;
  EXPECT_FALSE(*play(octets_of(batches[0]), echo));
  EXPECT_TRUE(*play(octets_of(batches[1]), echo)) << "the last one of the run";
  EXPECT_EQ(echo.sent, batches);
}

/// Intake that keeps what it got.
struct Kept final : correlator::Intake, BatchSink {
  std::vector<flows::FlowSnapshot> flows;
  std::vector<flows::StreamReport> reports;
  std::vector<feeds::Delivery> deliveries;

  correlator::Intake& intake() override { return *this; }
  void on_delivery(const feeds::Delivery& delivery) override { deliveries.push_back(delivery); }
  void on_flow(const flows::FlowSnapshot& flow) override { flows.push_back(flow); }
  void on_stream_report(const flows::StreamReport& report) override { reports.push_back(report); }
  void on_flow_event(const flows::FlowEvent&) override {}
  void on_fact(const feeds::Fact&) override {}
  void advance(UtcTime) override {}
  void clock_went_back(UtcTime) override {}
  void finish(UtcTime) override {}
};

TEST(Batch, MembersArriveWhereTheyBelong) {
  Kept kept;
  ASSERT_TRUE(play(octets_of(samples::batches()[0]), kept).has_value());
  ASSERT_EQ(kept.flows.size(), 1U);
  const flows::FlowSnapshot& flow = kept.flows[0];
  EXPECT_EQ(flow.key, samples::flow().key);
  EXPECT_EQ(flow.tunnels, "vxlan/gre");
  EXPECT_EQ(flow.ice_usernames.at(0).sender_ufrag, "sender");
  EXPECT_EQ(flow.ice.last_round_trip[1], 12ms);
  EXPECT_FALSE(flow.ice.last_round_trip[0].has_value());
  EXPECT_EQ(flow.dtls.offer.cipher_suites.list().back(), 0xc02f);
  EXPECT_EQ(flow.turn_client, FlowId{77});
  EXPECT_EQ(flow.end, flows::FlowEnd::kIdle);
  ASSERT_EQ(kept.reports.size(), 1U);
  const flows::StreamReport& report = kept.reports[0];
  EXPECT_EQ(report.interval.lost, -2);
  EXPECT_EQ(report.jitter[3].frame_based, 4ms);
  EXPECT_EQ(report.headers.variation.drift_ppm, -12.5);
  EXPECT_EQ(report.capture_drops, 7U);
  ASSERT_EQ(kept.deliveries.size(), 1U);
  EXPECT_TRUE(std::get<feeds::OwtAnswer>(kept.deliveries[0].what).guess);
}

/// Two programs of different versions must not misread each other: whoever changes what is written finds this
/// test failing, counts kBatchFormat up and takes the new figure.
TEST(Batch, OctetsAreThoseOfTheFormat) {
  std::uint64_t sum = 14'695'981'039'346'656'037U;  // FNV-1a
  for (const std::string& batch : samples::batches()) {
    for (const char octet : batch) sum = (sum ^ static_cast<std::uint8_t>(octet)) * 1'099'511'628'211U;
  }
  EXPECT_EQ(kBatchFormat, 4U);
  EXPECT_EQ(sum, 4'950'263'284'052'312'614U);
}

/// Seeds of another format would be refused at their head: whoever counts it up runs make_seeds_batch, too.
TEST(Batch, SeedsOfTheFuzzerAreOfTheFormat) {
  const std::vector<std::string> batches = samples::batches();
  for (std::size_t i = 0; i < batches.size(); ++i) {
    std::ifstream file(
        std::string(RTCSCOPE_SOURCE_DIR "/tests/fuzz/corpus/fuzz_batch/batch") + std::to_string(i),
        std::ios::binary);
    EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}), batches[i]) << i;
  }
}

TEST(Batch, WhatIsCutOffAnywhereIsRefusedOrShorter) {
  const std::string whole = samples::batches()[0];
  for (std::size_t length = 0; length < whole.size(); ++length) {
    Kept kept;
    const std::string cut = whole.substr(0, length);
    const auto played = play(octets_of(cut), kept);
    EXPECT_FALSE(played.has_value() && *played) << "cut at " << length << ": the end was not told";
  }
}

TEST(Batch, OctetsThatAreNoBatchAreNamed) {
  Kept kept;
  EXPECT_EQ(play(octets_of("hello"), kept).error(), BatchErrc::kNoBatch);
  EXPECT_EQ(play({}, kept).error(), BatchErrc::kNoBatch);
  std::string batch = samples::batches()[0];
  const std::size_t format = std::string_view("rtcsbatch").size();
  batch[format] = kBatchFormat + 1;
  EXPECT_EQ(play(octets_of(batch), kept).error(), BatchErrc::kOtherFormat);
  batch[format] = kBatchFormat;
  batch[format + 1] = '\x7f';  // the host's name is longer than all there is
  EXPECT_EQ(play(octets_of(batch.substr(0, 60)), kept).error(), BatchErrc::kBadHead);
  EXPECT_EQ(play(octets_of(samples::batches()[1] + "\x01"), kept).has_value(), true)
      << "nothing follows an end";
  std::string head_only = samples::batches()[1];
  head_only.resize(head_only.size() - 10);  // without kFinish and its time
  EXPECT_EQ(play(octets_of(head_only + '\x63'), kept).error(), BatchErrc::kBadItem);
}

TEST(Batch, LargeOnesGoBeforeTheirSecondIsOver) {
  std::vector<std::size_t> sizes;
  BatchWriter::Options options;
  options.host = "edge-1";
  options.clock = [] { return samples::kStart; };
  options.status = [] { return ProbeStatus{}; };
  options.send = [&](std::string&& batch) { sizes.push_back(batch.size()); };
  options.batch_bytes = 4'096;
  BatchWriter writer(options);
  for (int i = 0; i < 100; ++i) writer.on_flow(samples::flow());
  EXPECT_GT(sizes.size(), 3U);
  for (const std::size_t size : sizes) EXPECT_LT(size, 8'192U);
  feeds::Delivery delivery = samples::delivery();
  delivery.json.assign((4U << 20U) + 1, ' ');
  EXPECT_FALSE(writer.on_delivery(delivery)) << "no reader would take it";
}

TEST(Batch, CallComesOutAsItWentIn) {
  auto capture = open_capture_file(std::string(RTCSCOPE_TEST_DATA) + "/sample-call/call.pcap");
  ASSERT_TRUE(capture.has_value());
  Echo probe, echo;
  flows::PacketPath path(flows::FlowOptions{}, 1, probe.intake());
  while (!(*capture)->finished()) {
    const auto batch = (*capture)->next_batch(1s);
    ASSERT_TRUE(batch.has_value());
    for (const PacketRecord& packet : *batch) path.add(packet);
    if (!batch->empty()) {
      path.advance(batch->back().time);
      probe.intake().advance(batch->back().time);
    }
  }
  path.finish();
  probe.intake().finish(path.newest_packet());
  ASSERT_GT(probe.sent.size(), 1U);
  for (const std::string& batch : probe.sent) ASSERT_TRUE(play(octets_of(batch), echo).has_value());
  EXPECT_TRUE(echo.sent == probe.sent);
}

}  // namespace
}  // namespace rtcscope::bus
