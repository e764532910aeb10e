#include "capture/bpf/bpf_tap.hpp"

#include <net/if.h>
#include <sys/epoll.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <ctime>
#include <system_error>
#include <utility>

namespace rtcscope {
namespace {

/// The kernel wakes us when much waits; otherwise we look this often.
constexpr int kLookAgainMs = 20;
constexpr std::size_t kMaxBatch = 2048;
/// The two clocks are read one after the other: less than this is no step.
constexpr std::int64_t kClockStepNs = 10'000'000;
/// More than any host has at a time; entries of those that are gone stay.
constexpr std::size_t kMaxInterfaces = 4096;
constexpr std::uint32_t kMinSnapLength = 64;
constexpr std::uint32_t kMaxSnapLength = 65'535;

constexpr const char* kLossNames[RTC_DROP_REASONS] = {"events_full", "streams_full", "unreadable",
                                                      "segments"};
constexpr const char* kPassNames[RTC_PASS_REASONS] = {"not_ip", "not_udp_or_tcp", "tcp", "udp"};

std::int64_t clock_ns(clockid_t clock) noexcept {
  timespec time{};
  clock_gettime(clock, &time);
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

/// UTC minus CLOCK_MONOTONIC: the closest of a few tries, since we may be interrupted between the two.
std::int64_t clock_offset_ns() noexcept {
  std::int64_t best = 0;
  std::int64_t shortest = INT64_MAX;
  for (int i = 0; i < 5; ++i) {
    const std::int64_t before = clock_ns(CLOCK_MONOTONIC);
    const std::int64_t utc = clock_ns(CLOCK_REALTIME);
    const std::int64_t after = clock_ns(CLOCK_MONOTONIC);
    if (after - before >= shortest) continue;
    shortest = after - before;
    best = utc - (before + shortest / 2);
  }
  return best;
}

UtcTime utc_now() noexcept {
  return utc_from_ns(clock_ns(CLOCK_REALTIME));
}

Unexpected<CaptureError> refuse(CaptureErrc code, std::string message) {
  return Unexpected{CaptureError{.code = code, .message = std::move(message)}};
}

OwnedFd make_epoll(int events_fd) noexcept {
  OwnedFd fd{epoll_create1(EPOLL_CLOEXEC)};
  // Edge-triggered: a few records that wait must not end each wait at once.
  epoll_event event{};
  event.events = EPOLLIN | EPOLLET;
  epoll_ctl(fd.value(), EPOLL_CTL_ADD, events_fd, &event);
  return fd;
}

std::optional<std::string> fault_of(const TapOptions& options) {
  if (!options.live.filter.empty())
    return "the tap knows no capture filter: leave it out or use --tap packet";
  const std::uint32_t snap = options.live.snap_length;
  if (snap < kMinSnapLength || snap > kMaxSnapLength) {
    return "snap length " + std::to_string(snap) + ": must be 64 to 65535 octets";
  }
  if (!std::has_single_bit(options.ring_bytes) || options.ring_bytes < 4096) {
    return "ring of " + std::to_string(options.ring_bytes) + " octets: must be a power of two";
  }
  if (options.max_streams == 0) return "a table of no streams";
  return std::nullopt;
}

AttachKind attach_kind(const TapOptions& options, const TapProgram& program) {
  if (options.kind == TapKind::kXdp) return AttachKind::kXdp;
  if (options.attach == TapAttach::kClsact) return AttachKind::kClsact;
  if (options.attach == TapAttach::kTcx || has_tcx(program)) return AttachKind::kTcx;
  return AttachKind::kClsact;
}

}  // namespace

Result<std::unique_ptr<TapSource>, CaptureError> open_tap(const TapOptions& options) {
  if (const auto fault = fault_of(options)) return refuse(CaptureErrc::kBadOption, *fault);
  const auto interfaces = choose_interfaces(options.live);
  if (!interfaces) return Unexpected{interfaces.error()};
  auto program = TapProgram::load({.snap_length = options.live.snap_length,
                                   .ring_bytes = options.ring_bytes,
                                   .max_streams = options.max_streams,
                                   .drop_when_seen = options.drop_when_seen});
  if (!program) return Unexpected{program.error()};
  auto ring = EventRing::map(program->events_fd(), options.ring_bytes);
  if (!ring) return Unexpected{ring.error()};
  const AttachKind kind = attach_kind(options, *program);
  auto tap = std::make_unique<BpfTap>(options, *std::move(program), *std::move(ring), kind);
  for (const LiveInterface& interface : *interfaces) {
    const auto attached = tap->attach(interface);
    if (!attached) return Unexpected{attached.error()};
  }
  return std::unique_ptr<TapSource>{std::move(tap)};
}

BpfTap::BpfTap(const TapOptions& options, TapProgram program, EventRing ring, AttachKind kind)
    : program_(std::move(program)),
      ring_(std::move(ring)),
      kind_(kind),
      live_(options.live),
      attacher_(kind, options.live),
      epoll_(make_epoll(program_.events_fd())),
      clock_offset_ns_(clock_offset_ns()) {
  program_.set_clock_offset(clock_offset_ns_);
}

Result<Done, CaptureError> BpfTap::attach(const LiveInterface& interface) {
  const auto attached = attacher_.attach(program_, interface);
  if (attached) watch(interface);
  return attached;
}

void BpfTap::watch(const LiveInterface& interface) {
  const LinkType link_type = interface.ethernet ? LinkType::kEthernet : LinkType::kRaw;
  // One that comes back under its name goes on where it was.
  const auto same = [&](const InterfaceInfo& info) {
    return info.name == interface.name && !index_of(info.kernel_index) && info.link_type == link_type;
  };
  const auto place = std::find_if(infos_.begin(), infos_.end(), same);
  const auto index = static_cast<std::uint32_t>(place - infos_.begin());
  if (place == infos_.end()) {
    infos_.push_back({interface.name, link_type, interface.kernel_index});
    watched_.emplace_back();
  } else {
    place->kernel_index = interface.kernel_index;
  }
  watched_[index].missed_before = missed_by_card(interface.name);
  by_kernel_index_[interface.kernel_index] = index;
}

void BpfTap::forget_gone() {
  for (auto entry = by_kernel_index_.begin(); entry != by_kernel_index_.end();) {
    char name[IF_NAMESIZE];
    if (if_indextoname(entry->first, name) == nullptr) {
      entry = by_kernel_index_.erase(entry);
      continue;
    }
    infos_[entry->second].name = name;  // it may have been renamed
    ++entry;
  }
}

void BpfTap::look_for_interfaces() {
  forget_gone();
  for (const LiveInterface& interface : present_interfaces(live_)) {
    if (index_of(interface.kernel_index) || infos_.size() >= kMaxInterfaces) continue;
    if (attacher_.is_left() || attacher_.holds(interface.kernel_index)) watch(interface);
  }
}

/// Interfaces come and go with containers and cables.
void BpfTap::follow_interfaces() {
  if (!attacher_.is_left()) attacher_.follow(program_, [](const std::string&) {});  // failures() counts
  look_for_interfaces();
}

std::optional<std::uint32_t> BpfTap::index_of(std::uint32_t kernel_index) const {
  const auto found = by_kernel_index_.find(kernel_index);
  if (found == by_kernel_index_.end()) return std::nullopt;
  return found->second;
}

/// Cards and the kernel take the outermost tag off the frame and keep it beside (802.1Q, 9.6).
Bytes BpfTap::with_tag(const rtc_tap_event& event, Bytes frame) {
  constexpr std::size_t kAddresses = 12;
  if (tagged_used_ == tagged_.size()) tagged_.emplace_back();
  std::vector<std::byte>& copy = tagged_[tagged_used_++];
  copy.assign(frame.begin(), frame.begin() + kAddresses);
  for (const unsigned value : {unsigned{event.vlan_protocol}, unsigned{event.vlan_tci}}) {
    copy.push_back(static_cast<std::byte>(value >> 8U));
    copy.push_back(static_cast<std::byte>(value));
  }
  copy.insert(copy.end(), frame.begin() + kAddresses, frame.end());
  return copy;
}

PacketRecord BpfTap::record_of(const rtc_tap_event& event, std::uint32_t index) {
  PacketRecord record;
  record.time = utc_from_ns(static_cast<std::int64_t>(event.time_ns));
  record.interface_index = index;
  record.link_type = (event.flags & RTC_EVENT_NO_LINK_HEADER) != 0 ? LinkType::kRaw : LinkType::kEthernet;
  record.direction = static_cast<PacketDirection>(event.direction);
  record.wire_length = event.wire_length;
  record.segment_bytes = event.segment_bytes;
  record.rtp_is_metered = (event.flags & RTC_EVENT_METERED) != 0;
  record.bytes = Bytes{reinterpret_cast<const std::byte*>(&event + 1), event.captured};
  if (event.vlan_protocol != 0 && record.bytes.size() >= 14) {
    record.bytes = with_tag(event, record.bytes);
    record.wire_length += 4;
  }
  return record;
}

void BpfTap::take_events() {
  bool looked = false;
  while (batch_.size() < kMaxBatch) {
    const rtc_tap_event* event = ring_.next();
    if (event == nullptr) return;
    auto index = index_of(event->interface_index);
    if (!index && !std::exchange(looked, true)) {
      look_for_interfaces();  // it came since we looked last
      index = index_of(event->interface_index);
    }
    if (!index) {
      of_no_interface_ += 1;
      continue;
    }
    const PacketRecord record = record_of(*event, *index);
    batch_.push_back(record);
    if (record.rtp_is_metered) continue;
    CaptureCounters& counters = watched_[*index].handed_on;
    counters.packets += 1;
    counters.bytes += record.wire_length;
    if (record.wire_length > record.bytes.size()) counters.truncated += 1;
  }
}

Result<std::span<const PacketRecord>, CaptureError> BpfTap::next_batch(Duration max_wait) {
  const bool more_waits = batch_.size() == kMaxBatch;
  batch_.clear();
  tagged_used_ = 0;
  ring_.release();
  const auto wait_ms = std::chrono::ceil<std::chrono::milliseconds>(max_wait).count();
  if (!more_waits && wait_ms > 0) {
    epoll_event event{};
    const int timeout = static_cast<int>(std::min<std::int64_t>(wait_ms, kLookAgainMs));
    if (epoll_wait(epoll_.value(), &event, 1, timeout) < 0 && errno != EINTR) {
      return refuse(CaptureErrc::kPollFailed,
                    "waiting for packets failed: " + std::generic_category().message(errno));
    }
  }
  take_events();
  // One record a processor is written at a time, so order is only nearly that of time.
  std::stable_sort(batch_.begin(), batch_.end(),
                   [](const PacketRecord& a, const PacketRecord& b) { return a.time < b.time; });
  return std::span<const PacketRecord>{batch_};
}

void BpfTap::follow_clock() {
  const std::int64_t offset = clock_offset_ns();
  const std::int64_t step = offset - clock_offset_ns_;
  if (step < kClockStepNs && step > -kClockStepNs) return;
  clock_offset_ns_ = offset;
  clock_steps_ += 1;
  program_.set_clock_offset(offset);
}

void BpfTap::read_meters(const std::function<bool(const MeterReading&)>& use) {
  follow_clock();
  follow_interfaces();
  if (!program_.read_streams(streams_)) return;
  for (Watched& watched : watched_) watched.metered = {};
  const UtcTime now = utc_now();
  for (const rtc_stream& stream : streams_) {
    if (use_stream(stream, now, use)) continue;
    program_.forget_stream(stream.key);
    forgotten_ += 1;
  }
}

bool BpfTap::use_stream(const rtc_stream& stream, UtcTime now,
                        const std::function<bool(const MeterReading&)>& use) {
  const auto index = index_of(stream.key.interface_index);
  if (!index) return false;
  MeterReading reading = to_reading(stream, now);
  reading.interface_index = *index;
  const bool wanted = use(reading);
  CaptureCounters& counters = wanted ? watched_[*index].metered : watched_[*index].forgotten;
  counters.packets += stream.meter.packets;
  counters.bytes += stream.frame_bytes;
  return wanted;
}

std::vector<CaptureCounters> BpfTap::counters() {
  std::vector<CaptureCounters> all;
  for (std::size_t i = 0; i < watched_.size(); ++i) {
    Watched& watched = watched_[i];
    CaptureCounters sum = watched.handed_on;
    for (const CaptureCounters* part : {&watched.forgotten, &watched.metered}) {
      sum.packets += part->packets;
      sum.bytes += part->bytes;
    }
    // A card that is set up anew counts from zero again; ours never falls.
    const std::uint64_t missed = missed_by_card(infos_[i].name);
    if (missed > watched.missed_before)
      watched.missed = std::max(watched.missed, missed - watched.missed_before);
    sum.interface_drops = watched.missed;
    all.push_back(sum);
  }
  for (const TapProgram::Drops& drops : program_.read_drops()) {
    const auto index = index_of(drops.key.interface_index);
    // A stream that found no room in the kernel is metered in user space: nothing is lost.
    if (index && drops.key.reason != RTC_DROP_STREAMS_FULL) all[*index].kernel_drops += drops.count;
  }
  return all;
}

TapStatus BpfTap::status() {
  TapStatus status;
  status.attached_by = to_string(kind_);
  status.streams = streams_.size();
  status.max_streams = program_.max_streams();
  status.forgotten = forgotten_;
  status.clock_steps = clock_steps_;
  status.attach_failures = attacher_.failures();
  for (const TapProgram::Drops& drops : program_.read_drops()) {
    const auto index = index_of(drops.key.interface_index);
    if (!index || drops.key.reason >= RTC_DROP_REASONS) continue;
    status.losses.push_back({infos_[*index].name, kLossNames[drops.key.reason], drops.count});
  }
  if (of_no_interface_ != 0) status.losses.push_back({"", "interface_gone", of_no_interface_});
  const std::vector<std::uint64_t> passes = program_.read_passes();
  for (std::size_t i = 0; i < passes.size(); ++i) status.passes.push_back({kPassNames[i], passes[i]});
  return status;
}

std::string BpfTap::description() const {
  std::string names;
  for (const InterfaceInfo& info : infos_) names += (names.empty() ? "" : ", ") + info.name;
  return std::string("in-kernel tap (") + to_string(kind_) + ") on " + names;
}

}  // namespace rtcscope
