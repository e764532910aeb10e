#pragma once
// Addresses that stand for others: the same for the same, by a key.

#include <map>
#include <set>
#include <string>

#include "base/net.hpp"

namespace rtcscope::ring {

class Pseudonyms {
 public:
  /// `key` outlives it. Who has it can try all IPv4 addresses.
  explicit Pseudonyms(const std::string& key) : key_(key) {}

  /// Of the same family: 10.0.0.0/8 (RFC 1918, 3), fd00::/8 (RFC 4193, 3.1). Two addresses never get the same
  /// one of this object; where HMAC-SHA256 would give it, the later one gets another. Unspecified, loopback,
  /// multicast and broadcast addresses stay what they are: they tell nobody.
  const IpAddress& of(const IpAddress& address);

 private:
  const std::string& key_;
  std::map<IpAddress, IpAddress> known_;
  std::set<IpAddress> taken_;
};

}  // namespace rtcscope::ring
