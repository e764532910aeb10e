#include "api/live/inbox.hpp"

#include <utility>

namespace rtcscope::api::live {

void Inbox::on_change(const model::Change& change) {
  const std::lock_guard lock(mutex_);
  if (const auto* conference = std::get_if<model::Conference>(&change)) {
    note(Kind::kConference, conference->id.value, {conference->id, conference->host});
  } else if (const auto* participant = std::get_if<model::Participant>(&change)) {
    note(Kind::kParticipant, participant->id.value, {participant->conference, {}});
  } else if (const auto* connection = std::get_if<model::Connection>(&change)) {
    note(Kind::kConnection, connection->id.value, {connection->conference, {}});
  } else if (const auto* stream = std::get_if<model::Stream>(&change)) {
    note(Kind::kStream, stream->id.value, {stream->conference, {}});
  } else if (const auto* issue = std::get_if<model::Issue>(&change)) {
    if (content_.issues.size() < kMostIssues || content_.issues.contains(issue->id)) {
      content_.issues.insert_or_assign(issue->id, *issue);
    } else {
      ++content_.dropped;
    }
  } else if (const auto* event = std::get_if<model::Event>(&change)) {
    if (content_.events.size() < kMostEvents) {
      content_.events.push_back(*event);
    } else {
      ++content_.dropped;
    }
  }
}

void Inbox::note(Kind kind, std::uint64_t id, Place place) {
  if (!place.conference.valid()) return;  // nobody could have asked for it
  const bool room = content_.changed.size() < kMostEntities;
  if (room) {
    content_.changed.insert_or_assign({kind, id}, place);
    // Whoever watches the conference watches what is in it.
    if (kind != Kind::kConference)
      content_.changed.try_emplace({Kind::kConference, place.conference.value}, place);
  } else {
    ++content_.dropped;
  }
}

Inbox::Content Inbox::take() {
  const std::lock_guard lock(mutex_);
  return std::exchange(content_, {});
}

}  // namespace rtcscope::api::live
