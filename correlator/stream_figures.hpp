#pragma once
// The arithmetic from a stream's reports to its figures. docs/metrics.md defines each.

#include <vector>

#include "correlator/entities.hpp"
#include "correlator/flow_state.hpp"
#include "correlator/model.hpp"

namespace rtcscope::correlator {

/// nullptr: the clock is not known or not one of the meter's, or jitter means nothing for the stream.
const flows::ClockJitter* jitter_of(const flows::StreamReport& report, const StreamFormat& format);
model::LossFigures loss_figures(const flows::StreamReport& report);
model::VideoFigures video_figures(const flows::StreamReport& report, const StreamFormat& format);
model::RemoteFigures remote_figures(const StreamState& stream, const FlowState* flow,
                                    const StreamFormat& format);
model::LossSplit loss_split(const flows::StreamReport& report, const model::Stream& stream);
model::RelayFigures relay_figures(const flows::StreamReport& report);
model::HeaderFigures header_figures(const flows::StreamReport& report);
model::PlaybackFigures playback_figures(const flows::StreamReport& report, const model::Stream& stream);
/// `round_trips` of the stream's flow.
model::VoiceFigures voice_figures(const flows::StreamReport& report, const model::Stream& stream,
                                  const model::RoundTripFigures& round_trips);
model::KeyFrameFigures key_frame_figures(const flows::StreamReport& report, const model::Stream& stream);
void set_frames(model::StreamSample& sample, const flows::StreamReport& report, const StreamFormat& format);

/// (figure, reason code) of each figure that is not there.
std::vector<model::Evidence> absences(const model::Stream& stream, const flows::StreamReport& report);

}  // namespace rtcscope::correlator
