#include "app/picture_rows.hpp"

#include <algorithm>
#include <map>
#include <optional>

#include "api/entity_json.hpp"

namespace rtcscope::app {
namespace {

/// What hangs below one conference, participant or connection.
struct Below {
  store::Rollup rollup;
  std::uint64_t participants = 0, present = 0, connections = 0, flows = 0, streams = 0;
  std::optional<double> confidence;  // as in the rows of the store
};

class RowBuilder {
 public:
  explicit RowBuilder(const Picture& picture) : picture_(picture) {}

  PictureRows run() {
    for (const model::Stream& stream : picture_.streams.rows()) add(stream);
    for (const model::Connection& connection : picture_.connections.rows()) add(connection);
    for (const model::Flow& flow : picture_.flows.rows()) add(flow);
    for (const model::Issue& issue : picture_.issues.rows()) add(issue);
    for (const model::Session& session : picture_.sessions.rows()) {
      sessions_[session.participant].push_back(session);
    }
    for (const model::Participant& participant : picture_.participants.rows()) add(participant);
    add_connection_rows();
    for (const model::Conference& conference : picture_.conferences.rows()) add(conference);
    std::uint64_t id = 0;
    for (const model::Event& event : picture_.events) rows_.events.push_back({++id, event});
    return std::move(rows_);
  }

 private:
  std::string name(ParticipantId id) const {
    const model::Participant* participant = picture_.participants.find(id.value);
    if (participant == nullptr) return "";
    return participant->display.empty() ? participant->user_id : participant->display;
  }

  void add(const model::Stream& stream) {
    const std::string who = name(stream.participant);
    for (Below* below : {&conferences_[stream.conference], &participants_[stream.participant],
                         &connections_[stream.connection]}) {
      below->rollup.add(stream, who);
      below->streams += 1;
    }
    rows_.streams.push_back({stream, store::judge(stream, who)});
  }

  void add(const model::Connection& connection) {
    const std::string who = name(connection.participant);
    for (Below* below : {&conferences_[connection.conference], &participants_[connection.participant],
                         &connections_[connection.id]}) {
      below->rollup.add(connection, who);
      below->connections += 1;
    }
  }

  void add(const model::Flow& flow) {
    Below& connection = connections_[flow.connection];
    connection.flows += 1;
    connection.confidence = std::max(connection.confidence, std::optional(flow.confidence));
    const model::Connection* owner = picture_.connections.find(flow.connection.value);
    rows_.flows.push_back({flow, owner == nullptr ? ConferenceId{} : owner->conference,
                           owner == nullptr ? ParticipantId{} : owner->participant});
  }

  void add(const model::Issue& issue) {
    conferences_[issue.conference].rollup.add(issue);
    participants_[issue.participant].rollup.add(issue);
    connections_[issue.connection].rollup.add(issue);
  }

  void add(const model::Participant& participant) {
    const Below& below = participants_[participant.id];
    const auto left = api::left(sessions_[participant.id]);
    Below& conference = conferences_[participant.conference];
    conference.participants += 1;
    conference.present += left ? 0 : 1;
    rows_.participants.push_back(
        {participant, left, below.rollup.summary(), below.connections, below.streams});
  }

  void add(const model::Conference& conference) {
    const Below& below = conferences_[conference.id];
    rows_.conferences.push_back({conference, below.rollup.summary(), below.participants, below.present,
                                 below.connections, below.streams, below.confidence});
  }

  void add_connection_rows() {
    for (const model::Connection& connection : picture_.connections.rows()) {
      const Below& below = connections_[connection.id];
      rows_.connections.push_back(
          {connection, below.rollup.summary(), below.flows, below.streams, below.confidence});
      if (!below.confidence) continue;
      std::optional<double>& least = conferences_[connection.conference].confidence;
      least = std::min(least.value_or(1), *below.confidence);
    }
  }

  const Picture& picture_;
  PictureRows rows_;
  std::map<ConferenceId, Below> conferences_;
  std::map<ParticipantId, Below> participants_;
  std::map<ConnectionId, Below> connections_;
  std::map<ParticipantId, std::vector<model::Session>> sessions_;
};

}  // namespace

PictureRows rows_of(const Picture& picture) {
  return RowBuilder(picture).run();
}

}  // namespace rtcscope::app
