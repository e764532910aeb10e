#pragma once
// What the key probe's kernel program hands over: read by another process's pointers, so nothing of it is
// believed.

#include <cstdint>

#include "base/byte_reader.hpp"
#include "base/result.hpp"
#include "capture/bpf/key_probe.h"

namespace rtcscope {

enum class KeySlotErrc : std::uint8_t {
  kOrigin,  // neither an export nor a policy
  kSize,    // not that of a profile (RFC 5764, 4.1.2; RFC 7714, 14.2)
  kPolicy,  // ciphers or tags of none of these profiles, or another for RTCP than for RTP
};

/// The octets of a full slot, a view of it: 56, 60 or 88 of an export; 28, 30 or 44, master key and master
/// salt, of a policy whose SRTCP is that of a profile.
Result<Bytes, KeySlotErrc> secret_in(const rtc_key_slot& slot) noexcept;

}  // namespace rtcscope
