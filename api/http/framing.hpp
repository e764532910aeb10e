#pragma once
// Where a request ends (RFC 9112, 6.3). Two readings of that by us and by a proxy before us would let one
// client's request be taken for another's, so whatever is ambiguous is refused.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/http/message.hpp"

namespace rtcscope::api::http {

struct Framing {
  bool chunked = false;
  std::size_t length = 0;  // of a body that is not chunked; 0: none

  [[nodiscard]] bool has_body() const noexcept { return chunked || length > 0; }
};

struct Refusal {
  int status = 400;
  const char* detail = "";
};

/// Checks version, field names, Host and the length of the body. `framing` is set when there is no refusal.
std::optional<Refusal> check_head(const Request& request, std::string_view version, Framing& framing);

/// The path and query of a request target in origin or absolute form (RFC 9112, 3.2); nullopt for others.
std::optional<std::string> origin_form(std::string_view target);

}  // namespace rtcscope::api::http
