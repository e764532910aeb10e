#pragma once
// Which connection a flow belongs to: a function of what both are known to be, so that order plays no part.

#include "correlator/flow_state.hpp"
#include "correlator/handle.hpp"
#include "correlator/token_index.hpp"

namespace rtcscope::correlator {

/// Weights of single proofs; the confidence of several is 1 - (1-w1)(1-w2)...
inline constexpr double kUfragPairWeight = 0.95;    // both halves of USERNAME in both descriptions
inline constexpr double kSelectedPairWeight = 0.8;  // the five-tuple that the server says ICE chose
inline constexpr double kUfragWeight = 0.6;         // one half, while the other description is not known
inline constexpr double kFingerprintWeight = 0.5;   // the client's certificate
inline constexpr double kSsrcWeight = 0.5;          // an SSRC that a description announces
/// One end of the flow is where the server says that it can be reached: a port of its own for each
/// connection, as long as it lasts. Ports are used again, so this, too, is an inference.
inline constexpr double kCandidateWeight = 0.45;
/// The connection came up when the feed says that this one did, and no other did then. Below all that is
/// proof: whoever reads a confidence below 0.5 knows that it is an inference.
inline constexpr double kTimingWeight = 0.4;
inline constexpr double kProof = 0.5;
/// Below this nothing is linked.
inline constexpr double kLinkThreshold = 0.4;
/// Proofs count only if the two overlap in time, give or take clocks and late goodbyes; but for the ufrag
/// pair, of which no two connections have the same (RFC 8445, 5.3): a feed's clock may be hours off.
inline constexpr Duration kTimeTolerance = std::chrono::seconds{60};

struct Match {
  double confidence = 0;
  std::vector<model::Evidence> evidence;
  std::optional<flows::Side> server;
};

/// What speaks for the flow being the connection's.
Match match(const FlowState& flow, const Handle& handle);

/// Whether the flow came up in a time in which the handle did, as far as the feed knows.
bool came_up_with(const FlowState& flow, const Handle& handle);

/// Whether it is linked by times alone.
bool is_inferred(const Link& link);

/// The tokens by which the flow's candidates are found; some may be there twice.
std::vector<Token> tokens_of(const flows::FlowSnapshot& flow);
/// Whether two snapshots of one flow have the same tokens.
bool same_tokens(const flows::FlowSnapshot& a, const flows::FlowSnapshot& b);

/// The best of the candidates, if it is at least twice as sure as the next; the others' proofs are the
/// link's conflicts.
Link choose(const FlowState& flow, const std::vector<const Handle*>& candidates);

}  // namespace rtcscope::correlator
