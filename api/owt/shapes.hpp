#pragma once
// OWT's JSON (owt-server 5.1: management_api, agent/conference/stream.js). What is not observed is left out
// where the shape allows it, and empty or -1 (no limit) where it does not.

#include "api/entity_json.hpp"
#include "api/owt/picture.hpp"

namespace rtcscope::api::owt {

enum class Version : std::uint8_t { kV1, kV11 };

Json room_json(const model::Conference& conference);
Json participant_json(const Person& person);
/// v1 has the first layer's format and parameters, v1.1 all in `original`.
Json stream_json(const Publication& publication, Version version);

}  // namespace rtcscope::api::owt
