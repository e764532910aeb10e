#include "decoders/turn/channel_data.hpp"

#include <algorithm>

namespace rtcscope::turn {

const char* to_string(TurnErrc code) noexcept {
  switch (code) {
    case TurnErrc::kTruncatedHeader:
      return "truncated_header";
    case TurnErrc::kBadChannelNumber:
      return "bad_channel_number";
    case TurnErrc::kBadLength:
      return "bad_length";
  }
  return "unknown";
}

Result<ChannelDataView, TurnError> parse_channel_data(Bytes datagram, std::uint32_t wire_length) noexcept {
  ByteReader reader(datagram);
  ChannelDataView view;
  view.channel_number = reader.u16();
  view.length = reader.u16();
  if (!reader.ok()) return Unexpected{TurnError{TurnErrc::kTruncatedHeader, reader.offset32()}};
  if (view.channel_number < 0x4000 || view.channel_number > 0x4fff) {
    return Unexpected{TurnError{TurnErrc::kBadChannelNumber, 0}};
  }
  if (view.length > std::max<std::size_t>(wire_length, datagram.size()) - reader.offset()) {
    return Unexpected{TurnError{TurnErrc::kBadLength, 2}};
  }
  view.data = reader.rest().first(std::min<std::size_t>(view.length, reader.remaining()));
  return view;
}

}  // namespace rtcscope::turn
