#pragma once
// What packets say, kept: flows, their streams, and events that wait for a name.

#include <map>
#include <set>
#include <unordered_map>
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

  FlowState& take(const flows::FlowSnapshot& flow);
  void take(const flows::StreamReport& report);
  void take(const flows::RemoteReport& report);
  void count_pair_switch(FlowId id);

  [[nodiscard]] FlowState* find(FlowId id);
  [[nodiscard]] const FlowState* find(FlowId id) const;
  [[nodiscard]] StreamState* find(StreamId id);
  [[nodiscard]] const StreamState* find(StreamId id) const;
  // In no order. Ids hold the nanosecond of a flow's first packet: nobody can choose them to collide.
  using Flows = std::unordered_map<FlowId, FlowState>;
  using Streams = std::unordered_map<StreamId, StreamState>;
  [[nodiscard]] const Flows& flows() const noexcept { return flows_; }
  [[nodiscard]] const Streams& streams() const noexcept { return streams_; }

  /// True for what travels between a client and its TURN server while the same packets are seen between that
  /// relay and the media server: one of both legs is enough for sums, and the second one is nearer to it.
  [[nodiscard]] bool is_relay_leg(const FlowState& flow) const;

  /// Marks a flow and its streams as to be told anew.
  void touch(FlowState& flow);
  void touch_all();
  /// What is to be told, by id; until the next call that changes something.
  [[nodiscard]] std::vector<FlowState*> take_changed_flows();
  [[nodiscard]] std::vector<StreamState*> take_changed_streams();

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
  void mark(FlowState& flow);
  void touch(StreamState& stream);
  static void take_reported(StreamState& stream, const flows::RemoteReport& remote);

  Bounds bounds_;
  TokenIndex& tokens_;
  Flows flows_;
  Streams streams_;
  std::map<FlowId, std::set<FlowId>> beyond_relay_;  // client's flow to the TURN server -> relay's other legs
  std::vector<FlowId> changed_flows_;
  std::vector<StreamId> changed_streams_;
};

}  // namespace rtcscope::correlator
