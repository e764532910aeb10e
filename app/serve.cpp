#include "app/serve.hpp"

#include <spdlog/spdlog.h>

#include <chrono>
#include <iostream>
#include <span>
#include <stdexcept>
#include <utility>

#include "app/bus_options.hpp"
#include "app/host.hpp"
#include "app/paths.hpp"
#include "app/privileges.hpp"
#include "app/probes.hpp"
#include "app/service_manager.hpp"
#include "app/serving.hpp"
#include "app/signals.hpp"
#include "bus/io/bus_receiver.hpp"

namespace rtcscope::app {
namespace {

constexpr std::chrono::milliseconds kPatience{200};
/// Between two tries to reach the broker.
constexpr std::chrono::seconds kReconnectPause{2};

/// Facts come with the probes' batches; of what waits here only messages of other agents are used.
struct NoFacts final : feeds::FactSink {
  void on_fact(const feeds::Fact& /*fact*/) override {}
};

class Collector {
 public:
  Collector(const CollectOptions& options, const bus::BusPlace& bus, Serving& serving)
      : bus_(bus),
        serving_(serving),
        probes_({correlator_options(options.serve), random_seed(),
                 [this](const feeds::Delivery& delivery, const feeds::DeliveryCounts& counts) {
                   count_delivery(serving_.board(), delivery, counts);
                 },
                 log_line},
                serving) {
    stats_.enabled = true;
    stats_.address = to_string(bus.address);
    stats_.last_error = "not connected yet";
    hang_up(utc_now());
  }

  void run() {
    while (!stop_requested()) {
      try {
        bus::Receiver receiver(bus_);
        connected();
        too_big_seen_ = 0;
        while (!stop_requested()) take_from(receiver);
      } catch (const std::runtime_error& error) {
        lost(error.what());
        wait();
      }
    }
    tell_service_manager("STOPPING=1\nSTATUS=writing what was found");
    serving_.stop_listening();
    probes_.finish();
  }

 private:
  void take_from(bus::Receiver& receiver) {
    if (const auto message = receiver.next(kPatience)) {
      probes_.take(std::as_bytes(std::span(message->octets)), utc_now());
      // What waits for the store is as safe there as with a program that watches itself.
      receiver.done(message->tag);
    }
    too_big_ += receiver.too_big() - std::exchange(too_big_seen_, receiver.too_big());
    look_at_clock();
  }

  void wait() {
    const auto until = std::chrono::steady_clock::now() + kReconnectPause;
    while (std::chrono::steady_clock::now() < until && sleep_unless_stopped(kPatience)) look_at_clock();
  }

  void look_at_clock() {
    const UtcTime now = utc_now();
    if (now < next_second_ && next_second_ <= now + std::chrono::seconds{1}) return;
    next_second_ = now + std::chrono::seconds{1};
    tell_service_manager("WATCHDOG=1");
    if (take_reload_request()) serving_.reload();
    serving_.drain_feed(no_facts_);
    probes_.advance(now);
    hang_up(now);
  }

  void hang_up(UtcTime now) {
    api::BusStats stats = probes_.stats(now);
    stats.enabled = stats_.enabled;
    stats.address = stats_.address;
    stats.connected = stats_.connected;
    stats.reconnects = stats_.reconnects;
    stats.last_error = stats_.last_error;
    if (too_big_ != 0) stats.refused.push_back({"too_big", too_big_});
    serving_.board().set_correlators(probes_.correlators());
    serving_.board().set_bus(std::move(stats), probes_.refusals());
  }

  void connected() {
    if (was_connected_) stats_.reconnects += 1;
    was_connected_ = stats_.connected = true;
    stats_.last_error.clear();
    spdlog::info("the bus {} is connected", stats_.address);
    tell_service_manager("STATUS=taking reports from " + stats_.address);
  }

  void lost(const std::string& why) {
    if (stats_.last_error != why)
      spdlog::error("the bus {}: {}; trying again every 2 s", stats_.address, why);
    stats_.connected = false;
    stats_.last_error = why;
    tell_service_manager("STATUS=the bus " + stats_.address + ": " + why);
  }

  const bus::BusPlace& bus_;
  Serving& serving_;
  Probes probes_;
  NoFacts no_facts_;
  api::BusStats stats_;  // of the connection
  bool was_connected_ = false;
  std::uint64_t too_big_ = 0, too_big_seen_ = 0;  // messages; of this connection's, those counted already
  UtcTime next_second_{};
};

}  // namespace

int serve(const CollectOptions& options) {
  const bus::BusPlace bus = bus_place(options.bus);
  install_reload_signal();
  AllowedPaths paths = system_paths();
  allow_serving(paths, options.serve);
  allow_reading(paths, options.bus.ca);
  const PrivilegeReport report = drop_privileges({options.user, {}, paths});
  spdlog::info("privileges: {}", report.summary);
  for (const std::string& warning : report.warnings) spdlog::warn("privileges: {}", warning);
  Serving serving(options.serve, "serve");
  std::cout << "listening on " << serving.url() << "\ntaking reports from " << to_string(bus.address)
            << std::endl;
  tell_service_manager("READY=1");
  Collector(options, bus, serving).run();
  serving.finish();
  return kExitOk;
}

}  // namespace rtcscope::app
