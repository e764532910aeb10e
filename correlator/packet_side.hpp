#pragma once
// What packets say, kept: flows, their streams, and events that wait for a name.

#include <map>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include "correlator/flow_state.hpp"
#include "correlator/token_index.hpp"

namespace rtcscope::correlator {

class PacketSide {
 public:
  struct Bounds {
    std::size_t max_flows;
    std::size_t max_streams;
    Duration recent_window;
  };

  PacketSide(Bounds bounds, TokenIndex& tokens) : bounds_(bounds), tokens_(tokens) {}

  void take(const flows::FlowSnapshot& flow);
  void take(const flows::StreamReport& report);
  void take(const flows::RemoteReport& report);
  void count_pair_switch(FlowId id);

  [[nodiscard]] FlowState* find(FlowId id);
  [[nodiscard]] const FlowState* find(FlowId id) const;
  [[nodiscard]] StreamState* find(StreamId id);
  [[nodiscard]] const std::map<FlowId, FlowState>& flows() const noexcept { return flows_; }
  [[nodiscard]] const std::map<StreamId, StreamState>& streams() const noexcept { return streams_; }
  [[nodiscard]] std::map<StreamId, StreamState>& streams() noexcept { return streams_; }

  /// True for what travels between a client and its TURN server while the same packets are seen between that
  /// relay and the media server: one of both legs is enough for sums, and the second one is nearer to it.
  [[nodiscard]] bool is_relay_leg(const FlowState& flow) const;

  /// Marks a flow and its streams as to be told anew.
  void touch(const FlowState& flow);
  [[nodiscard]] std::set<FlowId> take_changed_flows() { return std::exchange(changed_flows_, {}); }
  [[nodiscard]] std::set<StreamId> take_changed_streams() { return std::exchange(changed_streams_, {}); }

  [[nodiscard]] bool full() const noexcept {
    return flows_.size() > bounds_.max_flows || streams_.size() > bounds_.max_streams;
  }
  /// The flows to give up when full: ended ones first, then by their last packet; a sixteenth at once, so
  /// that a full table is not searched at every new entry.
  [[nodiscard]] std::vector<FlowId> oldest() const;
  /// Those that ended before `time`.
  [[nodiscard]] std::vector<FlowId> ended_before(UtcTime time) const;
  void erase(FlowId id);

 private:
  Bounds bounds_;
  TokenIndex& tokens_;
  std::map<FlowId, FlowState> flows_;
  std::map<StreamId, StreamState> streams_;
  std::map<FlowId, std::set<FlowId>> beyond_relay_;  // client's flow to the TURN server -> relay's other legs
  std::set<FlowId> changed_flows_;
  std::set<StreamId> changed_streams_;
};

}  // namespace rtcscope::correlator
