#pragma once
// What clients say of their connections: events, statistics, tracks. Each takes a checked body within a
// transaction.

#include "api/peermetrics/scope.hpp"

namespace rtcscope::api::peermetrics {

Answer take_connection_event(Scope& scope, const Json& body);
Answer take_connection_events(Desk& desk, client::Rows& rows, const Json& body, UtcTime now);
Answer take_stats(Scope& scope, const Json& body);
Answer take_track(Scope& scope, const Json& body);
Answer take_track_event(Scope& scope, const Json& body);

/// The MOS of the E-model as Peermetrics reckons it, 1..5; absent without packets. No W3C equal.
std::optional<double> emos_of(const Json& inbound_audio, const Json& remote_outbound,
                              std::optional<double> round_trip_s);

}  // namespace rtcscope::api::peermetrics
