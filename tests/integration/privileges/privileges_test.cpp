// app/privileges.hpp: what the process cannot do any more once it has given up its privileges.

#include "app/privileges.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/bpf.h>
#include <linux/capability.h>
#include <poll.h>
#include <pwd.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>

namespace rtcscope::app {
namespace {

namespace fs = std::filesystem;

class PrivilegesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (geteuid() != 0) GTEST_SKIP() << "needs root: there is nothing to give up";
    std::string name = (fs::temp_directory_path() / "rtcscope-privileges-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
    own_ = folder_ / "own";
    fs::create_directory(own_);
    fs::permissions(folder_, fs::perms::owner_all | fs::perms::group_exec | fs::perms::others_exec);
    fs::permissions(own_, fs::perms::all);
    secret_ = folder_ / "secret";
    std::ofstream(secret_) << "for everybody to read";
  }
  void TearDown() override {
    if (!folder_.empty()) fs::remove_all(folder_);
  }

  [[nodiscard]] PrivilegeOptions options() const {
    return {"nobody", {CAP_NET_RAW}, {{own_.string()}, {"/dev/null"}}};
  }

  /// Runs `question` in a process that has given its privileges up: true if that is what it answers.
  bool holds(const std::function<bool()>& question) const {
    return holds_with([&] {
      protect_memory();
      drop_privileges(options());
      return question();
    });
  }

  /// Runs `question` in a process of its own.
  static bool holds_with(const std::function<bool()>& question) {
    const pid_t child = fork();
    if (child == 0) {
      try {
        _exit(question() ? 0 : 1);
      } catch (const std::exception& fault) {
        (void)!write(STDERR_FILENO, fault.what(), std::string_view(fault.what()).size());
        _exit(2);
      }
    }
    int status = -1;
    waitpid(child, &status, 0);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
  }

  fs::path folder_, own_, secret_;
};

TEST_F(PrivilegesTest, TheUserIsAnotherAndStaysSo) {
  const uid_t nobody = getpwnam("nobody")->pw_uid;
  EXPECT_TRUE(holds([&] { return getuid() == nobody && geteuid() == nobody && getgroups(0, nullptr) == 0; }));
  EXPECT_TRUE(holds([] { return setuid(0) != 0 && seteuid(0) != 0 && setgid(0) != 0; }));
}

TEST_F(PrivilegesTest, OwnFilesAreWithinReach) {
  EXPECT_TRUE(holds([&] {
    const int made = open((own_ / "new").c_str(), O_RDWR | O_CREAT, 0600);
    return made >= 0 && unlink((own_ / "new").c_str()) == 0;
  }));
  EXPECT_TRUE(holds([] { return open("/dev/null", O_RDONLY) >= 0; }));
}

TEST_F(PrivilegesTest, OtherFilesAreNot) {
  ASSERT_GE(open(secret_.c_str(), O_RDONLY), 0);
  EXPECT_TRUE(holds([&] { return open(secret_.c_str(), O_RDONLY) < 0 && errno == EACCES; }));
  EXPECT_TRUE(holds([] { return open("/etc/passwd", O_RDONLY) < 0; }));
  EXPECT_TRUE(holds([] { return open("/tmp", O_RDONLY | O_DIRECTORY) < 0; }));
}

TEST_F(PrivilegesTest, NoOtherProgramIsStarted) {
  EXPECT_TRUE(holds([] {
    execl("/bin/true", "true", nullptr);
    return errno == EPERM;
  }));
  EXPECT_TRUE(holds([] { return fork() < 0 && errno == EPERM; }));
}

TEST_F(PrivilegesTest, ThreadsStillAre) {
  EXPECT_TRUE(holds([] {
    bool ran = false;
    std::thread([&] { ran = true; }).join();
    return ran;
  }));
}

TEST_F(PrivilegesTest, NoOtherProcessIsTouched) {
  const pid_t parent = getpid();
  EXPECT_TRUE(holds([&] { return ptrace(PTRACE_ATTACH, parent, nullptr, nullptr) != 0 && errno == EPERM; }));
  EXPECT_TRUE(holds([&] { return kill(parent, 0) != 0 && errno == EPERM; }));
  EXPECT_TRUE(holds([&] {
    std::array<char, 8> octets{};
    iovec local{octets.data(), octets.size()};
    iovec remote{octets.data(), octets.size()};
    return process_vm_readv(parent, &local, 1, &remote, 1, 0) < 0 && errno == EPERM;
  }));
}

TEST_F(PrivilegesTest, NothingNewIsPutIntoTheKernel) {
  EXPECT_TRUE(holds([] {
    bpf_attr map{};
    map.map_type = BPF_MAP_TYPE_ARRAY;
    map.key_size = map.value_size = 4;
    map.max_entries = 1;
    return syscall(SYS_bpf, BPF_MAP_CREATE, &map, sizeof map) < 0 && errno == EPERM;
  }));
  EXPECT_TRUE(holds([] {
    bpf_attr element{};
    element.map_fd = static_cast<unsigned>(-1);
    return syscall(SYS_bpf, BPF_MAP_LOOKUP_ELEM, &element, sizeof element) < 0 && errno == EBADF;
  })) << "maps that are open can be read";
}

TEST_F(PrivilegesTest, SocketsOfThePurposeOnly) {
  EXPECT_TRUE(holds([] { return socket(AF_INET, SOCK_STREAM, 0) >= 0; }));
  EXPECT_TRUE(holds([] { return socket(AF_NETLINK, SOCK_RAW, 0) >= 0; }));
  EXPECT_TRUE(holds([] { return socket(AF_PACKET, SOCK_RAW, 0) >= 0; }));
  EXPECT_TRUE(holds([] { return socket(AF_ALG, SOCK_SEQPACKET, 0) < 0 && errno == EAFNOSUPPORT; }));
  EXPECT_TRUE(holds([] { return socket(AF_VSOCK, SOCK_STREAM, 0) < 0 && errno == EAFNOSUPPORT; }));
}

TEST_F(PrivilegesTest, APartWithPrivilegesEndsWithItsParent) {
  // Its end is seen by the end of what it holds open, and that it had run by the octet.
  int held[2];
  ASSERT_EQ(pipe(held), 0);
  EXPECT_TRUE(holds_with([&] {
    const PrivilegedChild part("part", {CAP_NET_RAW}, [&](int end) {
      (void)!write(held[1], "x", 1);
      pollfd wait{end, POLLIN, 0};
      poll(&wait, 1, -1);
    });
    drop_privileges(options());
    return true;
  }));
  close(held[1]);
  char octet = 0;
  EXPECT_EQ(read(held[0], &octet, 1), 1);
  EXPECT_EQ(read(held[0], &octet, 1), 0) << "it is still there";
  close(held[0]);
}

TEST_F(PrivilegesTest, NothingIsDumped) {
  EXPECT_TRUE(holds([] {
    rlimit core{1, 1};
    return getrlimit(RLIMIT_CORE, &core) == 0 && core.rlim_cur == 0 && core.rlim_max == 0;
  }));
}

TEST_F(PrivilegesTest, AUserWhoCannotReachTheStoreIsRefusedByName) {
  fs::permissions(own_, fs::perms::owner_all);
  const pid_t child = fork();
  if (child == 0) {
    try {
      drop_privileges(options());
      _exit(1);
    } catch (const std::runtime_error& fault) {
      _exit(std::string(fault.what()).find(own_.string()) != std::string::npos ? 0 : 2);
    }
  }
  int status = -1;
  waitpid(child, &status, 0);
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

TEST_F(PrivilegesTest, WithoutANameRootStaysWithoutItsCapabilities) {
  fs::permissions(own_, fs::perms::owner_all);
  const pid_t child = fork();
  if (child == 0) {
    PrivilegeOptions unnamed = options();
    unnamed.user.clear();
    const PrivilegeReport report = drop_privileges(unnamed);
    const bool mine = geteuid() == 0 && open((own_ / "new").c_str(), O_RDWR | O_CREAT, 0600) >= 0;
    const bool others = open(secret_.c_str(), O_RDONLY) < 0;
    _exit(mine && others && report.warnings.size() == 1 ? 0 : 1);
  }
  int status = -1;
  waitpid(child, &status, 0);
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

}  // namespace
}  // namespace rtcscope::app
