#pragma once
// Which ids header extensions have, by ice-ufrag, as descriptions named them.

#include <cstdint>
#include <string>

#include "base/fifo_map.hpp"
#include "flows/extension_ids.hpp"

namespace rtcscope::flows {

class ExtensionBook {
 public:
  // Two sides of more connections than a host has; the oldest goes first.
  static constexpr std::size_t kMaxTables = 65'536;

  /// RFC 8839, 5.4: a ufrag has at most 256 characters; what is longer is not kept.
  void put(const std::string& ufrag, const ExtensionTable& table) {
    constexpr std::size_t kMaxLength = 256;
    if (ufrag.size() > kMaxLength) return;
    map_.put(ufrag, table);
    version_ += 1;
  }
  /// nullptr when it is not known.
  [[nodiscard]] const ExtensionTable* find(const std::string& ufrag) const { return map_.find(ufrag); }
  /// Another number after each change.
  [[nodiscard]] std::uint64_t version() const noexcept { return version_; }

 private:
  FifoMap<std::string, ExtensionTable> map_{kMaxTables};
  std::uint64_t version_ = 0;
};

}  // namespace rtcscope::flows
