#include "app/live_capture.hpp"

#include <bit>

namespace rtcscope::app {
namespace {

LiveOptions live_options(const WatchOptions& options) {
  LiveOptions live;
  live.interfaces = options.interfaces;
  live.loopback = options.loopback;
  live.promiscuous = options.promiscuous;
  live.snap_length = options.snap_length;
  live.ring_bytes = options.ring_mebibytes << 20U;
  live.filter = options.filter;
  return live;
}

TapOptions tap_options(const WatchOptions& options) {
  TapOptions tap;
  tap.live = live_options(options);
  tap.kind = options.tap == TapChoice::kXdp ? TapKind::kXdp : TapKind::kTc;
  tap.drop_when_seen = options.xdp_drop;
  tap.max_streams = options.tap_streams;
  tap.ring_bytes = std::bit_floor(options.ring_mebibytes) << 20U;
  return tap;
}

/// Faults of the tap, not of what was asked for: copies of the packets may still be had.
bool may_fall_back(CaptureErrc code) {
  return code == CaptureErrc::kTapRefused || code == CaptureErrc::kNoCapability ||
         code == CaptureErrc::kAttachFailed || code == CaptureErrc::kRingFailed;
}

Result<LiveCapture, CaptureError> open_packet(const WatchOptions& options, std::string note) {
  auto source = open_live_capture(live_options(options));
  if (!source) return Unexpected{source.error()};
  return LiveCapture{*std::move(source), nullptr, TapChoice::kPacket, std::move(note)};
}

}  // namespace

Result<LiveCapture, CaptureError> open_live(const WatchOptions& options) {
  if (options.tap == TapChoice::kPacket) return open_packet(options, "");
  if (options.tap == TapChoice::kAuto && !options.filter.empty()) {
    return open_packet(options, "the tap knows no --filter");
  }
  auto tap = open_tap(tap_options(options));
  if (tap) {
    TapSource* const source = tap->get();
    const TapChoice became = options.tap == TapChoice::kXdp ? TapChoice::kXdp : TapChoice::kTc;
    return LiveCapture{*std::move(tap), source, became, ""};
  }
  if (options.tap == TapChoice::kAuto && may_fall_back(tap.error().code)) {
    return open_packet(options, tap.error().message);
  }
  return Unexpected{tap.error()};
}

const char* to_string(TapChoice choice) noexcept {
  switch (choice) {
    case TapChoice::kAuto:
      return "auto";
    case TapChoice::kTc:
      return "tc";
    case TapChoice::kXdp:
      return "xdp";
    case TapChoice::kPacket:
      break;
  }
  return "packet";
}

}  // namespace rtcscope::app
