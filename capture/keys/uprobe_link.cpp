#include "capture/keys/uprobe_link.hpp"

#include <linux/bpf.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <string>

namespace rtcscope {
namespace {

/// bpf_attr.link_create with its uprobe_multi member (include/uapi/linux/bpf.h of Linux 6.6).
struct LinkCreateUprobeMulti {
  std::uint32_t program;
  std::uint32_t target;
  std::uint32_t attach_type;
  std::uint32_t flags;
  std::uint64_t path;
  std::uint64_t offsets;
  std::uint64_t ref_counter_offsets;
  std::uint64_t cookies;
  std::uint32_t count;
  std::uint32_t probe_flags;
  std::uint32_t pid;
  std::uint32_t reserved;
};
static_assert(sizeof(LinkCreateUprobeMulti) == 64);

constexpr std::uint32_t kOnReturn = 1;  // BPF_F_UPROBE_MULTI_RETURN

std::uint64_t address(const void* pointer) {
  return reinterpret_cast<std::uintptr_t>(pointer);
}

}  // namespace

OwnedFd link_uprobe_multi(int program, int file, std::uint64_t offset, bool on_return) {
  // By descriptor: the file that was read is the one that is probed, whatever its path means by now.
  const std::string path = "/proc/self/fd/" + std::to_string(file);
  LinkCreateUprobeMulti link{};
  link.program = static_cast<std::uint32_t>(program);
  link.attach_type = kUprobeMultiAttachType;
  link.path = address(path.c_str());
  link.offsets = address(&offset);
  link.count = 1;
  link.probe_flags = on_return ? kOnReturn : 0;
  return OwnedFd(static_cast<int>(syscall(SYS_bpf, BPF_LINK_CREATE, &link, sizeof link)));
}

}  // namespace rtcscope
