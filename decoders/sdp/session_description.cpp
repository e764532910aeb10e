#include "decoders/sdp/session_description.hpp"

#include <algorithm>
#include <cctype>

#include "base/text.hpp"
#include "decoders/sdp/text_cursor.hpp"

namespace rtcscope::sdp {
namespace {

std::string map_case(std::string_view text, int (*map)(int)) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [&](unsigned char c) { return static_cast<char>(map(c)); });
  return out;
}

/// Reads line by line; the current section decides where an attribute goes.
class SdpParser {
 public:
  Result<OwnedSdp, SdpError> run(std::string_view text) {
    if (text.size() > kMaxLength) return Unexpected{SdpError{SdpErrc::kTooLong, 0}};
    if (text.substr(0, 2) != "v=") return Unexpected{SdpError{SdpErrc::kNotSdp, 0}};
    const char* start = text.data();
    while (!text.empty() && !error_) {
      offset_ = static_cast<std::uint32_t>(text.data() - start);
      std::string_view line = take_until(text, '\n');
      if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
      this->line(line);
    }
    if (error_) return Unexpected{SdpError{*error_, offset_}};
    return std::move(sdp_);
  }

 private:
  void fail(SdpErrc code) { error_ = code; }

  template <class List>
  bool room(const List& list) {
    if (list.size() >= kMaxValues) fail(SdpErrc::kTooManyValues);
    return !error_;
  }

  void line(std::string_view line) {
    if (line.size() < 2 || line[1] != '=') return;
    const char type = line.front();
    line.remove_prefix(2);
    if (type == 'm') media_line(line);
    if (type == 'a') attribute(line);
  }

  void media_line(std::string_view line) {
    if (sdp_.media.size() >= kMaxMedia) return fail(SdpErrc::kTooManyMedia);
    Media media;
    media.kind = take_word(line);
    std::string_view port = take_word(line);
    const auto number = to_number<std::uint16_t>(take_until(port, '/'));
    media.protocol = take_word(line);
    if (media.kind.empty() || !number || media.protocol.empty()) return fail(SdpErrc::kBadMediaLine);
    media.port = *number;
    while (!line.empty()) {
      const auto payload_type = to_number<std::uint8_t>(take_word(line));
      if (payload_type && *payload_type < 128 && room(media.payload_types)) {
        media.payload_types.push_back(*payload_type);
      }
    }
    sdp_.media.push_back(std::move(media));
  }

  void attribute(std::string_view line) {
    const std::string_view name = take_until(line, ':');
    TransportAttributes& transport = sdp_.media.empty() ? sdp_.transport : sdp_.media.back().transport;
    if (name == "ice-ufrag") {
      transport.ice_ufrag = line;
    } else if (name == "ice-pwd") {
      transport.ice_pwd = line;
    } else if (name == "setup") {
      transport.setup = line;
    } else if (name == "fingerprint") {
      fingerprint(transport, line);
    } else if (sdp_.media.empty()) {
      if (name == "group") group(line);
    } else {
      media_attribute(sdp_.media.back(), name, line);
    }
  }

  void fingerprint(TransportAttributes& transport, std::string_view line) {
    const std::string algorithm = map_case(take_word(line), std::tolower);
    if (room(transport.fingerprints))
      transport.fingerprints.push_back({algorithm, map_case(take_word(line), std::toupper)});
  }

  void group(std::string_view line) {
    if (take_word(line) != "BUNDLE") return;
    while (!line.empty() && room(sdp_.bundle)) sdp_.bundle.emplace_back(take_word(line));
  }

  void media_attribute(Media& media, std::string_view name, std::string_view value) {
    struct Handler {
      std::string_view name;
      void (SdpParser::*read)(Media&, std::string_view);
    };
    static constexpr Handler kHandlers[] = {
        {"rtpmap", &SdpParser::rtpmap},
        {"fmtp", &SdpParser::fmtp},
        {"extmap", &SdpParser::extmap},
        {"ssrc", &SdpParser::ssrc},
        {"ssrc-group", &SdpParser::ssrc_group},
        {"candidate", &SdpParser::candidate},
        {"rid", &SdpParser::rid},
        {"rtcp-fb", &SdpParser::rtcp_feedback},
    };
    for (const Handler& handler : kHandlers) {
      if (name == handler.name) return (this->*handler.read)(media, value);
    }
    if (name == "mid") media.mid = value;
    if (name == "msid") media.msid = value;
    if (name == "simulcast") media.simulcast = value;
    if (name == "rtcp-mux") media.rtcp_mux = true;
    if (name == "rtcp-rsize") media.rtcp_rsize = true;
    if (name == "sendrecv" || name == "sendonly" || name == "recvonly" || name == "inactive")
      media.direction = name;
  }

  // a=rtpmap:111 opus/48000/2 (RFC 8866, 6.6)
  void rtpmap(Media& media, std::string_view line) {
    const auto payload_type = to_number<std::uint8_t>(take_word(line));
    RtpMap map;
    map.encoding = take_until(line, '/');
    const auto rate = to_number<std::uint32_t>(take_until(line, '/'));
    map.channels = to_number<std::uint32_t>(line).value_or(1);
    if (!payload_type || *payload_type > 127 || map.encoding.empty() || !rate || *rate == 0) return;
    map.clock_rate_hz = *rate;
    media.rtpmaps[*payload_type] = std::move(map);
  }

  void fmtp(Media& media, std::string_view line) {
    const auto payload_type = to_number<std::uint8_t>(take_word(line));
    if (!payload_type || *payload_type > 127) return;
    media.fmtps[*payload_type] = line;
    // apt=96, anywhere in a list separated by semicolons (RFC 4588, 8.6).
    constexpr std::string_view kApt = "apt=";
    while (!line.empty()) {
      std::string_view parameter = take_until(line, ';');
      parameter = take_word(parameter);
      if (parameter.substr(0, kApt.size()) != kApt) continue;
      const auto repaired = to_number<std::uint8_t>(parameter.substr(kApt.size()));
      if (repaired && *repaired < 128) media.apt[*payload_type] = *repaired;
    }
  }

  // a=extmap:1[/direction] uri (RFC 8285, 8)
  void extmap(Media& media, std::string_view line) {
    std::string_view id = take_word(line);
    const auto number = to_number<std::uint8_t>(take_until(id, '/'));
    if (number && room(media.extmaps)) media.extmaps.push_back({*number, std::string(take_word(line))});
  }

  // a=ssrc:12345 cname:x (RFC 5576, 4.1)
  void ssrc(Media& media, std::string_view line) {
    const auto number = to_number<std::uint32_t>(take_word(line));
    if (!number || (media.ssrcs.count(*number) == 0 && !room(media.ssrcs))) return;
    SsrcAttributes& attributes = media.ssrcs[*number];
    const std::string_view name = take_until(line, ':');
    if (name == "cname") attributes.cname = line;
    if (name == "msid") attributes.msid = line;
  }

  void ssrc_group(Media& media, std::string_view line) {
    SsrcGroup group;
    group.semantics = take_word(line);
    while (!line.empty()) {
      const auto number = to_number<std::uint32_t>(take_word(line));
      if (number && room(group.ssrcs)) group.ssrcs.push_back(*number);
    }
    if (room(media.ssrc_groups)) media.ssrc_groups.push_back(std::move(group));
  }

  void candidate(Media& media, std::string_view line) {
    auto parsed = parse_candidate(line);
    if (parsed && room(media.candidates)) media.candidates.push_back(std::move(*parsed));
  }

  void rid(Media& media, std::string_view line) {
    Rid rid;
    rid.id = take_word(line);
    rid.direction = take_word(line);
    rid.parameters = line;
    if (room(media.rids)) media.rids.push_back(std::move(rid));
  }

  void rtcp_feedback(Media& media, std::string_view line) {
    if (room(media.rtcp_feedback)) media.rtcp_feedback.emplace_back(line);
  }

  OwnedSdp sdp_;
  std::uint32_t offset_ = 0;
  std::optional<SdpErrc> error_;
};

}  // namespace

const char* to_string(SdpErrc code) noexcept {
  switch (code) {
    case SdpErrc::kTooLong:
      return "too_long";
    case SdpErrc::kNotSdp:
      return "not_sdp";
    case SdpErrc::kTooManyMedia:
      return "too_many_media";
    case SdpErrc::kTooManyValues:
      return "too_many_values";
    case SdpErrc::kBadMediaLine:
      return "bad_media_line";
    case SdpErrc::kBadCandidate:
      return "bad_candidate";
  }
  return "unknown";
}

std::optional<std::uint8_t> red_primary_block(const Media& media, std::uint8_t payload_type) {
  const auto map = media.rtpmaps.find(payload_type);
  const auto format = media.fmtps.find(payload_type);
  if (map == media.rtpmaps.end() || format == media.fmtps.end()) return std::nullopt;
  if (!equals_ignoring_case(map->second.encoding, "red")) return std::nullopt;
  std::string_view blocks = format->second;
  const auto primary = to_number<std::uint8_t>(take_until(blocks, '/'));
  return primary && *primary < 128 ? primary : std::nullopt;
}

Result<OwnedSdp, SdpError> parse_sdp(std::string_view text) {
  return SdpParser{}.run(text);
}

}  // namespace rtcscope::sdp
