#pragma once
// One participant's presence in a conference, told when it is over.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "correlator/model.hpp"

namespace rtcscope::export_cdr {

/// Sums over the media streams of one direction, without retransmissions.
struct DirectionRecord {
  std::uint64_t streams = 0;
  std::uint64_t packets = 0;
  std::uint64_t bytes = 0;
  std::uint64_t expected = 0;
  std::int64_t lost = 0;
  std::optional<double> jitter_max_ms;  // highest of any stream
};

struct CallRecord {
  model::Session session;
  model::Conference conference;
  model::Participant participant;
  std::uint64_t connections = 0;
  std::optional<double> connect_s;  // first connection: from its start until ICE and DTLS were done
  DirectionRecord uplink, downlink;
  std::vector<std::string> issues;  // kinds, each once
};

/// One line of JSON, or of CSV (RFC 4180) in the order of csv_header(); without the line's end.
std::string to_json(const CallRecord& record);
std::string to_csv(const CallRecord& record);
std::string csv_header();

}  // namespace rtcscope::export_cdr
