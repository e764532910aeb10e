#include "decoders/dtls/record.hpp"

namespace rtcscope::dtls {
namespace {

// The length of a connection id is agreed in the handshake; without that state the rest of the datagram
// belongs to this record.
bool is_unified(std::uint8_t first) noexcept {
  return (first & 0xe0) == 0x20;
}

bool is_version(std::uint16_t version) noexcept {
  return version >> 8 == 0xfe || version == 0x0100;
}

}  // namespace

std::optional<RecordView> RecordReader::fail(DtlsErrc code, std::uint32_t offset) noexcept {
  error_ = DtlsError{code, offset};
  return std::nullopt;
}

std::optional<RecordView> RecordReader::next() noexcept {
  if (error_ || reader_.empty()) return std::nullopt;
  return is_unified(static_cast<std::uint8_t>(reader_.rest()[0])) ? unified() : plain();
}

bool RecordReader::skip_connection_id(RecordView& record) noexcept {
  record.has_connection_id = true;
  if (connection_id_length_) {
    reader_.skip(*connection_id_length_);
    return true;
  }
  record.fragment = reader_.rest();
  reader_.skip(reader_.remaining());
  return false;
}

std::optional<RecordView> RecordReader::plain() noexcept {
  const std::uint32_t start = reader_.offset32();
  RecordView record;
  const std::uint8_t type = reader_.u8();
  record.version = reader_.u16();
  record.epoch = reader_.u16();
  record.sequence_number = reader_.u48();
  if (type < 20 || type > 26) return fail(DtlsErrc::kUnknownContentType, start);
  record.content_type = static_cast<ContentType>(type);
  if (!reader_.ok()) return fail(DtlsErrc::kTruncatedRecordHeader, start);
  if (!is_version(record.version)) return fail(DtlsErrc::kBadRecordVersion, start + 1);
  if (record.content_type == ContentType::kTls12Cid && !skip_connection_id(record)) return record;
  const std::uint16_t length = reader_.u16();
  if (!reader_.ok()) return fail(DtlsErrc::kTruncatedRecordHeader, start);
  record.fragment = reader_.take(length);
  if (!reader_.ok()) return fail(DtlsErrc::kTruncatedRecord, start);
  return record;
}

std::optional<RecordView> RecordReader::unified() noexcept {
  const std::uint32_t start = reader_.offset32();
  const std::uint8_t flags = reader_.u8();
  RecordView record;
  record.unified = true;
  record.content_type = ContentType::kApplicationData;
  record.epoch = flags & 3;
  const bool has_connection_id = (flags & 0x10) != 0;  // C
  if (has_connection_id && !skip_connection_id(record)) return record;
  reader_.skip((flags & 0x08) != 0 ? 2 : 1);
  const std::size_t length = (flags & 0x04) != 0 ? reader_.u16() : reader_.remaining();
  if (!reader_.ok()) return fail(DtlsErrc::kTruncatedRecordHeader, start);
  record.fragment = reader_.take(length);
  if (!reader_.ok()) return fail(DtlsErrc::kTruncatedRecord, start);
  return record;
}

const char* to_string(DtlsErrc code) noexcept {
  switch (code) {
    case DtlsErrc::kTruncatedRecordHeader:
      return "truncated_record_header";
    case DtlsErrc::kUnknownContentType:
      return "unknown_content_type";
    case DtlsErrc::kBadRecordVersion:
      return "bad_record_version";
    case DtlsErrc::kTruncatedRecord:
      return "truncated_record";
    case DtlsErrc::kTruncatedHandshake:
      return "truncated_handshake";
    case DtlsErrc::kBadFragment:
      return "bad_fragment";
    case DtlsErrc::kMessageTooLong:
      return "message_too_long";
    case DtlsErrc::kTooManyMessages:
      return "too_many_messages";
    case DtlsErrc::kBadClientHello:
      return "bad_client_hello";
    case DtlsErrc::kBadServerHello:
      return "bad_server_hello";
    case DtlsErrc::kBadCertificate:
      return "bad_certificate";
    case DtlsErrc::kBadAlert:
      return "bad_alert";
  }
  return "unknown";
}

}  // namespace rtcscope::dtls
