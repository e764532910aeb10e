#include <variant>

#include "api/answers.hpp"
#include "api/handlers.hpp"
#include "api/series.hpp"
#include "base/text.hpp"

namespace rtcscope::api {
namespace {

/// Streams times points of one answer: a bound of its size, far above what a chart shows.
constexpr std::int64_t kMostCells = 1'000'000;

struct Choice {
  Axis axis;                // without points: there are no samples
  std::int64_t kept_s = 1;  // the finest level that still has all of the range
};

/// The axis of the streams' samples in the asked range, or the answer that says why there is none.
std::variant<Choice, http::Response> choose_axis(const Services& services, const Call& call,
                                                 const std::vector<StreamId>& streams) {
  const auto asked = call.arguments.value<std::int64_t>("resolution_s");
  const auto span = services.store.sample_span(streams, call.arguments.time_range());
  if (!span) return store_failure(services, call, span.error());
  if (!span->has_value()) return Choice{{asked.value_or(1), 0, 0}, 1};
  const Axis axis = asked ? axis_of(**span, possible_resolution(**span, *asked)) : finest_axis(**span);
  if (asked && axis.points > kMostPoints) {
    return http::problem(call.request, 400,
                         "parameter \"resolution_s\" gives " + std::to_string(axis.points) +
                             " points; choose a wider one or a shorter time");
  }
  return Choice{axis, possible_resolution(**span, 1)};
}

/// Puts the columns of one stream into `json`; the failure when the store fails.
std::optional<http::Response> add_stream(const Services& services, const Call& call, StreamId stream,
                                         const Axis& axis, Json& json) {
  std::vector<store::SeriesPoint> points;
  if (axis.points > 0) {
    const auto resolution = std::chrono::seconds{axis.resolution_s};
    const auto read = services.store.series(stream, call.arguments.time_range(), resolution);
    if (!read) return store_failure(services, call, read.error());
    points = *read;
  }
  put_columns(json, axis, points);
  return std::nullopt;
}

Json stream_head_json(const model::Stream& stream) {
  const auto source = stream.source_participant;
  return {{"stream_id", hex_id(stream.id.value)},
          {"ssrc", stream.ssrc},
          {"direction", stream.direction},
          {"kind", stream.kind},
          {"codec", stream.codec},
          {"source_participant_id", source.valid() ? Json(hex_id(source.value)) : Json(nullptr)},
          {"rtx_of_ssrc", stream.rtx_of_ssrc ? Json(*stream.rtx_of_ssrc) : Json(nullptr)}};
}

}  // namespace

http::Response show_stream_series(const Services& services, const Call& call) {
  const auto id = call.arguments.path_id<StreamId>();
  const auto stream = services.store.stream(id);
  if (!stream) return store_failure(services, call, stream.error());
  if (!stream->has_value()) return not_found(call, "stream");
  const auto chosen = choose_axis(services, call, {id});
  if (const auto* refusal = std::get_if<http::Response>(&chosen)) return *refusal;
  const auto& [axis, kept_s] = std::get<Choice>(chosen);
  Json json{{"stream_id", hex_id(id.value)},
            {"resolution_s", axis.resolution_s},
            {"kept_s", kept_s},
            {"time", time_column(axis)}};
  if (auto failure = add_stream(services, call, id, axis, json)) return *failure;
  return json_answer(json);
}

http::Response show_participant_series(const Services& services, const Call& call) {
  const auto id = call.arguments.path_id<ParticipantId>();
  const auto participant = services.store.participant(id);
  if (!participant) return store_failure(services, call, participant.error());
  if (!participant->has_value()) return not_found(call, "participant");
  const auto& rows = (*participant)->streams;
  std::vector<StreamId> ids;
  for (const store::StreamRow& row : rows) ids.push_back(row.stream.id);
  const auto chosen = choose_axis(services, call, ids);
  if (const auto* refusal = std::get_if<http::Response>(&chosen)) return *refusal;
  const auto& [axis, kept_s] = std::get<Choice>(chosen);
  if (axis.points * static_cast<std::int64_t>(rows.size()) > kMostCells) {
    return http::problem(call.request, 400,
                         std::to_string(rows.size()) + " streams of " + std::to_string(axis.points) +
                             " points are too many; choose a wider resolution_s or a shorter time");
  }
  Json streams = Json::array();
  for (const store::StreamRow& row : rows) {
    Json json = stream_head_json(row.stream);
    if (auto failure = add_stream(services, call, row.stream.id, axis, json)) return *failure;
    streams.push_back(std::move(json));
  }
  return json_answer({{"participant_id", hex_id(id.value)},
                      {"resolution_s", axis.resolution_s},
                      {"kept_s", kept_s},
                      {"time", time_column(axis)},
                      {"streams", std::move(streams)}});
}

}  // namespace rtcscope::api
