#include "api/live/message.hpp"

#include <algorithm>

#include "api/live/frames.hpp"
#include "base/text.hpp"

namespace rtcscope::api::live {
namespace {

/// The id after "conference=" or "host="; nullopt when the topic is another one or the id is none.
std::optional<std::uint64_t> id_after(std::string_view topic, std::string_view name) {
  if (!topic.starts_with(name)) return std::nullopt;
  const auto id = parse_hex_id(topic.substr(name.size()));
  return id && *id != 0 ? id : std::nullopt;
}

bool add_topic(Topics& topics, std::string_view topic) {
  if (topic == "conferences") {
    topics.conferences = true;
  } else if (topic == "events") {
    topics.events = true;
  } else if (topic == "issues") {
    topics.issues = true;
  } else if (const auto conference = id_after(topic, "conference=")) {
    topics.conference_ids.push_back(ConferenceId{*conference});
  } else if (const auto host = id_after(topic, "host=")) {
    topics.host_ids.push_back(HostId{*host});
  } else {
    return false;
  }
  return true;
}

}  // namespace

std::string event_stream_text(std::uint64_t number, std::string_view event, std::string_view data) {
  std::string text = "id: " + std::to_string(number) + "\nevent: ";
  return text.append(event).append("\ndata: ").append(data).append("\n\n");
}

std::string socket_text(std::uint64_t number, std::string_view event, std::string_view data) {
  std::string json = "{\"id\":" + std::to_string(number) + ",\"event\":\"";
  json.append(event).append("\",\"data\":").append(data).append("}");
  return server_frame(Opcode::kText, json);
}

bool Topics::want(const Message& message) const {
  const auto named = [](const auto& ids, auto id) {
    return id.valid() && std::find(ids.begin(), ids.end(), id) != ids.end();
  };
  if (message.kind == Kind::kAudit) return audit && events;
  if (named(conference_ids, message.conference)) return true;
  if (message.kind == Kind::kIssue) return issues || named(host_ids, message.host);
  if (message.kind == Kind::kEvent) return events || named(host_ids, message.host);
  return message.kind == Kind::kConference && (conferences || named(host_ids, message.host));
}

std::optional<Topics> parse_topics(std::string_view list) {
  Topics topics;
  std::size_t count = 0;
  while (!list.empty()) {
    const std::size_t end = std::min(list.find(','), list.size());
    if (++count > kMostTopics || !add_topic(topics, list.substr(0, end))) return std::nullopt;
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  if (count == 0) return std::nullopt;
  return topics;
}

}  // namespace rtcscope::api::live
