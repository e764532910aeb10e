#include "api/peermetrics/connections.hpp"
#include "api/peermetrics/handlers.hpp"
#include "api/peermetrics/sessions.hpp"
#include "api/peermetrics/token.hpp"

namespace rtcscope::api::peermetrics {
namespace {

using Take = Answer (*)(Scope&, const Json&);

/// Parses the body, and takes it in within one transaction.
http::Response take_body(const Services& services, const Call& call,
                         const std::function<Answer(Rows&, const Json&, UtcTime)>& take) {
  const auto body = parse_body(call.request.body);
  return answer_change(services, call, [&](Rows& rows) -> Answer {
    if (!body) return Unexpected{body.error()};
    return take(rows, *body, services.peermetrics->now());
  });
}

http::Response take_scoped(const Services& services, const Call& call, Take take) {
  return take_body(services, call, [&](Rows& rows, const Json& body, UtcTime now) -> Answer {
    auto scope = Scope::open(*services.peermetrics, rows, body, now);
    if (!scope) return Unexpected{scope.error()};
    Answer answer = take(*scope, body);
    if (answer || answer.error().keep) scope->finish();
    return answer;
  });
}

Result<client::App, Refusal> app_of(Rows& rows, const Json& body) {
  const auto key = required_text(body, "apiKey", 64);
  if (!key) return Unexpected{key.error()};
  auto app = rows.app_by_key(*key);
  if (!app) return refused(Code::kInvalidApiKey);
  return *std::move(app);
}

Answer page_url(Rows& rows, const Json& body, const std::string& domain) {
  const auto app = app_of(rows, body);
  if (!app) return Unexpected{app.error()};
  const auto conference_id = text_field(body, "conferenceId", 64);
  const auto user_id = text_field(body, "userId", 64);
  if (!conference_id || !user_id) return refused(Code::kInvalidParameters);
  if (!conference_id->empty()) {
    const auto conference = rows.conference(app->id, *conference_id);
    if (!conference) return refused(Code::kConferenceNotFound);
    return Json{{"url", domain + "/conference/" + conference->id}};
  }
  if (user_id->empty()) return refused(Code::kUnknownError);
  const auto participant = rows.participant(app->id, *user_id);
  if (!participant) return refused(Code::kParticipantNotFound);
  return Json{{"url", domain + "/participant/" + participant->id}};
}

}  // namespace

http::Response initialize(const Services& services, const Call& call) {
  return take_body(services, call, [&](Rows& rows, const Json& body, UtcTime now) {
    return take_initialize(*services.peermetrics, rows, body, call.request.header("Origin"), now);
  });
}

http::Response create_session(const Services& services, const Call& call) {
  return take_body(services, call, [&](Rows& rows, const Json& body, UtcTime now) {
    return take_session(*services.peermetrics, rows, body, now);
  });
}

http::Response update_session(const Services& services, const Call& call) {
  return take_scoped(services, call, take_session_update);
}

http::Response report_media_event(const Services& services, const Call& call) {
  return take_scoped(services, call, take_media_event);
}

http::Response report_browser_event(const Services& services, const Call& call) {
  return take_scoped(services, call, take_browser_event);
}

http::Response report_connection_event(const Services& services, const Call& call) {
  return take_scoped(services, call, take_connection_event);
}

http::Response report_connection_events(const Services& services, const Call& call) {
  return take_body(services, call, [&](Rows& rows, const Json& body, UtcTime now) {
    return take_connection_events(*services.peermetrics, rows, body, now);
  });
}

http::Response report_stats(const Services& services, const Call& call) {
  return take_scoped(services, call, take_stats);
}

http::Response report_track(const Services& services, const Call& call) {
  return take_scoped(services, call, take_track);
}

http::Response report_track_event(const Services& services, const Call& call) {
  return take_scoped(services, call, take_track_event);
}

http::Response show_page_url(const Services& services, const Call& call) {
  return take_body(services, call, [&](Rows& rows, const Json& body, UtcTime) {
    const std::string& domain = services.peermetrics->options().web_domain;
    const std::string own =
        (call.request.secure ? "https://" : "http://") + cut(std::string(call.request.header("Host")), 253);
    return page_url(rows, body, domain.empty() ? own : "https://" + domain);
  });
}

http::Response stop_conference(const Services& services, const Call& call) {
  return take_body(services, call, [](Rows& rows, const Json& body, UtcTime now) -> Answer {
    const auto app = app_of(rows, body);
    if (!app) return Unexpected{app.error()};
    const auto id = required_text(body, "conferenceId", 64);
    if (!id) return Unexpected{id.error()};
    auto conference = rows.conference(app->id, *id);
    if (!conference) return refused(Code::kConferenceNotFound);
    stop_all(rows, *conference, now);
    return Json::object();
  });
}

http::Response run_job(const Services& services, const Call& call) {
  return take_body(services, call, [](Rows& rows, const Json& body, UtcTime) -> Answer {
    // A graph is made when it is asked for: there is no work to do.
    if (text_member(body, "task") != "summary") return refused(Code::kInvalidParameters);
    const std::string id = text_member(member(body, "payload"), "conference_id");
    if (!rows.find<client::Conference>(id)) return refused(Code::kConferenceNotFound);
    return Json::object();
  });
}

http::Response show_teapot(const Services&, const Call&) {
  http::Response response;
  response.media_type = "text/html; charset=utf-8";
  response.body = "I'm a teapot";
  return response;
}

}  // namespace rtcscope::api::peermetrics
