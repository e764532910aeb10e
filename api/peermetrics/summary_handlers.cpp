#include <algorithm>
#include <array>
#include <charconv>
#include <map>

#include "api/peermetrics/handlers.hpp"
#include "api/peermetrics/query.hpp"
#include "api/peermetrics/scope.hpp"
#include "api/peermetrics/shapes.hpp"

namespace rtcscope::api::peermetrics {
namespace {

using client::Count;
using client::Filter;

constexpr std::array<std::int64_t, 12> kDurationBounds{0,    60,   180,  300,  600,  900,
                                                       1200, 1500, 1800, 2400, 3000, 3600};
constexpr std::array<std::int64_t, 11> kSetupBounds{0,    250,  500,  750,  1000, 1500,
                                                    2000, 2500, 3000, 4000, 5000};
constexpr std::size_t kMaxNamedConferences = 500;  // of a bar

http::Response answer_summary(const Services& services, const Call& call,
                              const std::function<Answer(Rows&, const Filter&)>& ask) {
  return answer_query(services, call, [&](Rows& rows) -> Answer {
    const auto query = read_query(call.request.query());
    if (!query) return Unexpected{query.error()};
    if (!has_any(*query, {"appId"})) return refused(Code::kMissingParameters);
    const auto filter = filter_of(*query);
    if (!filter) return Unexpected{filter.error()};
    return ask(rows, *filter);
  });
}

template <std::size_t N>
std::size_t bucket_of(const std::array<std::int64_t, N>& bounds, std::int64_t value) {
  std::size_t bucket = 0;
  while (bucket + 1 < N && value >= bounds[bucket + 1]) bucket += 1;
  return bucket;
}

std::string minutes(std::int64_t seconds) {
  return std::to_string(seconds / 60);
}

std::int64_t whole(const std::string& text) {
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

const char* status_of(const client::DayCount& day) {
  if (day.ongoing) return "ongoing";
  if (day.has_errors) return "error";
  return day.has_warnings ? "warning" : "success";
}

std::string date_of(std::int64_t day) {
  return to_rfc3339(UtcTime{std::chrono::days{day}}).substr(0, 10);
}

Json named(const std::vector<Count>& counts) {
  Json list = Json::array();
  for (const Count& one : counts) {
    list.push_back({{"name", one.name.empty() ? "Unknown" : one.name}, {"count", one.count}});
  }
  return list;
}

}  // namespace

http::Response summarise_conferences(const Services& services, const Call& call) {
  return answer_summary(services, call, [](Rows& rows, const Filter& filter) -> Answer {
    std::map<std::int64_t, Json> days;
    for (const client::DayCount& one : rows.conferences_by_day(filter)) {
      Json& day = days[one.day];
      if (day.is_null()) {
        day = {{"date", date_of(one.day)},
               {"success", 0},
               {"warning", 0},
               {"error", 0},
               {"ongoing", 0},
               {"total", 0}};
      }
      for (const char* name : {status_of(one), "total"}) {
        day[name] = day[name].get<std::uint64_t>() + one.count;
      }
    }
    Json data = Json::array();
    for (auto& [day, json] : days) data.push_back(std::move(json));
    return Json{{"data", std::move(data)}};
  });
}

http::Response summarise_durations(const Services& services, const Call& call) {
  return answer_summary(services, call, [](Rows& rows, const Filter& filter) -> Answer {
    std::array<std::uint64_t, kDurationBounds.size()> counts{};
    for (const Count& one : rows.durations(filter)) {
      counts[bucket_of(kDurationBounds, whole(one.name))] += one.count;
    }
    Json data = Json::array();
    for (std::size_t i = 0; i < counts.size(); ++i) {
      const bool last = i + 1 == counts.size();
      const std::string range =
          last ? minutes(kDurationBounds[i]) + "+ min"
               : minutes(kDurationBounds[i]) + "-" + minutes(kDurationBounds[i + 1]) + " min";
      data.push_back({{"range", range},
                      {"min_sec", kDurationBounds[i]},
                      {"max_sec", last ? Json(nullptr) : Json(kDurationBounds[i + 1])},
                      {"count", counts[i]}});
    }
    return Json{{"data", std::move(data)}};
  });
}

http::Response summarise_participant_counts(const Services& services, const Call& call) {
  return answer_summary(services, call, [](Rows& rows, const Filter& filter) -> Answer {
    Json data = Json::array();
    std::uint64_t total = 0;
    for (const Count& one : rows.participant_counts(filter)) {
      data.push_back({{"participants", whole(one.name)}, {"conferences", one.count}});
      total += one.count;
    }
    return Json{{"data", std::move(data)}, {"total_conferences", total}};
  });
}

http::Response summarise_issues(const Services& services, const Call& call) {
  return answer_summary(services, call, [](Rows& rows, const Filter& filter) -> Answer {
    Json data = Json::array();
    for (const Count& one : rows.grouped("client_issues", "code", filter)) {
      data.push_back({{"code", one.name}, {"title", words_of_issue(one.name).title}, {"count", one.count}});
    }
    return Json{{"data", std::move(data)}};
  });
}

http::Response summarise_media_errors(const Services& services, const Call& call) {
  return answer_summary(services, call, [](Rows& rows, Filter filter) -> Answer {
    filter.issue_code = "getusermedia_error";
    Json data = Json::array();
    std::uint64_t total = 0;
    for (const Count& one : rows.grouped("client_issues", "data", filter)) {
      const Json error = stored_json(one.name);
      data.push_back({{"name", text_member(error, "name")},
                      {"message", text_member(error, "message")},
                      {"count", one.count}});
      total += one.count;
    }
    return Json{{"data", std::move(data)}, {"total", total}};
  });
}

http::Response summarise_connections(const Services& services, const Call& call) {
  return answer_summary(services, call, [](Rows& rows, const Filter& filter) -> Answer {
    std::uint64_t direct = 0, relayed = 0;
    for (const Count& one : rows.grouped("client_connections", "type", filter)) {
      if (!one.name.empty()) (one.name == "relay" ? relayed : direct) += one.count;
    }
    return Json{{"data", Json::array({Json{{"name", "Direct"}, {"count", direct}},
                                      Json{{"name", "Relayed"}, {"count", relayed}}})}};
  });
}

http::Response summarise_setup_times(const Services& services, const Call& call) {
  return answer_summary(services, call, [](Rows& rows, const Filter& filter) -> Answer {
    struct Bar {
      std::uint64_t count = 0;
      Json conferences = Json::array();
    };
    std::array<Bar, kSetupBounds.size()> bars{};
    for (const client::SetupTime& one : rows.setup_times(filter)) {
      Bar& bar = bars[bucket_of(kSetupBounds, one.setup_ms)];
      bar.count += 1;
      const bool is_new =
          std::find(bar.conferences.begin(), bar.conferences.end(), one.conference) == bar.conferences.end();
      if (bar.conferences.size() < kMaxNamedConferences && is_new) bar.conferences.push_back(one.conference);
    }
    Json data = Json::array();
    for (std::size_t i = 0; i < bars.size(); ++i) {
      const bool last = i + 1 == bars.size();
      const std::string from = std::to_string(kSetupBounds[i]);
      data.push_back(
          {{"range", last ? from + "+ ms" : from + "-" + std::to_string(kSetupBounds[i + 1]) + " ms"},
           {"min_ms", kSetupBounds[i]},
           {"max_ms", last ? Json(nullptr) : Json(kSetupBounds[i + 1])},
           {"count", bars[i].count},
           {"conference_ids", std::move(bars[i].conferences)}});
    }
    return Json{{"data", std::move(data)}};
  });
}

http::Response summarise_sessions(const Services& services, const Call& call) {
  return answer_summary(services, call, [](Rows& rows, const Filter& filter) -> Answer {
    // Nobody is asked where an address lives.
    return Json{{"browsers", named(rows.grouped("client_sessions", "browser", filter))},
                {"os", named(rows.grouped("client_sessions", "os", filter))},
                {"countries", Json::array()},
                {"cities", Json::array()}};
  });
}

}  // namespace rtcscope::api::peermetrics
