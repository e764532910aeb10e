#pragma once
// The option list at the end of a pcapng block: draft-ietf-opsawg-pcapng-04, section 3.5.

#include <cstdint>

#include "base/byte_reader.hpp"
#include "capture/file/field_reader.hpp"

namespace rtcscope::pcapng {

struct Option {
  std::uint16_t code = 0;
  Bytes value;
};

/// Calls visit(Option) for each option up to opt_endofopt or the end of the block. False if an option
/// runs over the end; those before it have been visited.
template <class Visit>
bool visit_options(FieldReader reader, Visit visit) {
  while (reader.remaining() >= 4) {
    const std::uint16_t code = reader.u16();
    const std::uint16_t length = reader.u16();
    if (code == 0) return true;
    const Bytes value = reader.take(length);
    reader.skip((4U - length % 4U) % 4U);
    if (!reader.ok()) return false;
    visit(Option{code, value});
  }
  return true;
}

}  // namespace rtcscope::pcapng
