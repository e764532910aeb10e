#include "feeds/hep/hep_message.hpp"

#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>

#include "base/text.hpp"
#include "feeds/wire/sip_secrets.hpp"

namespace rtcscope::feeds::hep {
namespace {

constexpr std::size_t kChunkHeaderBytes = 6;
constexpr std::uint8_t kSip = 1, kRtcp = 5;

// "Generic chunk types" of the specification (vendor 0x0000); the size is that of the payload, 0 = any.
enum Chunk : std::uint16_t {
  kIpFamily = 1,
  kIpProtocol,
  kIpv4Source,
  kIpv4Destination,
  kIpv6Source,
  kIpv6Destination,
  kSourcePort,
  kDestinationPort,
  kSeconds,
  kMicroseconds,
  kPayloadType,
  kCaptureId,
  kAuthKey = 14,
  kPayloadChunk,
  kCompressedPayload,
  kCorrelationId,
  kNodeName = 19,
};
constexpr std::uint16_t kLastRead = kNodeName;
constexpr std::uint8_t kSizes[kLastRead + 1] = {0, 1, 1, 4, 4, 16, 16, 2, 2, 4, 4, 1, 4};

constexpr bool is_read(std::uint16_t type) {
  return type != 0 && type <= kLastRead && type != 13 && type != 18;
}

std::string_view text_of(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// The chunks by their type; empty where there is none.
class Chunks {
 public:
  std::optional<HepErrc> read(Bytes message) noexcept;
  [[nodiscard]] bool has(Chunk type) const noexcept { return (seen_ >> type & 1U) != 0; }
  [[nodiscard]] Bytes bytes(Chunk type) const noexcept { return values_[type]; }
  [[nodiscard]] std::string_view text(Chunk type) const noexcept { return text_of(values_[type]); }
  [[nodiscard]] std::uint32_t number(Chunk type) const noexcept {
    std::uint32_t value = 0;
    for (const std::byte octet : values_[type]) value = value << 8U | std::to_integer<std::uint32_t>(octet);
    return value;
  }

 private:
  Bytes values_[kLastRead + 1]{};
  std::uint32_t seen_ = 0;
};

std::optional<HepErrc> Chunks::read(Bytes message) noexcept {
  ByteReader in(message);
  if (text_of(in.take(4)) != "HEP3") return HepErrc::kMagic;
  if (in.u16() != message.size() || !in.ok()) return HepErrc::kLength;
  while (!in.empty()) {
    if (in.remaining() < kChunkHeaderBytes) return HepErrc::kChunkHeader;
    const std::uint16_t vendor = in.u16();
    const std::uint16_t type = in.u16();
    const std::size_t length = in.u16();
    if (length < kChunkHeaderBytes || length - kChunkHeaderBytes > in.remaining())
      return HepErrc::kChunkLength;
    const Bytes value = in.take(length - kChunkHeaderBytes);
    if (vendor != 0 || !is_read(type)) continue;
    if (kSizes[type] != 0 && value.size() != kSizes[type]) return HepErrc::kChunkSize;
    if ((seen_ >> type & 1U) != 0) return HepErrc::kDuplicate;
    seen_ |= 1U << type;
    values_[type] = value;
  }
  return std::nullopt;
}

std::optional<HepErrc> fault_of(const Chunks& chunks) noexcept {
  if (chunks.has(kCompressedPayload)) return HepErrc::kCompressed;
  for (const Chunk type : {kIpFamily, kIpProtocol, kSourcePort, kDestinationPort, kSeconds, kMicroseconds,
                           kPayloadType, kCaptureId, kPayloadChunk}) {
    if (!chunks.has(type)) return HepErrc::kMissing;
  }
  // The values of Linux's AF_INET and AF_INET6.
  const std::uint32_t family = chunks.number(kIpFamily);
  if (family != 2 && family != 10) return HepErrc::kFamily;
  const bool v4 = family == 2;
  const bool has_v4 = chunks.has(kIpv4Source) && chunks.has(kIpv4Destination);
  const bool has_v6 = chunks.has(kIpv6Source) && chunks.has(kIpv6Destination);
  const bool has_any_v4 = chunks.has(kIpv4Source) || chunks.has(kIpv4Destination);
  const bool has_any_v6 = chunks.has(kIpv6Source) || chunks.has(kIpv6Destination);
  if (v4 ? has_any_v6 : has_any_v4) return HepErrc::kFamily;
  if (v4 ? !has_v4 : !has_v6) return HepErrc::kMissing;
  if (chunks.number(kMicroseconds) >= 1'000'000) return HepErrc::kTime;
  return std::nullopt;
}

/// "tls" and WebSocket have numbers of Homer's own; all of them are streams.
std::optional<Transport> transport_of(std::uint32_t protocol) noexcept {
  if (protocol == 17) return Transport::kUdp;
  if (protocol == 6 || protocol == 22 || protocol == 3) return Transport::kTcp;
  return std::nullopt;
}

std::string call_id_of(std::string_view sip) {
  for (const std::string_view name : {"\ncall-id:", "\ni:"}) {
    for (std::size_t at = 0; at + name.size() < sip.size(); ++at) {
      if (!equals_ignoring_case(sip.substr(at, name.size()), name)) continue;
      const std::string_view rest = sip.substr(at + name.size());
      return std::string(trim(rest.substr(0, rest.find_first_of("\r\n"))));
    }
  }
  return {};
}

/// RFC 3261, 7.1 and 7.2.
bool is_sip(std::string_view text) {
  const std::string_view line = text.substr(0, text.find_first_of("\r\n"));
  return line.starts_with("SIP/2.0 ") || line.ends_with(" SIP/2.0");
}

/// RTCP's JSON has three levels. What nests deeper would cost whoever writes it out again a level of stack
/// each.
bool is_flat(std::string_view json) {
  constexpr int kMaxLevels = 16;
  int level = 0;
  for (const char c : json) {
    if (c == '{' || c == '[') ++level;  // also within texts: more than this is not RTCP
    if (c == '}' || c == ']') --level;
    if (level > kMaxLevels) return false;
  }
  return true;
}

bool is_json_object(std::string_view text) {
  return is_flat(text) && nlohmann::json::parse(text, nullptr, false).is_object();
}

std::string sip_text(std::string_view sip) {
  return "SIP " + clean_utf8(sip.substr(0, sip.find_first_of("\r\n")), 200);
}

std::string rtcp_text(const nlohmann::json& rtcp) {
  const auto type = rtcp.find("type");
  const auto ssrc = rtcp.find("ssrc");
  std::string text = "RTCP";
  if (type != rtcp.end() && type->is_number_unsigned()) text += " type " + type->dump();
  if (ssrc != rtcp.end() && ssrc->is_number_unsigned()) text += " of SSRC " + ssrc->dump();
  return text;
}

AgentMessage agent_message(const HepView& view, std::string correlation_id) {
  const std::string node = clean_utf8(view.node);
  nlohmann::ordered_json detail{{"node", node},
                                {"capture_id", view.capture_id},
                                {"source", to_string(view.source)},
                                {"destination", to_string(view.destination)},
                                {"transport", to_string(view.transport)},
                                {"correlation_id", correlation_id}};
  AgentMessage out;
  out.time = view.time;
  if (view.payload_type == kSip) {
    std::string sip(view.payload);
    blot_sip_secrets(sip);
    out.text = sip_text(sip);
    detail["sip"] = std::move(sip);
  } else {
    out.kind = AgentMessageKind::kRtcp;
    auto rtcp = nlohmann::json::parse(view.payload, nullptr, false);
    out.text = rtcp_text(rtcp);
    detail["rtcp"] = std::move(rtcp);
  }
  out.text += " seen by " + (node.empty() ? "agent " + std::to_string(view.capture_id) : node);
  out.correlation_id = std::move(correlation_id);
  out.detail = detail.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  return out;
}

}  // namespace

const char* to_string(HepErrc code) noexcept {
  static constexpr const char* kNames[kHepErrcs] = {
      "magic",      "length",   "chunk_header", "chunk_length", "chunk_size",
      "duplicate",  "missing",  "family",       "protocol",     "time",
      "compressed", "unwanted", "auth_key",     "payload",      "correlation_id"};
  return kNames[static_cast<std::size_t>(code)];
}

Result<HepView, HepErrc> parse_hep(Bytes message) noexcept {
  Chunks chunks;
  if (const auto fault = chunks.read(message)) return Unexpected{*fault};
  if (const auto fault = fault_of(chunks)) return Unexpected{*fault};
  const auto transport = transport_of(chunks.number(kIpProtocol));
  if (!transport) return Unexpected{HepErrc::kProtocol};
  const bool v4 = chunks.number(kIpFamily) == 2;
  HepView out;
  out.source.address = IpAddress::from_octets(chunks.bytes(v4 ? kIpv4Source : kIpv6Source));
  out.destination.address = IpAddress::from_octets(chunks.bytes(v4 ? kIpv4Destination : kIpv6Destination));
  out.source.port = static_cast<std::uint16_t>(chunks.number(kSourcePort));
  out.destination.port = static_cast<std::uint16_t>(chunks.number(kDestinationPort));
  out.transport = *transport;
  out.time = UtcTime{std::chrono::seconds{chunks.number(kSeconds)} +
                     std::chrono::microseconds{chunks.number(kMicroseconds)}};
  out.payload_type = static_cast<std::uint8_t>(chunks.number(kPayloadType));
  out.capture_id = chunks.number(kCaptureId);
  out.auth_key = chunks.text(kAuthKey);
  out.correlation_id = chunks.text(kCorrelationId);
  out.node = chunks.text(kNodeName);
  out.payload = chunks.text(kPayloadChunk);
  return out;
}

Result<AgentMessage, HepErrc> read_hep(Bytes message, std::string_view auth_key) {
  const auto view = parse_hep(message);
  if (!view) return Unexpected{view.error()};
  if (!auth_key.empty() && view->auth_key != auth_key) return Unexpected{HepErrc::kAuthKey};
  if (view->payload_type != kSip && view->payload_type != kRtcp) return Unexpected{HepErrc::kUnwanted};
  const bool sip = view->payload_type == kSip;
  if (view->payload.empty() || view->payload.size() > kMaxAgentPayload) return Unexpected{HepErrc::kPayload};
  if (sip ? !is_sip(view->payload) : !is_json_object(view->payload)) return Unexpected{HepErrc::kPayload};

  std::string correlation_id(view->correlation_id);
  if (correlation_id.empty() && sip) correlation_id = call_id_of(view->payload);
  if (correlation_id.size() > kMaxCorrelationId) return Unexpected{HepErrc::kCorrelationId};
  correlation_id = clean_utf8(correlation_id, kMaxCorrelationId);
  if (correlation_id.empty()) return Unexpected{HepErrc::kCorrelationId};
  return agent_message(*view, std::move(correlation_id));
}

}  // namespace rtcscope::feeds::hep
