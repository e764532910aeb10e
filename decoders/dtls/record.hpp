#pragma once
// DTLS records (RFC 6347, 4.1; RFC 9147, 4). A datagram holds one or more.
//
//  type(8) version(16) epoch(16) sequence_number(48) length(16) fragment      DTLS 1.0, 1.2, 1.3 in clear
//  0 0 1 C S L E E [connection id] sequence(8|16) [length(16)] encrypted      DTLS 1.3 unified header

#include <cstdint>
#include <optional>

#include "base/byte_reader.hpp"
#include "base/parse_error.hpp"

namespace rtcscope::dtls {

enum class DtlsErrc : std::uint8_t {
  kTruncatedRecordHeader,
  kUnknownContentType,  // none of 20..26, 32..63
  kBadRecordVersion,    // neither 0xfexx nor the pre-standard 0x0100
  kTruncatedRecord,     // the fragment runs past the datagram
  kTruncatedHandshake,  // a handshake fragment's header or body runs past its record
  kBadFragment,         // offset + length past the message, or two lengths for one message
  kMessageTooLong,      // over the reassembler's bound
  kTooManyMessages,     // more incomplete messages than the reassembler keeps, or than all of them may
  kBadClientHello,
  kBadServerHello,
  kBadCertificate,
  kBadAlert,
};
using DtlsError = ParseError<DtlsErrc>;
const char* to_string(DtlsErrc code) noexcept;

enum class ContentType : std::uint8_t {
  kChangeCipherSpec = 20,
  kAlert = 21,
  kHandshake = 22,
  kApplicationData = 23,
  kHeartbeat = 24,
  kTls12Cid = 25,  // RFC 9146: a connection id follows the sequence number
  kAck = 26,       // RFC 9147
};

struct RecordView {
  ContentType content_type{};
  bool unified = false;               // DTLS 1.3: type, sequence number and content are encrypted
  std::uint16_t version = 0;          // 0xfeff 1.0, 0xfefd 1.2, 0x0100 pre-standard; 0 if unified
  std::uint16_t epoch = 0;            // unified: its two low bits
  std::uint64_t sequence_number = 0;  // 0 if unified
  bool has_connection_id = false;
  Bytes fragment;
};

/// Walks the records of a datagram without allocating.
class RecordReader {
 public:
  /// `connection_id_length` is what the receiver asked for (RFC 9146, 3); without it, a record with a
  /// connection id takes the rest of the datagram.
  explicit RecordReader(Bytes datagram,
                        std::optional<std::uint8_t> connection_id_length = std::nullopt) noexcept
      : reader_(datagram), connection_id_length_(connection_id_length) {}
  /// The next record; nullopt at the end or at a fault.
  std::optional<RecordView> next() noexcept;
  [[nodiscard]] std::optional<DtlsError> error() const noexcept { return error_; }

 private:
  /// False: the length of the connection id, which no record says, is not known: the rest of the datagram is
  /// the record's fragment.
  bool skip_connection_id(RecordView& record) noexcept;
  std::optional<RecordView> plain() noexcept;
  std::optional<RecordView> unified() noexcept;
  std::optional<RecordView> fail(DtlsErrc code, std::uint32_t offset) noexcept;

  ByteReader reader_;
  std::optional<std::uint8_t> connection_id_length_;
  std::optional<DtlsError> error_;
};

}  // namespace rtcscope::dtls
