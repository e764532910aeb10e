#pragma once
// What can be asked of the rows of clients.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/strong_id.hpp"
#include "correlator/model.hpp"
#include "store/client/entities.hpp"

namespace rtcscope::store::client {

/// What a list is cut to. A filter that the rows have no column for is left out, but for these: conferences
/// by a participant, participants by a conference, conferences by an issue.
struct Filter {
  std::string app{}, organization{}, conference{}, participant{}, session{}, connection{};  // ids; "" any
  std::optional<UtcTime> created_gt{}, created_gte{}, created_lt{}, created_lte{};
  std::optional<std::int64_t> duration_gte_s{}, duration_lt_s{};
  std::string issue_code{};
  std::vector<std::string> ids{};  // empty: any
  std::string type{};
  bool other_types = false;  // all but `type`
  std::string category{};
  std::uint32_t limit = kMaxRows;
  std::uint32_t offset = 0;

  static constexpr std::uint32_t kMaxRows = 5'000;
};

struct ConferenceRow {
  Conference conference;
  bool has_errors = false, has_warnings = false;
  std::uint64_t participants = 0;  // who had a session here, without SFUs
};

struct Match {
  std::string type;  // conference, participant, app, organization
  std::string name;
  std::string own_id;  // the application's
  std::string id;
};

struct Count {
  std::string name;
  std::uint64_t count = 0;
};

struct DayCount {
  std::int64_t day = 0;  // since 1970-01-01
  bool ongoing = false, has_errors = false, has_warnings = false;
  std::uint64_t count = 0;
};

struct SetupTime {
  std::string conference;
  std::int64_t setup_ms = 0;
};

/// A flow of the tap that is the same PeerConnection as a client's, and what proves it.
struct TapLink {
  std::string connection;  // the client's
  std::string kind, value;
  FlowId flow;
  ConnectionId tap_connection;
  ConferenceId tap_conference;
  ParticipantId tap_participant;
};

}  // namespace rtcscope::store::client
