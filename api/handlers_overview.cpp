#include <algorithm>
#include <array>

#include "api/answers.hpp"
#include "api/handlers.hpp"
#include "base/text.hpp"

namespace rtcscope::api {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr Duration kDefaultRange = hours{24};
constexpr Duration kLongestRange = hours{24 * 31};
constexpr std::int64_t kMostPoints = 300;
// Between them ranges can be added up without an overflow.
constexpr UtcTime kEarliest{hours{24}};
constexpr UtcTime kLatest{hours{24 * 365 * 200}};

std::int64_t points_of(const store::OverviewQuery& query, Duration step) {
  return (query.to - query.from + step - Duration{1}) / step;
}

Duration finest_step(const store::OverviewQuery& query) {
  constexpr std::array<Duration, 6> kSteps{minutes{1}, minutes{5}, minutes{15},
                                           hours{1},   hours{6},   hours{24}};
  for (const Duration step : kSteps) {
    if (points_of(query, step) <= kMostPoints) return step;
  }
  return kSteps.back();
}

Json counts_json(const std::vector<store::WordCount>& counts) {
  Json json = Json::object();
  for (const store::WordCount& count : counts) json[count.word] = count.count;
  return json;
}

void put_points(Json& json, const std::vector<store::OverviewPoint>& points) {
  Json time = Json::array(), conferences = time, participants = time, connections = time, issues = time;
  for (const store::OverviewPoint& point : points) {
    time.push_back(static_cast<double>(ns_since_epoch(point.start)) / 1e9);
    conferences.push_back(point.conferences);
    participants.push_back(point.participants);
    connections.push_back(point.connections);
    issues.push_back(point.issues);
  }
  json["time"] = std::move(time);
  json["columns"] = {{"conferences", std::move(conferences)},
                     {"participants", std::move(participants)},
                     {"connections", std::move(connections)},
                     {"issues", std::move(issues)}};
}

Json overview_json(const store::OverviewQuery& query, const store::Overview& overview) {
  const auto& mean = overview.conference_mean_s;
  Json json{{"from", to_rfc3339(query.from)},
            {"to", to_rfc3339(query.to)},
            {"resolution_s", std::chrono::duration_cast<seconds>(query.step).count()},
            {"conferences", overview.conferences},
            {"participants", overview.participants},
            {"sessions", overview.sessions},
            {"connections", overview.connections},
            {"conference_mean_s", mean ? Json(*mean) : Json(nullptr)},
            {"health", counts_json(overview.health)},
            {"issues", counts_json(overview.issues)},
            {"connection_ends", counts_json(overview.connection_ends)},
            {"paths", counts_json(overview.paths)},
            {"codecs", counts_json(overview.codecs)}};
  put_points(json, overview.points);
  return json;
}

UtcTime next_second() {
  const auto now = std::chrono::system_clock::now();
  return std::chrono::time_point_cast<Duration>(std::chrono::floor<seconds>(now) + seconds{1});
}

}  // namespace

http::Response show_overview(const Services& services, const Call& call) {
  const store::TimeRange range = call.arguments.time_range();
  store::OverviewQuery query;
  query.to = std::clamp(range.to.value_or(next_second()), kEarliest, kLatest);
  query.from = std::clamp(range.from.value_or(query.to - kDefaultRange), kEarliest, kLatest);
  if (query.from >= query.to || query.to - query.from > kLongestRange) {
    return http::problem(call.request, 400, "\"from\" and \"to\" must be a range of at most 31 days");
  }
  const Duration asked = seconds{call.arguments.value<std::int64_t>("resolution_s").value_or(0)};
  query.step = std::max(asked, finest_step(query));
  const auto overview = services.store.overview(query);
  if (!overview) return store_failure(services, call, overview.error());
  return json_answer(overview_json(query, *overview));
}

}  // namespace rtcscope::api
