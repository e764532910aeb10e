#pragma once
// What clients report of themselves: the rows of the client_... tables. A member's name is its column. Ids
// are UUIDs as text; "" is a link that is not there. Members that say JSON hold one JSON value as text.

#include <cstdint>
#include <optional>
#include <string>

#include "base/time.hpp"
#include "correlator/model.hpp"

namespace rtcscope::store::client {

struct Organization {
  std::string id;
  UtcTime created_at{};
  std::string name;
  bool active = true;  // false: deleted
};

struct App {
  std::string id;
  UtcTime created_at{};
  std::string organization;
  std::string name;
  std::string api_key;  // stands in every page that uses it: it names the app, and proves nothing
  std::string domain;   // "" any
  std::int64_t interval_ms = 10'000;
  bool recording = true;
  bool active = true;  // false: deleted
};

struct Conference {
  std::string id;
  UtcTime created_at{};
  std::string app;
  std::string conference_id;  // the application's own
  std::string conference_name;
  std::optional<UtcTime> start_time;  // of the first call in it
  std::optional<UtcTime> call_start;  // of the call that runs
  std::optional<UtcTime> end_time;
  bool ongoing = false;
  std::int64_t duration_s = 0;
  UtcTime last_report{};
};

struct Participant {
  std::string id;
  UtcTime created_at{};
  std::string app;
  std::string participant_id;  // the application's own
  std::string participant_name;
  bool is_sfu = false;
};

struct Session {
  std::string id;
  UtcTime created_at{};
  std::string app, conference, participant;
  std::string constraints = "{}", devices = "[]", platform = "{}", metadata = "{}";  // JSON
  std::string app_version, webrtc_sdk;
  std::int64_t duration_s = 0;
  std::optional<UtcTime> end_time;
  std::optional<UtcTime> call_start;
  std::string browser, os;  // names out of `platform`
  std::int64_t kept_rows = 0, kept_bytes = 0;
  std::int64_t media_requests = 0, media_failures = 0;
  std::int64_t low_emos_samples = 0, very_low_emos_samples = 0;
};

struct Connection {
  std::string id;
  UtcTime created_at{};
  std::string app, session, conference, participant, peer;
  std::string type;   // host, srflx, prflx, relay; "" unknown
  std::string state;  // of the RTCPeerConnection
  std::optional<UtcTime> start_time;
  std::optional<UtcTime> end_time;
  std::int64_t duration_s = 0;
  std::string connection_info = "{}";  // JSON: detected_tcp, detected_turn, negotiations
  bool established = false;
  std::optional<std::int64_t> setup_ms;  // of the first negotiation, once it was connected
};

struct Track {
  std::string id;
  UtcTime created_at{};
  std::string session, connection;
  std::string kind;       // audio, video
  std::string direction;  // inbound, outbound
  std::string track_id;   // the browser's
  std::string label;
  std::string track_info = "{}";  // JSON
};

struct Event {
  std::string id;
  UtcTime created_at{};
  std::string app, conference, participant, peer, session, connection, track;
  std::string type;
  std::string category;       // browser, getUserMedia, connection, track, stats
  std::string data = "null";  // JSON
};

struct Issue {
  std::string id;
  UtcTime created_at{};
  std::string app, session, conference, participant, connection, track;
  std::string type;  // error, warning
  std::string code;
  std::string data = "{}";  // JSON
};

/// A proof by which a connection is found again in packets.
struct Mark {
  std::string connection;
  std::string kind;  // ufrag_pair (client:server), fingerprint (the client's)
  std::string value;
};

}  // namespace rtcscope::store::client
