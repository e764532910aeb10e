#pragma once
// What changed since the broadcaster last looked. An entity that changes often is there once.

#include <cstdint>
#include <map>
#include <mutex>
#include <utility>
#include <vector>

#include "api/live/message.hpp"
#include "correlator/model.hpp"

namespace rtcscope::api::live {

class Inbox : public model::ChangeSink {
 public:
  static constexpr std::size_t kMostEntities = 100'000;
  static constexpr std::size_t kMostEvents = 10'000;
  static constexpr std::size_t kMostIssues = 10'000;

  struct Place {
    ConferenceId conference;
    HostId host;  // invalid where the entity does not name it
  };
  struct Content {
    std::map<std::pair<Kind, std::uint64_t>, Place> changed;  // by kind and id
    std::vector<model::Event> events;                         // oldest first
    std::map<IssueId, model::Issue> issues;                   // as they are now
    std::uint64_t dropped = 0;                                // found no room
  };

  /// Any thread; never waits for a client.
  void on_change(const model::Change& change) override;
  Content take();

 private:
  void note(Kind kind, std::uint64_t id, Place place);  // the caller holds the lock

  std::mutex mutex_;
  Content content_;
};

}  // namespace rtcscope::api::live
