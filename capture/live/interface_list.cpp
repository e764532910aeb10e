#include "capture/live/interface_list.hpp"

#include <net/if.h>
#include <net/if_arp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <memory>
#include <system_error>
#include <utility>

#include "base/owned_fd.hpp"

namespace rtcscope {
namespace {

Unexpected<CaptureError> refuse(CaptureErrc code, std::string message) {
  return Unexpected{CaptureError{.code = code, .message = std::move(message)}};
}

/// False if it is gone again.
bool describe(int fd, LiveInterface& interface) {
  ifreq request{};
  interface.name.copy(request.ifr_name, IFNAMSIZ - 1);
  if (ioctl(fd, SIOCGIFFLAGS, &request) != 0) return false;
  interface.up = (request.ifr_flags & IFF_UP) != 0;
  interface.loopback = (request.ifr_flags & IFF_LOOPBACK) != 0;
  if (ioctl(fd, SIOCGIFHWADDR, &request) != 0) return false;
  const auto type = request.ifr_hwaddr.sa_family;
  interface.ethernet = type == ARPHRD_ETHER || type == ARPHRD_LOOPBACK;
  return true;
}

std::vector<LiveInterface> list_interfaces() {
  std::vector<LiveInterface> found;
  const OwnedFd fd{socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
  const std::unique_ptr<struct if_nameindex, decltype(&if_freenameindex)> names{if_nameindex(),
                                                                                &if_freenameindex};
  for (const auto* entry = names.get(); entry != nullptr && entry->if_index != 0; ++entry) {
    LiveInterface interface { .name = entry->if_name, .kernel_index = entry->if_index };
    if (describe(fd.value(), interface)) found.push_back(std::move(interface));
  }
  return found;
}

std::string names_of(const std::vector<LiveInterface>& interfaces) {
  std::string names;
  for (const LiveInterface& interface : interfaces) names += (names.empty() ? "" : ", ") + interface.name;
  return names;
}

}  // namespace

Result<std::vector<LiveInterface>, CaptureError> choose_interfaces(const LiveOptions& options) {
  const std::vector<LiveInterface> present = list_interfaces();
  std::vector<LiveInterface> chosen;
  for (const std::string& name : options.interfaces) {
    const auto same_name = [&](const LiveInterface& interface) { return interface.name == name; };
    const auto found = std::find_if(present.begin(), present.end(), same_name);
    if (found == present.end()) {
      return refuse(CaptureErrc::kNoSuchInterface,
                    name + ": no such interface; there are " + names_of(present));
    }
    if (!found->up) {
      return refuse(CaptureErrc::kInterfaceDown,
                    name + ": the interface is down; bring it up first: ip link set " + name + " up");
    }
    if (std::none_of(chosen.begin(), chosen.end(), same_name)) chosen.push_back(*found);
  }
  if (!options.interfaces.empty()) return chosen;
  for (const LiveInterface& interface : present) {
    if (interface.up && (options.loopback || !interface.loopback)) chosen.push_back(interface);
  }
  if (chosen.empty()) {
    return refuse(CaptureErrc::kNoInterface,
                  "no interface is up besides loopback; bring one up or ask for loopback by name");
  }
  return chosen;
}

std::vector<LiveInterface> present_interfaces(const LiveOptions& options) {
  std::vector<LiveInterface> wanted = list_interfaces();
  const std::vector<std::string>& names = options.interfaces;
  const auto unwanted = [&](const LiveInterface& interface) {
    const bool named = std::find(names.begin(), names.end(), interface.name) != names.end();
    const bool any = names.empty() && (options.loopback || !interface.loopback);
    return !interface.up || !(named || any);
  };
  wanted.erase(std::remove_if(wanted.begin(), wanted.end(), unwanted), wanted.end());
  return wanted;
}

std::uint64_t missed_by_card(const std::string& interface) {
  std::ifstream file("/sys/class/net/" + interface + "/statistics/rx_missed_errors");
  std::uint64_t missed = 0;
  file >> missed;
  return file ? missed : 0;
}

}  // namespace rtcscope
