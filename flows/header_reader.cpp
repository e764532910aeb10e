#include "flows/header_reader.hpp"

#include <algorithm>

#include "decoders/rtp/video_layers_allocation.hpp"

namespace rtcscope::flows {
namespace {

/// Sent a name again in each packet: copied when it is another one only.
void keep(std::string& name, const std::optional<std::string_view>& value) {
  constexpr std::size_t kMaxName = 32;
  if (value && value->size() <= kMaxName && name != *value) name = *value;
}

/// From one time of day to another on the same clock, both modulo 64 s.
Duration since_capture(std::uint64_t captured_ntp, std::uint32_t abs_send_time) noexcept {
  // abs-send-time: the NTP timestamp shifted right by 14, cut to 24 bits.
  const auto captured = static_cast<std::uint32_t>(captured_ntp >> 14) & 0xffffffU;
  return rtp::abs_send_time_duration((abs_send_time - captured) & 0xffffffU);
}

}  // namespace

void HeaderReader::add(UtcTime time, const rtp::RtpPacketView& packet, const rtp::RtpExtensions& values) {
  figures_.cryptex_packets += packet.is_cryptex() ? 1 : 0;
  if (!values.dependency_descriptor.empty()) {
    note_dependency(packet.rtp_timestamp, values.dependency_descriptor);
  }
  key_frames_.add(time, packet, values.video_orientation);
  if (values.elements == 0) return;
  note_names(values);
  note_times(time, values);
  if (values.video_orientation) figures_.rotation_degrees = values.video_orientation->rotation_degrees;
  if (values.playout_delay) {
    figures_.playout_delay_min = values.playout_delay->min;
    figures_.playout_delay_max = values.playout_delay->max;
  }
  if (!values.video_layers.empty()) note_layers(values.video_layers);
}

void HeaderReader::note_names(const rtp::RtpExtensions& values) {
  keep(mid_, values.mid);
  keep(rid_, values.rid);
  keep(repaired_rid_, values.repaired_rid);
}

void HeaderReader::note_times(UtcTime time, const rtp::RtpExtensions& values) {
  if (values.abs_send_time) {
    if (!variation_) variation_ = std::make_unique<DelayVariation>();
    figures_.variation_by = KnownBy::kExtension;
    variation_->add_send_time(time, *values.abs_send_time);
  }
  // A middle box has another clock than who captured: the offset says so.
  if (values.abs_capture_time && values.abs_send_time && !values.abs_capture_time->clock_offset) {
    const Duration age = since_capture(values.abs_capture_time->ntp_timestamp, *values.abs_send_time);
    if (age < std::chrono::seconds{10}) {
      figures_.capture_to_send_sum += age;
      figures_.capture_times += 1;
    }
  }
  if (const auto& timing = values.video_timing;
      timing && timing->encode_finish >= timing->encode_start && timing->pacer_exit >= timing->packetized) {
    figures_.timings += 1;
    figures_.encode_sum += std::chrono::milliseconds{timing->encode_finish - timing->encode_start};
    figures_.pacer_sum += std::chrono::milliseconds{timing->pacer_exit - timing->packetized};
  }
}

void HeaderReader::add_way(UtcTime sent, Duration way) {
  if (figures_.variation_by == KnownBy::kExtension) return;
  if (!variation_) variation_ = std::make_unique<DelayVariation>();
  figures_.variation_by = KnownBy::kFeedback;
  variation_->add(sent, way);
}

void HeaderReader::note_layers(Bytes element) noexcept {
  const auto allocation = rtp::parse_video_layers_allocation(element);
  if (!allocation) return;
  std::uint64_t kbps = 0;
  for (const rtp::VideoLayer& layer : allocation->layers()) {
    if (layer.stream != allocation->stream) continue;
    kbps += layer.target_kbps;
    if (layer.width == 0) continue;
    // The layers of a stream come in order, the largest last.
    figures_.target_width = layer.width;
    figures_.target_height = layer.height;
    figures_.target_fps = layer.frames_per_second;
  }
  figures_.target_bps = kbps * 1000;
}

void HeaderReader::note_dependency(std::uint32_t rtp_timestamp, Bytes element) noexcept {
  const auto descriptor = rtp::parse_dependency_descriptor(element, structure_.get());
  if (!descriptor) return;
  if (descriptor->structure) {
    if (!structure_) structure_ = std::make_unique<rtp::DependencyStructure>();
    *structure_ = *descriptor->structure;
    const std::uint8_t sizes = structure_->resolution_count;
    if (sizes != 0) {
      figures_.frame_width = structure_->resolutions[sizes - 1U].width;
      figures_.frame_height = structure_->resolutions[sizes - 1U].height;
    }
  }
  if (!descriptor->start_of_frame) return;
  const std::uint16_t number = descriptor->frame_number;
  const auto step = frame_number_ ? static_cast<std::int16_t>(number - *frame_number_) : std::int16_t{1};
  if (step <= 0) return;
  frame_number_ = number;
  figures_.described_frames += 1;
  key_frames_.describe(rtp_timestamp, descriptor->structure && descriptor->independent.value_or(false));
  // A jump of half a minute of frames is another stream on the same SSRC.
  if (step < 1000) figures_.skipped_frames += static_cast<std::uint64_t>(step - 1);
}

HeaderFigures HeaderReader::figures() const {
  HeaderFigures figures = figures_;
  figures.repaired_rid = repaired_rid_;
  if (variation_) figures.variation = variation_->figures();
  return figures;
}

}  // namespace rtcscope::flows
