#pragma once
// One row of a list, or of a detail, with what its type adds to the entity.

#include "store/queries.hpp"
#include "store/sql/connection.hpp"

namespace rtcscope::store::sql {

// Each reads the columns that the select_...() of list_sql.hpp names and, on the same connection, what
// has to be added up. Throws Fault.
ConferenceRow conference_row(Statement& row);
ParticipantRow participant_row(Statement& row);
ConnectionRow connection_row(Statement& row);
FlowRow flow_row(Statement& row);
StreamRow stream_row(Statement& row);
EventRow event_row(Statement& row);

// Apart from the above, so that no row is open meanwhile: adds up what stands below.
void complete(Connection& connection, ParticipantRow& row);
void complete(Connection& connection, ConnectionRow& row);

}  // namespace rtcscope::store::sql
