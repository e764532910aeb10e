#include "feeds/janus/admin_log.hpp"

#include <algorithm>

#include "feeds/janus/admin_reply.hpp"
#include "feeds/wire/recorded_line.hpp"

namespace rtcscope::feeds::janus {

std::optional<Delivery> AdminLog::next() {
  std::string line;
  while (lines_.next(line)) {
    const Json json = parse_line(line);
    const bool recorded = json.is_object() && json.contains("t_ms");
    const bool names_server = recorded && json.contains("server_info");
    const auto time = recorded ? received_time(json) : std::nullopt;
    if (!time || !(names_server || json.contains("reply"))) {
      lines_.refuse();
      continue;
    }
    std::string text = to_text(json[names_server ? "server_info" : "reply"]);
    if (names_server) server_ = server_name(text).value_or(server_);
    newest_ = std::max(newest_, *time);
    return Delivery{newest_, std::move(text), AdminQuestion{server_, newest_}};
  }
  return std::nullopt;
}

}  // namespace rtcscope::feeds::janus
