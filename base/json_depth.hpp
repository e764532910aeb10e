#pragma once
// How deep JSON text is nested. Known before the text becomes a tree, whose writer would recurse once a
// level and run out of stack.

#include <cstddef>
#include <string_view>

namespace rtcscope {

/// Counts brackets outside of strings, and stops at the first that is too deep.
inline bool deeper_than(std::string_view json, std::size_t max_depth) noexcept {
  std::size_t depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (in_string) {
      if (c == '\\') ++i;
      in_string = c != '"';
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      if (++depth > max_depth) return true;
    } else if ((c == '}' || c == ']') && depth > 0) {
      --depth;
    }
  }
  return false;
}

}  // namespace rtcscope
