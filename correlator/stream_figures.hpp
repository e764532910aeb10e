#pragma once
// The arithmetic from a stream's reports to its figures. docs/metrics.md defines each.

#include <optional>

#include "correlator/entities.hpp"
#include "correlator/flow_state.hpp"
#include "correlator/model.hpp"

namespace rtcscope::correlator {

/// nullptr: the clock is not known or not one of the meter's, or jitter means nothing for the stream.
const flows::ClockJitter* jitter_of(const ClockJitters& jitters, const StreamFormat& format);
model::LossFigures loss_figures(const flows::StreamReport& report);
model::VideoFigures video_figures(const flows::StreamReport& report, const StreamFormat& format);
model::RemoteFigures remote_figures(const StreamState& stream, const StreamFormat& format);
model::LossSplit loss_split(const StreamState& state, const model::Stream& stream);
model::RelayFigures relay_figures(const flows::StreamReport& report);
model::HeaderFigures header_figures(const flows::StreamReport& report);
model::PlaybackFigures playback_figures(const flows::StreamReport& report, const model::Stream& stream);
model::VoiceFigures voice_figures(const StreamState& state, const model::Stream& stream);
model::KeyFrameFigures key_frame_figures(const flows::StreamReport& report, const model::Stream& stream);
void set_frames(model::StreamSample& sample, const HeldSample& held, const StreamFormat& format);

}  // namespace rtcscope::correlator
