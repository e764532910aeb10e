#pragma once
// The operations of OWT's management API, v1 and v1.1.

#include "api/owt/view.hpp"

namespace rtcscope::api::owt {

http::Response list_rooms(const Services& services, const Call& call);
http::Response show_room(const Services& services, const Call& call);
http::Response list_participants(const Services& services, const Call& call);
http::Response show_participant(const Services& services, const Call& call);
http::Response list_streams(const Services& services, const Call& call);
http::Response show_stream(const Services& services, const Call& call);
/// What would change something in the media server, and is not passed on.
http::Response refuse_change(const Services& services, const Call& call);

// change_handlers.cpp
http::Response drop_participant(const Services& services, const Call& call);
http::Response update_stream(const Services& services, const Call& call);

}  // namespace rtcscope::api::owt
