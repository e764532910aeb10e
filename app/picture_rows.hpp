#pragma once
// The final picture with health and figures, in the rows that the API shows.

#include <vector>

#include "app/picture.hpp"
#include "store/queries.hpp"

namespace rtcscope::app {

struct PictureRows {
  std::vector<store::ConferenceRow> conferences;
  std::vector<store::ParticipantRow> participants;
  std::vector<store::ConnectionRow> connections;
  std::vector<store::FlowRow> flows;
  std::vector<store::StreamRow> streams;
  std::vector<store::EventRow> events;
};

PictureRows rows_of(const Picture& picture);

}  // namespace rtcscope::app
