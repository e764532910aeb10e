#include "feeds/owt/owt_log.hpp"

#include <algorithm>

#include "feeds/wire/recorded_line.hpp"

namespace rtcscope::feeds::owt {
namespace {

/// nullopt when the line is none of the three.
std::optional<Delivery> delivery_of(const Json& line, UtcTime received) {
  Fields fields(line);
  const std::string server = fields.text("server");
  std::optional<Delivery> delivery;
  if (const Json* reply = fields.find("reply"); reply != nullptr) {
    const UtcTime asked = received_time(line, "asked_ms").value_or(received);
    const bool guess = fields.has("guess") && fields.flag("guess");
    delivery = {received, to_text(*reply), OwtAnswer{server, fields.text("path"), asked, guess}};
  } else if (const Json* signal = fields.find("signal"); signal != nullptr) {
    delivery = {received, to_text(*signal), OwtSignal{server, fields.text("room")}};
  } else if (const Json* cast = fields.find("cast"); cast != nullptr) {
    delivery = {received, to_text(*cast), OwtCast{server, fields.optional_text("room")}};
  }
  return fields.ok() ? delivery : std::nullopt;
}

}  // namespace

std::optional<Delivery> OwtLog::next() {
  std::string line;
  while (lines_.next(line)) {
    const Json json = parse_line(line);
    const auto time = json.is_object() ? received_time(json) : std::nullopt;
    auto delivery = time ? delivery_of(json, std::max(newest_, *time)) : std::nullopt;
    if (!delivery) {
      lines_.refuse();
      continue;
    }
    newest_ = delivery->received;
    return delivery;
  }
  return std::nullopt;
}

}  // namespace rtcscope::feeds::owt
