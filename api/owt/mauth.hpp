#pragma once
// MAuth as OWT's management API verifies it (owt-server, management_api/auth).

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace rtcscope::api::owt {

/// Who may use the view.
struct Service {
  std::string id;  // 24 hex digits
  std::string key;
  bool is_operator = false;  // may change things, where that is on
};

/// Reads a credential file: a line `ID:KEY` for each service, with `operator ` before those that may change
/// things; empty lines and those that begin with # say nothing. Throws std::runtime_error, one line, when it
/// cannot be read, holds no service, or a line is of another form.
std::vector<Service> read_services(const std::string& path);

/// What the API answers to a request that it does not let in.
struct AuthFault {
  int status = 401;
  int code = 1101;
  std::string message;
};

/// Who signed a request, and when, in the client's words.
struct Proof {
  const Service* service = nullptr;
  std::string timestamp, cnonce;
};

/// What proves a request. Fields are taken apart as the server does: at commas, six characters
/// of each name dropped, of several `=` in a row the last ones kept. Time and nonce are whatever was signed:
/// the server's check of them is commented out. Errors: 401 with 1101; an id that is no ObjectId, 500 with
/// 2001.
Result<Proof, AuthFault> authenticate(std::string_view authorization, const std::vector<Service>& services);

}  // namespace rtcscope::api::owt
