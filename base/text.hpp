#pragma once
// Small text helpers that more than one folder needs.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace rtcscope {

/// Lower-case hex of 16 digits: the form of every 64-bit id at a border.
std::string hex_id(std::uint64_t value);
/// The reverse; exactly 16 hex digits.
std::optional<std::uint64_t> parse_hex_id(std::string_view text);

/// 0..15; nullopt for anything but 0-9, a-f and A-F.
std::optional<int> hex_digit(char c) noexcept;
/// What two such digits name.
std::optional<std::uint8_t> hex_octet(char high, char low) noexcept;
/// Whether the text is that many hex digits and nothing else.
bool is_hex(std::string_view text, std::size_t digits) noexcept;

/// ASCII letters only; the rest stays.
char lower_case(char c) noexcept;
std::string lower_case(std::string_view text);

/// Two lower-case digits an octet.
std::string to_hex(std::string_view octets);

/// ASCII letters only: names of protocols, header fields and codecs.
bool equals_ignoring_case(std::string_view x, std::string_view y) noexcept;

/// Without the blanks and tabs around it (OWS of RFC 9110, 5.6.3).
std::string_view trim(std::string_view text) noexcept;

/// Valid UTF-8 with each broken sequence replaced by U+FFFD and control characters (C0, DEL) removed,
/// cut to at most max_bytes on a character border. For names that come from the wire or a feed.
std::string clean_utf8(std::string_view text, std::size_t max_bytes = 256);

}  // namespace rtcscope
