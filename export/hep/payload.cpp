#include "export/hep/payload.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "base/text.hpp"

namespace rtcscope::export_hep {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMaxTextBytes = 2048;

std::int64_t whole_seconds(UtcTime time) {
  return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

void put(Json& json, const char* key, const std::optional<double>& value_ms) {
  if (value_ms && std::isfinite(*value_ms)) json[key] = std::round(*value_ms * 1000) / 1000;
}

void put_text(Json& json, const char* key, std::string_view text) {
  if (!text.empty()) json[key] = clean_utf8(text);
}

void put_identity(Json& json, const RtpReport& report) {
  const model::Stream& stream = *report.stream;
  put_text(json, "CORRELATION_ID", report.correlation_id);
  put_text(json, "RTP_SIP_CALL_ID", report.correlation_id);
  json["REPORT_TS"] =
      std::chrono::floor<std::chrono::microseconds>(report.figures.end).time_since_epoch().count();
  json["REPORT_START"] = whole_seconds(report.figures.start);
  json["REPORT_END"] = whole_seconds(report.figures.end);
  json["TYPE"] = report.type == ReportType::kPeriodic ? "PERIODIC" : "FINAL";
  json["STYPE"] = "rtcscope";
  char ssrc[16];
  std::snprintf(ssrc, sizeof ssrc, "0x%x", stream.ssrc);
  json["SSRC"] = ssrc;
  if (!report.direction_known) return;
  const int direction = stream.direction == "downlink" ? 1 : 0;
  const std::string source = to_string(report.source.address);
  json["REPORT_NAME"] = source + "-" + std::to_string(report.source.port);
  json["DIR"] = direction;
  json["PARTY"] = direction;
  json["SRC_IP"] = source;
  json["SRC_PORT"] = report.source.port;
  json["DST_IP"] = to_string(report.destination.address);
  json["DST_PORT"] = report.destination.port;
}

void put_codec(Json& json, const model::Stream& stream) {
  json["CODEC_PT"] = stream.payload_type;
  put_text(json, "CODEC_NAME", stream.codec);
  if (stream.clock_rate_hz) json["CLOCK"] = *stream.clock_rate_hz;
}

void put_figures(Json& json, const ReportFigures& figures) {
  json["TL_BYTE"] = figures.figures.bytes;
  json["TOTAL_PK"] = figures.figures.packets;
  json["EXPECTED_PK"] = figures.figures.expected;
  json["PACKET_LOSS"] = figures.figures.lost;
  json["OUT_ORDER"] = figures.figures.reordered;
  json["CAPTURE_DROPS"] = figures.capture_drops;
  put(json, "DELTA", figures.delta_ms);
  put(json, "MAX_DELTA", figures.max_delta_ms);
  put(json, "JITTER", figures.jitter_ms);
  put(json, "MAX_JITTER", figures.max_jitter_ms);
  put(json, "MEAN_JITTER", figures.mean_jitter_ms);
}

void put_final_figures(Json& json, const model::StreamFigures& total) {
  json["TOTAL_BYTES"] = total.bytes;
  json["TOTAL_PACKETS"] = total.packets;
  json["TOTAL_EXPECTED_PK"] = total.expected;
  json["TOTAL_PACKET_LOSS"] = total.lost;
}

template <class Id>
void put_id(Json& json, const char* key, Id id) {
  if (id.valid()) json[key] = hex_id(id.value);
}

}  // namespace

void ReportPeriod::add(const model::StreamSample& sample) {
  if (samples_++ == 0) total_.start = sample.start;
  total_.end = std::max(total_.end, sample.end);
  total_.capture_drops += sample.capture_drops;
  model::StreamFigures& sum = total_.figures;
  sum.packets += sample.interval.packets;
  sum.bytes += sample.interval.bytes;
  sum.expected += sample.interval.expected;
  sum.lost += sample.interval.lost;
  sum.duplicates += sample.interval.duplicates;
  sum.reordered += sample.interval.reordered;
  sum.frames += sample.interval.frames;
  // J stands still while no packet comes; such a sample says nothing about the network.
  if (sample.interval.packets == 0 || !sample.jitter_ms) return;
  total_.jitter_ms = sample.jitter_ms;
  total_.max_jitter_ms = std::max(total_.max_jitter_ms.value_or(0), *sample.jitter_ms);
  jitter_sum_ms_ += *sample.jitter_ms;
  ++jitter_samples_;
}

ReportFigures ReportPeriod::figures() const {
  ReportFigures out = total_;
  if (out.figures.packets > 0) {
    out.delta_ms = to_milliseconds(out.end - out.start) / static_cast<double>(out.figures.packets);
  }
  if (jitter_samples_ > 0) out.mean_jitter_ms = jitter_sum_ms_ / static_cast<double>(jitter_samples_);
  return out;
}

ReportFigures life_of(const model::Stream& stream) {
  ReportFigures out;
  out.start = stream.first_packet;
  out.end = stream.last_packet;
  out.figures = stream.total;
  if (stream.total.packets > 1) {
    out.delta_ms = to_milliseconds(stream.last_packet - stream.first_packet) /
                   static_cast<double>(stream.total.packets - 1);
    out.max_delta_ms = stream.max_gap_ms;
  }
  out.jitter_ms = stream.jitter_ms;
  out.max_jitter_ms = stream.jitter_max_ms;
  out.mean_jitter_ms = stream.jitter_mean_ms;
  out.capture_drops = stream.capture_drops;
  return out;
}

std::string rtp_report_json(const RtpReport& report) {
  Json json;
  put_identity(json, report);
  put_codec(json, *report.stream);
  put_figures(json, report.figures);
  if (report.type == ReportType::kFinal) put_final_figures(json, report.figures.figures);
  put_text(json, "ROOM", report.room);
  put_text(json, "DISPLAY", report.display);
  put_text(json, "KIND", report.stream->kind == "unknown" ? std::string_view{} : report.stream->kind);
  return json.dump();
}

std::string log_line_json(const model::Event& event, std::string_view room, std::string_view display) {
  Json json;
  json["time"] = to_rfc3339(event.time);
  json["kind"] = clean_utf8(event.kind);
  json["text"] = clean_utf8(event.text, kMaxTextBytes);
  put_text(json, "room", room);
  put_text(json, "participant", display);
  put_id(json, "conference", event.conference);
  put_id(json, "connection", event.connection);
  put_id(json, "stream", event.stream);
  return json.dump();
}

std::string issue_line_json(const model::Issue& issue, std::string_view room, std::string_view display) {
  Json json;
  json["time"] = to_rfc3339(issue.ended_at ? *issue.ended_at : issue.started_at);
  json["kind"] = "issue";
  json["issue"] = clean_utf8(issue.kind);
  json["severity"] = clean_utf8(issue.severity);
  json["state"] = issue.ended_at ? "ended" : "started";
  json["started_at"] = to_rfc3339(issue.started_at);
  json["text"] = clean_utf8(issue.text, kMaxTextBytes);
  for (const model::Evidence& one : issue.evidence) {
    json["evidence"][clean_utf8(one.kind)] = clean_utf8(one.detail, kMaxTextBytes);
  }
  put_text(json, "room", room);
  put_text(json, "participant", display);
  put_id(json, "id", issue.id);
  put_id(json, "conference", issue.conference);
  put_id(json, "connection", issue.connection);
  put_id(json, "stream", issue.stream);
  return json.dump();
}

}  // namespace rtcscope::export_hep
