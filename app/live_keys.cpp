#include "app/live_keys.hpp"

#include <poll.h>
#include <spdlog/spdlog.h>

#include <stdexcept>

namespace rtcscope::app {
namespace {

// Janus, and the Node.js processes in which OWT's WebRTC agents run. No other program exports under the
// label of DTLS-SRTP, or gives keys to libsrtp, so a process too many gives nothing.
constexpr const char* kKnownServers[] = {"exe:janus", "exe:node", "exe:nodejs"};

/// How often a container's own OpenSSL is looked for.
constexpr int kLookAgainMs = 2000;

}  // namespace

std::vector<KeyTarget> key_targets(const std::vector<std::string>& texts) {
  if (texts.empty()) return key_targets({std::begin(kKnownServers), std::end(kKnownServers)});
  std::vector<KeyTarget> targets;
  for (const std::string& text : texts) {
    const auto target = parse_key_target(text);
    if (!target) {
      throw std::runtime_error("--key-target " + text +
                               " names no process; write exe:NAME, unit:NAME.service or pid:NUMBER");
    }
    targets.push_back(*target);
  }
  return targets;
}

std::string to_string(const std::vector<KeyTarget>& targets) {
  std::string text;
  for (const KeyTarget& target : targets) text += (text.empty() ? "" : ", ") + to_string(target);
  return text;
}

LiveKeys::LiveKeys(const LiveKeyOptions& options) {
  if (options.mode == KeyMode::kOff) return;
  KeyProbeOptions probe;
  probe.targets = key_targets(options.targets);
  targets_ = to_string(probe.targets);
  auto opened = KeyProbe::open(probe);
  if (opened) {
    probe_ = *std::move(opened);
  } else if (options.mode == KeyMode::kOn) {
    throw std::runtime_error("--keys on: " + opened.error().message);
  } else {
    fault_ = opened.error().message;
  }
}

std::string LiveKeys::description() const {
  if (!fault_.empty()) return "not taken: " + fault_;
  if (!probe_) return "not taken (--keys off)";
  return "taken from " + targets_ + " to open RTCP, never media (--keys off ends that)";
}

bool LiveKeys::needs_sys_admin() const noexcept {
  return probe_ && probe_->method() == ProbeMethod::kPerfEvent;
}

void LiveKeys::hand_over(Pipeline& pipeline) {
  if (!probe_) return;
  probe_->take([&](const TakenSecret& secret) {
    srtp::KeyingMaterial material(secret.octets);
    if (material.empty()) not_locked_ += 1;
    pipeline.add_key(std::move(material));
  });
}

void LiveKeys::keep_attached(int end) {
  for (;;) {
    pollfd wait{end, POLLIN, 0};
    if (poll(&wait, 1, kLookAgainMs) > 0) return;
    attach_new();
  }
}

void LiveKeys::attach_new() {
  if (!probe_) return;
  const std::size_t before = probe_->files().size();
  for (const std::string& fault : probe_->attach_new()) spdlog::warn("{}", fault);
  for (std::size_t i = before; i < probe_->files().size(); ++i) {
    spdlog::info("keys are also taken in {}", probe_->files()[i]);
  }
}

KeyProbeCounters LiveKeys::counters() const noexcept {
  return probe_ ? probe_->counters() : KeyProbeCounters{};
}

}  // namespace rtcscope::app
