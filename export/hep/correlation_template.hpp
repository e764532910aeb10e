#pragma once
// The correlation id of a message, made from what is known of the media server's session.

#include <string>
#include <string_view>
#include <vector>

namespace rtcscope::export_hep {

/// What the placeholders stand for; "" = not known.
struct CorrelationIds {
  std::string_view server;      // {server}: the feed's name of the media server
  std::string_view session;     // {session}: Janus session_id
  std::string_view handle;      // {handle}: Janus handle_id
  std::string_view room;        // {room}
  std::string_view conference;  // {conference}: our own id, 16 hex digits
  std::string_view call_id;  // {call_id}: of the SIP call, else the handle's opaque_id, where gateways put it
};

class CorrelationTemplate {
 public:
  /// Placeholders in braces, anything else verbatim. Throws std::invalid_argument that names what was
  /// wrong: an unknown placeholder, an open brace, an empty template.
  explicit CorrelationTemplate(std::string_view text);

  /// The template filled in, safe for collectors (see safe_correlation_id). A placeholder that is not
  /// known becomes nothing, and separators that are left at the end go with it, so "janus:{session}/{handle}"
  /// gives "janus:7" for what belongs to the session alone. Empty if no placeholder is known.
  [[nodiscard]] std::string expand(const CorrelationIds& ids) const;

 private:
  struct Piece {
    std::string text;  // verbatim, when `member` is null
    std::string_view CorrelationIds::*member = nullptr;
  };
  std::vector<Piece> pieces_;
};

}  // namespace rtcscope::export_hep
