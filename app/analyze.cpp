#include "app/analyze.hpp"

#include <chrono>
#include <iostream>
#include <memory>
#include <vector>

#include "app/host.hpp"
#include "app/key_file.hpp"
#include "app/picture.hpp"
#include "app/playback.hpp"
#include "app/recorded_logs.hpp"
#include "app/report.hpp"
#include "capture/open.hpp"
#include "correlator/correlator.hpp"

namespace rtcscope::app {
namespace {

CaptureSummary summarize(const AnalyzeOptions& options, const Pipeline& pipeline,
                         const PlaybackResult& played, const feeds::DeliveryCounts& feed, double seconds) {
  CaptureSummary summary;
  summary.path = options.capture;
  summary.packets = played.packets;
  summary.bytes = played.bytes;
  summary.capture_drops = pipeline.capture_drops();
  summary.first = played.first;
  summary.last = played.last;
  summary.read_seconds = seconds;
  if (played.ended_early) summary.ended_early = played.ended_early->message;
  summary.counters = pipeline.packets().tallies().counters;
  summary.refusals = pipeline.packets().refusals();
  summary.feed_events = feed.facts;
  summary.feed_refused = feed.refused_total();
  return summary;
}

/// Adds what is wrong with a log to `faults`, "" when nothing is.
void add_fault(std::string& faults, const std::string& what, const std::string& path,
               const feeds::RecordedLog* log) {
  if (log == nullptr || log->counts().malformed == 0) return;
  const feeds::LineCounts& counts = log->counts();
  faults += (faults.empty() ? "" : "; ") + what + " " + path + ": " + std::to_string(counts.malformed) +
            " of " + std::to_string(counts.lines) + " lines are none of its kind, the first is line " +
            std::to_string(counts.first_malformed_line) + "; they were left out";
}

/// "" when every frame's link layer can be read.
std::string link_fault(const PacketSource& source, const flows::PathTallies& tallies) {
  const auto code = static_cast<std::size_t>(link::LinkErrc::kUnsupportedLinkType);
  const std::uint64_t frames = tallies.link.counts()[code];
  if (frames == 0) return {};
  std::string types;
  for (const InterfaceInfo& interface : source.interfaces()) {
    types += (types.empty() ? "" : ", ") + interface.name + " has link type " +
             std::to_string(static_cast<unsigned>(interface.link_type));
  }
  return std::to_string(frames) + " frames are of a link layer that is not read (" + types +
         "); Ethernet, Linux cooked, raw IP, null and loop are: capture on such an interface";
}

void write_report(ReportFormat format, const Picture& picture, const CaptureSummary& summary) {
  switch (format) {
    case ReportFormat::kText:
      return write_text_report(std::cout, picture, summary);
    case ReportFormat::kJson:
      return write_json_report(std::cout, picture, summary);
    case ReportFormat::kCsv:
      return write_csv_report(std::cout, picture);
  }
}

}  // namespace

int analyze(const AnalyzeOptions& options) {
  auto source = open_capture_file(options.capture);
  if (!source) {
    std::cerr << "rtcscope: " << source.error().message << "\n";
    return kExitFailure;
  }
  RecordedLogs logs(options.events, options.admin, options.owt);
  srtp::RecordedSecrets keys;
  if (!options.keys.empty()) keys = read_key_file(options.keys);

  Picture picture;
  picture.keep_samples = options.samples && options.format == ReportFormat::kJson;
  // Nobody looks before the end; what a second says of its streams waits in memory meanwhile.
  constexpr Duration kTellEvery = std::chrono::seconds{10};
  const std::uint64_t seed = random_seed();
  correlator::Correlator correlator({host_name()}, {.tell_every = kTellEvery, .issues = options.issues}, seed,
                                    picture);
  Pipeline pipeline(seed, correlator);
  pipeline.add_keys(std::move(keys));
  Playback playback(**source, logs.all(), pipeline, Pacer(0));
  const auto start = std::chrono::steady_clock::now();
  const PlaybackResult played = playback.run([] {});
  picture.sort();
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  CaptureSummary summary = summarize(options, pipeline, played, playback.feed_counts(), seconds.count());
  add_fault(summary.feed_fault, "event log", options.events, logs.events());
  add_fault(summary.feed_fault, "Admin log", options.admin, logs.admin());
  add_fault(summary.feed_fault, "OWT log", options.owt, logs.owt());
  const std::string unread = link_fault(**source, pipeline.packets().tallies());
  write_report(options.format, picture, summary);
  std::cout.flush();
  if (!std::cout) {
    std::cerr << "rtcscope: the report could not be written to standard output\n";
    return kExitFailure;
  }
  if (played.ended_early) std::cerr << "rtcscope: " << played.ended_early->message << "\n";
  if (!unread.empty()) std::cerr << "rtcscope: " << options.capture << ": " << unread << "\n";
  if (!summary.feed_fault.empty()) std::cerr << "rtcscope: " << summary.feed_fault << "\n";
  if (played.stopped) std::cerr << "rtcscope: stopped by a signal; the report covers what was read\n";
  const bool partial = played.ended_early || played.stopped || !unread.empty() || !summary.feed_fault.empty();
  return partial ? kExitPartial : kExitOk;
}

}  // namespace rtcscope::app
