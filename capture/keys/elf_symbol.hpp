#pragma once
// Where a function stands in a library's or an executable's file.

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace rtcscope {

/// Offset in the file, in octets, of the first instruction of a function that this ELF file itself defines
/// (dynamic symbols first, then the full table); nullopt when it does not, or the file is no ELF file.
std::optional<std::uint64_t> function_offset(int fd, std::string_view name);

/// The same of several functions, in their order; the file is read once.
std::vector<std::optional<std::uint64_t>> function_offsets(int fd, std::span<const std::string_view> names);

}  // namespace rtcscope
