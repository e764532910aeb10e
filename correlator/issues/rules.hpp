#pragma once
// The rules for one connection (internal to correlator/issues).

#include "correlator/issues/engine.hpp"

namespace rtcscope::correlator {

/// No retransmissions, and known to be audio or video.
bool is_media(const StreamView& view);

/// One look at one connection.
class IssueEngine::Rules {
 public:
  Rules(IssueEngine& engine, const ConnectionView& view, Memory& memory, UtcTime now)
      : engine_(engine), view_(view), memory_(memory), now_(now) {}

  void remember();
  void run();
  /// What a connection that is over failed from, and the end of everything else.
  void close();
  /// Media of others that the server got but does not send on; `uplinks`: what each participant sends now.
  void forwarding(const std::map<ParticipantId, std::set<std::string>>& uplinks);

 private:
  using State = Finding::State;

  [[nodiscard]] bool active(const StreamView& stream) const;
  [[nodiscard]] const IssueRule& rule(const char* kind) const { return engine_.options_.rule(kind); }
  Finding finding(const char* kind, const std::string& what = "") const;
  void take(Finding finding, State state);
  void take_figure(Finding finding, double value);
  void note(Finding& finding, const char* kind, double value, const char* unit) const;

  void failures();
  void connectivity();
  void certificates();
  void path();
  void one_way();
  void uplink_loss();
  void downlink_loss();
  void server_loss();
  [[nodiscard]] LossWindow lost_before_tap(const StreamView& view) const;
  std::optional<LossWindow> lost_after_tap(const StreamView& view);
  /// `all`: of the direction so far.
  void loss(const char* what, const LossWindow& window, const LossWindow& all);
  void jitter();
  void round_trip();
  void bitrate();
  void voice();
  void silence();
  void freezes();
  [[nodiscard]] std::string source_name(const StreamView& view) const;
  void skew();
  [[nodiscard]] bool is_up() const;

  IssueEngine& engine_;
  const ConnectionView& view_;
  Memory& memory_;
  UtcTime now_;
  std::vector<std::pair<const StreamView*, LossWindow>> heard_;  // Opus, and what a listener misses of it
  bool congested_ = false;  // loss or jitter: what tells a collapse from a camera that is switched off
};

}  // namespace rtcscope::correlator
