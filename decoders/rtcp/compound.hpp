#pragma once
// An RTCP datagram in clear: a compound packet (RFC 3550, 6.1) or a reduced-size one (RFC 5506).

#include <optional>
#include <variant>

#include "decoders/rtcp/app.hpp"
#include "decoders/rtcp/bye.hpp"
#include "decoders/rtcp/congestion_control_feedback.hpp"
#include "decoders/rtcp/extended_report.hpp"
#include "decoders/rtcp/full_intra_request.hpp"
#include "decoders/rtcp/generic_nack.hpp"
#include "decoders/rtcp/picture_loss_indication.hpp"
#include "decoders/rtcp/raw_block.hpp"
#include "decoders/rtcp/receiver_report.hpp"
#include "decoders/rtcp/remb.hpp"
#include "decoders/rtcp/sender_report.hpp"
#include "decoders/rtcp/slice_loss_indication.hpp"
#include "decoders/rtcp/source_description.hpp"
#include "decoders/rtcp/transport_cc_feedback.hpp"

namespace rtcscope::rtcp {

/// A type or FMT that we do not read: Block::raw has all there is.
struct UnknownBlock {};

using BlockBody = std::variant<UnknownBlock, SenderReportView, ReceiverReportView, SourceDescriptionView,
                               ByeView, AppView, GenericNackView, TransportCcFeedbackView,
                               CongestionControlFeedbackView, PictureLossIndication, SliceLossIndicationView,
                               FullIntraRequestView, RembView, ExtendedReportView>;

struct Block {
  RawBlock raw;
  Result<BlockBody, RtcpError> body;  // a fault in one body does not hide the blocks behind it
};

/// The body of one block by its type and FMT. Errors: those of the type's own parser.
Result<BlockBody, RtcpError> parse_body(const RawBlock& block) noexcept;

/// Walks the blocks of a datagram. The views are valid as long as its octets.
class CompoundReader {
 public:
  explicit CompoundReader(Bytes datagram) noexcept : reader_(datagram) {}

  /// The next block; nullopt at the end or at a fault in the framing, which error() then names.
  std::optional<Block> next() noexcept;
  /// Why reading stopped before the datagram's end: an error of take_block(), which an empty datagram
  /// has too (kTruncatedHeader).
  [[nodiscard]] std::optional<RtcpError> error() const noexcept { return error_; }
  /// The first block was neither SR nor RR (RFC 5506, 3.4.2); false before a block was read.
  [[nodiscard]] bool is_reduced_size() const noexcept { return is_reduced_size_; }

 private:
  ByteReader reader_;
  bool any_ = false;
  bool is_reduced_size_ = false;
  std::optional<RtcpError> error_;
};

}  // namespace rtcscope::rtcp
