// Real calls: what the extensions of each uplink packet say agrees with the client's own offer.

#include "tests/unit/decoders/recorded_call.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "decoders/rtp/extensions.hpp"
#include "decoders/sdp/session_description.hpp"

namespace rtcscope::rtp {
namespace {

using namespace std::chrono_literals;
using testing::flow_name;
using testing::for_each_datagram;
using testing::json_lines;
using testing::recorded_calls_with;
using testing::RecordedDatagram;
using testing::recordings;

struct Uplink {
  sdp::OwnedSdp offer;
  std::map<std::uint8_t, ExtensionMap> maps;  // by payload type: sections of one offer may differ
  std::set<std::uint16_t> transport_numbers;
  std::optional<std::pair<UtcTime, std::uint32_t>> last_send_time;
  std::size_t packets = 0;
  std::size_t mids = 0;
};

/// Offers of the publishing clients by label ("alice-pub").
std::map<std::string, sdp::OwnedSdp> offers_of(const std::filesystem::path& folder) {
  std::map<std::string, sdp::OwnedSdp> offers;
  for (const auto& file : recordings(testing::kCalls, ".jsonl")) {
    if (file.parent_path() != folder || !file.filename().string().starts_with("sdps-")) continue;
    for (const auto& line : json_lines(file)) {
      if (!line.contains("sdp") || line["side"] != "local" || line["type"] != "offer") continue;
      auto description = sdp::parse_sdp(line["sdp"].get<std::string>());
      if (description) offers[line["label"]] = *std::move(description);
    }
  }
  return offers;
}

/// By flow name; rtcp.jsonl tells which client's connection a flow is.
std::map<std::string, Uplink> uplinks_of(const std::filesystem::path& folder) {
  const auto offers = offers_of(folder);
  std::map<std::string, Uplink> uplinks;
  for (const auto& line : json_lines(folder / "rtcp.jsonl")) {
    const auto offer = offers.find(line["opaque_id"].get<std::string>());
    if (offer == offers.end() || uplinks.count(line["flow"]) != 0) continue;
    Uplink& uplink = uplinks[line["flow"]];
    uplink.offer = offer->second;
    for (const auto& media : uplink.offer.media) {
      ExtensionMap map;
      for (const auto& extmap : media.extmaps) EXPECT_TRUE(map.assign(extmap.id, extmap.uri));
      for (const std::uint8_t payload_type : media.payload_types) uplink.maps.emplace(payload_type, map);
    }
  }
  return uplinks;
}

void check_names(const Uplink& uplink, const RtpPacketView& packet, const RtpExtensions& extensions) {
  if (!extensions.mid) return;
  const auto media = std::find_if(uplink.offer.media.begin(), uplink.offer.media.end(),
                                  [&](const sdp::Media& m) { return m.mid == *extensions.mid; });
  ASSERT_NE(media, uplink.offer.media.end()) << *extensions.mid;
  const auto& types = media->payload_types;
  EXPECT_NE(std::find(types.begin(), types.end(), packet.payload_type), types.end());
  for (const auto& rid : {extensions.rid, extensions.repaired_rid}) {
    if (!rid) continue;
    EXPECT_TRUE(std::any_of(media->rids.begin(), media->rids.end(), [&](const sdp::Rid& known) {
      return known.id == *rid;
    })) << *rid;
  }
}

void check_packet(Uplink& uplink, UtcTime time, const RtpPacketView& packet) {
  const auto map = uplink.maps.find(packet.payload_type);
  ASSERT_NE(map, uplink.maps.end()) << unsigned{packet.payload_type};
  const RtpExtensions extensions = read_extensions(packet, map->second);
  uplink.packets += 1;
  EXPECT_EQ(extensions.faults, 0);
  check_names(uplink, packet, extensions);
  uplink.mids += extensions.mid ? 1U : 0U;
  if (extensions.transport_sequence) {
    const std::uint16_t number = extensions.transport_sequence->sequence_number;
    EXPECT_TRUE(uplink.transport_numbers.insert(number).second) << "twice: " << number;
  }
  if (!extensions.abs_send_time) return;
  if (uplink.last_send_time) {
    const std::uint32_t ticks = (*extensions.abs_send_time - uplink.last_send_time->second) & 0xffffffU;
    // The clocks of sender and tap run alike; a packet may be a second late, not more.
    Duration apart = abs_send_time_duration(ticks) - (time - uplink.last_send_time->first) % 64s;
    if (apart > 32s) apart -= 64s;
    EXPECT_LT(std::chrono::abs(apart), 1s);
  }
  uplink.last_send_time = {time, *extensions.abs_send_time};
}

TEST(RecordedCall, UplinkExtensionsAgreeWithTheOffer) {
  const auto folders = recorded_calls_with("rtcp.jsonl");
  if (folders.empty()) GTEST_SKIP() << "RTCSCOPE_CALLS names no folder with recorded calls";
  std::size_t mids = 0;
  std::size_t transport_numbers = 0;
  for (const auto& folder : folders) {
    SCOPED_TRACE(folder.filename().string());
    auto uplinks = uplinks_of(folder);
    for_each_datagram(folder, [&](const RecordedDatagram& datagram) {
      if (demux::classify(datagram.payload) != demux::PacketClass::kRtp) return;
      const auto uplink = uplinks.find(flow_name(datagram.carrier.destination, datagram.carrier.source));
      const auto packet = parse_rtp(datagram.payload);
      if (uplink != uplinks.end() && packet) check_packet(uplink->second, datagram.time, *packet);
    });
    for (const auto& [flow, uplink] : uplinks) {
      EXPECT_GT(uplink.packets, 0U) << flow;
      mids += uplink.mids;
      transport_numbers += uplink.transport_numbers.size();
    }
  }
  EXPECT_GT(mids, 0U);
  EXPECT_GT(transport_numbers, 0U);
}

}  // namespace
}  // namespace rtcscope::rtp
