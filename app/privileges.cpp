#include "app/privileges.hpp"

#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <system_error>

#include "app/sandbox.hpp"

namespace rtcscope::app {
namespace {

constexpr rlim_t kLockedOctets = 64U << 20U;  // a page for each secret that waits for its flow

[[noreturn]] void fail(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), what);
}

std::uint64_t bits(const std::vector<int>& capabilities) {
  std::uint64_t mask = 0;
  for (const int capability : capabilities) mask |= std::uint64_t{1} << capability;
  return mask;
}

std::uint64_t permitted_capabilities() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, 2> data{};
  if (syscall(SYS_capget, &header, data.data()) != 0) return 0;
  return std::uint64_t{data[1].permitted} << 32U | data[0].permitted;
}

void keep_only(std::uint64_t wanted) {
  const std::uint64_t kept = wanted & permitted_capabilities();
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, 2> data{};
  for (std::size_t i = 0; i < data.size(); ++i) {
    data[i].permitted = data[i].effective = static_cast<std::uint32_t>(kept >> (32 * i));
  }
  if (syscall(SYS_capset, &header, data.data()) != 0) fail("giving up capabilities");
}

/// What execve could bring back: the bounding set, and root's special part in it.
void close_the_way_back(std::uint64_t wanted) {
  for (int capability = 0; prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; ++capability) {
    const bool keep = (wanted >> capability & 1U) != 0;
    if (!keep && prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0 && errno != EPERM)
      fail("closing capabilities");
  }
  const unsigned long root_is_nobody = SECBIT_NOROOT | SECBIT_NOROOT_LOCKED;
  (void)prctl(PR_SET_SECUREBITS, root_is_nobody, 0, 0, 0);  // needs CAP_SETPCAP; below stands the same again
  (void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) fail("giving up new privileges");
}

struct Account {
  std::string name;
  uid_t uid = 0;
  gid_t gid = 0;
};

std::optional<Account> account(const std::string& name) {
  const passwd* found = getpwnam(name.c_str());
  if (found == nullptr) return std::nullopt;
  return Account{name, found->pw_uid, found->pw_gid};
}

Account choose_account(const std::string& wanted) {
  if (!wanted.empty()) {
    if (const auto chosen = account(wanted)) return *chosen;
    throw std::runtime_error("--user " + wanted + ": there is no such user; make it, or name another");
  }
  if (const auto own = account("rtcscope")) return *own;
  if (const auto nobody = account("nobody")) return *nobody;
  throw std::runtime_error("there is neither a user rtcscope nor nobody; give --user");
}

/// The first path that the account could not use; "" when it can use all.
std::string out_of_reach(const Account& account, const AllowedPaths& paths) {
  const uid_t before = geteuid();
  const gid_t group = getegid();
  if (setegid(account.gid) != 0 || seteuid(account.uid) != 0) fail("trying the user " + account.name);
  std::string missing;
  const auto look = [&](const std::string& path, int mode) {
    const bool there = faccessat(AT_FDCWD, path.c_str(), mode, AT_EACCESS) == 0 || errno == ENOENT;
    if (!there && missing.empty()) missing = path;
  };
  for (const std::string& folder : paths.write_below) look(folder, W_OK | X_OK);
  for (const std::string& path : paths.read) look(path, R_OK);
  if (seteuid(before) != 0 || setegid(group) != 0) fail("coming back from the user " + account.name);
  return missing;
}

void become(const Account& account, std::uint64_t kept) {
  if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) != 0) fail("keeping capabilities");
  if (setresgid(account.gid, account.gid, account.gid) != 0) fail("becoming the group of " + account.name);
  if (setresuid(account.uid, account.uid, account.uid) != 0) fail("becoming " + account.name);
  if (prctl(PR_SET_KEEPCAPS, 0, 0, 0, 0) != 0) fail("keeping capabilities");
  keep_only(kept);
}

/// Who to be from here on, in words.
std::string change_user(const PrivilegeOptions& options, std::uint64_t kept,
                        std::vector<std::string>& warnings) {
  if (geteuid() != 0) {
    keep_only(kept);
    return "user id " + std::to_string(geteuid());
  }
  const Account chosen = choose_account(options.user);
  if (setgroups(0, nullptr) != 0) fail("leaving groups");
  const std::string missing = out_of_reach(chosen, options.paths);
  if (missing.empty()) {
    become(chosen, kept);
    return "user " + chosen.name;
  }
  if (!options.user.empty()) {
    throw std::runtime_error("--user " + chosen.name + " cannot use " + missing +
                             "; change its owner or mode");
  }
  keep_only(kept);
  warnings.push_back("stays user root, without its capabilities: the user " + chosen.name + " cannot use " +
                     missing);
  return "user root";
}

}  // namespace

void protect_memory() {
  const rlimit none{0, 0};
  if (setrlimit(RLIMIT_CORE, &none) != 0) fail("forbidding core dumps");
  if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) fail("forbidding core dumps");
  rlimit locked{};
  if (getrlimit(RLIMIT_MEMLOCK, &locked) != 0 || locked.rlim_cur >= kLockedOctets) return;
  rlimit wanted{kLockedOctets, std::max(locked.rlim_max, kLockedOctets)};
  if (setrlimit(RLIMIT_MEMLOCK, &wanted) == 0) return;
  locked.rlim_cur = locked.rlim_max;  // more than that only root may have; secrets over it are counted
  (void)setrlimit(RLIMIT_MEMLOCK, &locked);
}

PrivilegeReport drop_privileges(const PrivilegeOptions& options) {
  PrivilegeReport report;
  const std::uint64_t kept = bits(options.capabilities);
  close_the_way_back(kept);
  report.summary = change_user(options, kept, report.warnings);
  report.summary += ", capabilities left: " + std::to_string(std::popcount(permitted_capabilities()));
  // A change of the user makes the process dumpable again.
  if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) fail("forbidding core dumps");
  if (confine_to(options.paths)) {
    report.summary += ", own files only";
  } else {
    report.warnings.push_back(
        "this kernel has no Landlock (Linux 5.13): files are guarded by their modes only");
  }
  block_system_calls();
  report.summary += ", system calls filtered";
  return report;
}

PrivilegedChild::PrivilegedChild(const std::string& name, const std::vector<int>& capabilities,
                                 const std::function<void(int end)>& work) {
  // A signal at the parent's death would not do: as another user it may not send one to us.
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) fail("starting the part that keeps privileges");
  const OwnedFd end{ends[0]};
  life_ = OwnedFd{ends[1]};
  pid_ = fork();
  if (pid_ < 0) fail("starting the part that keeps privileges");
  if (pid_ > 0) return;
  // Nothing unwinds here: what the parent made is the parent's to end.
  try {
    life_ = OwnedFd{};
    (void)prctl(PR_SET_NAME, name.c_str(), 0, 0, 0);
    for (const int meant_for_the_parent : {SIGINT, SIGTERM}) signal(meant_for_the_parent, SIG_IGN);
    close_the_way_back(bits(capabilities));
    keep_only(bits(capabilities));
    work(end.value());
    _exit(0);
  } catch (...) {
    _exit(1);
  }
}

bool PrivilegedChild::has_ended() noexcept {
  if (pid_ > 0 && waitpid(pid_, nullptr, WNOHANG) == pid_) pid_ = 0;
  return pid_ == 0;
}

}  // namespace rtcscope::app
