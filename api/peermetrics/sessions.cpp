#include "api/peermetrics/sessions.hpp"

#include <algorithm>

#include "api/http/host_policy.hpp"
#include "api/peermetrics/shapes.hpp"
#include "api/peermetrics/token.hpp"

namespace rtcscope::api::peermetrics {
namespace {

constexpr std::size_t kIdCharacters = 64;
constexpr std::size_t kVersionCharacters = 16;
constexpr std::size_t kEventCharacters = 32;
constexpr std::size_t kMaxMeta = 5;
constexpr std::size_t kMaxMetaKey = 64;
constexpr std::size_t kMaxMetaText = 127;

Result<client::App, Refusal> app_of(client::Rows& rows, const Json& body, std::string_view origin) {
  const Json& key = member(body, "apiKey");
  if (key.is_null()) return refused(Code::kMissingParameters);
  if (!key.is_string() || key.get_ref<const std::string&>().size() != 32) {
    return refused(Code::kInvalidApiKey);
  }
  auto app = rows.app_by_key(key.get<std::string>());
  if (!app) return refused(Code::kInvalidApiKey);
  if (!app->recording) return refused(Code::kAppNotRecording);
  const std::size_t authority = origin.find("://");
  const std::string_view host = authority == std::string_view::npos ? "" : origin.substr(authority + 3);
  if (!app->domain.empty() && http::host_name(host) != app->domain) return refused(Code::kDomainNotAllowed);
  return *std::move(app);
}

client::Conference conference_of(client::Rows& rows, const client::App& app, const std::string& id,
                                 const std::string& name, UtcTime now) {
  auto known = rows.conference(app.id, id);
  client::Conference conference = known.value_or(client::Conference{});
  if (!known) {
    conference.id = new_uuid();
    conference.created_at = now;
    conference.app = app.id;
    conference.conference_id = id;
  }
  conference.last_report = now;
  if (!name.empty()) conference.conference_name = name;
  rows.save(conference);
  return conference;
}

bool is_meta(const Json& meta) {
  if (!meta.is_object() || meta.size() > kMaxMeta) return false;
  return std::all_of(meta.items().begin(), meta.items().end(), [](const auto& item) {
    const Json& value = item.value();
    const bool fits = value.is_boolean() || value.is_number_integer() ||
                      (value.is_string() && cut(value.template get_ref<const std::string&>(), kMaxMetaText) ==
                                                value.template get_ref<const std::string&>());
    return fits && item.key().size() <= kMaxMetaKey;
  });
}

void take_platform(client::Session& session, const Json& body) {
  session.platform = json_field(body, "platform", session.platform.c_str());
  const Json& platform = member(body, "platform");
  const std::string browser = text_member(member(platform, "browser"), "name");
  const std::string os = text_member(member(platform, "os"), "name");
  if (!browser.empty()) session.browser = cut(browser, 64);
  if (!os.empty()) session.os = cut(os, 64);
  session.constraints = json_field(body, "constraints", session.constraints.c_str());
  session.devices = json_field(body, "devices", session.devices.c_str());
}

/// Ends conferences whose clients went away without a word.
void sweep(Desk& desk, client::Rows& rows, UtcTime now) {
  if (!desk.sweep_is_due(now)) return;
  for (client::Conference& conference : rows.silent_since(now - desk.options().conference_timeout)) {
    stop_all(rows, conference, conference.last_report);
  }
}

}  // namespace

Answer take_initialize(Desk& desk, client::Rows& rows, const Json& body, std::string_view origin,
                       UtcTime now) {
  const auto conference_id = required_text(body, "conferenceId", kIdCharacters);
  if (!conference_id) return Unexpected{conference_id.error()};
  const auto user_id = required_text(body, "userId", kIdCharacters);
  if (!user_id) return Unexpected{user_id.error()};
  const auto conference_name = text_field(body, "conferenceName", kIdCharacters);
  const auto user_name = text_field(body, "userName", kIdCharacters);
  if (!conference_name || !user_name) return refused(Code::kInvalidParameters);
  const auto app = app_of(rows, body, origin);
  if (!app) return Unexpected{app.error()};
  sweep(desk, rows, now);
  const client::Conference conference = conference_of(rows, *app, *conference_id, *conference_name, now);
  const client::Participant participant = participant_of(rows, app->id, *user_id, *user_name, now);
  rows.add_presence(conference.id, participant.id);
  const Json payload{{"p", participant.id}, {"c", conference.id}};
  return Json{{"token", make_token(payload, desk.secrets(rows).init, now)},
              {"getStatsInterval", app->interval_ms},
              {"batchConnectionEvents", false},
              {"time", std::chrono::duration<double>(now.time_since_epoch()).count()}};
}

client::Participant participant_of(client::Rows& rows, const std::string& app, const std::string& id,
                                   const std::string& name, UtcTime now) {
  auto known = rows.participant(app, id);
  client::Participant participant = known.value_or(client::Participant{});
  if (!known) {
    participant.id = new_uuid();
    participant.created_at = now;
    participant.app = app;
    participant.participant_id = id;
  }
  if (!name.empty()) participant.participant_name = name;
  rows.save(participant);
  return participant;
}

Answer take_session(Desk& desk, client::Rows& rows, const Json& body, UtcTime now) {
  const Json& token = member(body, "token");
  if (token.is_null()) return refused(Code::kMissingToken);
  if (!token.is_string()) return refused(Code::kInvalidToken);
  const auto payload = read_token(token.get_ref<const std::string&>(), desk.secrets(rows).init, now);
  if (!payload) return Unexpected{payload.error()};
  const auto participant = rows.find<client::Participant>(text_member(*payload, "p"));
  const auto conference = rows.find<client::Conference>(text_member(*payload, "c"));
  if (!participant || !conference) return refused(Code::kInvalidToken);
  const auto delta = delta_field(body);
  const auto app_version = text_field(body, "appVersion", kVersionCharacters);
  const auto webrtc_sdk = text_field(body, "webrtcSdk", kVersionCharacters);
  if (!delta || !app_version || !webrtc_sdk) return refused(Code::kInvalidParameters);
  const Json& meta = member(body, "meta");
  if (!meta.is_null() && !is_meta(meta)) return refused(Code::kInvalidMeta);
  client::Session session;
  session.id = new_uuid();
  session.created_at = now - *delta;
  session.app = conference->app;
  session.conference = conference->id;
  session.participant = participant->id;
  session.metadata = json_field(body, "meta", "{}");
  session.app_version = *app_version;
  session.webrtc_sdk = *webrtc_sdk;
  take_platform(session, body);
  session.kept_bytes = static_cast<std::int64_t>(body.dump().size());
  rows.save(session);
  Json answer{{"token", make_token({{"s", session.id}}, desk.secrets(rows).session, now)}};
  if (rows.sessions_of(conference->id, participant->id) < 2) return answer;
  Json mine{{"token", answer["token"]}};
  auto scope = Scope::open(desk, rows, mine, now);
  if (!scope) return Unexpected{scope.error()};
  scope->raise("multiple_rejoins", nullptr);
  scope->finish();
  return answer;
}

Answer take_session_update(Scope& scope, const Json& body) {
  const auto webrtc_sdk = text_field(body, "webrtcSdk", kVersionCharacters);
  if (!webrtc_sdk) return Unexpected{webrtc_sdk.error()};
  if (!webrtc_sdk->empty()) scope.session().webrtc_sdk = *webrtc_sdk;
  take_platform(scope.session(), body);
  scope.session().kept_rows += 1;
  scope.session().kept_bytes += static_cast<std::int64_t>(body.dump().size());
  return Json{{"data", session_json(scope.session())}};
}

Answer take_media_event(Scope& scope, const Json& body) {
  const auto name = text_field(body, "eventName", kEventCharacters);
  if (!name) return Unexpected{name.error()};
  const Json& data = member(body, "data");
  if (member(data, "constraints").is_object()) scope.session().media_requests += 1;
  if (const Json& error = member(data, "error"); !error.is_null()) {
    scope.session().media_failures += 1;
    scope.raise(
        "getusermedia_error", nullptr,
        Json{{"name", text_member(error, "name")}, {"message", text_member(error, "message")}}.dump());
  }
  client::Event event = scope.event("getUserMedia", name->empty() ? "getUserMedia" : *name);
  event.data = data.dump();
  scope.store(std::move(event));
  return Json("");
}

Answer take_browser_event(Scope& scope, const Json& body) {
  const auto name = required_text(body, "eventName", kEventCharacters);
  if (!name) return Unexpected{name.error()};
  client::Event event = scope.event("browser", *name);
  Json data = member(body, "data");
  // The SDK gives these beside `data`.
  for (const char* beside : {"focus", "devices"}) {
    if (data.is_null() && !member(body, beside).is_null()) data = Json{{beside, member(body, beside)}};
  }
  event.data = data.dump();
  scope.store(std::move(event));
  const bool ends = *name == "unload" || *name == "endCall";
  if (ends) scope.end_all_connections();
  if (ends || *name == "beforeunload") scope.end_session();
  if (ends) scope.check_session_issues();
  return Json("");
}

}  // namespace rtcscope::api::peermetrics
