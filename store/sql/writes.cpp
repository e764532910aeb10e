#include "store/sql/writes.hpp"

#include "base/stable_hash.hpp"
#include "store/sql/rollups.hpp"
#include "store/sql/row_codec.hpp"
#include "store/sql/summaries.hpp"
#include "store/sql/upsert.hpp"

namespace rtcscope::store::sql {
namespace {

/// The same event has the same id, so that a repeated batch or replay does not double the timeline.
std::uint64_t event_id(const model::Event& event) {
  StableHash hash;
  hash.add(ns_since_epoch(event.time)).add(event.host.value).add(event.conference.value);
  hash.add(event.participant.value).add(event.session.value).add(event.connection.value);
  hash.add(event.stream.value).add(static_cast<std::uint64_t>(event.source));
  return hash.add(event.kind).add(event.text).add(event.detail).value();
}

class Writing {
 public:
  explicit Writing(Connection& connection) noexcept : connection_(connection) {}

  void operator()(const model::Host& host) { upsert(host); }
  void operator()(const model::Conference& conference) {
    upsert(conference);
    stale_.conferences.insert(conference.id.value);
  }
  void operator()(const model::Participant& participant) {
    touch_old<model::Participant>("conference_id", participant.id.value, stale_.conferences);
    upsert(participant);
    touch(participant.conference.value, stale_.conferences);
    stale_.participants.insert(participant.id.value);
  }
  void operator()(const model::Session& session) {
    touch_old<model::Session>("conference_id", session.id.value, stale_.conferences);
    touch_old<model::Session>("participant_id", session.id.value, stale_.participants);
    upsert(session);
    touch(session.conference.value, stale_.conferences);
    touch(session.participant.value, stale_.participants);
  }
  void operator()(const model::Connection& connection) {
    touch_old<model::Connection>("conference_id", connection.id.value, stale_.conferences);
    upsert(connection);
    touch(connection.conference.value, stale_.conferences);
  }
  void operator()(const model::Flow& flow) { upsert(flow); }
  void operator()(const model::Issue& issue) {
    upsert(issue);
    touch(issue.conference.value, stale_.conferences);
  }
  void operator()(const model::Stream& stream) {
    touch_old<model::Stream>("conference_id", stream.id.value, stale_.conferences);
    upsert(stream);
    touch(stream.conference.value, stale_.conferences);
  }
  void operator()(const model::StreamSample& sample) {
    if (!sample.stream.valid()) refuse("a sample without a stream");
    samples_.push_back(&sample);
  }
  void operator()(const model::Event& event) {
    static const std::string sql = std::string("INSERT INTO events (id, ") +
                                   column_list(columns_of<model::Event>()) + ") VALUES (?, " +
                                   marks(columns_of<model::Event>().size()) + ") ON CONFLICT DO NOTHING";
    Statement statement = connection_.prepare(sql);
    statement.bind(to_signed(event_id(event)));
    Binder bind(statement);
    visit(bind, event);
    statement.run();
  }

  /// What `changes` left to be done at once.
  void finish() {
    if (!samples_.empty()) connection_.write_samples(samples_);
    note_due(connection_, samples_);
    refresh(connection_, stale_);
  }

 private:
  [[noreturn]] static void refuse(const char* what) { throw Fault{StoreErrc::kRejected, what}; }

  template <class Entity>
  void upsert(const Entity& entity) {
    if (!entity.id.valid()) refuse("an entity without an id");
    static const std::string sql = upsert_sql<Entity>("id");
    Statement statement = connection_.prepare(sql);
    Binder bind(statement);
    visit(bind, entity);
    statement.run();
  }

  static void touch(std::uint64_t id, std::set<std::uint64_t>& ids) {
    if (id != 0) ids.insert(id);
  }

  /// What the row belonged to until now may be another parent.
  template <class Entity>
  void touch_old(const char* parent, std::uint64_t id, std::set<std::uint64_t>& ids) {
    Statement row =
        connection_.prepare(std::string("SELECT ") + parent + " FROM " + kTable<Entity> + " WHERE id = ?");
    row.bind(to_signed(id));
    if (row.step()) touch(to_unsigned(row.integer()), ids);
  }

  Connection& connection_;
  Stale stale_;
  std::vector<const model::StreamSample*> samples_;
};

void bind_figures(Statement& statement, const std::optional<Figures>& figures) {
  Binder bind(statement);
  bind("", figures ? std::optional(figures->streams) : std::nullopt);
  bind("", figures ? std::optional(figures->packets) : std::nullopt);
  bind("", figures ? std::optional(figures->expected) : std::nullopt);
  bind("", figures ? std::optional(figures->lost) : std::nullopt);
  bind("", figures ? figures->loss_ratio : std::nullopt);
  bind("", figures ? figures->jitter_ms : std::nullopt);
  bind("", figures ? figures->bitrate_bps : std::nullopt);
}

void refresh_conference(Connection& connection, std::uint64_t id) {
  const Summary summary = summarise(connection, Scope::kConference, id);
  const auto count = [&](const char* what) { return to_signed(count_of(connection, what, id)); };
  Statement statement = connection.prepare(
      "UPDATE conferences SET severity = ?, health_reason = ?, participant_count = ?, present_count = ?, "
      "connection_count = ?, stream_count = ?, uplink_streams = ?, uplink_packets = ?, uplink_expected = ?, "
      "uplink_lost = ?, uplink_loss_ratio = ?, uplink_jitter_ms = ?, uplink_bitrate_bps = ?, "
      "downlink_streams = ?, downlink_packets = ?, downlink_expected = ?, downlink_lost = ?, "
      "downlink_loss_ratio = ?, downlink_jitter_ms = ?, downlink_bitrate_bps = ? WHERE id = ?");
  statement.bind(static_cast<std::int64_t>(summary.health.word));
  statement.bind(std::string_view(summary.health.reason));
  statement.bind(count("participants WHERE conference_id = ?"));
  statement.bind(count("participants WHERE conference_id = ? AND left_at_ns IS NULL"));
  statement.bind(count("connections WHERE conference_id = ?"));
  statement.bind(count("streams WHERE conference_id = ?"));
  bind_figures(statement, summary.uplink);
  bind_figures(statement, summary.downlink);
  statement.bind(to_signed(id)).run();
}

/// An open session first, else the one that ended last.
void refresh_participant(Connection& connection, std::uint64_t id) {
  Statement statement = connection.prepare(
      "UPDATE participants SET (left_at_ns, left_reason, left_source) = "
      "(SELECT left_at_ns, left_reason, left_source FROM sessions WHERE participant_id = ?1 "
      "ORDER BY left_at_ns IS NULL DESC, left_at_ns DESC LIMIT 1) WHERE id = ?1");
  statement.bind(to_signed(id)).run();
}

}  // namespace

void apply_changes(Connection& connection, std::span<const model::Change> changes) {
  Writing write(connection);
  for (const model::Change& change : changes) std::visit(write, change);
  write.finish();
}

void Connection::write_samples(std::span<const model::StreamSample* const> samples) {
  static const std::string sql = upsert_sql<model::StreamSample>("stream_id, start_ns");
  Statement statement = prepare(sql);
  for (const model::StreamSample* sample : samples) {
    Binder bind(statement);
    visit(bind, *sample);
    statement.run();
  }
}

void refresh(Connection& connection, const Stale& stale) {
  for (const std::uint64_t id : stale.participants) refresh_participant(connection, id);
  // After the participants: it counts those who are present.
  for (const std::uint64_t id : stale.conferences) refresh_conference(connection, id);
}

}  // namespace rtcscope::store::sql
