#pragma once
// The timeline's lines in plain English.

#include <optional>
#include <string>

#include "correlator/model.hpp"
#include "feeds/facts.hpp"
#include "flows/report.hpp"

namespace rtcscope::correlator {

struct TimelineText {
  std::string kind;
  std::string text;
  std::string detail;  // JSON, "" when there is nothing to add
};

/// What a fact looks like on the timeline; nullopt for facts that only identify (descriptions, candidates,
/// statistics). `who` is the participant's display name, "" when not known.
std::optional<TimelineText> describe(const feeds::FactBody& fact, const std::string& who);
/// `from_server`: the server sent what the event is about; absent when the sides are not known.
TimelineText describe(const flows::FlowEvent& event, std::optional<bool> from_server);

}  // namespace rtcscope::correlator
