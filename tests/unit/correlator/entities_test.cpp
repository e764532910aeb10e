// Figures of flows and samples that depend on who is the server.

#include "correlator/entities.hpp"

#include <gtest/gtest.h>

namespace rtcscope::correlator {
namespace {

using namespace std::chrono_literals;
using flows::Side;

/// The client is A.
FlowState flow() {
  FlowState flow;
  flow.snapshot.direction_of_a = PacketDirection::kIngress;
  return flow;
}

TEST(RoundTrips, AreThoseOfReportsElseOfFeedbackElseOfChecks) {
  FlowState state = flow();
  EXPECT_EQ(round_trips(state).client_round_trip_source, "");

  state.snapshot.ice.min_round_trip[flows::index(Side::kA)] = 40ms;
  state.snapshot.ice.success_responses[flows::index(Side::kA)] = 3;
  EXPECT_EQ(round_trips(state).client_round_trip_source, "ice");
  EXPECT_EQ(round_trips(state).client_round_trip_ms, 40);

  state.snapshot.feedback_round_trip[flows::index(Side::kA)] = 43ms;
  EXPECT_EQ(round_trips(state).client_round_trip_source, "transport_cc");
  EXPECT_EQ(round_trips(state).client_round_trip_ms, 43);
  EXPECT_EQ(round_trips(state).server_round_trip_ms, std::nullopt);

  flows::RemoteReport report;
  report.media_sender = Side::kB;
  report.round_trips = 1;
  report.round_trip_median = 45ms;
  state.remote[{7, Side::kB}] = report;
  EXPECT_EQ(round_trips(state).client_round_trip_source, "rtcp");
  EXPECT_EQ(round_trips(state).client_round_trip_ms, 45);
}

TEST(Samples, WhatAViewerGetsIsOfDownlinksOnly) {
  FlowState state = flow();
  HeldSample held;
  held.end = UtcTime{1s};
  held.freezes = 1;
  held.received = 14;
  StreamFormat format;
  format.kind = "video";
  StreamState stream;
  stream.flow = &state;
  stream.last.sender = Side::kB;
  EXPECT_EQ(sample_entity(stream, held, format).received_frames, 14U);
  EXPECT_EQ(sample_entity(stream, held, format).freezes, 1U);
  stream.last.sender = Side::kA;
  EXPECT_EQ(sample_entity(stream, held, format).received_frames, std::nullopt);
  EXPECT_EQ(sample_entity(stream, held, format).freezes, std::nullopt);
}

}  // namespace
}  // namespace rtcscope::correlator
