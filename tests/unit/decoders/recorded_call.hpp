#pragma once
// A recorded call as the tests of the decoders read it: its UDP datagrams, out of TURN where they are in it,
// and the files beside the capture. tests/support/recordings.hpp says where recordings are.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "capture/open.hpp"
#include "decoders/demux/demux.hpp"
#include "decoders/link/frame.hpp"
#include "decoders/stun/message.hpp"
#include "decoders/turn/channel_data.hpp"
#include "tests/support/recordings.hpp"

namespace rtcscope::testing {

/// The folders of recorded calls that have a file of this name.
inline std::vector<std::filesystem::path> recorded_calls_with(const std::string& file) {
  std::vector<std::filesystem::path> folders;
  for (const auto& path : recordings(kCalls, file)) {
    if (path.filename() == file) folders.push_back(path.parent_path());
  }
  return folders;
}

inline std::vector<nlohmann::json> json_lines(const std::filesystem::path& path) {
  std::vector<nlohmann::json> lines;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) lines.push_back(nlohmann::json::parse(line));
  return lines;
}

/// One datagram of the call; `carrier` is the outer five-tuple where TURN carried it.
struct RecordedDatagram {
  UtcTime time{};
  FiveTuple carrier;
  Bytes payload;
};

/// "198.18.0.1:5000<->198.18.0.11:40000": how the recordings name a flow, the server first.
inline std::string flow_name(const Endpoint& server, const Endpoint& client) {
  const auto text = [](const Endpoint& e) { return to_string(e.address) + ":" + std::to_string(e.port); };
  return text(server) + "<->" + text(client);
}

/// What TURN carries in a datagram (RFC 8656, 11 and 12), or the datagram itself.
inline Bytes out_of_turn(Bytes payload) {
  if (demux::classify(payload) == demux::PacketClass::kTurnChannel) {
    const auto channel = turn::parse_channel_data(payload, static_cast<std::uint32_t>(payload.size()));
    return channel ? channel->data : Bytes{};
  }
  if (demux::classify(payload) == demux::PacketClass::kStun) {
    const auto message = stun::parse_stun(payload);
    if (message && message->data()) return *message->data();
  }
  return payload;
}

/// Calls use(RecordedDatagram) for every UDP datagram in call.pcap.
template <class Use>
void for_each_datagram(const std::filesystem::path& folder, Use use) {
  auto source = open_capture_file((folder / "call.pcap").string());
  ASSERT_TRUE(source);
  while (!(*source)->finished()) {
    const auto batch = (*source)->next_batch(Duration{0});
    ASSERT_TRUE(batch);
    for (const PacketRecord& record : *batch) {
      const auto datagram = link::parse_frame(record.link_type, record.bytes, record.wire_length);
      if (!datagram || datagram->tcp) continue;
      use(RecordedDatagram{record.time, datagram->five_tuple, out_of_turn(datagram->payload)});
    }
  }
}

}  // namespace rtcscope::testing
