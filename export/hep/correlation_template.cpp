#include "export/hep/correlation_template.hpp"

#include <stdexcept>

#include "export/hep/encoder.hpp"

namespace rtcscope::export_hep {
namespace {

struct Placeholder {
  std::string_view name;
  std::string_view CorrelationIds::*member;
};
constexpr Placeholder kPlaceholders[] = {
    {"server", &CorrelationIds::server},         {"session", &CorrelationIds::session},
    {"handle", &CorrelationIds::handle},         {"room", &CorrelationIds::room},
    {"conference", &CorrelationIds::conference}, {"call_id", &CorrelationIds::call_id},
};

std::string_view CorrelationIds::*member_of(std::string_view name) {
  for (const Placeholder& placeholder : kPlaceholders) {
    if (placeholder.name == name) return placeholder.member;
  }
  throw std::invalid_argument("HEP correlation id: unknown placeholder {" + std::string(name) +
                              "}; known are {server} {session} {handle} {room} {conference} {call_id}");
}

}  // namespace

CorrelationTemplate::CorrelationTemplate(std::string_view text) {
  if (text.empty()) throw std::invalid_argument("HEP correlation id: the template is empty");
  while (!text.empty()) {
    if (text.front() == '{') {
      const std::size_t end = text.find('}');
      if (end == std::string_view::npos) {
        throw std::invalid_argument("HEP correlation id: no '}' after \"" + std::string(text) + "\"");
      }
      pieces_.push_back({{}, member_of(text.substr(1, end - 1))});
      text.remove_prefix(end + 1);
    } else {
      const std::string_view verbatim = text.substr(0, text.find('{'));
      pieces_.push_back({std::string(verbatim), nullptr});
      text.remove_prefix(verbatim.size());
    }
  }
}

std::string CorrelationTemplate::expand(const CorrelationIds& ids) const {
  std::string out;
  std::size_t asked = 0;
  std::size_t known = 0;
  for (const Piece& piece : pieces_) {
    if (piece.member == nullptr) {
      out += piece.text;
      continue;
    }
    ++asked;
    known += (ids.*piece.member).empty() ? 0 : 1;
    out += ids.*piece.member;
  }
  if (asked > 0 && known == 0) return {};
  if (known < asked) {
    const std::size_t last = out.find_last_not_of("/:-_.@ ");
    out.resize(last == std::string::npos ? 0 : last + 1);
  }
  return safe_correlation_id(out);
}

}  // namespace rtcscope::export_hep
