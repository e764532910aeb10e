#include "app/capture.hpp"

#include <spdlog/spdlog.h>

#include <iostream>

#include "app/bus_options.hpp"
#include "app/host.hpp"
#include "app/paths.hpp"
#include "app/service_manager.hpp"
#include "app/watch.hpp"
#include "bus/batch.hpp"
#include "bus/io/bus_sender.hpp"

namespace rtcscope::app {
namespace {

/// How long the last reports may take when the program ends.
constexpr std::chrono::seconds kLastReports{5};

bus::SenderOptions sender_options(const CaptureOptions& options) {
  bus::SenderOptions sender;
  sender.place = bus_place(options.bus);
  sender.spool_folder = options.spool;
  sender.spool_bytes = std::uint64_t{options.spool_mebibytes} << 20U;
  sender.log = log_line;
  return sender;
}

/// What is not read or given up here, as far as it happened.
std::vector<bus::ProbeRefusal> refusals_of(const api::Stats& stats) {
  std::vector<bus::ProbeRefusal> refusals;
  const auto add = [&](const std::string& protocol, const std::string& code, std::uint64_t count) {
    if (count != 0) refusals.push_back({protocol, code, count});
  };
  for (const api::RefusalStats& refusal : stats.refusals) add(refusal.protocol, refusal.code, refusal.count);
  add("flows", "evicted", stats.flows.evicted);
  add("flows", "streams_evicted", stats.flows.streams_evicted);
  add("flows", "streams_refused", stats.flows.streams_refused);
  add("flows", "identities_refused", stats.flows.identities_refused);
  if (!stats.capture.tap) return refusals;
  for (const api::TapLossStats& loss : stats.capture.tap->losses) {
    add("tap", loss.interface + ' ' + loss.reason, loss.count);
  }
  return refusals;
}

/// Batches instead of a picture: what a probe has behind its pipeline.
class BusOutlet final : public Outlet {
 public:
  BusOutlet(const CaptureOptions& options, const bus::SenderOptions& sender)
      : board_("capture", utc_now()), sender_(sender), writer_(writer_options(options)) {
    board_.ask_others = [this](api::Stats& stats) { feeds_.add_to(stats.feed); };
  }

  [[nodiscard]] StatsBoard& board() noexcept override { return board_; }
  [[nodiscard]] FeedDesk& feeds() noexcept { return feeds_; }
  [[nodiscard]] correlator::Intake& intake() noexcept { return writer_; }

  void drain_feed(feeds::FactSink& facts) override {
    feeds_.drain(facts, board_, [this](const feeds::Delivery& delivery) {
      if (!writer_.on_delivery(delivery)) too_large_ += 1;
    });
  }
  void reload() override { spdlog::info("SIGHUP: a probe reads no file anew"); }
  void stop_listening() override { feeds_.stop(); }

  /// Sends what waits. False: some of it stayed here and is gone with the program.
  bool finish() {
    sender_.stop(kLastReports);
    const bus::SenderCounts counts = sender_.counts();
    if (counts.lost == 0) return true;
    spdlog::warn("{} batches of reports could not be sent: {}", counts.lost, counts.last_error);
    return false;
  }

 private:
  bus::BatchWriter::Options writer_options(const CaptureOptions& options) {
    bus::BatchWriter::Options writer;
    writer.host = host_name(options.host_name);
    writer.owt_viewer = options.owt.viewer_user;
    writer.run = random_seed();
    writer.clock = utc_now;
    writer.status = [this] { return status(); };
    writer.send = [this](std::string&& batch) { sender_.send(std::move(batch)); };
    return writer;
  }

  bus::ProbeStatus status() const {
    const api::Stats stats = board_.stats();
    const bus::SenderCounts sender = sender_.counts();
    bus::ProbeStatus status;
    status.version = stats.version;
    status.source = stats.source;
    status.error = trouble(stats);
    for (const api::InterfaceStats& interface : stats.capture.interfaces) {
      status.packets += interface.packets;
      status.kernel_drops += interface.kernel_drops + interface.interface_drops;
    }
    status.waiting = sender.waiting + sender.spool_batches;
    status.waiting_bytes = sender.waiting_bytes + sender.spool_bytes;
    status.unsent = sender.lost + sender.spool_unreadable;
    status.refusals = refusals_of(stats);
    return status;
  }

  /// What does not work here, in one line; "" when all does.
  std::string trouble(const api::Stats& stats) const {
    if (!stats.capture.error.empty()) return stats.capture.error;
    for (const api::FeedSourceStats& source : stats.feed.sources) {
      if (!source.last_error.empty()) return source.address + ": " + source.last_error;
    }
    std::uint64_t dropped = too_large_;
    for (const api::FeedSourceStats& source : stats.feed.sources) dropped += source.dropped;
    return dropped == 0 ? "" : std::to_string(dropped) + " deliveries of feeds found no room";
  }

  StatsBoard board_;
  FeedDesk feeds_;
  std::uint64_t too_large_ = 0;
  bus::Sender sender_;
  bus::BatchWriter writer_;
};

}  // namespace

int capture(const CaptureOptions& options) {
  const bus::SenderOptions sender = sender_options(options);
  Watch watch(options);
  AllowedPaths paths = system_paths();
  allow_reading(paths, options.bus.ca);
  make_writable(paths, options.spool);
  watch.give_up_privileges(std::move(paths));
  BusOutlet outlet(options, sender);
  Pipeline pipeline(random_seed(), outlet.intake());
  watch.show(outlet, pipeline);
  std::cout << "sending to " << to_string(sender.place.address) << "\nwatching: " << watch.description()
            << "\nkeys: " << watch.keys() << std::endl;
  tell_service_manager("READY=1\nSTATUS=watching: " + watch.description());
  watch.start_feeds(outlet.feeds());
  const bool well = watch.run(outlet, pipeline, nullptr);
  return outlet.finish() && well ? kExitOk : kExitFailure;
}

}  // namespace rtcscope::app
