#include "decoders/rtcp/rtcp_error.hpp"

#include <cstddef>
#include <iterator>

namespace rtcscope::rtcp {

const char* to_string(RtcpErrc code) noexcept {
  // In the order of the enumerators; the tests compare both ends.
  static constexpr const char* kNames[] = {
      "truncated_header",      "bad_version",          "truncated_block",        "bad_padding",
      "padding_not_last",      "truncated_body",       "bad_report_count",       "truncated_sdes_chunk",
      "bad_bye_count",         "truncated_bye_reason", "bad_nack_length",        "bad_pli_length",
      "bad_sli_length",        "bad_fir_length",       "bad_remb_count",         "remb_overflow",
      "truncated_twcc_chunks", "reserved_twcc_symbol", "truncated_twcc_deltas",  "truncated_cc_report",
      "truncated_xr_block",    "bad_xr_block_length",  "truncated_srtcp_trailer"};
  static_assert(std::size(kNames) == static_cast<std::size_t>(RtcpErrc::kTruncatedSrtcpTrailer) + 1);
  const auto index = static_cast<std::size_t>(code);
  return index < std::size(kNames) ? kNames[index] : "unknown";
}

}  // namespace rtcscope::rtcp
