#pragma once
// Answers of the Janus Admin API as facts: what is going on, for an observer that came late or missed events.

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "feeds/facts.hpp"
#include "feeds/janus/event_parser.hpp"
#include "feeds/wire/delivery.hpp"

namespace rtcscope::feeds::janus {

/// Parses one answer and hands every fact in it to `sink`. Understands server_info, handle_info (1.x `webrtc`
/// and 0.x `streams`), the VideoRoom's listparticipants, and the inventory that AdminSweep writes; any other
/// success is passed over. An answer of the kind "error" about a session or handle that is gone (458, 459)
/// says nothing and is no fault. Faults are counted as those of events are.
DeliveryCounts parse_admin_reply(std::string_view json, const AdminQuestion& question, UtcTime received,
                                 FactSink& sink);

/// `server-name` of a server_info answer; kBadMember when it is none.
Result<std::string, EventErrc> server_name(std::string_view json);

}  // namespace rtcscope::feeds::janus
