#pragma once
// One delivery of a Janus event handler (JSON, one event or an array of them) into facts.

#include <string_view>

#include "feeds/facts.hpp"
#include "feeds/wire/delivery_counts.hpp"

namespace rtcscope::feeds::janus {

/// Parses `json` and hands every fact in it to `sink`, in order. Understands Janus 0.x and 1.x, ids as
/// integers or strings, and events without `subtype`. What is well-formed but not known becomes an
/// OtherEvent; what is broken is counted and skipped, and the rest of the delivery goes on.
DeliveryCounts parse_delivery(std::string_view json, FactSink& sink);

}  // namespace rtcscope::feeds::janus
