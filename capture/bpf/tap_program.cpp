#include "capture/bpf/tap_program.hpp"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include <algorithm>
#include <cerrno>
#include <numeric>
#include <system_error>
#include <utility>

#include "capture/bpf/bpf_messages.hpp"
#include "capture/bpf/rtp_tap.skel.h"

namespace rtcscope {
namespace {

constexpr std::uint32_t kBatch = 4096;
/// Of the verifier's log: the last lines say what it stumbled over.
constexpr std::size_t kShownLines = 6;

/// Without CAP_PERFMON the verifier forbids what a program of root may do (bpf_verifier's allow_ptr_leaks).
bool lacks_perfmon(int error, const std::string& log) {
  return error == EACCES && log.find("prohibited for !root") != std::string::npos;
}

Unexpected<CaptureError> refuse(int error, const BpfMessages& messages) {
  if (error == EPERM || lacks_perfmon(error, messages.last_lines(kShownLines))) {
    return Unexpected{CaptureError{
        .code = CaptureErrc::kNoCapability,
        .message = "loading the tap needs CAP_BPF, CAP_PERFMON and CAP_NET_ADMIN; run as root or grant them: "
                   "setcap cap_bpf,cap_perfmon,cap_net_admin+ep rtcscope"}};
  }
  return Unexpected{CaptureError{.code = CaptureErrc::kTapRefused,
                                 .message = "the kernel refused the tap (" +
                                            std::generic_category().message(error) +
                                            "): " + messages.last_lines(kShownLines)}};
}

IpAddress address_of(const rtc_u8 (&octets)[16], std::uint8_t family) noexcept {
  IpAddress address;
  address.family = family == 4 ? IpFamily::kV4 : IpFamily::kV6;
  std::copy(std::begin(octets), std::end(octets), address.octets.begin());
  return address;
}

}  // namespace

TapProgram::TapProgram(BpfSkeleton<rtp_tap_bpf> skeleton, const TapProgramOptions& options)
    : skeleton_(std::move(skeleton)), ring_bytes_(options.ring_bytes), max_streams_(options.max_streams) {}
TapProgram::TapProgram(TapProgram&&) noexcept = default;
TapProgram& TapProgram::operator=(TapProgram&&) noexcept = default;
TapProgram::~TapProgram() = default;

Result<TapProgram, CaptureError> TapProgram::load(const TapProgramOptions& options) {
  const BpfMessages messages;
  BpfSkeleton<rtp_tap_bpf> skeleton{rtp_tap_bpf::open()};
  if (!skeleton) return refuse(errno, messages);
  skeleton->rodata->rtc_snap_length = options.snap_length;
  // An eighth of the ring: user space has time for the rest before it overflows.
  skeleton->rodata->rtc_wakeup_bytes = options.ring_bytes / 8;
  skeleton->rodata->rtc_time_is_set = options.time_is_set ? 1 : 0;
  skeleton->rodata->rtc_drop_when_seen = options.drop_when_seen ? 1 : 0;
  bpf_map__set_max_entries(skeleton->maps.rtc_events, options.ring_bytes);
  bpf_map__set_max_entries(skeleton->maps.rtc_streams, options.max_streams);
  const int error = rtp_tap_bpf::load(skeleton.value());
  if (error != 0) return refuse(-error, messages);
  return TapProgram{std::move(skeleton), options};
}

int TapProgram::program_fd(TapEntry entry) const noexcept {
  const auto& programs = skeleton_->progs;
  switch (entry) {
    case TapEntry::kIngress:
      return bpf_program__fd(programs.rtcscope_in);
    case TapEntry::kEgress:
      return bpf_program__fd(programs.rtcscope_out);
    case TapEntry::kIpIngress:
      return bpf_program__fd(programs.rtcscope_ip_in);
    case TapEntry::kIpEgress:
      return bpf_program__fd(programs.rtcscope_ip_out);
    case TapEntry::kLoopback:
      return bpf_program__fd(programs.rtcscope_lo);
    case TapEntry::kXdp:
      break;
  }
  return bpf_program__fd(programs.rtcscope_xdp);
}

int TapProgram::events_fd() const noexcept {
  return bpf_map__fd(skeleton_->maps.rtc_events);
}

void TapProgram::set_clock_offset(std::int64_t offset_ns) noexcept {
  skeleton_->bss->rtc_clock_offset_ns = static_cast<rtc_u64>(offset_ns);
}

void TapProgram::set_now(UtcTime now) noexcept {
  skeleton_->bss->rtc_now_ns = static_cast<rtc_u64>(ns_since_epoch(now));
}

bool TapProgram::read_streams(std::vector<rtc_stream_key>& keys, std::vector<rtc_stream>& streams) const {
  LIBBPF_OPTS(bpf_map_batch_opts, options, .elem_flags = BPF_F_LOCK);
  const int map = bpf_map__fd(skeleton_->maps.rtc_streams);
  std::uint32_t position = 0;
  bool first = true;
  std::uint32_t batch = std::min(kBatch, max_streams_);
  for (;;) {
    const std::size_t before = keys.size();
    std::uint32_t count = batch;
    keys.resize(before + count);
    streams.resize(before + count);
    const int error = bpf_map_lookup_batch(map, first ? nullptr : &position, &position, keys.data() + before,
                                           streams.data() + before, &count, &options);
    // A bucket of the hash that does not fit comes whole next time.
    const bool too_small = error == -ENOSPC;
    if (too_small) {
      count = 0;
      batch *= 2;
    }
    const bool failed = error != 0 && error != -ENOENT && !too_small;
    keys.resize(before + (failed ? 0 : count));
    streams.resize(before + (failed ? 0 : count));
    if (failed) return false;
    if (error == -ENOENT) return true;
    first = first && too_small;
  }
}

void TapProgram::forget_stream(const rtc_stream_key& key) const noexcept {
  bpf_map_delete_elem(bpf_map__fd(skeleton_->maps.rtc_streams), &key);
}

std::vector<TapProgram::Drops> TapProgram::read_drops() const {
  const int map = bpf_map__fd(skeleton_->maps.rtc_drops);
  std::vector<std::uint64_t> by_cpu(static_cast<std::size_t>(libbpf_num_possible_cpus()));
  std::vector<Drops> drops;
  rtc_drop_key key{};
  for (const rtc_drop_key* from = nullptr; bpf_map_get_next_key(map, from, &key) == 0; from = &key) {
    if (bpf_map_lookup_elem(map, &key, by_cpu.data()) != 0) continue;
    drops.push_back({key, std::accumulate(by_cpu.begin(), by_cpu.end(), std::uint64_t{0})});
  }
  return drops;
}

std::vector<std::uint64_t> TapProgram::read_passes() const {
  const int map = bpf_map__fd(skeleton_->maps.rtc_passes);
  std::vector<std::uint64_t> by_cpu(static_cast<std::size_t>(libbpf_num_possible_cpus()));
  std::vector<std::uint64_t> passes(RTC_PASS_REASONS);
  for (std::uint32_t reason = 0; reason < RTC_PASS_REASONS; ++reason) {
    if (bpf_map_lookup_elem(map, &reason, by_cpu.data()) != 0) continue;
    passes[reason] = std::accumulate(by_cpu.begin(), by_cpu.end(), std::uint64_t{0});
  }
  return passes;
}

MeterReading to_reading(const rtc_stream_key& key, const rtc_stream& stream, UtcTime time) noexcept {
  MeterReading reading;
  reading.time = time;
  reading.direction = static_cast<PacketDirection>(key.direction);
  const rtc_tap_tuple& tuple = key.tuple;
  reading.five_tuple.source = {address_of(tuple.source, tuple.family), tuple.source_port};
  reading.five_tuple.destination = {address_of(tuple.destination, tuple.family), tuple.destination_port};
  reading.path = key.path;
  reading.ssrc = key.ssrc;
  reading.first_timestamp = stream.first_timestamp;
  reading.meter = stream.meter;
  return reading;
}

}  // namespace rtcscope
