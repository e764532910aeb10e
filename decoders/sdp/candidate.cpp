
#include "base/text.hpp"
#include "decoders/sdp/session_description.hpp"
#include "decoders/sdp/text_cursor.hpp"

namespace rtcscope::sdp {
namespace {

void drop_prefix(std::string_view& text, std::string_view prefix) {
  if (text.substr(0, prefix.size()) == prefix) text.remove_prefix(prefix.size());
}

void read_extension(Candidate& candidate, std::string_view name, std::string_view value) {
  if (name == "raddr") candidate.related_address = value;
  if (name == "rport") candidate.related_port = to_number<std::uint16_t>(value).value_or(0);
  if (name == "tcptype") candidate.tcp_type = value;
  if (name == "ufrag") candidate.ufrag = value;
}

}  // namespace

// foundation component transport priority address port typ type *(name value)
Result<Candidate, SdpError> parse_candidate(std::string_view text) {
  constexpr auto kBad = Unexpected<SdpError>{{SdpErrc::kBadCandidate, 0}};
  if (text.size() > 1024) return kBad;
  drop_prefix(text, "a=");
  drop_prefix(text, "candidate:");
  Candidate candidate;
  candidate.foundation = take_word(text);
  const auto component = to_number<std::uint32_t>(take_word(text));
  candidate.transport = lower_case(take_word(text));
  const auto priority = to_number<std::uint32_t>(take_word(text));
  candidate.address = take_word(text);
  const auto port = to_number<std::uint16_t>(take_word(text));
  const std::string_view typ = take_word(text);
  candidate.type = take_word(text);
  if (!component || !priority || !port || typ != "typ" || candidate.type.empty()) return kBad;
  candidate.component = *component;
  candidate.priority = *priority;
  candidate.port = *port;
  while (!text.empty()) {
    const std::string_view name = take_word(text);
    read_extension(candidate, name, take_word(text));
  }
  return candidate;
}

}  // namespace rtcscope::sdp
