#pragma once
// Names that were meant when what was typed is nowhere.

#include <optional>
#include <string_view>

namespace rtcscope::store {

/// How many letters one must change, add, leave out, or swap with the next one to make `name`, or a word of
/// it, of what was typed; upper and lower case are one. nullopt: more than one in four or more than two of
/// `typed`, or `typed` is shorter than four letters or has no letter: another digit is another room and no
/// slip.
std::optional<unsigned> slips_between(std::string_view typed, std::string_view name);

}  // namespace rtcscope::store
