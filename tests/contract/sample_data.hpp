#pragma once
// A small picture that has everything the API can show at least once, and an API over it: for the tests of
// api/ and for the contract test.

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "api/services.hpp"
#include "correlator/model.hpp"
#include "store/store.hpp"

namespace rtcscope::sample {

// Live: alice publishes (audio good, video lossy, RTX) and subscribes to bob.
inline constexpr HostId kHost{0xa1};
inline constexpr ConferenceId kLiveConference{0xc1};
inline constexpr ConferenceId kEndedConference{0xc2};
inline constexpr ConferenceId kEmptyConference{0xc3};
inline constexpr ParticipantId kAlice{0xb1};
inline constexpr ParticipantId kBob{0xb2};
inline constexpr ParticipantId kNameless{0xb3};
inline constexpr SessionId kAliceSession{0x51};
inline constexpr SessionId kBobSession{0x52};
inline constexpr SessionId kNamelessSession{0x53};
inline constexpr ConnectionId kPublisher{0xd1};
inline constexpr ConnectionId kSubscriber{0xd2};
inline constexpr ConnectionId kFailed{0xd3};
inline constexpr ConnectionId kOfNobody{0xd4};  // in the conference, but whose it is is not known
inline constexpr FlowId kLinkedFlow{0xf1};
inline constexpr FlowId kSubscriberFlow{0xf2};
inline constexpr FlowId kUnmatchedFlow{0xf3};
inline constexpr StreamId kAudio{0xe1};
inline constexpr StreamId kVideo{0xe2};
inline constexpr StreamId kRtx{0xe3};
inline constexpr StreamId kDownlink{0xe4};
inline constexpr StreamId kUnknown{0xe5};  // on the unmatched flow, clock and direction not known

/// 2026-11-21T06:10:54Z and so many seconds.
UtcTime at(double seconds);

/// kAudio has 30 samples of one second from at(10) with a gap of ten seconds after the twentieth, kVideo 5.
std::vector<model::Change> changes();

/// A store in memory that holds changes(). Throws when it cannot be made.
std::unique_ptr<store::Store> filled_store();

/// Counters with everything set.
class Counters : public api::StatsSource {
 public:
  [[nodiscard]] api::Stats stats() const override;
  [[nodiscard]] std::vector<api::ReadinessCheck> readiness() const override;
  std::atomic<bool> capture_ready{true};
};

}  // namespace rtcscope::sample
