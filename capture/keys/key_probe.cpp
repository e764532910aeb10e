#include "capture/keys/key_probe.hpp"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <set>
#include <system_error>
#include <utility>
#include <variant>

#include "capture/bpf/bpf_messages.hpp"
#include "capture/bpf/bpf_skeleton.hpp"
#include "capture/bpf/key_probe.h"
#include "capture/bpf/key_probe.skel.h"
#include "capture/bpf/mapped_map.hpp"
#include "capture/keys/key_slot.hpp"
#include "capture/keys/uprobe_link.hpp"

namespace rtcscope {
namespace {

constexpr std::size_t kLogLines = 3;
// The first pid namespace's inode (include/linux/proc_ns.h): there no translation is needed.
constexpr ino_t kFirstPidNamespace = 0xEFFFFFFC;

struct EndLink {
  void operator()(bpf_link* link) const noexcept { bpf_link__destroy(link); }
};
using PerfLink = std::unique_ptr<bpf_link, EndLink>;

Unexpected<KeyProbeError> fault(KeyProbeErrc code, std::string message) {
  return Unexpected{KeyProbeError{code, std::move(message)}};
}

Unexpected<KeyProbeError> load_fault(int code, const std::string& log) {
  const std::string why = std::generic_category().message(code);
  if (code == EPERM || code == EACCES) {
    return fault(KeyProbeErrc::kNoCapability,
                 "the key probe may not be loaded (" + why + "); it needs CAP_BPF and CAP_PERFMON");
  }
  if (access("/sys/kernel/btf/vmlinux", R_OK) != 0) {
    return fault(KeyProbeErrc::kNoTypes,
                 "the key probe needs a kernel with type information (CONFIG_DEBUG_INFO_BTF, "
                 "/sys/kernel/btf/vmlinux)");
  }
  return fault(KeyProbeErrc::kLoadFailed, "the kernel refused the key probe: " + (log.empty() ? why : log));
}

std::uint32_t kind_of(const KeyTarget& target) {
  switch (target.kind) {
    case KeyTarget::Kind::kExecutable:
      return RTC_TARGET_EXECUTABLE;
    case KeyTarget::Kind::kUnit:
      return RTC_TARGET_UNIT;
    case KeyTarget::Kind::kPid:
      return RTC_TARGET_PID;
  }
  return 0;
}

rtc_target key_of(const KeyTarget& target) {
  rtc_target key{};
  key.kind = kind_of(target);
  key.pid = target.pid;
  std::memcpy(key.name, target.name.data(), std::min(target.name.size(), sizeof key.name - 1));
  return key;
}

std::chrono::nanoseconds now(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return std::chrono::seconds{time.tv_sec} + std::chrono::nanoseconds{time.tv_nsec};
}

}  // namespace

const char* to_string(KeyProbeErrc code) noexcept {
  switch (code) {
    case KeyProbeErrc::kNoCapability:
      return "no_capability";
    case KeyProbeErrc::kNoTypes:
      return "no_types";
    case KeyProbeErrc::kLoadFailed:
      return "load_failed";
    case KeyProbeErrc::kAttachFailed:
      return "attach_failed";
  }
  return "unknown";
}

class KeyProbe::Program {
 public:
  static Result<std::unique_ptr<Program>, KeyProbeError> open(const KeyProbeOptions& options,
                                                              ProbeMethod method) {
    auto program = std::make_unique<Program>();
    program->method = method;
    program->targets_ = options.targets;
    if (auto fault = program->load()) return Unexpected{*std::move(fault)};
    return program;
  }

  /// The first file's fault, when nothing is probed.
  std::optional<KeyProbeError> attach() {
    const std::vector<std::string> faults = attach_new();
    if (!files.empty() || faults.empty()) return std::nullopt;
    const bool forbidden = last_attach_errno_ == EPERM || last_attach_errno_ == EACCES;
    return KeyProbeError{forbidden ? KeyProbeErrc::kNoCapability : KeyProbeErrc::kAttachFailed,
                         faults.front()};
  }

  std::vector<std::string> attach_new();

  BpfSkeleton<key_probe_bpf> skeleton;
  ProbeMethod method{};
  std::vector<std::string> files;
  MappedMap<rtc_key_slot> slots;
  MappedMap<rtc_u64> counts;
  std::uint64_t drained = 0;
  std::uint64_t unsupported_policy = 0;

 private:
  std::optional<KeyProbeError> load();
  std::optional<KeyProbeError> set_targets();
  void set_pid_namespace();
  bool attach_to(const ProbeFile& file);
  bool attach_points(const ProbeFile& file);
  bool attach_program(const bpf_program* program, const ProbeFile& file, std::uint64_t offset,
                      bool on_return = false);

  std::vector<KeyTarget> targets_;
  std::set<std::pair<std::uint64_t, std::uint64_t>> attached_;  // device, inode; those that failed as well
  std::vector<std::variant<OwnedFd, PerfLink>> links_;
  int last_attach_errno_ = 0;
};

std::optional<KeyProbeError> KeyProbe::Program::load() {
  const BpfMessages messages;
  skeleton = BpfSkeleton<key_probe_bpf>(key_probe_bpf::open());
  if (!skeleton) return load_fault(errno, messages.last_lines(kLogLines)).value;
  if (method == ProbeMethod::kMultiLink) {
    const auto type = static_cast<bpf_attach_type>(kUprobeMultiAttachType);
    for (bpf_program* program :
         {skeleton->progs.export_entered, skeleton->progs.export_returned, skeleton->progs.policy_given}) {
      bpf_program__set_expected_attach_type(program, type);
    }
  }
  for (const KeyTarget& target : targets_) skeleton->rodata->target_kinds |= 1U << kind_of(target);
  set_pid_namespace();
  if (const int refused = key_probe_bpf::load(skeleton.value())) {
    return load_fault(-refused, messages.last_lines(kLogLines)).value;
  }
  slots = MappedMap<rtc_key_slot>::open(bpf_map__fd(skeleton->maps.rtc_key_slots), RTC_KEY_SLOTS);
  counts = MappedMap<rtc_u64>::open(bpf_map__fd(skeleton->maps.rtc_key_counts), RTC_COUNTS);
  if (slots.empty() || counts.empty() || !slots.keep_out_of_dumps()) {
    return load_fault(errno, "its memory cannot be mapped").value;
  }
  return set_targets();
}

std::optional<KeyProbeError> KeyProbe::Program::set_targets() {
  const std::uint32_t yes = 1;
  for (const KeyTarget& target : targets_) {
    const rtc_target key = key_of(target);
    if (bpf_map_update_elem(bpf_map__fd(skeleton->maps.rtc_targets), &key, &yes, BPF_ANY) != 0) {
      return load_fault(errno, "it takes no more than " + std::to_string(RTC_MAX_TARGETS) + " targets").value;
    }
  }
  return std::nullopt;
}

void KeyProbe::Program::set_pid_namespace() {
  struct stat status {};
  if (stat("/proc/self/ns/pid", &status) != 0 || status.st_ino == kFirstPidNamespace) return;
  skeleton->rodata->pid_namespace_device = status.st_dev;
  skeleton->rodata->pid_namespace_inode = status.st_ino;
}

bool KeyProbe::Program::attach_program(const bpf_program* program, const ProbeFile& file,
                                       std::uint64_t offset, bool on_return) {
  if (method == ProbeMethod::kMultiLink) {
    OwnedFd link = link_uprobe_multi(bpf_program__fd(program), file.fd.value(), offset, on_return);
    if (!link.valid()) return false;
    links_.emplace_back(std::move(link));
    return true;
  }
  LIBBPF_OPTS(bpf_uprobe_opts, options, .retprobe = on_return);
  const std::string path = "/proc/self/fd/" + std::to_string(file.fd.value());
  PerfLink link(bpf_program__attach_uprobe_opts(program, -1, path.c_str(), offset, &options));
  if (!link) return false;
  links_.emplace_back(std::move(link));
  return true;
}

bool KeyProbe::Program::attach_points(const ProbeFile& file) {
  const auto& programs = skeleton->progs;
  // The return first: an entry without a return would leave arguments behind.
  if (const auto exporter = file.points.exporter) {
    if (!attach_program(programs.export_returned, file, *exporter, true) ||
        !attach_program(programs.export_entered, file, *exporter)) {
      return false;
    }
  }
  return std::ranges::all_of(file.points.policy_takers, [&](std::uint64_t taker) {
    return attach_program(programs.policy_given, file, taker);
  });
}

/// All of the file's functions, or none.
bool KeyProbe::Program::attach_to(const ProbeFile& file) {
  const std::size_t before = links_.size();
  if (attach_points(file)) return true;
  const int why = errno;
  while (links_.size() > before) links_.pop_back();
  errno = why;
  return false;
}

std::vector<std::string> KeyProbe::Program::attach_new() {
  const BpfMessages messages;
  std::vector<std::string> faults;
  for (const ProbeFile& file : find_probe_files(targets_)) {
    if (!attached_.insert({file.device, file.inode}).second) continue;
    if (attach_to(file)) {
      files.push_back(file.path);
      continue;
    }
    last_attach_errno_ = errno;
    faults.push_back("the key probe cannot be attached to " + file.path + " (" +
                     std::generic_category().message(last_attach_errno_) +
                     "); a multi-uprobe link needs Linux 6.6, a perf event CAP_SYS_ADMIN");
  }
  return faults;
}

KeyProbe::KeyProbe(std::unique_ptr<Program> program) noexcept : program_(std::move(program)) {}
KeyProbe::~KeyProbe() = default;

Result<std::unique_ptr<KeyProbe>, KeyProbeError> KeyProbe::open(const KeyProbeOptions& options) {
  KeyProbeError last{KeyProbeErrc::kAttachFailed, "no way to attach the key probe was given"};
  for (const ProbeMethod method : options.methods) {
    auto program = Program::open(options, method);
    if (!program) return Unexpected{program.error()};
    auto refused = (*program)->attach();
    if (!refused) return std::unique_ptr<KeyProbe>(new KeyProbe(*std::move(program)));
    last = *std::move(refused);
  }
  return Unexpected{std::move(last)};
}

std::vector<std::string> KeyProbe::attach_new() {
  return program_->attach_new();
}

std::size_t KeyProbe::take(const std::function<void(const TakenSecret&)>& sink) {
  const std::uint64_t taken = std::atomic_ref(program_->counts[RTC_COUNT_TAKEN]).load();
  if (taken == program_->drained) return 0;
  std::vector<rtc_key_slot*> full;
  for (rtc_key_slot& slot : program_->slots.items()) {
    if (std::atomic_ref(slot.state).load() == RTC_SLOT_FULL) full.push_back(&slot);
  }
  std::sort(full.begin(), full.end(),
            [](const rtc_key_slot* a, const rtc_key_slot* b) { return a->time_ns < b->time_ns; });
  const auto offset = now(CLOCK_REALTIME) - now(CLOCK_MONOTONIC);
  for (rtc_key_slot* slot : full) {
    if (const auto octets = secret_in(*slot)) {
      sink({UtcTime{offset + std::chrono::nanoseconds{slot->time_ns}}, slot->pid, *octets});
    } else {
      program_->unsupported_policy += 1;
    }
    explicit_bzero(slot->octets, sizeof slot->octets);
    std::atomic_ref(slot->state).store(RTC_SLOT_EMPTY);
  }
  program_->drained += full.size();
  return full.size();
}

KeyProbeCounters KeyProbe::counters() const noexcept {
  const auto count = [&](std::size_t index) { return std::atomic_ref(program_->counts[index]).load(); };
  return {count(RTC_COUNT_TAKEN),      count(RTC_COUNT_SLOTS_FULL), count(RTC_COUNT_UNREADABLE),
          count(RTC_COUNT_BAD_LENGTH), count(RTC_COUNT_LIST_CUT),   program_->unsupported_policy};
}

ProbeMethod KeyProbe::method() const noexcept {
  return program_->method;
}

const std::vector<std::string>& KeyProbe::files() const noexcept {
  return program_->files;
}

}  // namespace rtcscope
