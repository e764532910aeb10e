#pragma once
// A packet path with a client and a server on it, and what it said.

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <vector>

#include "flows/packet_path.hpp"
#include "tests/support/packet_builder.hpp"

namespace rtcscope::flows {

using namespace std::chrono_literals;
using testing::attribute;
using testing::endpoint;
using testing::Octets;
using testing::Writer;
using testing::operator+;

struct Recorder : FlowSink {
  std::map<std::uint64_t, FlowSnapshot> flows;
  std::vector<StreamReport> reports;
  std::vector<FlowEvent> events;

  void on_flow(const FlowSnapshot& flow) override { flows[flow.id.value] = flow; }
  void on_stream_report(const StreamReport& report) override { reports.push_back(report); }
  void on_flow_event(const FlowEvent& event) override { events.push_back(event); }

  [[nodiscard]] const StreamReport* last_of(std::uint32_t ssrc) const {
    const auto found =
        std::find_if(reports.rbegin(), reports.rend(), [&](const auto& r) { return r.ssrc == ssrc; });
    return found == reports.rend() ? nullptr : &*found;
  }
  [[nodiscard]] int count(FlowEventKind kind) const {
    return static_cast<int>(
        std::count_if(events.begin(), events.end(), [&](const auto& e) { return e.kind == kind; }));
  }
};

class FlowTableTest : public ::testing::Test {
 protected:
  const Endpoint client = endpoint("198.18.0.11", 40000);
  const Endpoint server = endpoint("198.18.0.1", 50000);
  const UtcTime start = utc_from_ns(1'795'225'174'000'000'000);
  Recorder sink;
  FlowOptions options;
  std::unique_ptr<PacketPath> path = std::make_unique<PacketPath>(options, 1, sink);

  void send(Duration at, const Endpoint& from, const Endpoint& to, const Octets& payload,
            std::uint32_t interface = 0, PacketDirection direction = PacketDirection::kUnknown) {
    send_frame(at, testing::udp_frame(from, to, payload), interface, direction);
  }
  void send_frame(Duration at, const Octets& frame, std::uint32_t interface = 0,
                  PacketDirection direction = PacketDirection::kUnknown) {
    PacketRecord record;
    record.time = start + at;
    record.interface_index = interface;
    record.direction = direction;
    record.wire_length = static_cast<std::uint32_t>(frame.size());
    record.bytes = frame;
    path->add(record);
  }
  void check_and_answer(Duration at, std::uint64_t transaction, bool nominate = false) {
    Octets attributes = testing::username("SRVU:CLIU");
    if (nominate) attributes = attributes + attribute(0x0025, {});
    send(at, client, server, testing::stun(0x0001, transaction, attributes));
    send(at + 3ms, server, client, testing::stun(0x0101, transaction, {}));
  }
  void send_rtp(Duration at, std::uint32_t ssrc, int seq) {
    send(at, client, server,
         testing::rtp(ssrc, static_cast<std::uint16_t>(seq), static_cast<std::uint32_t>(seq) * 960));
  }
};

}  // namespace rtcscope::flows
