// Input: slots of the key probe, one behind the other, the last one filled up with zeros. What is said to be
// a secret lies in its slot and has the length of a profile.

#include <algorithm>
#include <cstring>

#include "capture/keys/key_slot.hpp"
#include "tests/fuzz/fuzz_input.hpp"

using namespace rtcscope;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  for (std::size_t at = 0; at < size; at += sizeof(rtc_key_slot)) {
    rtc_key_slot slot{};
    std::memcpy(&slot, data + at, std::min(sizeof slot, size - at));
    const auto octets = secret_in(slot);
    if (!octets) continue;
    const Bytes room = std::as_bytes(std::span(slot.octets));
    fuzz::check(fuzz::inside(*octets, room), "the secret is within its slot");
    const bool one_writer = slot.origin == RTC_FROM_POLICY;
    const std::size_t both = octets->size() * (one_writer ? 2 : 1);
    fuzz::check(both == 56 || both == 60 || both == 88, "the length is a profile's");
    fuzz::check(!one_writer || slot.rtcp.cipher_key_octets == octets->size(),
                "a policy's key is as long as its cipher wants");
  }
  return 0;
}
