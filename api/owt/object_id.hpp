#pragma once
// OWT's identifiers are those of MongoDB.

#include <algorithm>
#include <string_view>

#include "base/text.hpp"

namespace rtcscope::api::owt {

/// 24 hex digits.
inline bool is_object_id(std::string_view text) {
  constexpr std::size_t kIdDigits = 24;
  return text.size() == kIdDigits &&
         std::all_of(text.begin(), text.end(), [](char c) { return hex_digit(c).has_value(); });
}

}  // namespace rtcscope::api::owt
