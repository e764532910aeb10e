// The rules about loss, jitter, bitrate, and what is seen and heard.

#include <algorithm>
#include <string>

#include "correlator/issues/rules.hpp"
#include "correlator/stream_figures.hpp"
#include "correlator/voice_quality.hpp"

namespace rtcscope::correlator {
namespace {

using namespace std::chrono_literals;

constexpr Duration kWindow = 10s;
constexpr double kMinExpected = 100;        // packets in a window: fewer give no ratio
constexpr double kMinReferenceBps = 150e3;  // a video of less cannot collapse
constexpr double kCongestedJitterMs = 30;

}  // namespace

void IssueEngine::Rules::loss(const char* what, const LossWindow& window, const LossWindow& all) {
  Finding f = finding("high_loss", what);
  f.part = all.lost;
  f.whole = all.expected;
  f.window_part = window.lost;
  f.window_whole = window.expected;
  if (f.what == "uplink") f.froze = engine_.froze_at(view_.participant);
  if (window.expected < kMinExpected) return take(std::move(f), State::kBetween);
  note(f, "lost", window.lost, " packets in 10 s");
  note(f, "expected", window.expected, " packets in 10 s");
  take_figure(std::move(f), std::max(window.ratio(), 0.0));
}

LossWindow IssueEngine::Rules::lost_before_tap(const StreamView& view) const {
  LossWindow window;
  for (const RecentReport& report : view.stream->recent) {
    // What our own capture lost looks like loss of the network.
    if (report.end + kWindow < now_ || report.capture_drops != 0) continue;
    window.lost += static_cast<double>(report.lost);
    window.expected += static_cast<double>(report.expected);
  }
  return window;
}

void IssueEngine::Rules::uplink_loss() {
  LossWindow sum;
  for (const StreamView& view : view_.streams) {
    if (view.uplink && is_media(view)) sum += lost_before_tap(view);
  }
  congested_ = sum.expected >= kMinExpected && sum.ratio() >= rule("high_loss").raise;
  loss("uplink", sum, memory_.up);
}

// Behind the tap: what the receiver misses, without what was missing at the tap already (RFC 3550, 6.4.1).
std::optional<LossWindow> IssueEngine::Rules::lost_after_tap(const StreamView& view) {
  const auto found = view.flow->remote.find({view.stream->last.ssrc, view.stream->last.sender});
  if (found == view.flow->remote.end() || found->second.reports == 0) return std::nullopt;
  const flows::StreamFigures& total = view.stream->last.total;
  std::deque<RemoteMark>& marks = memory_.remote[view.stream->last.stream];
  const auto between = [](const RemoteMark& from, const RemoteMark& to) {
    const auto lost = (to.remote_lost - from.remote_lost) - (to.at_tap.lost - from.at_tap.lost);
    return LossWindow{static_cast<double>(lost),
                      static_cast<double>(to.at_tap.expected - from.at_tap.expected)};
  };
  if (marks.empty() || marks.back().time < found->second.time) {
    const RemoteMark mark{found->second.time, found->second.lost, {total.lost, total.expected}};
    if (!marks.empty()) memory_.down += between(marks.back(), mark);
    marks.push_back(mark);
  }
  while (marks.size() > 2 && marks.front().time + kWindow < now_) marks.pop_front();
  return between(marks.front(), marks.back());
}

void IssueEngine::Rules::downlink_loss() {
  LossWindow sum;
  bool any = false;
  for (const StreamView& view : view_.streams) {
    if (view.uplink || !is_media(view)) continue;
    const auto window = lost_after_tap(view);
    if (!window) continue;
    any = true;
    sum += *window;
    if (view.format.codec == "opus") heard_.push_back({&view, *window});
  }
  if (any) loss("downlink", sum, memory_.down);
}

// Gaps in what the server sends on that were none in what it got (flows/relay_tracker.hpp).
void IssueEngine::Rules::server_loss() {
  LossWindow sum;
  bool any = false;
  for (const StreamView& view : view_.streams) {
    const flows::StreamReport& report = view.stream->last;
    if (view.uplink || !is_media(view) || report.sampled || !report.relay.source.valid()) continue;
    any = true;
    const LossWindow total{static_cast<double>(report.relay.server_lost),
                           static_cast<double>(report.total.expected)};
    std::deque<RelayMark>& marks = memory_.relayed[report.stream];
    if (!marks.empty()) memory_.server += total - marks.back().total;
    marks.push_back({now_, total});
    while (marks.size() > 2 && marks.front().time + kWindow < now_) marks.pop_front();
    sum += marks.back().total - marks.front().total;
  }
  if (any) loss("server", sum, memory_.server);
}

void IssueEngine::Rules::jitter() {
  for (const StreamView& view : view_.streams) {
    if (!view.uplink || !is_media(view) || !active(view)) continue;
    const flows::ClockJitter* metered = jitter_of(view.stream->last.jitter, view.format);
    if (metered == nullptr) continue;
    const double jitter_ms = to_milliseconds(metered->rfc3550);
    Finding f = finding("high_jitter", view.format.kind);
    f.subject += " " + std::to_string(view.stream->last.stream.value);
    f.stream = view.stream->last.stream;
    note(f, "jitter", jitter_ms, " ms");
    f.froze = engine_.froze_at(view_.participant);
    congested_ = congested_ || jitter_ms >= kCongestedJitterMs;
    take_figure(std::move(f), jitter_ms);
  }
}

// A camera that is switched off falls, too: without loss or jitter beside it nothing is said.
void IssueEngine::Rules::bitrate() {
  double bytes = 0;
  for (const StreamView& view : view_.streams) {
    if (!view.uplink || view.format.kind != "video" || !is_media(view)) continue;
    for (const RecentReport& report : view.stream->recent) {
      if (report.end + 10s >= now_) bytes += static_cast<double>(report.bytes);
    }
  }
  const double bps = bytes * 8 / 10;
  memory_.best_video_bps = std::max(memory_.best_video_bps, bps);
  if (memory_.best_video_bps < kMinReferenceBps || bps <= 0) return;
  const IssueRule& limits = rule("bitrate_collapse");
  Finding f = finding("bitrate_collapse");
  f.value = bps / memory_.best_video_bps;
  note(f, "bitrate", bps, " bit/s");
  note(f, "highest", memory_.best_video_bps, " bit/s");
  const bool low = f.value <= limits.raise;
  const bool back = f.value >= limits.clear;
  take(std::move(f), low && congested_ ? State::kBad : back ? State::kFine : State::kBetween);
}

// What the fullband E-model makes of the loss that a listener has (ITU-T G.107.2, decision record 0003): of
// the uplink at the tap, of the downlink as the client reports it.
void IssueEngine::Rules::voice() {
  for (const StreamView& view : view_.streams) {
    if (view.uplink && is_media(view) && view.format.codec == "opus")
      heard_.push_back({&view, lost_before_tap(view)});
  }
  for (const auto& [view, window] : heard_) {
    Finding f = finding("low_mos", view->uplink ? "uplink" : "downlink");
    f.subject += " " + std::to_string(view->stream->last.stream.value);
    f.stream = view->stream->last.stream;
    if (window.expected < kMinExpected || !active(*view)) {
      take(std::move(f), State::kBetween);
      continue;
    }
    const double mos =
        mean_opinion(transmission_rating({.loss_ratio = std::clamp(window.ratio(), 0.0, 1.0)}));
    const IssueRule& limits = rule(f.kind);
    f.value = -mos;  // the worst is the lowest
    note(f, "mos_lq", mos, "");
    note(f, "lost", window.lost, " packets in 10 s");
    take(std::move(f), mos <= limits.raise   ? State::kBad
                       : mos >= limits.clear ? State::kFine
                                             : State::kBetween);
  }
}

// A microphone that works has noise: the lowest level there is (RFC 6464, 3) comes from one that is muted or
// dead.
void IssueEngine::Rules::silence() {
  for (const StreamView& view : view_.streams) {
    const flows::StreamReport& report = view.stream->last;
    if (!view.uplink || view.format.kind != "audio" || !report.voice || !active(view)) continue;
    Silence& known = memory_.silence[report.stream];
    const bool heard = report.voice->packets - report.voice->silent != known.heard;
    const bool came = report.voice->packets != known.packets;
    known.packets = report.voice->packets;
    known.heard = report.voice->packets - report.voice->silent;
    if (heard || known.since == UtcTime{}) known.since = now_;
    Finding f = finding("silent_audio");
    f.subject += std::to_string(report.stream.value);
    f.stream = report.stream;
    f.since = known.since;
    f.evidence.push_back({"audio_level", "-127 dBov in every packet"});
    if (came) take(std::move(f), heard ? State::kFine : State::kBad);
  }
}

// What the client shows by the playout model: frozen time in the last 10 s. A freeze that lasts counts so
// far.
void IssueEngine::Rules::freezes() {
  for (const StreamView& view : view_.streams) {
    const flows::StreamReport& report = view.stream->last;
    if (view.uplink || view.format.kind != "video" || !is_media(view) || !report.playout) continue;
    std::deque<FreezeMark>& marks = memory_.frozen[report.stream];
    const ParticipantId source = view_.handle->source_of(view.format.mid);
    const bool froze = report.playout->freezes > (marks.empty() ? 0 : marks.back().freezes);
    if (froze && source.valid() && view_.participant.valid() && source != view_.participant) {
      engine_.freezes_[source][view_.participant] = {view_.who, now_};
    }
    const Duration frozen = report.playout->frozen + report.playout->standstill;
    marks.push_back({now_, report.playout->freezes, frozen});
    while (marks.size() > 2 && marks.front().time + kWindow < now_) marks.pop_front();
    Finding f = finding("frozen_video");
    f.subject += std::to_string(report.stream.value);
    f.stream = report.stream;
    f.what = source_name(view);
    f.part = to_milliseconds(frozen);
    // One that ended before it was long enough to be a freeze does not count any more.
    f.window_part = std::max(f.part - to_milliseconds(marks.front().frozen), 0.0);
    note(f, "freezes", static_cast<double>(report.playout->freezes - marks.front().freezes), " in 10 s");
    note(f, "frozen", f.window_part, " ms in 10 s");
    if (const Duration stands = report.playout->standstill; stands > Duration{}) {
      f.since = now_ - stands;
      note(f, "stands_still", to_milliseconds(stands), " ms so far");
    }
    take_figure(std::move(f), f.window_part / to_milliseconds(kWindow));
  }
}

/// Whose video it is, where the feed says so: "alice's video", else "a video".
std::string IssueEngine::Rules::source_name(const StreamView& view) const {
  const auto source = view_.handle->sources.find(view.format.mid);
  return source == view_.handle->sources.end() || source->second.name.empty()
             ? "a video"
             : source->second.name + "'s video";
}

}  // namespace rtcscope::correlator
