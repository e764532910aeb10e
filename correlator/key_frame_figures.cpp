// Key frames: receivers ask for them when nothing else repairs their picture.

#include "correlator/stream_figures.hpp"

namespace rtcscope::correlator {

model::KeyFrameFigures key_frame_figures(const flows::StreamReport& report, const model::Stream& stream) {
  model::KeyFrameFigures figures;
  const flows::KeyFrameFigures& seen = report.key_frames;
  if (stream.kind != "video" || is_repair(stream) || seen.by == flows::KeyFrameSign::kNone) return figures;
  figures.key_frames = seen.key_frames;
  const bool described = seen.by == flows::KeyFrameSign::kDescriptor;
  figures.key_frames_source = described ? "dependency_descriptor" : "video_orientation";
  if (!stream.remote.pli_count) return figures;
  figures.key_frame_waits = seen.waits;
  if (!seen.wait_p50) return figures;
  figures.key_frame_wait_p50_ms = to_milliseconds(*seen.wait_p50);
  figures.key_frame_wait_max_ms = to_milliseconds(*seen.wait_max);
  return figures;
}

}  // namespace rtcscope::correlator
