// Real calls: every SRTCP packet opens with the key that the server exported, decodes, and says what an
// independent decoder (Python, no code in common) read in the same packet: rtcp.jsonl beside the capture.

#include "tests/unit/decoders/recorded_call.hpp"

#include <array>
#include <map>
#include <optional>

#include "decoders/rtcp/compound.hpp"
#include "decoders/rtcp/srtcp_clear.hpp"
#include "decoders/srtp/srtcp_context.hpp"
#include "tests/support/hex.hpp"

namespace rtcscope::srtp {
namespace {

using nlohmann::json;
using rtcscope::testing::for_each_datagram;
using rtcscope::testing::json_lines;
using rtcscope::testing::recorded_calls_with;
using rtcscope::testing::RecordedDatagram;

// --- what we decoded, in the words of rtcp.jsonl ---------------------------------------------------------

json to_json(const rtcp::ListView<rtcp::ReportBlock>& reports) {
  json list = json::array();
  for (const rtcp::ReportBlock r : reports) {
    list.push_back({{"ssrc", r.ssrc},
                    {"fraction_lost", r.fraction_lost},
                    {"cum_lost", r.cumulative_lost},
                    {"ext_highest_seq", r.extended_highest_sequence_number},
                    {"jitter", r.interarrival_jitter},
                    {"lsr", r.lsr},
                    {"dlsr", r.dlsr}});
  }
  return list;
}
json to_json(const rtcp::ListView<rtcp::Ssrc>& sources) {
  json list = json::array();
  for (const rtcp::Ssrc source : sources) list.push_back(source.value);
  return list;
}

struct Describe {
  json operator()(const rtcp::SenderReportView& v) const {
    return {{"type", "SR"},
            {"ssrc", v.sender_ssrc},
            {"ntp", v.ntp_timestamp},
            {"rtp_ts", v.rtp_timestamp},
            {"packets", v.packet_count},
            {"octets", v.octet_count},
            {"ntp_mid", v.ntp_middle()},
            {"reports", to_json(v.reports)}};
  }
  json operator()(const rtcp::ReceiverReportView& v) const {
    return {{"type", "RR"}, {"ssrc", v.sender_ssrc}, {"reports", to_json(v.reports)}};
  }
  json operator()(const rtcp::SourceDescriptionView& v) const {
    json chunks = json::array();
    rtcp::SdesItemReader items(v);
    while (const auto item = items.next()) {
      if (item->type == rtcp::SdesType::kCname)
        chunks.push_back({{"ssrc", item->ssrc}, {"cname", item->text}});
    }
    return {{"type", "SDES"}, {"chunks", chunks}};
  }
  json operator()(const rtcp::ByeView& v) const { return {{"type", "BYE"}, {"ssrcs", to_json(v.sources)}}; }
  json operator()(const rtcp::GenericNackView& v) const {
    json sequence_numbers = json::array();
    for (const rtcp::NackEntry entry : v.entries) {
      sequence_numbers.push_back(entry.packet_id);
      for (unsigned i = 0; i < 16; ++i) {
        if (entry.lost_bitmask >> i & 1U) {
          sequence_numbers.push_back(static_cast<std::uint16_t>(entry.packet_id + i + 1));
        }
      }
    }
    EXPECT_EQ(v.packets(), sequence_numbers.size());
    return {
        {"type", "NACK"}, {"ssrc", v.sender_ssrc}, {"media_ssrc", v.media_ssrc}, {"seqs", sequence_numbers}};
  }
  json operator()(const rtcp::TransportCcFeedbackView& v) const {
    json received = json::array();
    unsigned statuses = 0;
    rtcp::PacketStatusReader reader(v);
    while (const auto status = reader.next()) {
      statuses += 1;
      if (status->received) received.push_back({status->sequence_number, status->delta});
    }
    EXPECT_EQ(statuses, v.packet_status_count);
    return {{"type", "TWCC"},
            {"ssrc", v.sender_ssrc},
            {"media_ssrc", v.media_ssrc},
            {"base_seq", v.base_sequence_number},
            {"count", v.packet_status_count},
            {"ref_64ms", static_cast<std::uint32_t>(v.reference_time) & 0xffffffU},
            {"fb_count", v.feedback_packet_count},
            {"received", v.received_count},
            {"not_received", v.packet_status_count - v.received_count},
            {"recv", received}};
  }
  json operator()(const rtcp::PictureLossIndication& v) const {
    return {{"type", "PLI"}, {"ssrc", v.sender_ssrc}, {"media_ssrc", v.media_ssrc}};
  }
  json operator()(const rtcp::FullIntraRequestView& v) const {
    json entries = json::array();
    for (const rtcp::FirEntry e : v.entries)
      entries.push_back({{"ssrc", e.ssrc}, {"seq", e.sequence_number}});
    return {{"type", "FIR"}, {"ssrc", v.sender_ssrc}, {"fci", entries}};
  }
  json operator()(const rtcp::RembView& v) const {
    return {
        {"type", "REMB"}, {"ssrc", v.sender_ssrc}, {"bitrate", v.bitrate_bps}, {"ssrcs", to_json(v.ssrcs)}};
  }
  template <class Other>
  json operator()(const Other&) const {
    return {{"type", "other"}};
  }
};

json decode(Bytes clear) {
  json list = json::array();
  rtcp::CompoundReader reader(clear);
  while (const auto block = reader.next()) {
    if (!block->body) {
      ADD_FAILURE() << rtcp::to_string(block->body.error().code);
      continue;
    }
    json described = std::visit(Describe{}, *block->body);
    described["pt"] = block->raw.payload_type;
    list.push_back(described);
  }
  if (reader.error()) ADD_FAILURE() << rtcp::to_string(reader.error()->code);
  return list;
}

// The file has conveniences that the wire has not (percent, milliseconds): they are not compared.
json wire_fields_only(json packets) {
  for (json& packet : packets) {
    if (packet["type"] == "FIR") packet.erase("media_ssrc");
    if (!packet.contains("reports")) continue;
    for (json& report : packet["reports"]) {
      report.erase("fraction_lost_pct");
      report.erase("dlsr_ms");
    }
  }
  return packets;
}

// --- keys ------------------------------------------------------------------------------------------------

Profile profile_of(const std::string& name) {
  if (name == "SRTP_AES128_CM_HMAC_SHA1_80") return Profile::kAes128CmSha1_80;
  if (name == "SRTP_AES128_CM_HMAC_SHA1_32") return Profile::kAes128CmSha1_32;
  if (name == "SRTP_AEAD_AES_128_GCM") return Profile::kAeadAes128Gcm;
  EXPECT_EQ(name, "SRTP_AEAD_AES_256_GCM");
  return Profile::kAeadAes256Gcm;
}

struct FlowKey {
  Profile profile{};
  bool server_is_dtls_client = false;
  std::vector<std::byte> exported;

  [[nodiscard]] bool aead() const {
    return profile == Profile::kAeadAes128Gcm || profile == Profile::kAeadAes256Gcm;
  }
  [[nodiscard]] SrtcpContext context(bool down) const {
    const Writer writer = down == server_is_dtls_client ? Writer::kDtlsClient : Writer::kDtlsServer;
    auto made = SrtcpContext::create(KeyingMaterial{Bytes(exported)}, profile, writer);
    if (!made) throw std::runtime_error("no context from a recorded key");
    return std::move(*made);
  }
};

std::map<std::string, FlowKey> flow_keys(const std::filesystem::path& folder) {
  std::map<std::string, FlowKey> flows;
  const std::vector<json> rows = json_lines(folder / "keys.jsonl");
  for (const json& flow : json::parse(std::ifstream(folder / "keymap.json"))) {
    for (const json& row : rows) {
      if (row["ssl"] != flow["ssl"] || row["comm"] != flow["matched_key_comm"]) continue;
      flows[flow["flow"]] = {profile_of(flow["profile"]), flow["dtls_client"] == "server-host",
                             rtcscope::testing::hex(row["material"].get<std::string>())};
    }
  }
  return flows;
}

// --- the walk --------------------------------------------------------------------------------------------

struct Packet {
  std::string flow;
  bool down = false;  // the server sent it
};

std::optional<Packet> flow_of(const RecordedDatagram& datagram, const std::map<std::string, FlowKey>& flows) {
  using rtcscope::testing::flow_name;
  Packet down{flow_name(datagram.carrier.source, datagram.carrier.destination), true};
  if (flows.count(down.flow) != 0) return down;
  Packet up{flow_name(datagram.carrier.destination, datagram.carrier.source), false};
  if (flows.count(up.flow) != 0) return up;
  return std::nullopt;
}

/// One context per flow and direction, made when its first packet comes.
class Contexts {
 public:
  SrtcpContext& of(const Packet& packet, const FlowKey& key) {
    auto& slot = contexts_[{packet.flow, packet.down}];
    if (!slot) slot.emplace(key.context(packet.down));
    return *slot;
  }

 private:
  std::map<std::pair<std::string, bool>, std::optional<SrtcpContext>> contexts_;
};

bool is(demux::PacketClass wanted, Bytes datagram) {
  return demux::classify(datagram) == wanted;
}

std::map<std::pair<std::int64_t, std::string>, json> expected_of(const std::filesystem::path& folder) {
  std::map<std::pair<std::int64_t, std::string>, json> expected;
  for (const json& line : json_lines(folder / "rtcp.jsonl")) {
    const auto [place, fresh] =
        expected.emplace(std::pair{line["t_ns"].get<std::int64_t>(), line["flow"]}, line);
    EXPECT_TRUE(fresh) << "two packets of a flow at one time";
  }
  return expected;
}

void expect_clear_part(Bytes packet, const FlowKey& key, const json& want, std::size_t clear_size) {
  const auto head = rtcp::parse_srtcp_head(packet);
  ASSERT_TRUE(head);
  EXPECT_EQ(head->payload_type, want["packets"][0]["pt"]);
  const auto tail = rtcp::parse_srtcp_tail(packet, key.aead() ? rtcp::kSrtcpAead : rtcp::kSrtcpSha1);
  ASSERT_TRUE(tail);
  EXPECT_EQ(tail->index, want["index"]);
  EXPECT_EQ(tail->encrypted, want["encrypted"]);
  EXPECT_EQ(tail->clear_size, clear_size);
  EXPECT_LE(head->first_block_size, clear_size);
}

TEST(RecordedCall, EverySrtcpPacketOpensAndSaysWhatAnotherDecoderRead) {
  const auto folders = recorded_calls_with("rtcp.jsonl");
  if (folders.empty()) GTEST_SKIP() << "RTCSCOPE_CALLS names no folder with recorded calls";
  for (const auto& folder : folders) {
    SCOPED_TRACE(folder.filename().string());
    const auto flows = flow_keys(folder);
    auto expected = expected_of(folder);
    std::map<std::string, std::size_t> got_types;
    std::map<std::string, std::size_t> want_types;
    for (const auto& [place, line] : expected) {
      for (const json& packet : line["packets"]) want_types[packet["type"]] += 1;
    }
    Contexts contexts;
    SrtcpContext::Scratch scratch;
    std::size_t opened_count = 0;
    for_each_datagram(folder, [&](const RecordedDatagram& datagram) {
      const auto packet = flow_of(datagram, flows);
      if (!packet || !is(demux::PacketClass::kRtcp, datagram.payload)) return;
      const FlowKey& key = flows.at(packet->flow);
      const auto opened = contexts.of(*packet, key).open(datagram.payload, scratch);
      ASSERT_TRUE(opened) << to_string(opened.error().code);
      opened_count += 1;
      const json decoded = decode(*opened);
      for (const json& block : decoded) got_types[block["type"]] += 1;
      const auto want = expected.find({ns_since_epoch(datagram.time), packet->flow});
      ASSERT_NE(want, expected.end());
      EXPECT_EQ(packet->down ? "down" : "up", want->second["dir"]);
      EXPECT_EQ(decoded, wire_fields_only(want->second["packets"]));
      expect_clear_part(datagram.payload, key, want->second, opened->size());
      expected.erase(want);
    });
    EXPECT_TRUE(expected.empty()) << expected.size() << " packets of rtcp.jsonl were not found";
    EXPECT_EQ(got_types, want_types);
    EXPECT_GT(opened_count, 0U);
  }
}

TEST(RecordedCall, WrongKeysOpenNothingAndEachRefusalIsNamed) {
  const auto folders = recorded_calls_with("rtcp.jsonl");
  if (folders.empty()) GTEST_SKIP() << "RTCSCOPE_CALLS names no folder with recorded calls";
  for (const auto& folder : folders) {
    SCOPED_TRACE(folder.filename().string());
    const auto flows = flow_keys(folder);
    std::map<SrtcpErrc, std::size_t> refusals;
    std::size_t packets = 0;
    Contexts wrong;
    SrtcpContext::Scratch scratch;
    for_each_datagram(folder, [&](const RecordedDatagram& datagram) {
      auto packet = flow_of(datagram, flows);
      if (!packet || !is(demux::PacketClass::kRtcp, datagram.payload)) return;
      packets += 1;
      packet->down = !packet->down;  // the other side's half of the same secret
      const auto opened = wrong.of(*packet, flows.at(packet->flow)).open(datagram.payload, scratch);
      ASSERT_FALSE(opened);
      refusals[opened.error().code] += 1;
    });
    EXPECT_GT(packets, 0U);
    EXPECT_EQ(refusals, (std::map<SrtcpErrc, std::size_t>{{SrtcpErrc::kNotAuthentic, packets}}));
  }
}

TEST(RecordedCall, MediaIsNotOpenedByTheRightKey) {
  const auto folders = recorded_calls_with("rtcp.jsonl");
  if (folders.empty()) GTEST_SKIP() << "RTCSCOPE_CALLS names no folder with recorded calls";
  for (const auto& folder : folders) {
    SCOPED_TRACE(folder.filename().string());
    const auto flows = flow_keys(folder);
    Contexts contexts;
    SrtcpContext::Scratch scratch;
    std::size_t packets = 0;
    for_each_datagram(folder, [&](const RecordedDatagram& datagram) {
      const auto packet = flow_of(datagram, flows);
      if (!packet || !is(demux::PacketClass::kRtp, datagram.payload)) return;
      packets += 1;
      EXPECT_FALSE(contexts.of(*packet, flows.at(packet->flow)).open(datagram.payload, scratch));
    });
    EXPECT_GT(packets, 0U);
  }
}

}  // namespace
}  // namespace rtcscope::srtp
