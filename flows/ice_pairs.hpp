#pragma once
// Which of an ICE session's candidate pairs carries its media, second by second.

#include <cstdint>
#include <map>

#include "base/strong_id.hpp"

namespace rtcscope::flows {

/// One round a report interval: begin(), then what each flow had, then the questions.
class IcePairs {
 public:
  /// A session that had nothing for this many rounds is forgotten: the table is bounded by that of flows.
  static constexpr std::uint64_t kForgetAfter = 60;

  void begin();
  void note_connected(std::uint64_t session) { sessions_[session].connected = round_; }
  void note_media(std::uint64_t session, FlowId flow, std::uint64_t packets);

  /// Some pair of the session is connected.
  [[nodiscard]] bool connected(std::uint64_t session) const;
  /// Once: the flow has the media that another one had before and has no more.
  bool took_over(std::uint64_t session, FlowId flow);

 private:
  struct Session {
    FlowId current;  // the pair with the media
    FlowId best;     // of this round
    std::uint64_t best_packets = 0;
    std::uint64_t current_round = 0;  // when `current` last had media
    std::uint64_t best_round = 0;
    std::uint64_t connected = 0;
  };

  std::map<std::uint64_t, Session> sessions_;
  std::uint64_t round_ = 0;
};

}  // namespace rtcscope::flows
