#pragma once
// OWT's identifiers are those of MongoDB.

#include <string_view>

#include "base/text.hpp"

namespace rtcscope::api::owt {

/// 24 hex digits.
inline bool is_object_id(std::string_view text) {
  return is_hex(text, 24);
}

}  // namespace rtcscope::api::owt
