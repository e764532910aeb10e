#pragma once
// The UDP datagrams of a capture file, for tests that want real ones.

#include <gtest/gtest.h>

#include <string>

#include "capture/open.hpp"
#include "decoders/link/frame.hpp"

namespace rtcscope::testing {

/// Calls use(link::DatagramView) for each UDP datagram whose headers and payload are whole. A file that
/// cannot be read to its end fails the test.
template <class Use>
void for_each_datagram(const std::string& path, Use use) {
  auto source = open_capture_file(path);
  if (!source) {
    ADD_FAILURE() << source.error().message;
    return;
  }
  while (!(*source)->finished()) {
    const auto batch = (*source)->next_batch(Duration::zero());
    if (!batch) {
      ADD_FAILURE() << batch.error().message;
      return;
    }
    for (const PacketRecord& record : *batch) {
      const auto view = link::parse_frame(record.link_type, record.bytes, record.wire_length);
      if (!view || view->five_tuple.transport != Transport::kUdp) continue;
      if (view->payload.size() == view->payload_wire_length) use(*view);
    }
  }
}

}  // namespace rtcscope::testing
