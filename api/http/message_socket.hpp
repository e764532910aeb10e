#pragma once
// A WebSocket (RFC 6455) on which a peer sends text messages and hears nothing but pongs.

#include <string>

#include "api/http/guarded_socket.hpp"
#include "api/http/server.hpp"

namespace Poco::Net {
class HTTPServerRequest;
class HTTPServerResponse;
}  // namespace Poco::Net

namespace rtcscope::api::http {

/// Shakes hands and hands every message to `target` until the peer closes, `target` has enough, or the server
/// stops. Fragments are put together up to target.max_message_bytes; a longer message ends the connection
/// with status 1009. Throws Poco::Exception when the handshake is none or the connection breaks.
void serve_messages(const MessageTarget& target, GuardedSocket& guard, Poco::Net::HTTPServerRequest& received,
                    Poco::Net::HTTPServerResponse& sent);

}  // namespace rtcscope::api::http
