#pragma once
// Values as octets and back, for what travels between hosts: numbers as LEB128, signed ones as zigzag, texts
// and lists behind their length, a structure as its members in their order (fields.hpp). What is read comes
// from outside: every length, enumerator and time is within bounds, or the reading fails.

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/byte_reader.hpp"
#include "base/strong_id.hpp"
#include "base/time.hpp"

namespace rtcscope::bus {

inline constexpr std::size_t kMaxTextBytes = 4U << 20U;
inline constexpr std::size_t kMaxListItems = 1024;
/// Far enough apart that a time and a duration can be added: 1970 to 2149, and a hundred years.
inline constexpr std::int64_t kMaxTime_ns = 5'680'000'000'000'000'000;
inline constexpr std::int64_t kMaxDuration_ns = 3'150'000'000'000'000'000;
/// Of signed counts: sums of many of them stay in 64 bits.
inline constexpr std::int64_t kMaxSigned = std::int64_t{1} << 52U;

/// The greatest enumerator, of those that count from 0 without a gap. An enumeration that has neither this
/// nor an is_known() of its own does not compile.
template <class Enum>
inline constexpr Enum kGreatest = Enum::none;
template <class Enum>
constexpr bool is_known(Enum value) noexcept {
  return value <= kGreatest<Enum>;
}

template <class T>
inline constexpr bool is_strong_id = false;
template <class Tag>
inline constexpr bool is_strong_id<StrongId<Tag>> = true;

/// Appends values to a text of octets.
class Put {
 public:
  explicit Put(std::string& out) : out_(out) {}

  template <class... T>
  void operator()(const T&... values) {
    (put(values), ...);
  }
  void number(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7U) out_.push_back(static_cast<char>(value | 0x80U));
    out_.push_back(static_cast<char>(value));
  }

 private:
  void signed_number(std::int64_t value) {
    number(static_cast<std::uint64_t>(value) << 1U ^ static_cast<std::uint64_t>(value >> 63));
  }
  template <class T>
  void put(const T& value) {
    if constexpr (std::unsigned_integral<T>) {  // bool, too
      number(value);
    } else if constexpr (std::signed_integral<T>) {
      signed_number(value);
    } else if constexpr (std::is_enum_v<T>) {
      number(static_cast<std::uint64_t>(value));
    } else if constexpr (is_strong_id<T>) {
      number(value.value);
    } else {
      fields(*this, value);
    }
  }
  void put(double value) {
    const auto bits = std::bit_cast<std::uint64_t>(value);
    for (unsigned shift = 0; shift < 64; shift += 8) out_.push_back(static_cast<char>(bits >> shift));
  }
  void put(Duration value) { signed_number(value.count()); }
  void put(UtcTime value) { number(static_cast<std::uint64_t>(ns_since_epoch(value))); }
  void put(const std::string& text) {
    number(text.size());
    out_ += text;
  }
  template <std::size_t N>
  void put(const std::array<std::uint8_t, N>& octets) {
    for (const std::uint8_t octet : octets) out_.push_back(static_cast<char>(octet));
  }
  template <class T, std::size_t N>
  void put(const std::array<T, N>& values) {
    for (const T& value : values) put(value);
  }
  template <class T>
  void put(const std::vector<T>& values) {
    number(values.size());
    for (const T& value : values) put(value);
  }
  template <class T>
  void put(const std::optional<T>& value) {
    put(value.has_value());
    if (value) put(*value);
  }

  std::string& out_;
};

/// Reads what Put wrote. After the first value that cannot be, ok() stays false and values are what they
/// were.
class Take {
 public:
  explicit Take(Bytes octets) : reader_(octets) {}

  [[nodiscard]] bool ok() const noexcept { return ok_ && reader_.ok(); }
  [[nodiscard]] bool empty() const noexcept { return !ok() || reader_.empty(); }
  void fail() noexcept { ok_ = false; }

  template <class... T>
  void operator()(T&... values) {
    (take(values), ...);
  }
  std::uint64_t number() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const std::uint8_t octet = reader_.u8();
      if (shift == 63 && octet > 1) fail();
      value |= std::uint64_t{octet & 0x7fU} << shift;
      if ((octet & 0x80U) == 0) break;
    }
    return ok() ? value : 0;
  }

 private:
  std::int64_t signed_number(std::int64_t most) {
    const std::uint64_t value = number();
    const auto out = static_cast<std::int64_t>(value >> 1U ^ (~(value & 1U) + 1U));
    if (out > most || out < -most) fail();
    return ok() ? out : 0;
  }
  template <class T>
  void take(T& value) {
    if constexpr (std::same_as<T, bool>) {
      value = up_to(1) != 0;
    } else if constexpr (std::unsigned_integral<T>) {
      value = static_cast<T>(up_to(std::numeric_limits<T>::max()));
    } else if constexpr (std::signed_integral<T>) {
      value =
          static_cast<T>(signed_number(std::min<std::int64_t>(kMaxSigned, std::numeric_limits<T>::max())));
    } else if constexpr (std::is_enum_v<T>) {
      const auto read = static_cast<T>(up_to(std::numeric_limits<std::underlying_type_t<T>>::max()));
      if (!is_known(read)) return fail();
      value = read;
    } else if constexpr (is_strong_id<T>) {
      value.value = number();
    } else {
      fields(*this, value);
    }
  }
  void take(double& value) {
    const Bytes octets = reader_.take(8);
    std::uint64_t bits = 0;
    for (std::size_t i = octets.size(); i-- > 0;)
      bits = bits << 8U | std::to_integer<std::uint64_t>(octets[i]);
    value = std::bit_cast<double>(bits);
    if (std::isfinite(value)) return;
    value = 0;
    fail();
  }
  void take(Duration& value) { value = Duration{signed_number(kMaxDuration_ns)}; }
  void take(UtcTime& value) { value = utc_from_ns(static_cast<std::int64_t>(up_to(kMaxTime_ns))); }
  void take(std::string& text) {
    const Bytes octets = reader_.take(up_to(kMaxTextBytes));
    text.assign(reinterpret_cast<const char*>(octets.data()), octets.size());
  }
  template <std::size_t N>
  void take(std::array<std::uint8_t, N>& octets) {
    const Bytes read = reader_.take(N);
    for (std::size_t i = 0; i < read.size(); ++i) octets[i] = std::to_integer<std::uint8_t>(read[i]);
  }
  template <class T, std::size_t N>
  void take(std::array<T, N>& values) {
    for (T& value : values) take(value);
  }
  template <class T>
  void take(std::vector<T>& values) {
    const std::uint64_t count = up_to(kMaxListItems);
    values.clear();
    while (values.size() < count && ok()) take(values.emplace_back());
  }
  template <class T>
  void take(std::optional<T>& value) {
    bool there = false;
    take(there);
    value.reset();
    if (there) take(value.emplace());
  }
  std::uint64_t up_to(std::uint64_t most) {
    const std::uint64_t value = number();
    if (value > most) fail();
    return ok() ? value : 0;
  }

  ByteReader reader_;
  bool ok_ = true;
};

}  // namespace rtcscope::bus
