// Input: the text of a session description. Each of its lines is read as a candidate, too.

#include "decoders/sdp/session_description.hpp"
#include "tests/fuzz/fuzz_input.hpp"

using namespace rtcscope;

namespace {

void check_media(const sdp::Media& m) {
  const std::size_t most = sdp::kMaxValues;
  fuzz::check(m.payload_types.size() <= most && m.extmaps.size() <= most && m.ssrcs.size() <= most,
              "bounded");
  fuzz::check(m.ssrc_groups.size() <= most && m.rids.size() <= most && m.candidates.size() <= most,
              "bounded");
  fuzz::check(m.rtcp_feedback.size() <= most && m.transport.fingerprints.size() <= most, "bounded");
  fuzz::check(m.rtpmaps.size() <= 128 && m.fmtps.size() <= 128 && m.apt.size() <= 128,
              "payload types: 7 bits");
  for (const std::uint8_t payload_type : m.payload_types) fuzz::check(payload_type < 128, "7 bits");
  for (const auto& [rtx, repaired] : m.apt) fuzz::check(rtx < 128 && repaired < 128, "7 bits");
  for (const auto& [payload_type, map] : m.rtpmaps) {
    fuzz::check(map.clock_rate_hz != 0, "a clock ticks: its rate is divided by");
  }
}

void check_candidates(std::string_view text) {
  while (!text.empty()) {
    const auto end = text.find('\n');
    const auto candidate = sdp::parse_candidate(text.substr(0, end));
    if (candidate) fuzz::check(!candidate->type.empty(), "a candidate has a type");
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_candidates(text);
  const auto sdp = sdp::parse_sdp(text);
  if (!sdp) {
    fuzz::check(sdp.error().offset <= size, "an error lies in the text");
    fuzz::check(std::string_view(sdp::to_string(sdp.error().code)) != "unknown", "an error has a name");
    return 0;
  }
  fuzz::check(sdp->media.size() <= sdp::kMaxMedia && sdp->bundle.size() <= sdp::kMaxValues, "bounded");
  for (const sdp::Media& media : sdp->media) check_media(media);
  return 0;
}
