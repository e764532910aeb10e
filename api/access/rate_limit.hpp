#pragma once
// How often one address may do something: a bucket that holds `burst` and is filled again at `per_second`.

#include <cstddef>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "base/time.hpp"

namespace rtcscope::api::access {

/// What counts as one client: an IPv4 address, or the /64 of an IPv6 address, all of which one host may use.
std::string client_of(const std::string& address);

/// Every member function may be called from several threads.
class RateLimit {
 public:
  struct Options {
    double per_second = 1;
    double burst = 1;
    std::size_t most_clients = 10'000;  // beyond it the one longest silent is forgotten
  };
  explicit RateLimit(const Options& options) : options_(options) {}

  /// Takes one from the bucket of the address. Absent: it held one; else the seconds, at least 1, until it
  /// will.
  std::optional<unsigned> take(const std::string& address, UtcTime now);
  /// As take(), but takes none.
  std::optional<unsigned> look(const std::string& address, UtcTime now);

 private:
  struct Bucket {
    double level = 0;
    UtcTime filled{};
  };
  Bucket& filled(const std::string& client, UtcTime now);  // the caller holds the lock, here and below
  void make_room(UtcTime now);
  [[nodiscard]] std::optional<unsigned> wait(const Bucket& bucket) const;

  const Options options_;
  std::mutex mutex_;
  std::map<std::string, Bucket> buckets_;  // not a hash: addresses come from outside
};

}  // namespace rtcscope::api::access
