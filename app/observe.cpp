#include "app/observe.hpp"

#include <spdlog/spdlog.h>

#include <chrono>
#include <iostream>
#include <stdexcept>

#include "app/host.hpp"
#include "app/live_capture.hpp"
#include "app/serving.hpp"
#include "app/signals.hpp"
#include "app/welcome.hpp"

namespace rtcscope::app {
namespace {

constexpr Duration kBatchWait = std::chrono::milliseconds{200};
constexpr Duration kReopenInterval = std::chrono::seconds{5};
/// Packets reach us in blocks: time goes on for streams only when what came before is surely here.
constexpr Duration kBlockDelay = std::chrono::milliseconds{500};

/// The tap hands on within 20 ms: what came before a second's end is here this long after it.
constexpr Duration kTapDelay = std::chrono::milliseconds{50};

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

/// Throws as admin_feeds() does.
std::vector<BrokerFeedOptions> broker_feeds(const ObserveOptions& options) {
  feeds::janus::BrokerLogin login;
  login.ca_file = options.broker_ca;
  if (!options.broker_credentials.empty()) {
    const std::string line = read_secret("--broker-credentials", options.broker_credentials);
    const auto colon = line.find(':');
    if (colon == std::string::npos)
      throw std::runtime_error("--broker-credentials: the first line must be user:password");
    login.user = line.substr(0, colon);
    login.password = line.substr(colon + 1);
  }
  std::vector<BrokerFeedOptions> feeds;
  for (const std::string& url : options.brokers) feeds.push_back({url, login});
  return feeds;
}

class Observer {
 public:
  Observer(const ObserveOptions& options, LiveCapture capture, Serving& serving, Pipeline& pipeline)
      : options_(options), capture_(std::move(capture)), serving_(serving), pipeline_(pipeline) {}

  void run() {
    while (!stop_requested()) {
      take_batch();
      serving_.drain_feed(pipeline_.facts());
      const UtcTime time = utc_now();
      if (time >= next_second_ + (capture_.tap != nullptr ? kTapDelay : Duration::zero())) every_second(time);
    }
    // Janus tries again when nobody answers; what it delivered before is used.
    serving_.stop_listening();
    serving_.drain_feed(pipeline_.facts());
    read_meters();
    pipeline_.finish();
  }

 private:
  void take_batch() {
    if (!capture_.source) {
      sleep_unless_stopped(kBatchWait);
      return;
    }
    const auto batch = capture_.source->next_batch(kBatchWait);
    if (!batch) return lose(batch.error().message);
    for (const PacketRecord& record : *batch) {
      // A report speaks for the meters as they were read last: they come first in a new second.
      if (capture_.tap != nullptr && record.time >= next_second_) every_second(record.time);
      pipeline_.add(record);
    }
  }

  void every_second(UtcTime time) {
    const UtcTime second = std::chrono::floor<std::chrono::seconds>(time);
    next_second_ = (capture_.tap != nullptr ? second : time) + std::chrono::seconds{1};
    if (!capture_.source) reopen(time);
    read_meters();
    if (capture_.source) {
      pipeline_.follow(*capture_.source);
      hang_up_capture();
    }
    pipeline_.advance(capture_.tap != nullptr ? second : time - kBlockDelay);
    serving_.board().set_pipeline(pipeline_);
  }

  void read_meters() {
    if (capture_.tap == nullptr) return;
    pipeline_.begin_readings();
    capture_.tap->read_meters([this](const MeterReading& reading) { return pipeline_.add_meter(reading); });
  }

  void hang_up_capture() {
    serving_.board().set_capture(*capture_.source);
    serving_.board().set_tap(capture_);
  }

  void lose(const std::string& why) {
    spdlog::error("capture stopped: {}; trying again every 5 s", why);
    serving_.board().set_capture_error(why);
    pipeline_.follow(*capture_.source);
    hang_up_capture();
    capture_ = {};
    next_open_ = utc_now() + kReopenInterval;
  }

  void reopen(UtcTime time) {
    if (time < next_open_) return;
    next_open_ = time + kReopenInterval;
    auto opened = open_live(options_);
    if (!opened) return serving_.board().set_capture_error(opened.error().message);
    capture_ = *std::move(opened);
    pipeline_.source_changed();
    serving_.board().set_capture_error("");
    spdlog::info("capture works again: {}", capture_.source->description());
  }

  const ObserveOptions& options_;
  LiveCapture capture_;
  Serving& serving_;
  Pipeline& pipeline_;
  UtcTime next_second_{};
  UtcTime next_open_{};
};

}  // namespace

int observe(const ObserveOptions& options) {
  auto capture = open_live(options);
  if (!capture) {
    std::cerr << "rtcscope: " << capture.error().message << "\n";
    return kExitFailure;
  }
  const std::vector<AdminFeedOptions> feeds = admin_feeds(options);
  const std::vector<BrokerFeedOptions> brokers = broker_feeds(options);
  Serving serving(options.serve, "observe");
  Pipeline pipeline(host_name(options.serve.host_name), random_seed(), serving, options.serve.issues);
  serving.board().set_capture(*capture->source);
  serving.board().set_tap(*capture);
  if (!capture->note.empty()) spdlog::warn("every packet is copied: {}", capture->note);
  print_welcome(std::cout, serving.url(), capture->source->description(),
                !options.serve.ingest_credentials.empty());
  for (const AdminFeedOptions& feed : feeds) serving.ask(feed);
  for (const BrokerFeedOptions& broker : brokers) serving.fetch(broker);
  Observer(options, *std::move(capture), serving, pipeline).run();
  serving.finish();
  return kExitOk;
}

}  // namespace rtcscope::app
