#include "app/observe.hpp"

#include <spdlog/spdlog.h>

#include <chrono>
#include <iostream>
#include <stdexcept>

#include "app/host.hpp"
#include "app/serving.hpp"
#include "app/signals.hpp"
#include "app/welcome.hpp"
#include "capture/open.hpp"

namespace rtcscope::app {
namespace {

constexpr Duration kBatchWait = std::chrono::milliseconds{200};
constexpr Duration kReopenInterval = std::chrono::seconds{5};
/// Packets reach us in blocks: time goes on for streams only when what came before is surely here.
constexpr Duration kBlockDelay = std::chrono::milliseconds{500};

LiveOptions live_options(const ObserveOptions& options) {
  LiveOptions live;
  live.interfaces = options.interfaces;
  live.loopback = options.loopback;
  live.snap_length = options.snap_length;
  live.ring_bytes = options.ring_mebibytes << 20U;
  live.filter = options.filter;
  return live;
}

/// Throws std::runtime_error, one line, when a secret cannot be read or an address is none.
std::vector<AdminFeedOptions> admin_feeds(const ObserveOptions& options) {
  std::vector<AdminFeedOptions> feeds;
  const std::vector<std::string>& files = options.janus_admin_secret_files;
  if (files.size() > 1 && files.size() != options.janus_admin.size()) {
    throw std::runtime_error("--janus-admin-secret-file: give one file, or one for each --janus-admin");
  }
  for (std::size_t i = 0; i < options.janus_admin.size(); ++i) {
    AdminFeedOptions feed;
    feed.url = options.janus_admin[i];
    feed.ca_file = options.janus_admin_ca;
    feed.interval = std::chrono::seconds{options.janus_admin_interval};
    if (!files.empty())
      feed.secret = read_secret("--janus-admin-secret-file", files[files.size() > 1 ? i : 0]);
    feeds.push_back(std::move(feed));
  }
  return feeds;
}

class Observer {
 public:
  Observer(LiveOptions live, std::unique_ptr<PacketSource> source, Serving& serving, Pipeline& pipeline)
      : live_(std::move(live)), source_(std::move(source)), serving_(serving), pipeline_(pipeline) {}

  void run() {
    while (!stop_requested()) {
      take_batch();
      serving_.drain_feed(pipeline_.facts());
      const UtcTime time = utc_now();
      if (time < next_second_) continue;
      next_second_ = time + std::chrono::seconds{1};
      every_second(time);
    }
    // Janus tries again when nobody answers; what it delivered before is used.
    serving_.stop_listening();
    serving_.drain_feed(pipeline_.facts());
    pipeline_.finish();
  }

 private:
  void take_batch() {
    if (!source_) {
      sleep_unless_stopped(kBatchWait);
      return;
    }
    const auto batch = source_->next_batch(kBatchWait);
    if (!batch) return lose(batch.error().message);
    for (const PacketRecord& record : *batch) pipeline_.add(record);
  }

  void every_second(UtcTime time) {
    if (!source_) reopen(time);
    if (source_) {
      pipeline_.follow(*source_);
      serving_.board().set_capture(*source_);
    }
    pipeline_.advance(time - kBlockDelay);
    serving_.board().set_pipeline(pipeline_);
  }

  void lose(const std::string& why) {
    spdlog::error("capture stopped: {}; trying again every 5 s", why);
    serving_.board().set_capture_error(why);
    pipeline_.follow(*source_);
    serving_.board().set_capture(*source_);
    source_.reset();
    next_open_ = utc_now() + kReopenInterval;
  }

  void reopen(UtcTime time) {
    if (time < next_open_) return;
    next_open_ = time + kReopenInterval;
    auto opened = open_live_capture(live_);
    if (!opened) return serving_.board().set_capture_error(opened.error().message);
    source_ = *std::move(opened);
    pipeline_.source_changed();
    serving_.board().set_capture_error("");
    spdlog::info("capture works again: {}", source_->description());
  }

  LiveOptions live_;
  std::unique_ptr<PacketSource> source_;
  Serving& serving_;
  Pipeline& pipeline_;
  UtcTime next_second_{};
  UtcTime next_open_{};
};

}  // namespace

int observe(const ObserveOptions& options) {
  const LiveOptions live = live_options(options);
  auto source = open_live_capture(live);
  if (!source) {
    std::cerr << "rtcscope: " << source.error().message << "\n";
    return kExitFailure;
  }
  const std::vector<AdminFeedOptions> feeds = admin_feeds(options);
  Serving serving(options.serve, "observe");
  Pipeline pipeline(host_name(options.serve.host_name), random_seed(), serving);
  serving.board().set_capture(**source);
  print_welcome(std::cout, serving.url(), (*source)->description(),
                !options.serve.ingest_credentials.empty());
  for (const AdminFeedOptions& feed : feeds) serving.ask(feed);
  Observer(live, *std::move(source), serving, pipeline).run();
  serving.finish();
  return kExitOk;
}

}  // namespace rtcscope::app
