#include "ring/pseudonyms.hpp"

#include <algorithm>
#include <array>

#include "base/hmac.hpp"

namespace rtcscope::ring {
namespace {

constexpr std::size_t kIpv6Octets = 16;

bool tells_nobody(const IpAddress& address) noexcept {
  const auto& octets = address.octets;
  const auto all = [&](std::size_t count, std::uint8_t value) {
    return std::all_of(octets.begin(), octets.begin() + static_cast<std::ptrdiff_t>(count),
                       [value](std::uint8_t octet) { return octet == value; });
  };
  if (address.family == IpFamily::kV4) return octets[0] == 127 || octets[0] >= 224 || all(4, 0);
  return octets[0] == 0xff || (all(kIpv6Octets - 1, 0) && octets[kIpv6Octets - 1] <= 1);
}

IpAddress pseudonym(const std::string& key, const IpAddress& address, std::uint8_t turn) {
  std::array<std::uint8_t, kIpv6Octets + 2> question{};
  std::copy(address.octets.begin(), address.octets.end(), question.begin());
  question[kIpv6Octets] = static_cast<std::uint8_t>(address.family);
  question[kIpv6Octets + 1] = turn;
  // Throws rather than let real addresses go out.
  const std::string digest =
      hmac_sha256(key, {reinterpret_cast<const char*>(question.data()), question.size()});
  const bool v4 = address.family == IpFamily::kV4;
  IpAddress made;
  made.family = address.family;
  made.octets[0] = v4 ? 10 : 0xfd;
  std::copy_n(digest.begin(), v4 ? 3 : kIpv6Octets - 1, made.octets.begin() + 1);
  return made;
}

}  // namespace

const IpAddress& Pseudonyms::of(const IpAddress& address) {
  const auto [place, is_new] = known_.try_emplace(address, address);
  if (!is_new || address.family == IpFamily::kNone || tells_nobody(address)) return place->second;
  std::uint8_t turn = 0;
  do {
    place->second = pseudonym(key_, address, turn++);
  } while (!taken_.insert(place->second).second && turn != 0);
  return place->second;
}

}  // namespace rtcscope::ring
