#include "app/host.hpp"

#include <sys/random.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

#include "base/text.hpp"

namespace rtcscope::app {

std::string host_name(const std::string& chosen) {
  if (!chosen.empty()) return chosen;
  std::array<char, 256> name{};
  if (gethostname(name.data(), name.size() - 1) != 0 || name[0] == '\0') return "localhost";
  return clean_utf8(name.data());
}

UtcTime utc_now() {
  return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
}

std::uint64_t random_seed() {
  std::uint64_t seed = 0;
  if (getrandom(&seed, sizeof seed, 0) != sizeof seed) {
    throw std::system_error(errno, std::generic_category(),
                            "reading the kernel's random source for the flow table");
  }
  return seed;
}

}  // namespace rtcscope::app
