// Input: one datagram.

#include "decoders/stun/message.hpp"
#include "tests/fuzz/fuzz_input.hpp"

using namespace rtcscope;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes datagram = fuzz::bytes_of(data, size);
  const auto message = stun::parse_stun(datagram);
  if (!message) {
    fuzz::check(message.error().offset <= datagram.size(), "an error lies in the datagram");
    fuzz::check(std::string_view(stun::to_string(message.error().code)) != "unknown", "an error has a name");
    return 0;
  }
  fuzz::check(fuzz::inside(message->bytes, datagram), "the message lies in the datagram");
  for (const stun::AttributeView& attribute : message->attributes()) {
    fuzz::check(fuzz::inside(attribute.value, message->bytes), "a value lies in the message");
    fuzz::check(message->find(attribute.type) != nullptr, "what is listed is found");
  }
  return 0;
}
