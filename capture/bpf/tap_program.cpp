#include "capture/bpf/tap_program.hpp"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include <algorithm>
#include <atomic>
#include <bit>
#include <cerrno>
#include <numeric>
#include <random>
#include <system_error>
#include <utility>

#include "capture/bpf/bpf_messages.hpp"
#include "capture/bpf/rtp_tap.skel.h"

namespace rtcscope {
namespace {

/// Slots read by one call.
constexpr std::uint32_t kBatch = 4096;
/// Entries of the index for each slot: few streams are then not where their hash says first.
constexpr std::uint32_t kEntriesPerSlot = 2;
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
                   "setcap cap_bpf,cap_perfmon,cap_net_admin+ep rtcscope-server"}};
  }
  return Unexpected{CaptureError{.code = CaptureErrc::kTapRefused,
                                 .message = "the kernel refused the tap (" +
                                            std::generic_category().message(error) +
                                            "): " + messages.last_lines(kShownLines)}};
}

std::uint32_t entries_of(std::uint32_t max_streams) {
  return std::bit_ceil(std::max<std::uint32_t>(max_streams, RTC_ENTRIES_TRIED) * kEntriesPerSlot);
}

void set_knobs(rtp_tap_bpf& skeleton, const TapProgramOptions& options) {
  auto& knobs = *skeleton.rodata;
  knobs.rtc_snap_length = options.snap_length;
  // An eighth of the ring: user space has time for the rest before it overflows.
  knobs.rtc_wakeup_bytes = options.ring_bytes / 8;
  knobs.rtc_time_is_set = options.time_is_set ? 1 : 0;
  knobs.rtc_drop_when_seen = options.drop_when_seen ? 1 : 0;
  knobs.rtc_max_streams = options.max_streams;
  knobs.rtc_index_mask = entries_of(options.max_streams) - 1;
  std::random_device random;
  for (auto& factor : knobs.rtc_hash_factors) factor = std::uint64_t{random()} << 32U | random() | 1U;
  bpf_map__set_max_entries(skeleton.maps.rtc_events, options.ring_bytes);
  bpf_map__set_max_entries(skeleton.maps.rtc_streams, options.max_streams);
  bpf_map__set_max_entries(skeleton.maps.rtc_free_slots, options.max_streams);
  bpf_map__set_max_entries(skeleton.maps.rtc_index, entries_of(options.max_streams));
}

IpAddress address_of(const rtc_u8 (&octets)[16], std::uint8_t family) noexcept {
  IpAddress address;
  address.family = family == 4 ? IpFamily::kV4 : IpFamily::kV6;
  std::copy(std::begin(octets), std::end(octets), address.octets.begin());
  return address;
}

}  // namespace

TapProgram::TapProgram(BpfSkeleton<rtp_tap_bpf> skeleton, const TapProgramOptions& options,
                       MappedMap<rtc_u64> index)
    : skeleton_(std::move(skeleton)),
      index_(std::move(index)),
      ring_bytes_(options.ring_bytes),
      max_streams_(options.max_streams) {}
TapProgram::TapProgram(TapProgram&&) noexcept = default;
TapProgram& TapProgram::operator=(TapProgram&&) noexcept = default;
TapProgram::~TapProgram() = default;

Result<TapProgram, CaptureError> TapProgram::load(const TapProgramOptions& options) {
  const BpfMessages messages;
  BpfSkeleton<rtp_tap_bpf> skeleton{rtp_tap_bpf::open()};
  if (!skeleton) return refuse(errno, messages);
  set_knobs(*skeleton.value(), options);
  const int error = rtp_tap_bpf::load(skeleton.value());
  if (error != 0) return refuse(-error, messages);
  auto index =
      MappedMap<rtc_u64>::open(bpf_map__fd(skeleton->maps.rtc_index), entries_of(options.max_streams));
  if (index.empty()) return refuse(errno, messages);
  return TapProgram{std::move(skeleton), options, std::move(index)};
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

bool TapProgram::read_streams(std::vector<rtc_stream>& streams) const {
  LIBBPF_OPTS(bpf_map_batch_opts, options, .elem_flags = BPF_F_LOCK);
  const int map = bpf_map__fd(skeleton_->maps.rtc_streams);
  const std::uint32_t claimed = std::min(std::atomic_ref(skeleton_->bss->rtc_next_slot).load(), max_streams_);
  std::vector<std::uint32_t> slots(std::min(claimed, kBatch));
  streams.resize(claimed);
  std::uint32_t position = 0;
  for (std::uint32_t done = 0; done < claimed;) {
    std::uint32_t count = std::min(claimed - done, kBatch);
    const int error = bpf_map_lookup_batch(map, done == 0 ? nullptr : &position, &position, slots.data(),
                                           streams.data() + done, &count, &options);
    done += count;
    if ((error != 0 && error != -ENOENT) || (error == -ENOENT && done < claimed)) {
      streams.clear();
      return false;
    }
  }
  std::erase_if(streams, [](const rtc_stream& stream) { return stream.meter.packets == 0; });
  return true;
}

void TapProgram::forget_stream(const rtc_stream_key& key) const noexcept {
  const rtc_u64 hash = rtc_hash(&key, skeleton_->rodata->rtc_hash_factors);
  const std::size_t mask = index_.items().size() - 1;
  for (std::uint32_t i = 0; i < RTC_ENTRIES_TRIED; ++i) {
    const std::atomic_ref entry(index_[(rtc_hash_place(hash) + i) & mask]);
    rtc_u64 found = entry.load();
    if (RTC_ENTRY_TAG(found) != rtc_hash_tag(hash)) continue;
    // First nobody finds the slot, then it is emptied, then it may be claimed.
    if (!entry.compare_exchange_strong(found, 0)) return;
    const std::uint32_t slot = RTC_ENTRY_SLOT(found);
    static constexpr rtc_stream kNobodys{};
    bpf_map_update_elem(bpf_map__fd(skeleton_->maps.rtc_streams), &slot, &kNobodys, BPF_F_LOCK);
    bpf_map_update_elem(bpf_map__fd(skeleton_->maps.rtc_free_slots), nullptr, &slot, BPF_ANY);
    return;
  }
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

MeterReading to_reading(const rtc_stream& stream, UtcTime time) noexcept {
  const rtc_stream_key& key = stream.key;
  MeterReading reading;
  reading.time = time;
  reading.direction = static_cast<PacketDirection>(key.direction);
  const rtc_tap_tuple& tuple = key.tuple;
  reading.five_tuple.source = {address_of(tuple.source, tuple.family), tuple.source_port};
  reading.five_tuple.destination = {address_of(tuple.destination, tuple.family), tuple.destination_port};
  reading.path = key.path;
  reading.ssrc = key.ssrc;
  reading.first_timestamp = stream.meter.first_timestamp;
  reading.meter = stream.meter;
  return reading;
}

}  // namespace rtcscope
