#include "correlator/issues/options.hpp"

#include <charconv>

namespace rtcscope::correlator {
namespace {

using namespace std::chrono_literals;

// Units: high_loss, frozen_video and bitrate_collapse ratios, low_mos MOS (raised at or below), high_jitter,
// high_rtt and clock_skew ms, multiple_rejoins joins, capture_loss frames. docs/metrics.md says how each is
// found.
const std::map<std::string, IssueRule, std::less<>> kDefaults{
    {"ice_failed", {0, 0, 0s, 0s, "critical"}},
    {"no_connection", {0, 0, 15s, 0s, "critical"}},
    {"connection_lost", {0, 0, 8s, 0s, "critical"}},
    {"dtls_failed", {0, 0, 0s, 0s, "critical"}},
    {"fingerprint_mismatch", {0, 0, 0s, 10s, "critical"}},
    {"one_way_media", {0, 0, 10s, 2s, "critical"}},
    {"high_loss", {0.02, 0.01, 5s, 10s, "warning"}},
    {"high_jitter", {50, 30, 5s, 10s, "warning"}},
    {"high_rtt", {400, 300, 5s, 10s, "warning"}},
    {"low_mos", {3.1, 3.4, 5s, 10s, "warning"}},
    {"silent_audio", {0, 0, 60s, 2s, "info"}},
    {"frozen_video", {0.2, 0.05, 0s, 10s, "warning"}},
    {"bitrate_collapse", {0.4, 0.6, 5s, 10s, "warning"}},
    {"turn_used", {0, 0, 2s, 5s, "info"}},
    {"tcp_used", {0, 0, 2s, 5s, "info"}},
    {"multiple_rejoins", {3, 3, 0s, 0s, "warning"}},
    {"server_not_forwarding", {0, 0, 8s, 2s, "warning"}},
    {"clock_skew", {1000, 500, 0s, 0s, "warning"}},
    {"capture_loss", {1, 0, 0s, 30s, "warning"}},
};

bool assign(IssueRule& rule, std::string_view field, double value) {
  const Duration seconds = std::chrono::nanoseconds{static_cast<std::int64_t>(value * 1e9)};
  if (field == "raise") {
    rule.raise = value;
  } else if (field == "clear") {
    rule.clear = value;
  } else if (field == "hold") {
    rule.hold = seconds;
  } else if (field == "clear_hold") {
    rule.clear_hold = seconds;
  } else {
    return false;
  }
  return true;
}

}  // namespace

IssueOptions::IssueOptions() : rules_(kDefaults) {}

Result<bool, std::string> IssueOptions::set(std::string_view text) {
  const auto bad = [&](const std::string& why) { return Unexpected{std::string(text) + ": " + why}; };
  const auto equals = text.find('=');
  if (equals == std::string_view::npos) return bad("write KIND.FIELD=VALUE or KIND=off");
  const std::string_view name = text.substr(0, equals);
  const std::string_view value = text.substr(equals + 1);
  const auto dot = name.find('.');
  const auto rule = rules_.find(name.substr(0, dot));
  if (rule == rules_.end()) return bad("there is no such kind of issue");
  if (dot == std::string_view::npos) {
    if (value != "off" && value != "on") return bad("a kind is switched on or off");
    rule->second.enabled = value == "on";
    return true;
  }
  double number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  const bool read = error == std::errc{} && end == value.data() + value.size();
  if (!read || !(number >= 0) || number > 1e9) return bad("the value must be a number from 0 to 1e9");
  if (!assign(rule->second, name.substr(dot + 1), number)) {
    return bad("a rule has raise, clear, hold and clear_hold");
  }
  return true;
}

}  // namespace rtcscope::correlator
