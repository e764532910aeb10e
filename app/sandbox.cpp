#include "app/sandbox.hpp"

#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/landlock.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <system_error>

#include "base/owned_fd.hpp"

namespace rtcscope::app {
namespace {

/// What would let somebody who took the process over go further. A list of what is allowed would have to
/// name what every version of glibc, Poco and SQLite calls, and would break an update of theirs.
constexpr const char* kBlocked[] = {
    // another program
    "execve", "execveat", "fork", "vfork",
    // other processes' memory, files and fate
    "ptrace", "process_vm_readv", "process_vm_writev", "process_madvise", "pidfd_open", "pidfd_getfd",
    "pidfd_send_signal", "kcmp", "kill", "tkill",
    // the kernel's programs and events: what is attached stays attached
    "perf_event_open", "userfaultfd", "fanotify_init", "lookup_dcookie",
    // operations that a seccomp filter does not see
    "io_uring_setup", "io_uring_enter", "io_uring_register",
    // the system's shape
    "mount", "umount2", "pivot_root", "chroot", "move_mount", "open_tree", "fsopen", "fsconfig", "fsmount",
    "fspick", "mount_setattr", "setns", "unshare", "mknod", "mknodat", "open_by_handle_at",
    "name_to_handle_at", "quotactl", "swapon", "swapoff", "acct", "sethostname", "setdomainname",
    "init_module", "finit_module", "delete_module", "kexec_load", "kexec_file_load", "reboot", "iopl",
    "ioperm", "syslog", "settimeofday", "clock_settime", "clock_adjtime", "adjtimex", "vhangup",
    "personality",
    // identity and keys
    "setuid", "setgid", "setreuid", "setregid", "setresuid", "setresgid", "setgroups", "setfsuid", "setfsgid",
    "capset", "add_key", "request_key", "keyctl",
    // access rights of files
    "chmod", "fchmodat", "chown", "lchown", "fchownat", "setxattr", "lsetxattr", "fsetxattr"};

struct Release {
  void operator()(void* filter) const noexcept { seccomp_release(filter); }
};

void check(int result, const char* what) {
  if (result < 0) throw std::runtime_error(std::string("the system call filter cannot be made: ") + what);
}

/// Threads, yes; processes, no. clone3 hides its flags from filters: glibc takes ENOSYS for an old kernel.
void block_processes(scmp_filter_ctx filter) {
  check(seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(clone), 1,
                         SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0)),
        "clone");
  check(seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0), "clone3");
}

/// Maps that are open may be read and written, which is how a tap in the kernel is asked for its figures.
bool needed_bpf_command(int command) {
  switch (command) {
    case BPF_MAP_LOOKUP_ELEM:
    case BPF_MAP_UPDATE_ELEM:
    case BPF_MAP_DELETE_ELEM:
    case BPF_MAP_GET_NEXT_KEY:
    case BPF_MAP_LOOKUP_AND_DELETE_ELEM:
    case BPF_MAP_LOOKUP_BATCH:
    case BPF_MAP_LOOKUP_AND_DELETE_BATCH:
    case BPF_MAP_UPDATE_BATCH:
    case BPF_MAP_DELETE_BATCH:
    case BPF_OBJ_GET_INFO_BY_FD:
      return true;
    default:
      return false;
  }
}

/// No new map or program, and no descriptor of another's.
void block_bpf_commands(scmp_filter_ctx filter) {
  constexpr int kCommands = 64;  // more than any kernel has
  for (int command = 0; command < kCommands; ++command) {
    if (needed_bpf_command(command)) continue;
    const auto value = static_cast<scmp_datum_t>(command);
    check(seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(bpf), 1, SCMP_A0(SCMP_CMP_EQ, value)),
          "bpf");
  }
  check(seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(bpf), 1, SCMP_A0(SCMP_CMP_GE, kCommands)),
        "bpf");
}

/// What capture, the API and its resolver use; no Bluetooth, vsock, AF_ALG or AF_KEY.
bool needed_family(int family) {
  return family == AF_UNIX || family == AF_INET || family == AF_INET6 || family == AF_NETLINK ||
         family == AF_PACKET;
}

void block_socket_families(scmp_filter_ctx filter) {
  const auto refuse = SCMP_ACT_ERRNO(EAFNOSUPPORT);
  for (int family = 0; family < AF_MAX; ++family) {
    if (needed_family(family)) continue;
    const auto value = static_cast<scmp_datum_t>(family);
    check(seccomp_rule_add(filter, refuse, SCMP_SYS(socket), 1, SCMP_A0(SCMP_CMP_EQ, value)), "socket");
  }
  check(seccomp_rule_add(filter, refuse, SCMP_SYS(socket), 1, SCMP_A0(SCMP_CMP_GE, AF_MAX)), "socket");
}

// The rights of Landlock's first version (Linux 5.13); later ones add to what can be forbidden.
constexpr std::uint64_t kReadFile = LANDLOCK_ACCESS_FS_READ_FILE;
constexpr std::uint64_t kRead = kReadFile | LANDLOCK_ACCESS_FS_READ_DIR;
constexpr std::uint64_t kWriteFile = LANDLOCK_ACCESS_FS_WRITE_FILE;
constexpr std::uint64_t kWrite = kWriteFile | LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_REMOVE_FILE;
constexpr std::uint64_t kAll = kRead | kWrite | LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_REMOVE_DIR |
                               LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_DIR |
                               LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO |
                               LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM;

[[noreturn]] void fail(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), what);
}

void allow(const OwnedFd& rules, const std::string& path, std::uint64_t rights) {
  const OwnedFd place(open(path.c_str(), O_PATH | O_CLOEXEC));
  struct stat status {};
  if (!place.valid() || fstat(place.value(), &status) != 0) return;  // what is not there needs no rule
  landlock_path_beneath_attr rule{};
  rule.parent_fd = place.value();
  rule.allowed_access = S_ISDIR(status.st_mode) ? rights : rights & (kReadFile | kWriteFile);
  if (syscall(SYS_landlock_add_rule, rules.value(), LANDLOCK_RULE_PATH_BENEATH, &rule, 0) != 0) {
    fail("allowing " + path);
  }
}

}  // namespace

void block_system_calls() {
  const std::unique_ptr<void, Release> filter(seccomp_init(SCMP_ACT_ALLOW));
  if (!filter) throw std::runtime_error("the system call filter cannot be made");
  for (const char* name : kBlocked) {
    const int number = seccomp_syscall_resolve_name(name);
    if (number == __NR_SCMP_ERROR) continue;  // this architecture has no such call
    check(seccomp_rule_add(filter.get(), SCMP_ACT_ERRNO(EPERM), number, 0), name);
  }
  block_processes(filter.get());
  block_bpf_commands(filter.get());
  block_socket_families(filter.get());
  check(seccomp_attr_set(filter.get(), SCMP_FLTATR_CTL_TSYNC, 1), "threads");
  check(seccomp_load(filter.get()), "the kernel refuses it");
}

bool confine_to(const AllowedPaths& paths) {
  landlock_ruleset_attr attributes{};
  attributes.handled_access_fs = kAll;
  const OwnedFd rules(
      static_cast<int>(syscall(SYS_landlock_create_ruleset, &attributes, sizeof attributes, 0)));
  if (!rules.valid()) {
    if (errno == ENOSYS || errno == EOPNOTSUPP) return false;
    fail("making Landlock's rules");
  }
  for (const std::string& folder : paths.write_below) allow(rules, folder, kRead | kWrite);
  for (const std::string& path : paths.read) allow(rules, path, kRead);
  if (syscall(SYS_landlock_restrict_self, rules.value(), 0) != 0) fail("entering Landlock's rules");
  return true;
}

}  // namespace rtcscope::app
