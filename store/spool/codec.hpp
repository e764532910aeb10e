#pragma once
// Changes as octets, for a file that the same build or another one with the same columns reads back.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/byte_reader.hpp"
#include "correlator/model.hpp"

namespace rtcscope::store::spool {

std::string pack(std::span<const model::Change> changes);

/// The changes; nullopt when the octets are none, or not all of them are used.
std::optional<std::vector<model::Change>> unpack(Bytes octets);

/// Differs when the kinds of entities or their columns do: what one wrote, the other cannot read.
std::uint64_t format_number();

}  // namespace rtcscope::store::spool
