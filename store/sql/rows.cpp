#include "store/sql/rows.hpp"

#include <algorithm>

#include "store/sql/row_codec.hpp"
#include "store/sql/summaries.hpp"

namespace rtcscope::store::sql {
namespace {

std::optional<Figures> read_figures(Statement& row) {
  std::optional<std::uint64_t> streams, packets, expected;
  std::optional<std::int64_t> lost;
  Figures figures;
  Reader read(row);
  read("", streams);
  read("", packets);
  read("", expected);
  read("", lost);
  read("", figures.loss_ratio);
  read("", figures.jitter_ms);
  read("", figures.bitrate_bps);
  if (!streams) return std::nullopt;
  figures.streams = *streams;
  figures.packets = packets.value_or(0);
  figures.expected = expected.value_or(0);
  figures.lost = lost.value_or(0);
  return figures;
}

HealthWord word_of(std::int64_t severity) {
  constexpr auto kWorst = static_cast<std::int64_t>(HealthWord::kBad);
  return static_cast<HealthWord>(std::clamp<std::int64_t>(severity, 0, kWorst));
}

std::optional<double> best_link(Connection& connection, std::uint64_t id) {
  Statement row = connection.prepare("SELECT max(confidence) FROM flows WHERE connection_id = ?");
  row.bind(to_signed(id));
  std::optional<double> confidence;
  Reader read(row);
  if (row.step()) read("", confidence);
  return confidence;
}

}  // namespace

ConferenceRow conference_row(Statement& row) {
  ConferenceRow result;
  result.conference = read<model::Conference>(row);
  result.summary.health.word = word_of(row.integer());
  result.summary.health.reason = row.text();
  result.participant_count = to_unsigned(row.integer());
  result.present_count = to_unsigned(row.integer());
  result.connection_count = to_unsigned(row.integer());
  result.stream_count = to_unsigned(row.integer());
  result.summary.uplink = read_figures(row);
  result.summary.downlink = read_figures(row);
  Reader read_more(row);
  read_more("", result.confidence);
  return result;
}

ParticipantRow participant_row(Statement& row) {
  ParticipantRow result;
  result.participant = read<model::Participant>(row);
  result.left = read_ending(row);
  return result;
}

ConnectionRow connection_row(Statement& row) {
  ConnectionRow result;
  result.connection = read<model::Connection>(row);
  return result;
}

FlowRow flow_row(Statement& row) {
  FlowRow result;
  result.flow = read<model::Flow>(row);
  result.conference.value = to_unsigned(row.integer());
  result.participant.value = to_unsigned(row.integer());
  return result;
}

StreamRow stream_row(Statement& row) {
  StreamRow result;
  result.stream = read<model::Stream>(row);
  result.health = judge(result.stream, row.text());
  return result;
}

EventRow event_row(Statement& row) {
  EventRow result;
  result.id = to_unsigned(row.integer());
  result.event = read<model::Event>(row);
  return result;
}

void complete(Connection& connection, ParticipantRow& row) {
  const std::uint64_t id = row.participant.id.value;
  row.summary = summarise(connection, Scope::kParticipant, id);
  row.connection_count = count_of(connection, "connections WHERE participant_id = ?", id);
  row.stream_count = count_of(connection, "streams WHERE participant_id = ?", id);
}

void complete(Connection& connection, ConnectionRow& row) {
  const std::uint64_t id = row.connection.id.value;
  row.summary = summarise(connection, Scope::kConnection, id);
  row.flow_count = count_of(connection, "flows WHERE connection_id = ?", id);
  row.confidence = best_link(connection, id);
  row.stream_count = count_of(connection, "streams WHERE connection_id = ?", id);
}

}  // namespace rtcscope::store::sql
