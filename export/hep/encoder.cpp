#include "export/hep/encoder.hpp"

#include <algorithm>
#include <chrono>
#include <limits>
#include <optional>
#include <span>

#include "base/text.hpp"

namespace rtcscope::export_hep {
namespace {

// HEP3 specification, revision 37, "Generic chunk types" (vendor 0x0000).
enum Chunk : std::uint16_t {
  kIpFamily = 0x0001,
  kIpProtocol = 0x0002,
  kIpv4Source = 0x0003,
  kIpv4Destination = 0x0004,
  kIpv6Source = 0x0005,
  kIpv6Destination = 0x0006,
  kSourcePort = 0x0007,
  kDestinationPort = 0x0008,
  kSeconds = 0x0009,
  kMicroseconds = 0x000a,
  kProtocolType = 0x000b,
  kCaptureId = 0x000c,
  kAuthKey = 0x000e,
  kPayload = 0x000f,
  kCorrelationId = 0x0011,
  kNodeName = 0x0013,
};
constexpr std::size_t kHeaderBytes = 6;
constexpr std::size_t kChunkHeaderBytes = 6;
// Linux's AF_INET and AF_INET6, which the specification adopted.
constexpr std::uint8_t kFamilyV4 = 2;
constexpr std::uint8_t kFamilyV6 = 10;

class ChunkWriter {
 public:
  explicit ChunkWriter(std::size_t capacity) { out_.reserve(capacity); }

  void raw(std::string_view text) {
    for (const char c : text) out_.push_back(static_cast<std::byte>(c));
  }
  void number16(std::uint16_t value) {
    out_.push_back(static_cast<std::byte>(value >> 8));
    out_.push_back(static_cast<std::byte>(value & 0xff));
  }
  void u8(Chunk type, std::uint8_t value) {
    chunk_header(type, 1);
    out_.push_back(static_cast<std::byte>(value));
  }
  void u16(Chunk type, std::uint16_t value) {
    chunk_header(type, 2);
    number16(value);
  }
  void u32(Chunk type, std::uint32_t value) {
    chunk_header(type, 4);
    number16(static_cast<std::uint16_t>(value >> 16));
    number16(static_cast<std::uint16_t>(value & 0xffff));
  }
  void octets(Chunk type, std::span<const std::uint8_t> value) {
    chunk_header(type, value.size());
    for (const std::uint8_t octet : value) out_.push_back(static_cast<std::byte>(octet));
  }
  void text(Chunk type, std::string_view value) {
    chunk_header(type, value.size());
    raw(value);
  }
  std::vector<std::byte> take() { return std::move(out_); }

 private:
  void chunk_header(Chunk type, std::size_t payload_bytes) {
    number16(0);  // vendor: generic
    number16(type);
    number16(static_cast<std::uint16_t>(kChunkHeaderBytes + payload_bytes));
  }

  std::vector<std::byte> out_;
};

bool printable(char c) {
  return c > 0x20 && c < 0x7f && c != '"' && c != '\\';
}

bool node_name_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
         c == '-';
}

std::optional<EncodeErrc> fault_of(const HepMessage& m) {
  const IpFamily family = m.source.address.family;
  if (family == IpFamily::kNone || family != m.destination.address.family) return EncodeErrc::kAddress;
  const auto seconds = std::chrono::floor<std::chrono::seconds>(m.time).time_since_epoch().count();
  if (seconds < 0 || seconds > std::numeric_limits<std::uint32_t>::max()) return EncodeErrc::kTime;
  if (!valid_auth_key(m.auth_key)) return EncodeErrc::kAuthKey;
  if (m.correlation_id.empty() || m.correlation_id.size() > kMaxNameBytes ||
      safe_correlation_id(m.correlation_id) != m.correlation_id) {
    return EncodeErrc::kCorrelationId;
  }
  if (m.node_name.empty() || m.node_name.size() > kMaxNameBytes ||
      !std::all_of(m.node_name.begin(), m.node_name.end(), node_name_char)) {
    return EncodeErrc::kNodeName;
  }
  if (m.payload.empty()) return EncodeErrc::kPayloadEmpty;
  if (m.payload.size() > kMaxMessageBytes) return EncodeErrc::kTooBig;
  return std::nullopt;
}

/// Octets of the whole message; the payload's size is known to be sane.
std::size_t message_size(const HepMessage& m) {
  const std::size_t address_bytes = m.source.address.family == IpFamily::kV4 ? 4 : 16;
  std::size_t size = kHeaderBytes;
  for (const std::size_t payload_bytes :
       {std::size_t{1}, std::size_t{1}, address_bytes, address_bytes, std::size_t{2}, std::size_t{2},
        std::size_t{4}, std::size_t{4}, std::size_t{1}, std::size_t{4}, m.correlation_id.size(),
        m.node_name.size(), m.payload.size()}) {
    size += kChunkHeaderBytes + payload_bytes;
  }
  if (!m.auth_key.empty()) size += kChunkHeaderBytes + m.auth_key.size();
  return size;
}

void write_addresses(ChunkWriter& out, const HepMessage& m) {
  const bool v4 = m.source.address.family == IpFamily::kV4;
  const std::size_t bytes = v4 ? 4 : 16;
  out.u8(kIpFamily, v4 ? kFamilyV4 : kFamilyV6);
  out.u8(kIpProtocol, static_cast<std::uint8_t>(m.transport));
  out.octets(v4 ? kIpv4Source : kIpv6Source, std::span(m.source.address.octets).first(bytes));
  out.octets(v4 ? kIpv4Destination : kIpv6Destination, std::span(m.destination.address.octets).first(bytes));
  out.u16(kSourcePort, m.source.port);
  out.u16(kDestinationPort, m.destination.port);
}

}  // namespace

const char* to_string(EncodeErrc code) noexcept {
  switch (code) {
    case EncodeErrc::kAddress:
      return "address";
    case EncodeErrc::kTime:
      return "time";
    case EncodeErrc::kAuthKey:
      return "auth_key";
    case EncodeErrc::kCorrelationId:
      return "correlation_id";
    case EncodeErrc::kNodeName:
      return "node_name";
    case EncodeErrc::kPayloadEmpty:
      return "payload_empty";
    case EncodeErrc::kTooBig:
      return "too_big";
  }
  return "unknown";
}

Result<std::vector<std::byte>, EncodeErrc> encode(const HepMessage& message) {
  if (const auto fault = fault_of(message)) return Unexpected{*fault};
  const std::size_t size = message_size(message);
  if (size > kMaxMessageBytes) return Unexpected{EncodeErrc::kTooBig};

  const auto seconds = std::chrono::floor<std::chrono::seconds>(message.time);
  const auto fraction = std::chrono::floor<std::chrono::microseconds>(message.time - seconds);
  ChunkWriter out(size);
  out.raw("HEP3");
  out.number16(static_cast<std::uint16_t>(size));
  write_addresses(out, message);
  out.u32(kSeconds, static_cast<std::uint32_t>(seconds.time_since_epoch().count()));
  out.u32(kMicroseconds, static_cast<std::uint32_t>(fraction.count()));
  out.u8(kProtocolType, static_cast<std::uint8_t>(message.payload_type));
  out.u32(kCaptureId, message.capture_id);
  if (!message.auth_key.empty()) out.text(kAuthKey, message.auth_key);
  out.text(kCorrelationId, message.correlation_id);
  out.text(kNodeName, message.node_name);
  out.text(kPayload, message.payload);
  return out.take();
}

std::string safe_node_name(std::string_view text) {
  std::string name(text.substr(0, kMaxNameBytes));
  std::replace_if(
      name.begin(), name.end(), [](char c) { return !node_name_char(c); }, '_');
  return name.empty() ? "rtcscope" : name;
}

std::string safe_correlation_id(std::string_view text) {
  std::string id = clean_utf8(text, kMaxNameBytes);
  std::replace_if(
      id.begin(), id.end(), [](char c) { return c == '"' || c == '\\'; }, '_');
  return id;
}

bool valid_auth_key(std::string_view key) noexcept {
  return key.size() <= kMaxNameBytes && std::all_of(key.begin(), key.end(), printable);
}

}  // namespace rtcscope::export_hep
