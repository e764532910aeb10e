#pragma once
// What `observe` reads packets from: the in-kernel tap where it can be had, copies of all packets elsewhere.

#include <memory>
#include <string>

#include "app/options.hpp"
#include "base/result.hpp"
#include "capture/packet_source.hpp"
#include "capture/tap.hpp"

namespace rtcscope::app {

struct LiveCapture {
  std::unique_ptr<PacketSource> source;
  TapSource* tap = nullptr;  // the source, if it is one
  TapChoice choice{};        // what it became; never kAuto
  std::string note;          // why it is not the tap, in one line; "" where it is, or was not asked for
};

/// Opens what `options.tap` asks for; kAuto falls back to copies where the tap cannot be loaded or attached.
/// Errors: those of open_tap() and open_live_capture().
Result<LiveCapture, CaptureError> open_live(const WatchOptions& options);

/// "tc", "xdp", "packet", "auto".
const char* to_string(TapChoice choice) noexcept;

}  // namespace rtcscope::app
