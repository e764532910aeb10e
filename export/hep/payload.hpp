#pragma once
// What HEP messages carry, as JSON: RTP statistics of one stream as Homer reads them (type 35, one SSRC a
// message) and lines of the timeline (type 100). A key whose figure was not measured is absent. MOS and
// RFACTOR are never there: rtcscope measures no MOS.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/net.hpp"
#include "base/time.hpp"
#include "correlator/model.hpp"

namespace rtcscope::export_hep {

/// What was measured between two moments.
struct ReportFigures {
  UtcTime start{};
  UtcTime end{};
  model::StreamFigures figures;
  std::optional<double> delta_ms;  // mean time between packets
  std::optional<double> max_delta_ms;
  std::optional<double> jitter_ms;  // RFC 3550, 6.4.1, at `end`
  std::optional<double> max_jitter_ms;
  std::optional<double> mean_jitter_ms;
  std::uint64_t capture_drops = 0;
};

/// Adds up the samples of a stream until a report is due.
class ReportPeriod {
 public:
  /// Takes a sample in; its `interval` counts. Maximum and mean of jitter are those of the samples' own
  /// values, one a second, because the model has no others for a part of a stream.
  void add(const model::StreamSample& sample);

  [[nodiscard]] bool empty() const noexcept { return samples_ == 0; }
  [[nodiscard]] UtcTime start() const noexcept { return total_.start; }
  [[nodiscard]] UtcTime end() const noexcept { return total_.end; }
  /// The figures so far; delta_ms and jitter only if packets came.
  [[nodiscard]] ReportFigures figures() const;

 private:
  ReportFigures total_;
  std::uint64_t samples_ = 0;
  double jitter_sum_ms_ = 0;
  std::uint64_t jitter_samples_ = 0;
};

/// The figures of the whole life of a stream.
ReportFigures life_of(const model::Stream& stream);

enum class ReportType : std::uint8_t { kPeriodic, kFinal };

struct RtpReport {
  ReportType type = ReportType::kPeriodic;
  const model::Stream* stream = nullptr;  // never null when rtp_report_json() runs
  ReportFigures figures;
  Endpoint source;               // of the packets
  Endpoint destination;          // of the packets
  bool direction_known = false;  // false: which end sent is not known, the address keys are absent
  std::string_view correlation_id;
  std::string_view room;
  std::string_view display;
};

/// The report as one JSON object, numbers as JSON numbers, milliseconds rounded to microseconds. kFinal
/// has the keys of both report forms (TOTAL_PK and TOTAL_PACKETS), because homer-ui draws the first only.
/// DIR and PARTY are 0 for uplink (client to server) and 1 for downlink. ROOM, DISPLAY, KIND and
/// CAPTURE_DROPS are rtcscope's own; readers ignore keys that they do not know.
[[nodiscard]] std::string rtp_report_json(const RtpReport& report);

/// One JSON object: time (RFC 3339 UTC), kind, text, and where known room, participant (display name),
/// conference, connection and stream (ids of 16 hex digits).
[[nodiscard]] std::string log_line_json(const model::Event& event, std::string_view room,
                                        std::string_view display);

/// The same of an issue: time of its start or end, kind "issue", the issue's own kind as `issue`, severity,
/// state (started, ended), text, evidence (kind to detail), id, and started_at.
[[nodiscard]] std::string issue_line_json(const model::Issue& issue, std::string_view room,
                                          std::string_view display);

}  // namespace rtcscope::export_hep
