#include "app/replay.hpp"

#include <spdlog/spdlog.h>

#include <chrono>
#include <filesystem>
#include <iostream>

#include "app/host.hpp"
#include "app/key_file.hpp"
#include "app/playback.hpp"
#include "app/recorded_logs.hpp"
#include "app/serving.hpp"
#include "app/signals.hpp"
#include "capture/open.hpp"

namespace rtcscope::app {
namespace {

struct Recording {
  std::string capture;
  std::string events;  // "" when there are none
  std::string admin;
  std::string owt;
};

/// A folder holds call.pcap (or .pcapng) and perhaps janus-events.jsonl, admin-handle_info.jsonl
/// and owt-messages.jsonl.
Recording locate(const ReplayOptions& options) {
  namespace fs = std::filesystem;
  Recording recording{options.input, options.events, options.admin, options.owt};
  if (!fs::is_directory(options.input)) return recording;
  const fs::path folder(options.input);
  const bool ng = !fs::exists(folder / "call.pcap") && fs::exists(folder / "call.pcapng");
  recording.capture = (folder / (ng ? "call.pcapng" : "call.pcap")).string();
  const auto take = [&](std::string& place, const char* name) {
    if (place.empty() && fs::exists(folder / name)) place = (folder / name).string();
  };
  take(recording.events, "janus-events.jsonl");
  take(recording.admin, "admin-handle_info.jsonl");
  take(recording.owt, "owt-messages.jsonl");
  return recording;
}

/// Hangs the counters up about once a second of wall time.
class Ticker {
 public:
  Ticker(Serving& serving, Pipeline& pipeline, const correlator::Correlator& correlator, PacketSource& source)
      : serving_(serving), pipeline_(pipeline), correlator_(correlator), source_(source) {}

  void operator()() {
    const auto now = std::chrono::steady_clock::now();
    if (now < next_) return;
    next_ = now + std::chrono::seconds{1};
    hang_up();
  }
  void hang_up() {
    serving_.board().set_capture(source_);
    serving_.board().set_correlators({&correlator_});
    serving_.board().set_pipeline(pipeline_);
  }

 private:
  Serving& serving_;
  Pipeline& pipeline_;
  const correlator::Correlator& correlator_;
  PacketSource& source_;
  std::chrono::steady_clock::time_point next_{};
};

/// Deliveries of the log are counted as if Janus had posted them.
void count_feed(Serving& serving, const Playback& playback, UtcTime last) {
  const feeds::DeliveryCounts& counts = playback.feed_counts();
  serving.board().count_feed(counts.facts, counts.refused_total(), last);
}

void wait_for_stop() {
  while (sleep_unless_stopped(std::chrono::hours{1})) {
  }
}

}  // namespace

int replay(const ReplayOptions& options) {
  const Recording recording = locate(options);
  auto source = open_capture_file(recording.capture);
  if (!source) {
    std::cerr << "rtcscope: " << source.error().message << "\n";
    return kExitFailure;
  }
  RecordedLogs logs(recording.events, recording.admin, recording.owt);
  srtp::RecordedSecrets keys;
  if (!options.keys.empty()) keys = read_key_file(options.keys);
  Serving serving(options.serve, "replay");
  const std::uint64_t seed = random_seed();
  correlator::Correlator correlator({host_name(options.serve.host_name)}, correlator_options(options.serve),
                                    seed, serving);
  Pipeline pipeline(seed, correlator);
  pipeline.set_rtcp_listener(serving.rtcp_listener());
  if (serving.ring() != nullptr) pipeline.keep_headers_in(*serving.ring());
  std::cout << "listening on " << serving.url() << "\nreplaying: " << (*source)->description() << std::endl;

  pipeline.add_keys(std::move(keys));
  Ticker ticker(serving, pipeline, correlator, **source);
  Playback playback(**source, logs.all(), pipeline, Pacer(options.speed));
  const PlaybackResult played = playback.run(ticker);
  ticker.hang_up();
  count_feed(serving, playback, played.last);
  if (played.ended_early) {
    serving.board().set_capture_error(played.ended_early->message);
    std::cerr << "rtcscope: " << played.ended_early->message << "\n";
  }
  serving.board().set_finished();
  if (!played.stopped) {
    std::cout << "the recording is over: " << played.packets << " packets";
    std::cout << (options.exit_when_done ? "" : "; still serving, Ctrl-C ends") << std::endl;
  }
  if (!options.exit_when_done) wait_for_stop();
  serving.stop_listening();
  serving.finish();
  return played.ended_early ? kExitPartial : kExitOk;
}

}  // namespace rtcscope::app
