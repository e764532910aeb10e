#include "correlator/agent_join.hpp"

#include <utility>
#include <variant>

#include "base/text.hpp"

namespace rtcscope::correlator {

AgentJoin::AgentJoin(Bounds bounds)
    : bounds_(bounds), subjects_(bounds.max_names), hosts_(bounds.max_names) {}

void AgentJoin::learn(const model::Change& change) {
  if (const auto* conference = std::get_if<model::Conference>(&change)) learn(*conference);
  if (const auto* connection = std::get_if<model::Connection>(&change)) learn(*connection);
}

void AgentJoin::learn(const model::Conference& conference) {
  hosts_.put(conference.id, conference.host);
  Subject subject;
  subject.host = conference.host;
  subject.conference = conference.id;
  name("conference:" + hex_id(conference.id.value), subject);
  // The room of a SIP call is named by its Call-ID; who calls with the same one again goes on with the call.
  if (conference.plugin != "sip" || conference.room.empty()) return;
  subjects_.put(conference.room, subject);
  learned_ = true;
}

void AgentJoin::learn(const model::Connection& connection) {
  if (!connection.conference.valid()) return;
  Subject subject;
  if (const HostId* host = hosts_.find(connection.conference)) subject.host = *host;
  subject.conference = connection.conference;
  subject.participant = connection.participant;
  subject.session = connection.session;
  subject.connection = connection.id;
  name("connection:" + hex_id(connection.id.value), subject);
  if (!connection.opaque_id.empty()) name(connection.opaque_id, subject);
  if (!connection.server_session.empty() && !connection.server_handle.empty()) {
    name("janus:" + connection.server_session + "/" + connection.server_handle, subject);
  }
}

void AgentJoin::name(const std::string& id, const Subject& subject) {
  Subject* known = subjects_.find(id);
  learned_ = true;
  if (known == nullptr) return subjects_.put(id, subject);
  if (known->ambiguous) return;
  if (known->conference != subject.conference) {
    known->ambiguous = true;
    return;
  }
  // Another connection of it: what the two share is what the name stands for.
  if (known->connection == subject.connection) {
    *known = subject;
    return;
  }
  known->connection = {};
  if (known->participant != subject.participant) known->participant = {};
  if (known->session != subject.session) known->session = {};
}

void AgentJoin::take(feeds::AgentMessage message, UtcTime now) {
  if (attach(message)) return;
  if (waiting_.size() >= bounds_.max_waiting) {
    waiting_.pop_front();
    ++unmatched_;
  }
  waiting_.push_back({std::move(message), now + bounds_.wait});
}

bool AgentJoin::attach(const feeds::AgentMessage& message) {
  const Subject* subject = subjects_.find(message.correlation_id);
  if (subject == nullptr || subject->ambiguous) return false;
  model::Event event;
  event.time = message.time;
  event.host = subject->host;
  event.conference = subject->conference;
  event.participant = subject->participant;
  event.session = subject->session;
  event.connection = subject->connection;
  event.source = model::Source::kFeed;
  event.kind = message.kind == feeds::AgentMessageKind::kSip ? "agent_sip" : "agent_rtcp";
  event.text = message.text;
  event.detail = message.detail;
  events_.push_back(std::move(event));
  ++attached_;
  return true;
}

std::deque<model::Event> AgentJoin::advance(UtcTime now) {
  if (std::exchange(learned_, false)) {
    std::deque<Waiting> still;
    for (Waiting& one : waiting_) {
      if (!attach(one.message)) still.push_back(std::move(one));
    }
    waiting_.swap(still);
  }
  while (!waiting_.empty() && waiting_.front().until <= now) {
    waiting_.pop_front();
    ++unmatched_;
  }
  return std::exchange(events_, {});
}

AgentJoinCounts AgentJoin::counts() const noexcept {
  return {attached_, unmatched_, waiting_.size()};
}

}  // namespace rtcscope::correlator
