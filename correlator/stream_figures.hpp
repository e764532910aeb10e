#pragma once
// The arithmetic from a stream's reports to its figures. docs/metrics.md defines each.

#include <vector>

#include "correlator/entities.hpp"
#include "correlator/flow_state.hpp"
#include "correlator/model.hpp"

namespace rtcscope::correlator {

bool is_rtx(const StreamFormat& format);

/// nullptr: the clock is not known or not one of the meter's, or jitter means nothing for the stream.
const flows::ClockJitter* jitter_of(const flows::StreamReport& report, const StreamFormat& format);
model::LossFigures loss_figures(const flows::StreamReport& report);
model::VideoFigures video_figures(const flows::StreamReport& report, const StreamFormat& format);
model::RemoteFigures remote_figures(const StreamState& stream, const FlowState* flow,
                                    const StreamFormat& format);
void set_frames(model::StreamSample& sample, const flows::StreamReport& report, const StreamFormat& format);

/// (figure, reason code) of each figure that is not there.
std::vector<model::Evidence> absences(const model::Stream& stream);

}  // namespace rtcscope::correlator
