#pragma once
// What packets say, kept: the newest snapshot of a flow and the newest report of each of its streams.

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "correlator/model.hpp"
#include "correlator/token_index.hpp"
#include "flows/report.hpp"

namespace rtcscope::correlator {

/// The connection a flow belongs to, and why. Invalid: no candidate, or several that are alike.
struct Link {
  ConnectionId connection;
  double confidence = 0;
  std::vector<model::Evidence> evidence;
  std::vector<model::Evidence> conflicts;
  std::optional<flows::Side> server;  // what the proofs say about the sides
};

struct FlowState {
  flows::FlowSnapshot snapshot;
  std::vector<Token> tokens;      // in order
  std::vector<StreamId> streams;  // in order
  /// By SSRC and sender of the medium; bounded by the reader of RTCP.
  std::map<std::pair<std::uint32_t, flows::Side>, flows::RemoteReport> remote;
  std::uint64_t pair_switches = 0;  // to this flow
  Link link;
  bool was_linked = false;
  bool to_tell = false;  // it is in the list of what changed
  bool to_link = false;  // it is in the list of what is to be linked anew

  /// The media server's side: by the link's proofs, else by the direction at the tap.
  [[nodiscard]] std::optional<flows::Side> server() const;
};

/// Sums of the last few reports, for figures of "now".
struct RecentReport {
  UtcTime start{};
  UtcTime end{};
  std::uint64_t bytes = 0;
  std::uint64_t expected = 0;
  std::int64_t lost = 0;
  std::uint64_t packets = 0;
  std::uint64_t capture_drops = 0;
};

using ClockJitters = decltype(flows::StreamReport::jitter);

/// What a sample is made of, once the stream's clock is known.
struct HeldSample {
  UtcTime start{};
  UtcTime end{};
  flows::StreamFigures interval;
  ClockJitters jitter{};
  std::uint64_t capture_drops = 0;
  std::optional<std::uint64_t> freezes;  // absent where no playout was followed
  std::optional<std::uint64_t> received;
};

/// How far the receiver's newest report block reaches, in the tap's own counts.
struct ReportedPart {
  std::uint64_t reports = 0;  // blocks that had come
  bool settled = false;       // the tap has reported since
  std::uint64_t expected = 0;
  std::int64_t lost = 0;
};

struct StreamState {
  FlowState* flow = nullptr;  // set with the first report; never null after it
  flows::StreamReport last;
  std::optional<ReportedPart> reported;
  std::string mid, rid;
  std::vector<RecentReport> recent;
  std::vector<HeldSample> held;
  std::uint64_t capture_drops = 0;
  bool to_tell = false;
};

}  // namespace rtcscope::correlator
