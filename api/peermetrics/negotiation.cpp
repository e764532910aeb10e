#include "api/peermetrics/negotiation.hpp"

namespace rtcscope::api::peermetrics {
namespace {

Json info_of(const client::Connection& connection) {
  Json info = stored_json(connection.connection_info);
  if (!info.is_object()) info = Json::object();
  if (!info.contains("detected_tcp")) {
    info = {{"detected_tcp", false}, {"detected_turn", false}, {"negotiations", Json::array()}};
  }
  return info;
}

double epoch_ms(UtcTime time) {
  return std::chrono::duration<double, std::milli>(time.time_since_epoch()).count();
}

}  // namespace

void begin_negotiation(client::Connection& connection, const char* kind, UtcTime time) {
  Json info = info_of(connection);
  Json& list = info["negotiations"];
  if (!list.empty() && list.back()["status"] == "connecting") return;
  if (list.size() >= kMaxNegotiations) return;
  list.push_back({{"start_time", to_text(time)},
                  {"start_ms", epoch_ms(time)},
                  {"status", "connecting"},
                  {"type", kind},
                  {"end_time", nullptr},
                  {"duration", nullptr}});
  connection.connection_info = info.dump();
}

void end_negotiation(client::Connection& connection, const char* status, UtcTime time) {
  Json info = info_of(connection);
  Json& list = info["negotiations"];
  if (list.empty() || list.back()["status"] == status) return;
  Json& last = list.back();
  // Requests of one client overtake each other: signaling that became stable says less than a connection.
  if (status == std::string_view("stable") && last["status"] != "connecting") return;
  const double duration_ms = std::max(0.0, epoch_ms(time) - last["start_ms"].get<double>());
  last["status"] = status;
  last["end_time"] = to_text(time);
  last["duration"] = duration_ms / 1000;
  if (status == std::string_view("connected") && list.size() == 1) {
    connection.setup_ms = static_cast<std::int64_t>(duration_ms);
  }
  connection.connection_info = info.dump();
}

bool detect(client::Connection& connection, const char* what) {
  Json info = info_of(connection);
  if (info[what] == true) return false;
  info[what] = true;
  connection.connection_info = info.dump();
  return true;
}

}  // namespace rtcscope::api::peermetrics
