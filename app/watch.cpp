#include "app/watch.hpp"

#include <linux/capability.h>
#include <spdlog/spdlog.h>
#include <sys/utsname.h>

#include <chrono>
#include <cstdlib>
#include <stdexcept>

#include "app/feed_options.hpp"
#include "app/host.hpp"
#include "app/paths.hpp"
#include "app/service_manager.hpp"
#include "app/signals.hpp"

namespace rtcscope::app {
namespace {

constexpr Duration kBatchWait = std::chrono::milliseconds{200};
constexpr Duration kReopenInterval = std::chrono::seconds{5};
/// Packets reach us in blocks: time goes on for streams only when what came before is surely here.
constexpr Duration kBlockDelay = std::chrono::milliseconds{500};

/// The tap hands on within 20 ms: what came before a second's end is here this long after it.
constexpr Duration kTapDelay = std::chrono::milliseconds{50};

/// What attaching to a container's library later on takes; nothing else is done with it.
std::vector<int> attaching_capabilities(const LiveKeys& keys) {
  std::vector<int> capabilities{CAP_BPF, CAP_PERFMON, CAP_SYS_PTRACE, CAP_DAC_READ_SEARCH};
  if (keys.needs_sys_admin()) capabilities.push_back(CAP_SYS_ADMIN);
  return capabilities;
}

/// Before Linux 6.0 reading an open map takes CAP_BPF (kernel.unprivileged_bpf_disabled).
bool maps_need_capability() {
  utsname system{};
  return uname(&system) != 0 || std::atoi(static_cast<const char*>(system.release)) < 6;
}

/// What it takes to read on: with a tap, which another process attaches, nothing; else to open an interface
/// that comes back.
std::vector<int> later_capabilities(const LiveCapture& capture) {
  if (capture.tap == nullptr) return {CAP_NET_RAW};
  if (maps_need_capability()) return {CAP_BPF};
  return {};
}

}  // namespace

class Watch::Loop {
 public:
  Loop(Watch& watch, Outlet& outlet, Pipeline& pipeline, const correlator::Correlator* correlator)
      : watch_(watch), outlet_(outlet), pipeline_(pipeline), correlator_(correlator) {}

  /// False if it ended because the capture did.
  bool run() {
    while (!stop_requested() && !failed_) {
      take_batch();
      outlet_.drain_feed(pipeline_.facts());
      const UtcTime time = utc_now();
      if (time + Pipeline::kClockBack < next_second_)
        next_second_ = next_open_ = UtcTime{};  // it was set back
      if (time >= next_second_ + (watch_.capture_.tap != nullptr ? kTapDelay : Duration::zero()))
        every_second(time);
    }
    tell_service_manager("STOPPING=1\nSTATUS=writing what was found");
    // Janus tries again when nobody answers; what it delivered before is used.
    outlet_.stop_listening();
    outlet_.drain_feed(pipeline_.facts());
    read_meters();
    pipeline_.finish();
    return !failed_;
  }

  void follow_capture() {
    pipeline_.follow(*watch_.capture_.source);
    outlet_.board().set_capture(*watch_.capture_.source);
    outlet_.board().set_tap(watch_.capture_);
  }

 private:
  void take_batch() {
    if (!watch_.capture_.source) {
      sleep_unless_stopped(kBatchWait);
      return;
    }
    const auto batch = watch_.capture_.source->next_batch(kBatchWait);
    if (!batch) return lose(batch.error().message);
    // After the wait: the secret of a packet that is here was exported before that packet was sent.
    watch_.keys_.hand_over(pipeline_);
    for (const PacketRecord& record : *batch) {
      // A report speaks for the meters as they were read last: they come first in a new second.
      if (watch_.capture_.tap != nullptr && record.time >= next_second_) every_second(record.time);
      pipeline_.add(record);
    }
  }

  void every_second(UtcTime time) {
    // From the loop that does the work: who hangs is not alive.
    tell_service_manager("WATCHDOG=1");
    const UtcTime second = std::chrono::floor<std::chrono::seconds>(time);
    next_second_ = (watch_.capture_.tap != nullptr ? second : time) + std::chrono::seconds{1};
    look_after_helpers();
    if (!watch_.capture_.source) reopen(time);
    read_meters();
    if (watch_.capture_.source) follow_capture();
    pipeline_.advance(watch_.capture_.tap != nullptr ? second : time - kBlockDelay);
    if (take_reload_request()) outlet_.reload();
    outlet_.board().set_keys(watch_.keys_);
    if (correlator_ != nullptr) outlet_.board().set_correlators({correlator_});
    outlet_.board().set_pipeline(pipeline_);
  }

  void read_meters() {
    if (watch_.capture_.tap == nullptr) return;
    pipeline_.begin_readings();
    watch_.capture_.tap->read_meters(
        [this](const MeterReading& reading) { return pipeline_.add_meter(reading); });
  }

  void look_after_helpers() {
    std::erase_if(watch_.helpers_, [this](Helper& helper) {
      if (!helper.process.has_ended()) return false;
      const std::string fault = "a process of rtcscope ended: " + helper.loss + "; start rtcscope again";
      spdlog::error("{}", fault);
      outlet_.board().set_capture_error(fault);
      return true;
    });
  }

  void lose(const std::string& why) {
    if (watch_.capture_.tap != nullptr) {  // it cannot be loaded again without privileges
      spdlog::error("the tap stopped: {}", why);
      failed_ = true;
      return;
    }
    spdlog::error("capture stopped: {}; trying again every 5 s", why);
    tell_service_manager("STATUS=capture stopped: " + why);
    outlet_.board().set_capture_error(why);
    follow_capture();
    watch_.capture_ = {};
    next_open_ = utc_now() + kReopenInterval;
  }

  void reopen(UtcTime time) {
    if (time < next_open_) return;
    next_open_ = time + kReopenInterval;
    auto opened = open_live(watch_.options_);
    if (!opened) return outlet_.board().set_capture_error(opened.error().message);
    watch_.capture_ = *std::move(opened);
    pipeline_.source_changed();
    outlet_.board().set_capture_error("");
    spdlog::info("capture works again: {}", watch_.capture_.source->description());
    tell_service_manager("STATUS=watching: " + watch_.capture_.source->description());
  }

  Watch& watch_;
  Outlet& outlet_;
  Pipeline& pipeline_;
  const correlator::Correlator* correlator_;
  bool failed_ = false;
  UtcTime next_second_{};
  UtcTime next_open_{};
};

Watch::Watch(const WatchOptions& options) : options_(options), keys_(options.keys) {
  protect_memory();
  if (keys_.on()) helpers_.push_back(keys_helper());
  open_capture();
  if (capture_.tap != nullptr) helpers_.push_back(tap_helper());
  install_reload_signal();
  admins_ = admin_feeds(options);
  brokers_ = broker_feeds(options);
  owt_ = owt_watch(options);
}

void Watch::open_capture() {
  auto capture = open_live(options_);
  if (!capture) throw std::runtime_error(capture.error().message);
  capture_ = *std::move(capture);
  description_ = capture_.source->description();
}

Watch::Helper Watch::keys_helper() {
  return {PrivilegedChild("rtcscope-keys", attaching_capabilities(keys_),
                          [this](int end) { keys_.keep_attached(end); }),
          "keys are not taken from servers that start later"};
}

Watch::Helper Watch::tap_helper() {
  TapSource& tap = *capture_.tap;
  const auto tell = [](const std::string& fault) { spdlog::warn("{}", fault); };
  Helper helper{PrivilegedChild("rtcscope-tap", {CAP_NET_ADMIN, CAP_BPF, CAP_NET_RAW},
                                [&](int end) { tap.keep_attached(end, tell); }),
                "interfaces that come later are not watched"};
  tap.leave_attaching_to_child();
  return helper;
}

void Watch::give_up_privileges(AllowedPaths paths) {
  for (const std::string& file : {options_.janus_admin_ca, options_.broker_ca, options_.owt.ca}) {
    allow_reading(paths, file);
  }
  const PrivilegeReport report = drop_privileges({options_.user, later_capabilities(capture_), paths});
  spdlog::info("privileges: {}", report.summary);
  for (const std::string& warning : report.warnings) spdlog::warn("privileges: {}", warning);
}

void Watch::show(Outlet& outlet, Pipeline& pipeline) {
  if (keys_.on()) pipeline.expect_keys();
  if (!capture_.note.empty()) spdlog::warn("every packet is copied: {}", capture_.note);
  Loop(*this, outlet, pipeline, nullptr).follow_capture();
}

void Watch::start_feeds(FeedDesk& desk) const {
  for (const AdminFeedOptions& feed : admins_) desk.ask(feed);
  for (const BrokerFeedOptions& broker : brokers_) desk.fetch(broker);
  if (owt_) desk.watch(*owt_);
}

bool Watch::run(Outlet& outlet, Pipeline& pipeline, const correlator::Correlator* correlator) {
  return Loop(*this, outlet, pipeline, correlator).run();
}

}  // namespace rtcscope::app
