// Input: two octets of wire length cut by the snap length, the datagram.

#include "decoders/turn/channel_data.hpp"
#include "tests/fuzz/fuzz_input.hpp"

using namespace rtcscope;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ByteReader reader(fuzz::bytes_of(data, size));
  const std::uint16_t cut = reader.u16();
  const Bytes datagram = reader.rest();
  const auto view = turn::parse_channel_data(datagram, static_cast<std::uint32_t>(datagram.size() + cut));
  if (view) {
    fuzz::check(fuzz::inside(view->data, datagram), "the data lies in the datagram");
    fuzz::check(view->data.size() <= view->length, "no more is captured than was sent");
    fuzz::check(view->channel_number >> 12 == 4, "a channel number is 0x4000..0x4fff");
  } else {
    fuzz::check(view.error().offset <= datagram.size(), "an error lies in the datagram");
    fuzz::check(std::string_view(turn::to_string(view.error().code)) != "unknown", "an error has a name");
  }
  return 0;
}
