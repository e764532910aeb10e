#include "feeds/wire/sip_secrets.hpp"

#include <algorithm>
#include <string_view>

#include "base/text.hpp"

namespace rtcscope::feeds {
namespace {

/// Where `marker` (in lower case) stands from `at` on, in any case.
std::size_t find_marker(const std::string& text, std::string_view marker, std::size_t at) {
  const auto found = std::search(text.begin() + static_cast<std::ptrdiff_t>(at), text.end(), marker.begin(),
                                 marker.end(), [](char x, char y) { return lower_case(x) == y; });
  return found == text.end() ? std::string::npos : static_cast<std::size_t>(found - text.begin());
}

/// What stands behind `marker`, up to one of `ends`, everywhere.
void blot(std::string& text, std::string_view marker, std::string_view ends) {
  for (std::size_t at = find_marker(text, marker, 0); at != std::string::npos;
       at = find_marker(text, marker, at)) {
    at += marker.size();
    const std::size_t end = std::min(text.find_first_of(ends, at), text.size());
    std::fill(text.begin() + static_cast<std::ptrdiff_t>(at), text.begin() + static_cast<std::ptrdiff_t>(end),
              'x');
  }
}

}  // namespace

void blot_sip_secrets(std::string& sip) {
  blot(sip, "inline:", "|; \r\n");
  blot(sip, "\nk=", "\r\n");
  blot(sip, "response=\"", "\"\r\n");
  blot(sip, "authorization: basic ", "\r\n");
}

}  // namespace rtcscope::feeds
