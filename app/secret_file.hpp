#pragma once
// Files that hold a secret of somebody else: what the Admin API, a broker, an OWT service or an event handler
// asks for.

#include <string>
#include <utility>

namespace rtcscope::app {

/// The first line of a file that holds a secret, without blanks at its end. `option` names the file in
/// errors. Throws std::runtime_error, one line, when the file cannot be read, has none, or is open to
/// everybody on this machine.
std::string read_secret(const std::string& option, const std::string& path);

/// User and password of a file whose first line is user:password (RFC 7617, 2: no colon in the user). Throws
/// as read_secret().
std::pair<std::string, std::string> read_login(const std::string& option, const std::string& path);

}  // namespace rtcscope::app
