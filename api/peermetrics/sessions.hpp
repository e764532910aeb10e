#pragma once
// How a client comes and what it says of itself. Each takes a checked body within a transaction.

#include "api/peermetrics/scope.hpp"

namespace rtcscope::api::peermetrics {

/// Makes conference and participant known; returns the init token. `origin`: the page's, "" for none.
Answer take_initialize(Desk& desk, client::Rows& rows, const Json& body, std::string_view origin,
                       UtcTime now);
/// Takes the init token; returns that of the session.
Answer take_session(Desk& desk, client::Rows& rows, const Json& body, UtcTime now);
/// The participant whom the application calls so; made when it is new.
client::Participant participant_of(client::Rows& rows, const std::string& app, const std::string& id,
                                   const std::string& name, UtcTime now);
Answer take_session_update(Scope& scope, const Json& body);
Answer take_media_event(Scope& scope, const Json& body);
Answer take_browser_event(Scope& scope, const Json& body);

}  // namespace rtcscope::api::peermetrics
