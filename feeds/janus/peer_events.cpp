// What happens to one PeerConnection: descriptions, ICE, DTLS, media (types 8, 16, 32).

#include <charconv>

#include "feeds/janus/event_bodies.hpp"

namespace rtcscope::feeds::janus {
namespace {

BodyResult parse_candidate_event(DescriptionOwner owner, Fields& fields, const char* key) {
  const std::string line = fields.text(key);
  if (!fields.ok()) return Unexpected{EventErrc::kBadMember};
  auto candidate = sdp::parse_candidate(line);
  if (!candidate) return Unexpected{EventErrc::kBadCandidate};
  return FactBody{Candidate{owner, *std::move(candidate)}};
}

struct PairEnd {
  Endpoint endpoint;
  std::string type;
  Transport transport = Transport::kUdp;
};

std::optional<PairEnd> pair_end(std::string_view address, std::string_view port, std::string_view type,
                                std::string_view transport) {
  if (address.starts_with('[') && address.ends_with(']')) address = address.substr(1, address.size() - 2);
  const auto ip = parse_ip_address(address);
  std::uint16_t number = 0;
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
  if (!ip || error != std::errc{} || end != port.data() + port.size()) return std::nullopt;
  const bool tcp = transport.starts_with("tcp");
  return PairEnd{{*ip, number}, std::string(type), tcp ? Transport::kTcp : Transport::kUdp};
}

/// "198.18.0.1:57466 [host,udp]"
std::optional<PairEnd> parse_pair_end(std::string_view text) {
  const auto bracket = text.rfind(" [");
  const std::string_view place = text.substr(0, bracket);
  const auto colon = place.rfind(':');
  if (bracket == std::string_view::npos || colon == std::string_view::npos || !text.ends_with(']')) {
    return std::nullopt;
  }
  const std::string_view kind = text.substr(bracket + 2, text.size() - bracket - 3);
  const auto comma = kind.find(',');
  if (comma == std::string_view::npos) return std::nullopt;
  return pair_end(place.substr(0, colon), place.substr(colon + 1), kind.substr(0, comma),
                  kind.substr(comma + 1));
}

/// {"address","port","type","transport","family"}
std::optional<PairEnd> parse_pair_end(const Json& json) {
  Fields fields(json);
  const std::string address = fields.text("address");
  const std::int64_t port = fields.integer("port");
  const std::string type = fields.text("type");
  const std::string transport = fields.text("transport");
  if (!fields.ok()) return std::nullopt;
  return pair_end(address, std::to_string(port), type, transport);
}

std::optional<SelectedPair> join(const std::optional<PairEnd>& local, const std::optional<PairEnd>& remote) {
  if (!local || !remote) return std::nullopt;
  return SelectedPair{local->endpoint, remote->endpoint, local->transport, local->type, remote->type};
}

// Builds of Janus differ in whether they add the parsed `candidates`; the text is always there.
BodyResult parse_selected_pair(Fields& fields) {
  std::optional<SelectedPair> pair;
  if (fields.has("candidates")) {
    Fields candidates(fields.object("candidates"));
    pair = join(parse_pair_end(candidates.object("local")), parse_pair_end(candidates.object("remote")));
  }
  if (!pair) pair = selected_pair(fields.text("selected-pair"));
  if (!pair) return Unexpected{EventErrc::kBadCandidate};
  return FactBody{*std::move(pair)};
}

BodyResult parse_connection(Fields& fields, const Json& event) {
  const std::string state = fields.text("connection");
  if (state == "webrtcup") return checked(fields, PeerConnectionUp{});
  if (state == "hangup") return checked(fields, PeerConnectionDown{fields.optional_text("reason")});
  return checked(fields, other_event("connection " + state, event));
}

BodyResult parse_statistics(Fields& fields) {
  MediaStatistics s;
  s.mid = fields.optional_text("mid");
  s.media = fields.optional_text("media");
  s.codec = fields.optional_text("codec");
  // 0.x names the codec by medium.
  if (s.codec.empty()) s.codec = fields.optional_text((s.media.substr(0, 5) + "-codec").c_str());
  if (const auto base = fields.optional_integer("base"); base && *base > 0 && *base <= UINT32_MAX) {
    s.clock_rate_hz = static_cast<std::uint32_t>(*base);
  }
  s.lost = fields.optional_integer("lost");
  s.lost_by_remote = fields.optional_integer("lost-by-remote");
  s.packets_received = fields.optional_integer("packets-received");
  s.packets_sent = fields.optional_integer("packets-sent");
  s.bytes_received = fields.optional_integer("bytes-received");
  s.bytes_sent = fields.optional_integer("bytes-sent");
  s.jitter_local_ms = fields.optional_integer("jitter-local");
  s.jitter_remote_ms = fields.optional_integer("jitter-remote");
  s.rtt_ms = fields.optional_integer("rtt");
  s.nacks_received = fields.optional_integer("nacks-received");
  s.nacks_sent = fields.optional_integer("nacks-sent");
  return checked(fields, std::move(s));
}

}  // namespace

std::optional<SelectedPair> selected_pair(std::string_view text) {
  constexpr std::string_view kArrow = " <-> ";
  const auto arrow = text.find(kArrow);
  if (arrow == std::string_view::npos) return std::nullopt;
  return join(parse_pair_end(text.substr(0, arrow)), parse_pair_end(text.substr(arrow + kArrow.size())));
}

BodyResult parse_jsep(const Json& event) {
  Fields fields(event);
  const std::string owner = fields.text("owner");
  Fields jsep(fields.object("jsep"));
  const std::string type = jsep.text("type");
  const Json* text = jsep.find("sdp");
  if (!fields.ok() || !jsep.ok() || text == nullptr || !text->is_string()) {
    return Unexpected{EventErrc::kBadMember};
  }
  if (owner != "local" && owner != "remote") return Unexpected{EventErrc::kBadMember};
  auto description = sdp::parse_sdp(text->get_ref<const std::string&>());
  if (!description) return Unexpected{EventErrc::kBadSdp};
  const auto whose = owner == "local" ? DescriptionOwner::kServer : DescriptionOwner::kClient;
  return FactBody{Description{whose, type, *std::move(description)}};
}

// By what is in it, not by `subtype`: some builds leave that out.
BodyResult parse_webrtc(const Json& event) {
  Fields fields(event);
  if (fields.has("ice")) return checked(fields, IceStateChanged{fields.text("ice")});
  if (fields.has("local-candidate")) {
    return parse_candidate_event(DescriptionOwner::kServer, fields, "local-candidate");
  }
  if (fields.has("remote-candidate")) {
    return parse_candidate_event(DescriptionOwner::kClient, fields, "remote-candidate");
  }
  if (fields.has("selected-pair")) return parse_selected_pair(fields);
  if (fields.has("dtls")) {
    const std::string state = fields.text("dtls");
    return checked(fields, DtlsStateChanged{state});
  }
  if (fields.has("connection")) return parse_connection(fields, event);
  return FactBody{other_event("webrtc", event)};
}

BodyResult parse_media(const Json& event) {
  Fields fields(event);
  if (fields.has("slow_link")) {
    SlowLink slow{fields.optional_text("mid"), fields.optional_text("media"), false, 0};
    const std::string way = fields.text("slow_link");
    if (fields.ok() && way != "uplink" && way != "downlink")
      return FactBody{other_event("media slow_link", event)};
    // Seen from Janus: its uplink is the way to the client.
    slow.server_to_client = way == "uplink";
    const auto lost = fields.optional_integer("lost_lastsec");
    slow.lost = lost && *lost > 0 ? static_cast<std::uint64_t>(*lost) : 0;
    return checked(fields, std::move(slow));
  }
  if (fields.has("receiving")) {
    MediaReceiving receiving{fields.optional_text("mid"), fields.optional_text("media"), false};
    receiving.receiving = fields.flag("receiving");
    return checked(fields, std::move(receiving));
  }
  if (fields.has("packets-received") || fields.has("packets-sent") || fields.has("base")) {
    return parse_statistics(fields);
  }
  return FactBody{other_event("media", event)};
}

}  // namespace rtcscope::feeds::janus
