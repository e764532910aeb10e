#include "api/peermetrics/scope.hpp"

#include <algorithm>
#include <array>

#include "api/peermetrics/token.hpp"

namespace rtcscope::api::peermetrics {
namespace {

std::int64_t seconds_between(UtcTime from, UtcTime to) {
  return std::max<std::int64_t>(0, std::chrono::duration_cast<std::chrono::seconds>(to - from).count());
}

void close(client::Connection& connection, UtcTime time) {
  if (connection.end_time) return;
  connection.end_time = time;
  connection.state = "closed";
  if (connection.start_time) connection.duration_s = seconds_between(*connection.start_time, time);
}

void stop_call(client::Session& session, UtcTime time) {
  if (!session.call_start) return;
  session.duration_s += seconds_between(*session.call_start, time);
  session.call_start.reset();
}

client::Filter connections_of(const std::string& session) {
  client::Filter filter;
  filter.session = session;
  return filter;
}

constexpr std::array<IssueWords, 13> kIssues{{
    {"no_media_access", "error", "Could not access any media device",
     "The app could not access any input device from the browser during a session."},
    {"ice_failed", "error", "Connection could not be established",
     "The user could not find any suitable ICE candidates to establish a connection to another participant "
     "or a SFU."},
    {"no_connection", "error", "The participant could not establish a connection",
     "There was a session for this participant that no connection could be established to another "
     "participant or a SFU."},
    {"connection_failed", "error", "Connection failed", ""},
    {"very_low_emos", "error", "The participant had a very bad experience during the conference",
     "Due to network conditions, this participant had a poor experience with incoming content. Causes might "
     "have been robotic audio, frozen video, etc."},
    {"low_emos", "warning", "The participant had a bad experience during the conference",
     "Due to network conditions, this participant had a degraded experience with incoming content."},
    {"getusermedia_error", "warning", "Problem accessing media",
     "The user had a problem accessing the mic/camera of the device."},
    {"icecandidateerror", "warning", "ICE candidate error", ""},
    {"connection_disconnected", "warning", "Connection disconnected", "An user temporarily disconnected."},
    {"multiple_rejoins", "warning", "Multiple rejoins", "An user refreshed during a call."},
    {"tcp_used", "warning", "Media sent over TCP",
     "Participant used the TCP protocol to transfer media instead of UDP."},
    {"turn_used", "warning", "Media sent through TURN",
     "Participant used a TURN server to relay media to the other participants or a SFU."},
    {"", "warning", "", ""},
}};

}  // namespace

const IssueWords& words_of_issue(const std::string& code) {
  const auto found =
      std::find_if(kIssues.begin(), kIssues.end(), [&](const IssueWords& one) { return code == one.code; });
  return found == kIssues.end() ? kIssues.back() : *found;
}

Result<Scope, Refusal> Scope::open(Desk& desk, client::Rows& rows, const Json& body, UtcTime now) {
  const Json& token = member(body, "token");
  if (token.is_null()) return refused(Code::kMissingToken);
  if (!token.is_string()) return refused(Code::kInvalidToken);
  const auto payload = read_token(token.get_ref<const std::string&>(), desk.secrets(rows).session, now);
  if (!payload) return Unexpected{payload.error()};
  const auto delta = delta_field(body);
  if (!delta) return Unexpected{delta.error()};
  Scope scope(rows, now - *delta);
  auto session = rows.find<client::Session>(text_member(*payload, "s"));
  if (!session) return refused(Code::kInvalidToken);
  auto conference = rows.find<client::Conference>(session->conference);
  auto app = rows.find<client::App>(session->app);
  if (!conference || !app || !app->active) return refused(Code::kInvalidToken);
  if (!app->recording) return refused(Code::kAppNotRecording);
  if (session->kept_rows >= kMaxRowsOfSession || session->kept_bytes >= kMaxBytesOfSession) {
    return refused(Code::kQuotaExceeded);
  }
  scope.session_ = *std::move(session);
  scope.conference_ = *std::move(conference);
  scope.app_ = *std::move(app);
  scope.conference_.last_report = now;
  return scope;
}

client::Event Scope::event(const char* category, std::string type,
                           const client::Connection* connection) const {
  client::Event event;
  event.id = new_uuid();
  event.created_at = time_;
  event.app = app_.id;
  event.conference = conference_.id;
  event.participant = session_.participant;
  event.session = session_.id;
  if (connection != nullptr) event.connection = connection->id;
  if (connection != nullptr) event.peer = connection->peer;
  event.category = category;
  event.type = std::move(type);
  return event;
}

void Scope::store(client::Event event) {
  session_.kept_rows += 1;
  session_.kept_bytes += static_cast<std::int64_t>(event.data.size());
  rows_->save(event);
}

void Scope::raise(const char* code, const client::Connection* connection, std::string data, bool once) {
  client::Issue issue;
  issue.id = new_uuid();
  issue.created_at = time_;
  issue.app = app_.id;
  issue.session = session_.id;
  issue.conference = conference_.id;
  issue.participant = session_.participant;
  if (connection != nullptr) issue.connection = connection->id;
  issue.type = words_of_issue(code).type;
  issue.code = code;
  issue.data = std::move(data);
  if (once && rows_->has_issue(issue)) return;
  session_.kept_rows += 1;
  rows_->save(issue);
}

Result<client::Connection, Refusal> Scope::connection(const std::string& id) {
  auto connection = rows_->find<client::Connection>(id);
  if (!connection || connection->session != session_.id) return refused(Code::kConnectionNotFound);
  return *std::move(connection);
}

Result<client::Participant, Refusal> Scope::peer(const std::string& id) {
  auto peer = rows_->find<client::Participant>(id);
  // The SDK itself names a peer whose connection it removes by the application's id.
  if (!peer) peer = rows_->participant(app_.id, id);
  if (!peer || !rows_->is_present(conference_.id, peer->id)) return refused(Code::kParticipantNotFound);
  if (peer->id == session_.participant) return refused(Code::kParticipantEqualPeer);
  return *std::move(peer);
}

void Scope::begin_call() {
  if (!session_.call_start) session_.call_start = time_;
  if (!conference_.start_time) conference_.start_time = time_;
  if (!conference_.call_start) conference_.call_start = time_;
  conference_.ongoing = true;
  conference_.end_time.reset();
}

void Scope::end(client::Connection& connection) {
  close(connection, time_);
  rows_->save(connection);
  stop_calls();
}

void Scope::end_all_connections() {
  for (client::Connection& connection : rows_->list<client::Connection>(connections_of(session_.id))) {
    if (connection.end_time) continue;
    close(connection, time_);
    rows_->save(connection);
  }
  stop_calls();
}

void Scope::stop_calls() {
  if (!rows_->has_open_connection("session_id", session_.id)) stop_call(session_, time_);
  if (conference_.ongoing && !rows_->has_open_connection("conference_id", conference_.id)) {
    stop_call(conference_, time_);
  }
}

void Scope::end_session() {
  if (!session_.end_time) session_.end_time = time_;
}

void Scope::check_session_issues() {
  if (session_.media_requests > 0 && session_.media_failures >= session_.media_requests) {
    raise("no_media_access", nullptr, "{}", true);
  }
  const auto connections = rows_->list<client::Connection>(connections_of(session_.id));
  const bool any = std::any_of(connections.begin(), connections.end(),
                               [](const client::Connection& one) { return one.established; });
  if (!connections.empty() && !any) raise("no_connection", nullptr, "{}", true);
}

void Scope::finish() {
  rows_->save(session_);
  rows_->save(conference_);
}

void stop_call(client::Conference& conference, UtcTime time) {
  if (conference.call_start) conference.duration_s += seconds_between(*conference.call_start, time);
  conference.call_start.reset();
  conference.end_time = time;
  conference.ongoing = false;
}

void stop_all(client::Rows& rows, client::Conference& conference, UtcTime time) {
  client::Filter filter;
  filter.conference = conference.id;
  for (client::Connection& connection : rows.list<client::Connection>(filter)) {
    if (connection.end_time) continue;
    close(connection, time);
    rows.save(connection);
  }
  for (client::Session& session : rows.list<client::Session>(filter)) {
    if (!session.call_start) continue;
    stop_call(session, time);
    rows.save(session);
  }
  if (conference.ongoing) stop_call(conference, time);
  rows.save(conference);
}

}  // namespace rtcscope::api::peermetrics
