#pragma once
// Words of a line of text.

#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>

namespace rtcscope::sdp {

/// Cuts `text` at the first `separator` and returns what was before it; the rest stays in `text`.
inline std::string_view take_until(std::string_view& text, char separator) noexcept {
  const auto end = text.find(separator);
  const std::string_view word = text.substr(0, end);
  text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
  return word;
}

/// The next word between single or repeated blanks; empty at the end.
inline std::string_view take_word(std::string_view& text) noexcept {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  return take_until(text, ' ');
}

template <class Number>
std::optional<Number> to_number(std::string_view word) noexcept {
  Number value{};
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (error != std::errc{} || end != word.data() + word.size()) return std::nullopt;
  return value;
}

}  // namespace rtcscope::sdp
