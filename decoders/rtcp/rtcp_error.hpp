#pragma once
// Why an RTCP parser stopped.

#include <cstdint>

#include "base/parse_error.hpp"

namespace rtcscope::rtcp {

enum class RtcpErrc : std::uint8_t {
  kTruncatedHeader,        // fewer octets left than a block's header (RFC 3550, 6.4.1), or SRTCP's clear part
  kBadVersion,             // not 2
  kTruncatedBlock,         // the length field runs past the datagram
  kBadPadding,             // a count of zero, or of more than the block (RFC 3550, 6.4.1)
  kPaddingNotLast,         // padding in a block that is not the last (RFC 3550, A.2)
  kTruncatedBody,          // the block ends within its fixed fields
  kBadReportCount,         // RC report blocks do not fit (RFC 3550, 6.4.1)
  kTruncatedSdesChunk,     // a chunk or an item runs past its block (RFC 3550, 6.5)
  kBadByeCount,            // SC sources do not fit (RFC 3550, 6.6)
  kTruncatedByeReason,     // the reason runs past its block (RFC 3550, 6.6)
  kBadNackLength,          // no entry, or part of one (RFC 4585, 6.2.1)
  kBadPliLength,           // a PLI with content (RFC 4585, 6.3.1)
  kBadSliLength,           // no entry, or part of one (RFC 4585, 6.3.2)
  kBadFirLength,           // no entry, or part of one (RFC 5104, 4.3.1.1)
  kBadRembCount,           // the SSRC list and its count differ (draft-alvestrand-rmcat-remb-03, 2.2)
  kRembOverflow,           // a bitrate over 64 bits
  kTruncatedTwccChunks,    // status chunks end before the status count
                           // (draft-holmer-rmcat-transport-wide-cc-01, 3.1)
  kReservedTwccSymbol,     // packet status 3
  kTruncatedTwccDeltas,    // receive deltas end before the last received packet
  kTruncatedCcReport,      // a stream's metric blocks run past the timestamp (RFC 8888, 3.1)
  kTruncatedXrBlock,       // an XR block runs past its packet (RFC 3611, 3)
  kBadXrBlockLength,       // a known XR block of a length that its type forbids (RFC 3611, 4)
  kTruncatedSrtcpTrailer,  // no room for tag and index behind the clear part (RFC 3711, 3.4)
};
using RtcpError = ParseError<RtcpErrc>;

/// The code's name as a counter's label, e.g. "bad_padding".
const char* to_string(RtcpErrc code) noexcept;

}  // namespace rtcscope::rtcp
