// What is left on an interface when the tap's process ends, however it ends; and what others put there.

#include <signal.h>
#include <sys/wait.h>

#include "tests/integration/tap_live/tap_live.hpp"

namespace rtcscope {
namespace {

class TapAttachments : public TapLive {
 protected:
  /// Programs on rtc0 by TCX links.
  [[nodiscard]] std::uint32_t tcx_programs(int attach_type) const {
    return host().within([&] {
      std::uint32_t ids[16] = {};
      std::uint32_t count = 16;
      const int index = static_cast<int>(if_nametoindex("rtc0"));
      const int error =
          bpf_prog_query(index, static_cast<bpf_attach_type>(attach_type), 0, nullptr, ids, &count);
      EXPECT_EQ(error, 0) << std::strerror(errno);
      return error == 0 ? count : 0;
    });
  }

  /// What tc(8) says about filters of an interface.
  [[nodiscard]] std::string filters(const std::string& direction, const std::string& device = "rtc0") const {
    return host().within([&] {
      std::string text;
      FILE* pipe = popen(("tc filter show dev " + device + " " + direction).c_str(), "r");
      char line[512];
      while (fgets(line, sizeof line, pipe) != nullptr) text += line;
      pclose(pipe);
      return text;
    });
  }

  /// A process of its own that taps rtc0 until it is killed.
  [[nodiscard]] pid_t tap_in_a_process(TapAttach attach) const {
    int ready[2];
    EXPECT_EQ(pipe(ready), 0);
    const pid_t child = fork();
    if (child == 0) {
      TapOptions options = options_for("rtc0");
      options.attach = attach;
      const auto tap = host().within([&] { return open_tap(options); });
      const char answer = tap ? 'y' : 'n';
      if (write(ready[1], &answer, 1) != 1) _exit(1);
      for (;;) pause();
    }
    char answer = 0;
    EXPECT_EQ(::read(ready[0], &answer, 1), 1);
    EXPECT_EQ(answer, 'y');
    close(ready[0]);
    close(ready[1]);
    return child;
  }
  static void kill_hard(pid_t child) {
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
  }
};

TEST_F(TapAttachments, NothingOfALinkOutlivesItsProcess) {
  if (!has_tcx()) GTEST_SKIP() << "needs TCX links (Linux 6.6)";
  connect();
  const pid_t child = tap_in_a_process(TapAttach::kTcx);
  EXPECT_EQ(tcx_programs(kIngress), 1U);
  EXPECT_EQ(tcx_programs(kEgress), 1U);
  kill_hard(child);
  // The kernel lets go of a dead process's descriptors in its own time.
  for (int i = 0; i < 1000 && tcx_programs(kIngress) + tcx_programs(kEgress) != 0; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_EQ(tcx_programs(kIngress), 0U);
  EXPECT_EQ(tcx_programs(kEgress), 0U);
}

TEST_F(TapAttachments, FiltersOfADeadProcessGoWithTheNextStart) {
  connect();
  kill_hard(tap_in_a_process(TapAttach::kClsact));
  EXPECT_NE(filters("ingress").find("rtcscope_in"), std::string::npos);
  EXPECT_NE(filters("egress").find("rtcscope_out"), std::string::npos);
  {
    TapOptions options = options_for("rtc0");
    options.attach = ways_to_attach().front();
    auto tap = tapped(options);
    ASSERT_NE(tap, nullptr);
    // An interface's number means something in its own namespace only.
    host().within([&] { tap.reset(); });
  }
  EXPECT_EQ(filters("ingress").find("rtcscope"), std::string::npos);
  EXPECT_EQ(filters("egress").find("rtcscope"), std::string::npos);
}

TEST_F(TapAttachments, InterfacesThatComeGoAndChangeTheirNames) {
  connect();
  TapOptions options;  // every interface that is up
  const auto tap = tapped(options);
  ASSERT_NE(tap, nullptr);
  ASSERT_EQ(tap->interfaces().size(), 1U);
  const auto look = [&] {
    host().within([&] { tap->read_meters([](const MeterReading&) { return true; }); });
  };
  host().ip("link add late0 type veth peer name late1");
  host().ip("link set late0 up");
  look();
  ASSERT_EQ(tap->interfaces().size(), 2U);
  EXPECT_EQ(tap->interfaces()[1].name, "late0");
  host().ip("link set late0 down");
  host().ip("link set late0 name other0");
  host().ip("link set other0 up");
  look();
  ASSERT_EQ(tap->interfaces().size(), 2U);
  EXPECT_EQ(tap->interfaces()[1].name, "other0");
  host().ip("link delete other0");
  look();
  host().ip("link add other0 type veth peer name other1");
  host().ip("link set other0 up");
  look();
  EXPECT_EQ(tap->interfaces().size(), 2U);  // it came back under its name
  EXPECT_EQ(tap->status().attach_failures, 0U);
}

TEST_F(TapAttachments, AnotherProcessKeepsThemUntilItsParentIsGone) {
  connect();
  TapOptions options;  // every interface that is up
  options.attach = TapAttach::kClsact;
  auto tap = tapped(options);
  ASSERT_NE(tap, nullptr);
  int life[2];
  ASSERT_EQ(pipe(life), 0);
  const pid_t child = fork();
  if (child == 0) {
    close(life[1]);
    host().within([&] { tap->keep_attached(life[0], [](const std::string&) {}); });
    _exit(0);
  }
  close(life[0]);
  tap->leave_attaching_to_child();
  host().ip("link add late0 type veth peer name late1");
  host().ip("link set late0 up");
  const auto is_attached = [&] {
    return filters("egress", "late0").find("rtcscope_out") != std::string::npos;
  };
  for (int i = 0; i < 1000 && !is_attached(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  EXPECT_TRUE(is_attached());
  host().within([&] { tap->read_meters([](const MeterReading&) { return true; }); });
  ASSERT_EQ(tap->interfaces().size(), 2U);
  EXPECT_EQ(tap->interfaces()[1].name, "late0");
  host().within([&] { tap.reset(); });
  EXPECT_NE(filters("ingress").find("rtcscope_in"), std::string::npos) << "they are the child's to take off";
  close(life[1]);
  waitpid(child, nullptr, 0);
  EXPECT_EQ(filters("ingress").find("rtcscope"), std::string::npos);
  EXPECT_FALSE(is_attached());
}

TEST_F(TapAttachments, FiltersOfOthersStay) {
  connect();
  const auto tc = [&](const std::string& arguments) {
    return host().within([&] { return std::system(("tc " + arguments).c_str()); });
  };
  ASSERT_EQ(tc("qdisc add dev rtc0 clsact"), 0);
  ASSERT_EQ(tc("filter add dev rtc0 ingress prio 7 protocol ip u32 match u32 0 0 flowid 1:1"), 0);
  const std::string before = filters("ingress");
  for (const TapAttach attach : ways_to_attach()) {
    TapOptions options = options_for("rtc0");
    options.attach = attach;
    auto tap = tapped(options);
    ASSERT_NE(tap, nullptr);
    EXPECT_NE(filters("ingress").find("u32"), std::string::npos);
    host().within([&] { tap.reset(); });
  }
  EXPECT_EQ(filters("ingress"), before);
  EXPECT_EQ(filters("egress"), "");
}

}  // namespace
}  // namespace rtcscope
