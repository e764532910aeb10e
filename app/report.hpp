#pragma once
// What `rtcscope analyze` prints, from the final picture.

#include <iosfwd>
#include <string>
#include <vector>

#include "app/picture.hpp"
#include "flows/tallies.hpp"

namespace rtcscope::app {

/// How the reading itself went; shown in every format.
struct CaptureSummary {
  std::string path;
  std::uint64_t packets = 0;
  std::uint64_t bytes = 0;
  std::uint64_t capture_drops = 0;
  UtcTime first{};
  UtcTime last{};
  double read_seconds = 0;  // wall time of reading, decoding, metering and correlating
  std::string ended_early;  // "" when the capture was read to its end; else where and why not
  flows::PathCounters counters;
  std::vector<flows::RefusalCount> refusals;
  std::uint64_t feed_events = 0;
  std::uint64_t feed_refused = 0;
  std::string feed_fault;  // "" when every line of the event log was an event
};

void write_text_report(std::ostream& out, const Picture& picture, const CaptureSummary& summary);
/// One line per stream with the names of what it belongs to; a header line first (RFC 4180).
void write_csv_report(std::ostream& out, const Picture& picture);
/// One object: capture, conferences, participants, sessions, connections, flows, streams, events.
void write_json_report(std::ostream& out, const Picture& picture, const CaptureSummary& summary);

}  // namespace rtcscope::app
