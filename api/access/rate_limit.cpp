#include "api/access/rate_limit.hpp"

#include <algorithm>
#include <cmath>

#include "base/net.hpp"

namespace rtcscope::api::access {

std::string client_of(const std::string& address) {
  auto parsed = parse_ip_address(address);
  if (!parsed || parsed->family == IpFamily::kV4) return address;
  constexpr std::size_t kNetwork = 8;
  std::fill(parsed->octets.begin() + kNetwork, parsed->octets.end(), std::uint8_t{0});
  return to_string(*parsed);
}

std::optional<unsigned> RateLimit::take(const std::string& address, UtcTime now) {
  const std::string client = client_of(address);
  const std::lock_guard lock(mutex_);
  Bucket& bucket = filled(client, now);
  const auto seconds = wait(bucket);
  if (!seconds) bucket.level -= 1;
  return seconds;
}

std::optional<unsigned> RateLimit::look(const std::string& address, UtcTime now) {
  const std::string client = client_of(address);
  const std::lock_guard lock(mutex_);
  return wait(filled(client, now));
}

std::optional<unsigned> RateLimit::wait(const Bucket& bucket) const {
  if (bucket.level >= 1) return std::nullopt;
  return static_cast<unsigned>(std::max(1.0, std::ceil((1 - bucket.level) / options_.per_second)));
}

RateLimit::Bucket& RateLimit::filled(const std::string& client, UtcTime now) {
  auto found = buckets_.find(client);
  if (found == buckets_.end()) {
    if (buckets_.size() >= options_.most_clients) make_room(now);
    found = buckets_.emplace(client, Bucket{options_.burst, now}).first;
  }
  Bucket& bucket = found->second;
  const double seconds = std::max(0.0, std::chrono::duration<double>(now - bucket.filled).count());
  bucket.level = std::min(options_.burst, bucket.level + seconds * options_.per_second);
  bucket.filled = now;
  return bucket;
}

void RateLimit::make_room(UtcTime now) {
  // A bucket that is full again says nothing that a new one would not.
  const double seconds = options_.burst / options_.per_second;
  std::erase_if(buckets_, [&](const auto& entry) {
    return std::chrono::duration<double>(now - entry.second.filled).count() >= seconds;
  });
  if (buckets_.size() < options_.most_clients) return;
  buckets_.erase(std::min_element(buckets_.begin(), buckets_.end(), [](const auto& a, const auto& b) {
    return a.second.filled < b.second.filled;
  }));
}

}  // namespace rtcscope::api::access
