#include "app/observe.hpp"

#include <linux/capability.h>
#include <spdlog/spdlog.h>
#include <sys/utsname.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <optional>
#include <stdexcept>
#include <string_view>

#include "app/feed_options.hpp"
#include "app/host.hpp"
#include "app/live_capture.hpp"
#include "app/live_keys.hpp"
#include "app/media_server_actions.hpp"
#include "app/privileges.hpp"
#include "app/service_manager.hpp"
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

/// A process that keeps privileges for us.
struct Helper {
  PrivilegedChild process;
  std::string loss;  // what is not done any more when it ends
};

class Observer {
 public:
  Observer(const ObserveOptions& options, LiveCapture capture, LiveKeys& keys, Serving& serving,
           Pipeline& pipeline, std::vector<Helper>& helpers)
      : options_(options),
        capture_(std::move(capture)),
        keys_(keys),
        serving_(serving),
        pipeline_(pipeline),
        helpers_(helpers) {}

  /// False if it ended because the capture did.
  bool run() {
    while (!stop_requested() && !failed_) {
      take_batch();
      serving_.drain_feed(pipeline_.facts());
      const UtcTime time = utc_now();
      if (time + Pipeline::kClockBack < next_second_)
        next_second_ = next_open_ = UtcTime{};  // it was set back
      if (time >= next_second_ + (capture_.tap != nullptr ? kTapDelay : Duration::zero())) every_second(time);
    }
    tell_service_manager("STOPPING=1\nSTATUS=writing what was found");
    // Janus tries again when nobody answers; what it delivered before is used.
    serving_.stop_listening();
    serving_.drain_feed(pipeline_.facts());
    read_meters();
    pipeline_.finish();
    return !failed_;
  }

 private:
  void take_batch() {
    if (!capture_.source) {
      sleep_unless_stopped(kBatchWait);
      return;
    }
    const auto batch = capture_.source->next_batch(kBatchWait);
    if (!batch) return lose(batch.error().message);
    // After the wait: the secret of a packet that is here was exported before that packet was sent.
    keys_.hand_over(pipeline_);
    for (const PacketRecord& record : *batch) {
      // A report speaks for the meters as they were read last: they come first in a new second.
      if (capture_.tap != nullptr && record.time >= next_second_) every_second(record.time);
      pipeline_.add(record);
    }
  }

  void every_second(UtcTime time) {
    // From the loop that does the work: who hangs is not alive.
    tell_service_manager("WATCHDOG=1");
    const UtcTime second = std::chrono::floor<std::chrono::seconds>(time);
    next_second_ = (capture_.tap != nullptr ? second : time) + std::chrono::seconds{1};
    look_after_helpers();
    if (!capture_.source) reopen(time);
    read_meters();
    if (capture_.source) {
      pipeline_.follow(*capture_.source);
      hang_up_capture();
    }
    pipeline_.advance(capture_.tap != nullptr ? second : time - kBlockDelay);
    if (take_reload_request()) serving_.reload();
    serving_.board().set_keys(keys_);
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

  void look_after_helpers() {
    std::erase_if(helpers_, [this](Helper& helper) {
      if (!helper.process.has_ended()) return false;
      const std::string fault = "a process of rtcscope ended: " + helper.loss + "; start rtcscope again";
      spdlog::error("{}", fault);
      serving_.board().set_capture_error(fault);
      return true;
    });
  }

  void lose(const std::string& why) {
    if (capture_.tap != nullptr) {  // it cannot be loaded again without privileges
      spdlog::error("the tap stopped: {}", why);
      failed_ = true;
      return;
    }
    spdlog::error("capture stopped: {}; trying again every 5 s", why);
    tell_service_manager("STATUS=capture stopped: " + why);
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
    tell_service_manager("STATUS=watching: " + capture_.source->description());
  }

  const ObserveOptions& options_;
  LiveCapture capture_;
  LiveKeys& keys_;
  Serving& serving_;
  Pipeline& pipeline_;
  std::vector<Helper>& helpers_;
  bool failed_ = false;
  UtcTime next_second_{};
  UtcTime next_open_{};
};

/// What attaching to a container's library later on takes; nothing else is done with it.
std::vector<int> attaching_capabilities(const LiveKeys& keys) {
  std::vector<int> capabilities{CAP_BPF, CAP_PERFMON, CAP_SYS_PTRACE, CAP_DAC_READ_SEARCH};
  if (keys.needs_sys_admin()) capabilities.push_back(CAP_SYS_ADMIN);
  return capabilities;
}

std::string folder_of(const std::string& path) {
  const std::string folder = std::filesystem::absolute(path).parent_path().string();
  return folder.empty() ? "/" : folder;
}

/// Where libpq looks for a password that is not in the URL.
std::vector<std::string> password_files() {
  std::vector<std::string> files;
  if (const char* named = std::getenv("PGPASSFILE")) files.emplace_back(named);
  if (const char* home = std::getenv("HOME")) files.push_back(std::string(home) + "/.pgpass");
  return files;
}

AllowedPaths allowed_paths(const ObserveOptions& options) {
  constexpr std::string_view kSqlite = "sqlite:";
  const ServeOptions& serve = options.serve;
  AllowedPaths paths;
  // The resolver and its plug-ins, certificates of those who are asked, counters of network cards.
  paths.read = {"/etc/hosts",
                "/etc/resolv.conf",
                "/etc/nsswitch.conf",
                "/etc/host.conf",
                "/etc/gai.conf",
                "/etc/services",
                "/etc/localtime",
                "/etc/ssl/certs",
                "/etc/ssl/openssl.cnf",
                "/usr/share/ca-certificates",
                "/usr/share/zoneinfo",
                "/usr/lib",
                "/lib",
                "/lib64",
                "/sys/class/net",
                "/sys/devices",
                "/dev/null",
                "/dev/urandom"};
  if (!serve.store.starts_with(kSqlite)) {
    for (std::string& file : password_files()) paths.read.push_back(std::move(file));
  } else if (const std::string store = serve.store.substr(kSqlite.size()); store != ":memory:") {
    paths.write_below.push_back(folder_of(store));
  }
  // Read anew when it changes, and replaced when a token is made over the API.
  if (!serve.tokens.empty()) paths.write_below.push_back(folder_of(serve.tokens));
  if (!serve.spool.empty()) paths.write_below.push_back(std::filesystem::absolute(serve.spool).string());
  for (const std::string& folder : {serve.cdr, serve.capture_ring, serve.hep_spool}) {
    if (!folder.empty()) paths.write_below.push_back(std::filesystem::absolute(folder).string());
  }
  for (const std::string& file : {serve.web_root, serve.ingest_credentials, serve.owt_view, serve.tls_cert,
                                  serve.tls_key, serve.hep_ca, serve.hep_key_file, serve.hep_listen_key_file,
                                  options.janus_admin_ca, options.broker_ca, options.owt.ca}) {
    if (!file.empty()) paths.read.push_back(std::filesystem::absolute(file).string());
  }
  return paths;
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

/// From here on nothing is privileged but what later_capabilities() says.
void give_up_privileges(const ObserveOptions& options, const LiveCapture& capture) {
  const AllowedPaths paths = allowed_paths(options);
  // No folder can be made below one that may not be written.
  for (const std::string& folder : {options.serve.cdr, options.serve.spool, options.serve.hep_spool}) {
    if (!folder.empty()) std::filesystem::create_directories(folder);
  }
  if (!options.serve.capture_ring.empty() &&
      std::filesystem::create_directories(options.serve.capture_ring)) {
    std::filesystem::permissions(options.serve.capture_ring, std::filesystem::perms::owner_all);
  }
  // SQLite sorts what is large in files: among its own, for no other folder can be written.
  if (options.serve.store.starts_with("sqlite:") && !paths.write_below.empty())
    setenv("SQLITE_TMPDIR", paths.write_below.front().c_str(), 1);
  const PrivilegeReport report = drop_privileges({options.user, later_capabilities(capture), paths});
  spdlog::info("privileges: {}", report.summary);
  for (const std::string& warning : report.warnings) spdlog::warn("privileges: {}", warning);
}

Helper keys_helper(LiveKeys& keys) {
  return {PrivilegedChild("rtcscope-keys", attaching_capabilities(keys),
                          [&](int end) { keys.keep_attached(end); }),
          "keys are not taken from servers that start later"};
}

Helper tap_helper(TapSource& tap) {
  const auto tell = [](const std::string& fault) { spdlog::warn("{}", fault); };
  Helper helper{PrivilegedChild("rtcscope-tap", {CAP_NET_ADMIN, CAP_BPF, CAP_NET_RAW},
                                [&](int end) { tap.keep_attached(end, tell); }),
                "interfaces that come later are not watched"};
  tap.leave_attaching_to_child();
  return helper;
}

}  // namespace

int observe(const ObserveOptions& options) {
  LiveKeys keys(options.keys);
  protect_memory();
  std::vector<Helper> helpers;
  if (keys.on()) helpers.push_back(keys_helper(keys));
  auto capture = open_live(options);
  if (!capture) {
    std::cerr << "rtcscope: " << capture.error().message << "\n";
    return kExitFailure;
  }
  if (capture->tap != nullptr) helpers.push_back(tap_helper(*capture->tap));
  install_reload_signal();
  const std::vector<AdminFeedOptions> feeds = admin_feeds(options);
  const std::vector<BrokerFeedOptions> brokers = broker_feeds(options);
  const std::optional<OwtWatch> owt = owt_watch(options);
  give_up_privileges(options, *capture);
  Serving serving(options.serve, "observe");
  Pipeline pipeline(host_name(options.serve.host_name), random_seed(), serving,
                    {.cascade_rooms = options.serve.cascade_rooms, .issues = options.serve.issues});
  pipeline.set_rtcp_listener(serving.rtcp_listener());
  if (keys.on()) pipeline.expect_keys();
  if (serving.ring() != nullptr) pipeline.keep_headers_in(*serving.ring());
  pipeline.follow(*capture->source);
  serving.board().set_capture(*capture->source);
  serving.board().set_tap(*capture);
  if (!capture->note.empty()) spdlog::warn("every packet is copied: {}", capture->note);
  print_welcome(std::cout, serving.url(), capture->source->description(), keys.description(),
                !options.serve.ingest_credentials.empty());
  tell_service_manager("READY=1\nSTATUS=watching: " + capture->source->description());
  for (const AdminFeedOptions& feed : feeds) serving.ask(feed);
  for (const BrokerFeedOptions& broker : brokers) serving.fetch(broker);
  if (owt) serving.watch(*owt);
  std::optional<MediaServerActions> actions;
  if (options.owt_view_writes) {
    actions.emplace(owt ? std::optional(owt->rest) : std::nullopt, feeds);
    serving.allow_changes([&actions](const api::owt::Deed& deed) { return actions->act(deed); });
  }
  const bool well = Observer(options, *std::move(capture), keys, serving, pipeline, helpers).run();
  serving.finish();
  return well ? kExitOk : kExitFailure;
}

}  // namespace rtcscope::app
