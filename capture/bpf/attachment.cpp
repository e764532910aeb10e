#include "capture/bpf/attachment.hpp"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include <cerrno>
#include <string_view>
#include <system_error>
#include <utility>

#include "capture/bpf/bpf_messages.hpp"

namespace rtcscope {
namespace {

// <linux/bpf.h> of 6.6; Debian 12's headers are older, the numbers are the kernel's ABI.
constexpr int kTcxIngress = 46;
constexpr int kTcxEgress = 47;
constexpr std::uint32_t kBefore = 1U << 3U;  // BPF_F_BEFORE: in front of all others

// Our place among the filters of clsact: a number that nobody picks by chance, behind filters that do not
// care.
constexpr std::uint32_t kHandle = 0x7274;
constexpr std::uint32_t kPriority = 0x7273;

bool is_egress(TapEntry entry) noexcept {
  return entry == TapEntry::kEgress || entry == TapEntry::kIpEgress;
}

/// On its way in a packet is seen before any program may drop it, on its way out behind all of them.
OwnedFd make_tcx_link(int program, std::uint32_t kernel_index, bool egress) noexcept {
  LIBBPF_OPTS(bpf_link_create_opts, options);
  options.flags = egress ? 0 : kBefore;
  const int type = egress ? kTcxEgress : kTcxIngress;
  return OwnedFd{
      bpf_link_create(program, static_cast<int>(kernel_index), static_cast<bpf_attach_type>(type), &options)};
}

bpf_tc_hook hook_of(std::uint32_t kernel_index, bool egress) noexcept {
  bpf_tc_hook hook{};
  hook.sz = sizeof hook;
  hook.ifindex = static_cast<int>(kernel_index);
  hook.attach_point = egress ? BPF_TC_EGRESS : BPF_TC_INGRESS;
  return hook;
}

bpf_tc_opts our_place() noexcept {
  bpf_tc_opts options{};
  options.sz = sizeof options;
  options.handle = kHandle;
  options.priority = kPriority;
  return options;
}

/// An earlier run's. Looking at a program of another process takes CAP_SYS_ADMIN.
bool has_our_name(std::uint32_t program_id) noexcept {
  const OwnedFd fd{bpf_prog_get_fd_by_id(program_id)};
  bpf_prog_info info{};
  std::uint32_t size = sizeof info;
  return fd.valid() && bpf_obj_get_info_by_fd(fd.value(), &info, &size) == 0 &&
         std::string_view(info.name).starts_with("rtcscope");
}

/// Takes the filter at our place away if `is_ours` says so of its program's id.
template <class IsOurs>
bool remove_filter(std::uint32_t kernel_index, bool egress, IsOurs is_ours) noexcept {
  const BpfMessages quiet;  // of missing qdiscs and filters
  const bpf_tc_hook hook = hook_of(kernel_index, egress);
  bpf_tc_opts found = our_place();
  if (bpf_tc_query(&hook, &found) != 0 || !is_ours(found.prog_id)) return false;
  const bpf_tc_opts place = our_place();
  return bpf_tc_detach(&hook, &place) == 0;
}

/// 0, or a negative errno. Stores the id of the program.
int add_filter(int program, std::uint32_t kernel_index, bool egress, std::uint32_t& program_id) noexcept {
  const BpfMessages quiet;  // of missing qdiscs and filters
  bpf_tc_hook hook = hook_of(kernel_index, egress);
  const int made = bpf_tc_hook_create(&hook);
  if (made != 0 && made != -EEXIST) return made;
  bpf_tc_opts options = our_place();
  options.prog_fd = program;
  const int error = bpf_tc_attach(&hook, &options);
  program_id = options.prog_id;
  return error;
}

}  // namespace

const char* to_string(AttachKind kind) noexcept {
  switch (kind) {
    case AttachKind::kTcx:
      return "tcx";
    case AttachKind::kClsact:
      return "clsact";
    case AttachKind::kXdp:
      break;
  }
  return "xdp";
}

Result<Attachment, CaptureError> Attachment::make(const TapProgram& program, TapEntry entry,
                                                  const std::string& interface, std::uint32_t kernel_index,
                                                  AttachKind kind) {
  Attachment made;
  made.egress_ = is_egress(entry);
  int error = 0;
  if (kind == AttachKind::kClsact) {
    error = -add_filter(program.program_fd(entry), kernel_index, made.egress_, made.program_id_);
    if (error == 0) made.clsact_index_ = kernel_index;
  } else {
    const int fd = program.program_fd(entry);
    made.link_ = kind == AttachKind::kTcx
                     ? make_tcx_link(fd, kernel_index, made.egress_)
                     : OwnedFd{bpf_link_create(fd, static_cast<int>(kernel_index), BPF_XDP, nullptr)};
    if (!made.link_.valid()) error = errno;
  }
  if (error == 0) return made;
  return Unexpected{CaptureError{.code = CaptureErrc::kAttachFailed,
                                 .message = interface + ": the tap cannot be attached (" + to_string(kind) +
                                            "): " + std::generic_category().message(error)}};
}

Attachment::Attachment(Attachment&& other) noexcept
    : link_(std::move(other.link_)),
      clsact_index_(std::exchange(other.clsact_index_, 0)),
      program_id_(other.program_id_),
      egress_(other.egress_) {}

Attachment& Attachment::operator=(Attachment&& other) noexcept {
  std::swap(link_, other.link_);
  std::swap(clsact_index_, other.clsact_index_);
  std::swap(program_id_, other.program_id_);
  std::swap(egress_, other.egress_);
  return *this;
}

Attachment::~Attachment() {
  if (clsact_index_ == 0) return;
  remove_filter(clsact_index_, egress_, [this](std::uint32_t id) { return id == program_id_; });
}

bool has_tcx(const TapProgram& program) noexcept {
  // No interface has this number: a kernel that knows TCX says so, an older one refuses the type.
  constexpr std::uint32_t kNoInterface = 0x7fffffff;
  const OwnedFd link = make_tcx_link(program.program_fd(TapEntry::kIngress), kNoInterface, false);
  return link.valid() || errno == ENODEV;
}

int remove_stale_filters(std::uint32_t kernel_index) noexcept {
  return (remove_filter(kernel_index, false, has_our_name) ? 1 : 0) +
         (remove_filter(kernel_index, true, has_our_name) ? 1 : 0);
}

}  // namespace rtcscope
