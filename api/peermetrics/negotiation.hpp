#pragma once
// The negotiations of a connection, as its connection_info keeps them. Pure.

#include "api/peermetrics/scope.hpp"

namespace rtcscope::api::peermetrics {

/// `kind`: initial or renegotiation. Nothing happens while the last one still connects.
void begin_negotiation(client::Connection& connection, const char* kind, UtcTime time);
/// The last one becomes stable, connected or failed; an initial one that connects gives setup_ms.
void end_negotiation(client::Connection& connection, const char* status, UtcTime time);
/// Sets detected_tcp or detected_turn; returns whether it was not set before.
bool detect(client::Connection& connection, const char* what);

}  // namespace rtcscope::api::peermetrics
