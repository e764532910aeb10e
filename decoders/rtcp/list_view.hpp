#pragma once
// A list of entries of one size, decoded when asked for: no copy, no allocation.

#include <cstddef>

#include "base/byte_reader.hpp"

namespace rtcscope::rtcp {

/// Entry names its kWireSize and reads itself from a ByteReader that holds at least so many octets.
template <class Entry>
class ListView {
 public:
  constexpr ListView() noexcept = default;
  /// Covers the whole entries in `bytes`; the caller has refused a remainder where it is a fault.
  constexpr explicit ListView(Bytes bytes) noexcept : bytes_(bytes) {}

  class Iterator {
   public:
    constexpr Iterator(const ListView* list, std::size_t index) noexcept : list_(list), index_(index) {}
    constexpr Entry operator*() const noexcept { return (*list_)[index_]; }
    constexpr Iterator& operator++() noexcept {
      index_ += 1;
      return *this;
    }
    constexpr bool operator==(const Iterator&) const noexcept = default;

   private:
    const ListView* list_;
    std::size_t index_;
  };

  [[nodiscard]] constexpr std::size_t size() const noexcept { return bytes_.size() / Entry::kWireSize; }
  [[nodiscard]] constexpr bool empty() const noexcept { return size() == 0; }
  [[nodiscard]] constexpr Bytes bytes() const noexcept { return bytes_; }
  /// index < size().
  constexpr Entry operator[](std::size_t index) const noexcept {
    ByteReader reader(bytes_.subspan(index * Entry::kWireSize, Entry::kWireSize));
    return Entry::read(reader);
  }
  [[nodiscard]] constexpr Iterator begin() const noexcept { return {this, 0}; }
  [[nodiscard]] constexpr Iterator end() const noexcept { return {this, size()}; }

 private:
  Bytes bytes_;
};

/// A synchronization source by itself.
struct Ssrc {
  static constexpr std::size_t kWireSize = 4;
  std::uint32_t value = 0;

  static constexpr Ssrc read(ByteReader& reader) noexcept { return {reader.u32()}; }
};

}  // namespace rtcscope::rtcp
