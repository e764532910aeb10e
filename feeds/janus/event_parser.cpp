#include "feeds/janus/event_parser.hpp"

#include "base/json_depth.hpp"
#include "feeds/janus/event_bodies.hpp"

namespace rtcscope::feeds::janus {
namespace {

/// One delivery's way through the parser.
class Delivered {
 public:
  explicit Delivered(FactSink& sink) : sink_(sink) {}

  void refuse(EventErrc code) noexcept { counts.refused[static_cast<std::size_t>(code)] += 1; }

  void event(const Json& json) {
    if (!json.is_object()) return refuse(EventErrc::kNotObject);
    Fields fields(json);
    FactOrigin origin;
    origin.server = fields.optional_text("emitter");
    origin.session_key = fields.optional_id("session_id");
    origin.handle_key = fields.optional_id("handle_id");
    origin.opaque_id = fields.optional_text("opaque_id");
    const std::int64_t type = fields.integer("type");
    const std::int64_t timestamp_us = fields.integer("timestamp");
    // Beyond this, microseconds do not fit nanoseconds in 64 bits.
    constexpr std::int64_t kMaxTimestampUs = INT64_MAX / 1000;
    const Json* body = fields.find("event");
    const bool in_range = timestamp_us >= 0 && timestamp_us <= kMaxTimestampUs;
    if (!fields.ok() || !in_range || body == nullptr) return refuse(EventErrc::kBadEnvelope);
    origin.time = utc_from_ns(timestamp_us * 1000);
    bodies(type, std::move(origin), *body);
  }

  DeliveryCounts counts;

 private:
  // With combine_media_stats, `event` of 32/3 is an array with one object per medium.
  void bodies(std::int64_t type, FactOrigin origin, const Json& json) {
    if (!json.is_array()) return body(type, origin, json);
    std::size_t taken = 0;
    for (const Json& element : json) {
      if (++taken > kMaxEvents) return refuse(EventErrc::kTooManyEvents);
      body(type, origin, element);
    }
  }

  void body(std::int64_t type, const FactOrigin& origin, const Json& json) {
    if (!json.is_object()) return refuse(EventErrc::kNotObject);
    BodyResult result = parse_body(type, json);
    if (!result) return refuse(result.error());
    counts.facts += 1;
    counts.unknown += std::holds_alternative<OtherEvent>(*result) ? 1 : 0;
    sink_.on_fact({origin, *std::move(result)});
  }

  FactSink& sink_;
};

}  // namespace

DeliveryCounts parse_delivery(std::string_view json, FactSink& sink) {
  Delivered delivered(sink);
  if (json.size() > kMaxDeliveryBytes) {
    delivered.refuse(EventErrc::kTooLarge);
    return delivered.counts;
  }
  if (deeper_than(json, kMaxDepth)) {
    delivered.refuse(EventErrc::kTooDeep);
    return delivered.counts;
  }
  const Json parsed = Json::parse(json, nullptr, /*allow_exceptions=*/false);
  if (parsed.is_discarded()) {
    delivered.refuse(EventErrc::kNotJson);
  } else if (!parsed.is_array()) {
    delivered.event(parsed);
  } else {
    std::size_t taken = 0;
    for (const Json& event : parsed) {
      if (++taken > kMaxEvents) {
        delivered.refuse(EventErrc::kTooManyEvents);
        break;
      }
      delivered.event(event);
    }
  }
  return delivered.counts;
}

}  // namespace rtcscope::feeds::janus
