#include "api/peermetrics/handlers.hpp"
#include "api/peermetrics/query.hpp"
#include "api/peermetrics/scope.hpp"
#include "api/peermetrics/shapes.hpp"

namespace rtcscope::api::peermetrics {
namespace {

using client::Filter;

constexpr Duration kSessionsShown = std::chrono::hours{24 * 30};
constexpr std::uint32_t kMaxMatches = 5;

/// What is given back of a list: all of it, or a page where one is asked for.
struct ListQuery {
  Query query;
  Filter filter;
  bool paged = false;
};

Result<ListQuery, Refusal> list_query(const Call& call, std::initializer_list<const char*> one_of,
                                      bool may_page) {
  auto query = read_query(call.request.query());
  if (!query) return Unexpected{query.error()};
  if (!has_any(*query, one_of)) return refused(Code::kMissingParameters);
  auto filter = filter_of(*query);
  if (!filter) return Unexpected{filter.error()};
  ListQuery list{*std::move(query), *std::move(filter), false};
  if (!may_page) return list;
  const auto paged = add_slice(list.query, list.filter);
  if (!paged) return Unexpected{paged.error()};
  list.paged = *paged;
  return list;
}

/// A list that is about one app, conference or participant, or of a time, and is never paged.
Result<ListQuery, Refusal> scoped_list_query(const Call& call) {
  return list_query(call,
                    {"conferenceId", "participantId", "appId", "created_at_gt", "created_at_gte",
                     "created_at_lt", "created_at_lte"},
                    false);
}

template <class Items, class Shape>
Json list_json(const ListQuery& list, const Items& items, std::uint64_t count, Shape shape) {
  Json json = Json::array();
  for (const auto& item : items) json.push_back(shape(item));
  if (!list.paged) return {{"data", std::move(json)}};
  return {{"results", std::move(json)}, {"count", count}};
}

template <class Entity, class Shape>
Answer answer_list(Rows& rows, const ListQuery& list, Shape shape) {
  const std::uint64_t count = list.paged ? rows.count<Entity>(list.filter) : 0;
  return list_json(list, rows.list<Entity>(list.filter), count, shape);
}

template <class Entity>
Answer answer_one(Rows& rows, const Call& call, Code missing, Json (*shape)(const Entity&)) {
  const auto found = rows.find<Entity>(call.arguments.text("{id}").value_or(""));
  if (!found) return refused(missing);
  return Json{{"data", shape(*found)}};
}

http::Response list_events(const Services& services, const Call& call, const char* category) {
  return answer_query(services, call, [&](Rows& rows) -> Answer {
    auto list = list_query(call, {"conferenceId", "participantId"}, true);
    if (!list) return Unexpected{list.error()};
    list->filter.category = category;
    return answer_list<client::Event>(rows, *list, event_json);
  });
}

Json ids_of(const std::vector<client::Issue>& issues) {
  Json ids = Json::array();
  for (const client::Issue& issue : issues) ids.push_back(issue.id);
  return ids;
}

Json titled_issue_json(const client::Issue& issue) {
  Json json = issue_json(issue);
  json["title"] = words_of_issue(issue.code).title;
  json["explanation"] = words_of_issue(issue.code).explanation;
  return json;
}

Filter of_conference(const client::Conference& conference) {
  Filter filter;
  filter.conference = conference.id;
  return filter;
}

}  // namespace

http::Response list_conferences(const Services& services, const Call& call) {
  return answer_query(services, call, [&](Rows& rows) -> Answer {
    const auto list =
        list_query(call,
                   {"appId", "participantId", "created_at_gt", "created_at_gte", "created_at_lt",
                    "created_at_lte", "duration_gte", "duration_lt", "issue_code", "conference_ids"},
                   true);
    if (!list) return Unexpected{list.error()};
    const std::uint64_t count = list->paged ? rows.count<client::Conference>(list->filter) : 0;
    return list_json(*list, rows.conferences(list->filter), count, conference_row_json);
  });
}

http::Response show_conference(const Services& services, const Call& call) {
  return answer_query(services, call, [&](Rows& rows) -> Answer {
    const auto found = rows.find<client::Conference>(call.arguments.text("{id}").value_or(""));
    if (!found) return refused(Code::kConferenceNotFound);
    Json json = conference_json(*found);
    json["participants"] = Json::array();
    for (const client::Participant& one : rows.list<client::Participant>(of_conference(*found))) {
      json["participants"].push_back(one.id);
    }
    json["issues"] = ids_of(rows.list<client::Issue>(of_conference(*found)));
    return Json{{"data", std::move(json)}};
  });
}

http::Response list_conference_events(const Services& services, const Call& call) {
  return answer_query(services, call, [&](Rows& rows) -> Answer {
    auto query = read_query(call.request.query());
    if (!query) return Unexpected{query.error()};
    auto filter = filter_of(*query);
    if (!filter) return Unexpected{filter.error()};
    const auto paged = add_slice(*query, *filter);
    if (!paged) return Unexpected{paged.error()};
    filter->conference = call.arguments.text("{id}").value_or("");
    if (!rows.find<client::Conference>(filter->conference)) return refused(Code::kConferenceNotFound);
    return answer_list<client::Event>(rows, {*query, *filter, *paged}, event_json);
  });
}

http::Response show_conference_graphs(const Services& services, const Call& call) {
  return answer_query(services, call, [&](Rows& rows) -> Answer {
    const auto found = rows.find<client::Conference>(call.arguments.text("{id}").value_or(""));
    if (!found) return refused(Code::kConferenceNotFound);
    if (found->ongoing) return Json{{"ongoing", true}};
    Filter filter = of_conference(*found);
    filter.category = "stats";
    return Json{{"summary", graph_json(rows.list<client::Event>(filter))}};
  });
}

http::Response list_participants(const Services& services, const Call& call) {
  return answer_query(services, call, [&](Rows& rows) -> Answer {
    const auto list = list_query(
        call, {"appId", "conferenceId", "created_at_gt", "created_at_gte", "created_at_lt", "created_at_lte"},
        true);
    if (!list) return Unexpected{list.error()};
    return answer_list<client::Participant>(rows, *list, participant_json);
  });
}

http::Response show_participant(const Services& services, const Call& call) {
  return answer_query(services, call, [&](Rows& rows) {
    return answer_one<client::Participant>(rows, call, Code::kParticipantNotFound, participant_json);
  });
}

http::Response list_sessions(const Services& services, const Call& call) {
  return answer_query(services, call, [&](Rows& rows) -> Answer {
    auto list = list_query(call, {"conferenceId", "participantId", "appId"}, true);
    if (!list) return Unexpected{list.error()};
    list->filter.created_gt = services.peermetrics->now() - kSessionsShown;
    return answer_list<client::Session>(rows, *list, [&](const client::Session& session) {
      Json json = session_json(session);
      json.erase("constraints");
      Filter filter;
      filter.session = session.id;
      json["issues"] = ids_of(rows.list<client::Issue>(filter));
      return json;
    });
  });
}

http::Response show_session(const Services& services, const Call& call) {
  return answer_query(services, call, [&](Rows& rows) -> Answer {
    const auto found = rows.find<client::Session>(call.arguments.text("{id}").value_or(""));
    if (!found) return refused(Code::kUnknownError);
    return Json{{"data", session_json(*found)}};
  });
}

http::Response list_connections(const Services& services, const Call& call) {
  return answer_query(services, call, [&](Rows& rows) -> Answer {
    const auto list = scoped_list_query(call);
    if (!list) return Unexpected{list.error()};
    return answer_list<client::Connection>(rows, *list, connection_json);
  });
}

http::Response show_connection(const Services& services, const Call& call) {
  return answer_query(services, call, [&](Rows& rows) {
    return answer_one<client::Connection>(rows, call, Code::kConnectionNotFound, connection_json);
  });
}

http::Response list_issues(const Services& services, const Call& call) {
  return answer_query(services, call, [&](Rows& rows) -> Answer {
    const auto list = scoped_list_query(call);
    if (!list) return Unexpected{list.error()};
    return list_json(*list, rows.list<client::Issue>(list->filter), 0, titled_issue_json);
  });
}

http::Response show_issue(const Services& services, const Call& call) {
  return answer_query(services, call, [&](Rows& rows) {
    return answer_one<client::Issue>(rows, call, Code::kIssueNotFound, titled_issue_json);
  });
}

http::Response list_browser_events(const Services& services, const Call& call) {
  return list_events(services, call, "browser");
}

http::Response list_media_events(const Services& services, const Call& call) {
  return list_events(services, call, "getUserMedia");
}

http::Response list_connection_events(const Services& services, const Call& call) {
  return list_events(services, call, "connection");
}

http::Response list_stats(const Services& services, const Call& call) {
  return list_events(services, call, "stats");
}

http::Response search(const Services& services, const Call& call) {
  return answer_query(services, call, [&](Rows& rows) -> Answer {
    const auto query = read_query(call.request.query());
    if (!query) return Unexpected{query.error()};
    const auto found = query->find("query");
    const std::string text = found == query->end() ? "" : found->second;
    if (text.empty() || cut(text, 64) != text) return refused(Code::kInvalidParameters);
    Json matches = Json::array();
    for (const client::Match& match : rows.search(text, kMaxMatches)) {
      const std::string place = match.type == "app" ? "apps" : match.type;
      matches.push_back({{"name", match.name.empty() ? match.own_id : match.name},
                         {"id", match.own_id},
                         {"url", '/' + place + '/' + match.id},
                         {"type", match.type}});
    }
    return Json{{"matches", std::move(matches)}};
  });
}

}  // namespace rtcscope::api::peermetrics
