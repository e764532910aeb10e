#include "app/doctor.hpp"

#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/timex.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "app/live_keys.hpp"
#include "base/owned_fd.hpp"
#include "capture/bpf/attachment.hpp"
#include "capture/bpf/tap_program.hpp"
#include "capture/live/interface_list.hpp"

namespace rtcscope::app {
namespace {

/// <linux/capability.h> of 5.9; the numbers are the kernel's ABI.
struct Capability {
  const char* name;
  unsigned bit;
  const char* cost;
};
constexpr Capability kCapabilities[] = {
    {"cap_net_raw", 13, "no copies of packets: --tap packet, and the fallback of auto, cannot start"},
    {"cap_bpf", 39, "no in-kernel tap: every packet is copied"},
    {"cap_perfmon", 38, "no in-kernel tap: the verifier refuses its programs"},
    {"cap_net_admin", 12, "no in-kernel tap: it cannot be attached to an interface"},
    {"cap_sys_admin", 21,
     "no keys from the media server on kernels with the fix of CVE-2025-38466: RTCP stays closed"},
};

struct Finding {
  std::string name;
  bool good = false;
  std::string detail;
  std::string cost;  // of its absence; "" when it is there or costs nothing
};

std::uint64_t effective_capabilities() {
  std::ifstream status("/proc/self/status");
  std::string word;
  while (status >> word) {
    if (word != "CapEff:") continue;
    status >> word;
    return std::stoull(word, nullptr, 16);
  }
  return 0;
}

Finding kernel() {
  utsname name{};
  uname(&name);
  return {"kernel", true, std::string(name.sysname) + " " + name.release + " " + name.machine, ""};
}

Finding btf() {
  const bool there = access("/sys/kernel/btf/vmlinux", R_OK) == 0;
  return {"btf", there, there ? "/sys/kernel/btf/vmlinux" : "not there",
          there ? "" : "keys can be taken only where the kernel describes its types (CONFIG_DEBUG_INFO_BTF)"};
}

void add_capabilities(std::vector<Finding>& findings) {
  const std::uint64_t effective = effective_capabilities();
  for (const Capability& capability : kCapabilities) {
    const bool held = (effective >> capability.bit & 1U) != 0;
    findings.push_back({capability.name, held, held ? "held" : "not held", held ? "" : capability.cost});
  }
}

/// Loading all programs is the only honest way to know that the verifier takes them.
void add_tap(std::vector<Finding>& findings) {
  const auto program = TapProgram::load({});
  if (!program) {
    findings.push_back({"tap", false, program.error().message, "every packet is copied to user space"});
    return;
  }
  findings.push_back({"tap", true, "tc and XDP programs load", ""});
  const bool tcx = has_tcx(*program);
  findings.push_back({"tcx", tcx, tcx ? "links of TCX" : "filters of the clsact qdisc",
                      tcx ? "" : "what a killed process left on an interface goes only with the next start"});
}

/// Whether the kernel synchronises its clock to something (adjtimex(2)).
Finding clock() {
  timex state{};
  const bool synchronised = adjtimex(&state) != TIME_ERROR && (state.status & STA_UNSYNC) == 0;
  return {"clock", synchronised, synchronised ? "synchronised" : "not synchronised",
          synchronised ? "" : "times of this host and of others, clients too, do not compare"};
}

bool has_offload(int fd, const std::string& interface, std::uint32_t command) {
  ethtool_value value{};
  value.cmd = command;
  ifreq request{};
  interface.copy(request.ifr_name, IFNAMSIZ - 1);
  request.ifr_data = reinterpret_cast<char*>(&value);
  return ioctl(fd, SIOCETHTOOL, &request) == 0 && value.data != 0;
}

/// Joined packets are right in the tap, which reads their segments; a copy of one is one record.
void add_interfaces(std::vector<Finding>& findings) {
  LiveOptions all;
  all.loopback = true;
  const auto interfaces = choose_interfaces(all);
  if (!interfaces) {
    findings.push_back({"interfaces", false, interfaces.error().message, "nothing to watch"});
    return;
  }
  const OwnedFd fd{socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
  for (const LiveInterface& interface : *interfaces) {
    std::string text = interface.ethernet ? "Ethernet" : "IP without a link header";
    if (has_offload(fd.value(), interface.name, ETHTOOL_GGRO)) text += ", GRO";
    if (has_offload(fd.value(), interface.name, ETHTOOL_GGSO)) text += ", GSO";
    findings.push_back({"interface " + interface.name, true, text, ""});
  }
}

Finding way_of(const KeyWays& process) {
  const std::string name = "keys of " + process.executable.substr(process.executable.rfind('/') + 1) +
                           ", pid " + std::to_string(process.pid);
  const std::string exported =
      "as OpenSSL exports them (SSL_export_keying_material in " + process.exporter + ")";
  const std::string given =
      "as libsrtp is given them (srtp_create, srtp_add_stream in " + process.libsrtp + ")";
  if (!process.exporter.empty()) {
    return {name, true, exported + (process.libsrtp.empty() ? "" : "; if it exports none, " + given), ""};
  }
  if (!process.libsrtp.empty()) return {name, true, given, ""};
  return {name, false,
          "nothing to probe: no SSL_export_keying_material, no libsrtp 2.1 or later 2.x in its files",
          "its RTCP stays closed: an executable without symbols hides what it has linked"};
}

/// Of each process that runs: one that starts later may have what this one has not.
void add_key_ways(std::vector<Finding>& findings, const std::vector<KeyTarget>& targets) {
  const std::vector<KeyWays> processes = find_key_ways(targets);
  for (const KeyWays& process : processes) findings.push_back(way_of(process));
  if (processes.empty()) findings.push_back({"keys", true, "none of these runs: " + to_string(targets), ""});
}

void print_text(const std::vector<Finding>& findings, const std::string& verdict) {
  std::size_t width = 0;
  for (const Finding& finding : findings) width = std::max(width, finding.name.size());
  for (const Finding& finding : findings) {
    std::cout << (finding.good ? "ok       " : "missing  ") << finding.name
              << std::string(width + 2 - finding.name.size(), ' ') << finding.detail << "\n";
    if (!finding.cost.empty()) std::cout << std::string(width + 11, ' ') << "costs: " << finding.cost << "\n";
  }
  std::cout << "\nobserve --tap auto would use: " << verdict << "\n";
}

void print_json(const std::vector<Finding>& findings, const std::string& verdict) {
  nlohmann::json list = nlohmann::json::array();
  for (const Finding& finding : findings) {
    list.push_back(
        {{"name", finding.name}, {"good", finding.good}, {"detail", finding.detail}, {"cost", finding.cost}});
  }
  // A verifier's words may hold anything.
  std::cout << nlohmann::json{{"tap", verdict}, {"findings", std::move(list)}}.dump(
                   1, ' ', false, nlohmann::json::error_handler_t::replace)
            << "\n";
}

}  // namespace

int doctor(const DoctorOptions& options) {
  std::vector<Finding> findings{kernel(), btf()};
  add_capabilities(findings);
  add_tap(findings);
  findings.push_back(clock());
  add_interfaces(findings);
  add_key_ways(findings, key_targets(options.key_targets));
  const auto good = [&](const std::string& name) {
    return std::any_of(findings.begin(), findings.end(),
                       [&](const Finding& finding) { return finding.name == name && finding.good; });
  };
  const std::string verdict = good("tap") ? "tc" : good("cap_net_raw") ? "packet" : "nothing";
  if (options.json) {
    print_json(findings, verdict);
  } else {
    print_text(findings, verdict);
  }
  return verdict == "nothing" ? kExitFailure : kExitOk;
}

}  // namespace rtcscope::app
