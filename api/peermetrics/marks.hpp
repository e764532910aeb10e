#pragma once
// What a client's own SDP says of a connection that packets say as well.

#include "api/peermetrics/scope.hpp"

namespace rtcscope::api::peermetrics {

/// Keeps the pairs of ufrags (RFC 8839, 5.4) and the client's fingerprints (RFC 8122, 5) of the
/// `localDescription` and `remoteDescription` of an onsignalingstatechange.
void mark_descriptions(client::Rows& rows, const std::string& connection, const Json& data);

}  // namespace rtcscope::api::peermetrics
