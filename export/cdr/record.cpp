#include "export/cdr/record.hpp"

#include <nlohmann/json.hpp>

#include "base/text.hpp"

namespace rtcscope::export_cdr {
namespace {

// Ordered: the CSV's columns are those of the JSON.
using Json = nlohmann::ordered_json;

template <class Value>
Json or_null(const std::optional<Value>& value) {
  return value ? Json(*value) : Json(nullptr);
}

void put(Json& json, const std::string& prefix, const DirectionRecord& d) {
  json[prefix + "_streams"] = d.streams;
  json[prefix + "_packets"] = d.packets;
  json[prefix + "_bytes"] = d.bytes;
  json[prefix + "_expected"] = d.expected;
  json[prefix + "_lost"] = d.lost;
  const bool any = d.expected != 0;
  json[prefix + "_loss_ratio"] =
      any ? Json(static_cast<double>(std::max<std::int64_t>(d.lost, 0)) / static_cast<double>(d.expected))
          : Json(nullptr);
  json[prefix + "_jitter_max_ms"] = or_null(d.jitter_max_ms);
}

Json json_of(const CallRecord& record) {
  const model::Session& session = record.session;
  const model::Ending left = session.left.value_or(model::Ending{});
  Json json;
  json["session_id"] = hex_id(session.id.value);
  json["conference_id"] = hex_id(session.conference.value);
  json["participant_id"] = hex_id(session.participant.value);
  json["server"] = record.conference.server;
  json["plugin"] = record.conference.plugin;
  json["room"] = record.conference.room;
  json["user_id"] = record.participant.user_id;
  json["display"] = record.participant.display;
  json["server_session"] = session.server_session;
  json["signalling_address"] = session.signalling_address;
  json["joined_at"] = to_rfc3339(session.joined_at);
  json["left_at"] = to_rfc3339(left.time);
  json["duration_s"] = std::chrono::duration<double>(left.time - session.joined_at).count();
  json["left_reason"] = left.reason;
  json["left_source"] = to_string(left.source);
  json["connections"] = record.connections;
  json["connect_s"] = or_null(record.connect_s);
  put(json, "uplink", record.uplink);
  put(json, "downlink", record.downlink);
  std::string issues;
  for (const std::string& kind : record.issues) issues += (issues.empty() ? "" : " ") + kind;
  json["issues"] = issues;
  return json;
}

std::string field(const Json& value) {
  if (value.is_null()) return {};
  if (!value.is_string()) return value.dump();
  std::string text = value.get<std::string>();
  // A spreadsheet would run what begins like a formula, and names come from outside.
  if (!text.empty() && std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos) {
    text.insert(0, 1, '\'');
  }
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  for (std::size_t i = 0; (i = text.find('"', i)) != std::string::npos; i += 2) text.insert(i, 1, '"');
  return "\"" + text + "\"";
}

}  // namespace

std::string to_json(const CallRecord& record) {
  return json_of(record).dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string to_csv(const CallRecord& record) {
  std::string line;
  std::string separator;
  const Json json = json_of(record);
  for (const auto& [name, value] : json.items()) {
    line += separator + field(value);
    separator = ",";
  }
  return line;
}

std::string csv_header() {
  std::string line;
  const Json json = json_of({});
  for (const auto& [name, value] : json.items()) line += (line.empty() ? "" : ",") + name;
  return line;
}

}  // namespace rtcscope::export_cdr
