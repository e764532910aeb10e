#pragma once
// ice-pwd by ice-ufrag, as descriptions named them: to prove that a check came from who should send it.

#include <string>
#include <string_view>

#include "base/fifo_map.hpp"

namespace rtcscope::flows {

class IcePasswords {
 public:
  // A ufrag each for two sides of more connections than a host has; the oldest goes first.
  static constexpr std::size_t kMaxPasswords = 65'536;

  /// RFC 8839, 5.4: both have at most 256 characters; what is longer is not kept.
  void put(const std::string& ufrag, const std::string& password) {
    constexpr std::size_t kMaxLength = 256;
    if (ufrag.size() <= kMaxLength && password.size() <= kMaxLength) map_.put(ufrag, password);
  }
  /// nullptr when it is not known.
  [[nodiscard]] const std::string* find(const std::string& ufrag) const { return map_.find(ufrag); }
  [[nodiscard]] bool empty() const noexcept { return map_.size() == 0; }

 private:
  FifoMap<std::string, std::string> map_{kMaxPasswords};
};

}  // namespace rtcscope::flows
