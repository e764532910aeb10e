// Samples go in by COPY and out by the day.

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <set>

#include "store/postgres/connection.hpp"
#include "store/sql/row_codec.hpp"

namespace rtcscope::store::postgres {
namespace {

constexpr std::int64_t kDayNs = 86'400'000'000'000;
/// Two years of days and then some: a recording with absurd times must not make a table for each of them.
constexpr std::int64_t kMaxPartitions = 1'000;

std::int64_t day_of(std::int64_t ns) {
  return ns / kDayNs - (ns % kDayNs < 0 ? 1 : 0);
}

std::string partition_name(const std::string& table, std::int64_t day) {
  return table + "_d" + std::to_string(day);
}

/// Columns as COPY's text format has them.
class CopyLine {
 public:
  explicit CopyLine(std::string& out) noexcept : out_(out) {}

  template <class Tag>
  void operator()(const char*, StrongId<Tag> id) {
    put(sql::to_signed(id.value));
  }
  void operator()(const char*, UtcTime time) { put(ns_since_epoch(time)); }
  void operator()(const char*, std::uint64_t value) { put(sql::to_signed(value)); }
  void operator()(const char*, std::int64_t value) { put(value); }
  void operator()(const char*, std::uint32_t value) { put(std::int64_t{value}); }
  void operator()(const char*, std::uint8_t value) { put(std::int64_t{value}); }
  void operator()(const char*, bool value) { put(std::int64_t{value}); }
  void operator()(const char* name, double value) {
    if (std::isnan(value)) return (*this)(name, std::optional<double>());
    put(value);
  }
  void operator()(const char*, const std::string& text) {
    separate();
    for (const char c : storable(text)) {
      if (c == '\\' || c == '\t' || c == '\n' || c == '\r') out_ += '\\';
      out_ += c == '\t' ? 't' : c == '\n' ? 'n' : c == '\r' ? 'r' : c;
    }
  }
  template <class T>
  void operator()(const char* name, const std::optional<T>& value) {
    if (value) {
      (*this)(name, *value);
    } else {
      separate();
      out_ += "\\N";
    }
  }

 private:
  template <class Number>
  void put(Number value) {
    separate();
    std::array<char, 32> text{};
    out_.append(text.data(), std::to_chars(text.data(), text.data() + text.size(), value).ptr);
  }
  void separate() {
    if (!first_) out_ += '\t';
    first_ = false;
  }

  std::string& out_;
  bool first_ = true;
};

std::string copy_sql() {
  std::string names;
  for (const std::string& name : sql::columns_of<model::StreamSample>()) {
    names += (names.empty() ? "" : ", ") + name;
  }
  return "COPY samples (" + names + ") FROM STDIN";
}

}  // namespace

void Connection::write_samples(std::span<const model::StreamSample* const> samples) {
  std::vector<std::int64_t> starts;
  for (const model::StreamSample* sample : samples) starts.push_back(ns_since_epoch(sample->start));
  make_room("samples", starts);
  execute("SAVEPOINT before_copy");
  try {
    copy_samples(samples);
  } catch (const Fault& fault) {
    if (fault.code != StoreErrc::kRejected) throw;
    // A batch that is written again, or a stream's second sample of one start: COPY cannot replace.
    execute("ROLLBACK TO SAVEPOINT before_copy");
    sql::Connection::write_samples(samples);
  }
}

void Connection::copy_samples(std::span<const model::StreamSample* const> samples) {
  static const std::string sql = copy_sql();
  check(PQexec(handle_.get(), sql.c_str()));
  std::string lines;
  for (const model::StreamSample* sample : samples) {
    CopyLine line(lines);
    sql::visit(line, *sample);
    lines += '\n';
  }
  const bool sent = PQputCopyData(handle_.get(), lines.data(), static_cast<int>(lines.size())) == 1 &&
                    PQputCopyEnd(handle_.get(), nullptr) == 1;
  if (!sent) fail(nullptr);
  // The outcome first, then the end of the results.
  const Answer outcome(PQgetResult(handle_.get()));
  while (PGresult* more = PQgetResult(handle_.get())) PQclear(more);
  if (PQresultStatus(outcome.get()) != PGRES_COMMAND_OK) fail(outcome.get());
}

void Connection::make_room(const char* table, std::span<const std::int64_t> starts) {
  std::set<std::int64_t> days;
  for (const std::int64_t start : starts) days.insert(day_of(start));
  for (const std::int64_t day : days) {
    // Not the last day of all, whose end is past what 64 bits hold.
    if (day * kDayNs <= std::numeric_limits<std::int64_t>::max() - kDayNs) make_partition(table, day);
  }
}

void Connection::make_partition(const std::string& table, std::int64_t day) {
  const std::int64_t from = day * kDayNs;
  {
    sql::Statement row = prepare(
        "SELECT (SELECT count(*) FROM pg_class WHERE oid = to_regclass(?)), "
        "(SELECT count(*) FROM pg_inherits WHERE inhparent = CAST('" +
        table + "' AS regclass))");
    row.bind(std::string_view(partition_name(table, day)));
    if (!row.step() || row.integer() != 0 || row.integer() > kMaxPartitions) return;
  }
  {
    // A day whose first samples came when there were too many tables stays where those are.
    sql::Statement row = prepare("SELECT count(*) FROM (SELECT 1 FROM " + table +
                                 "_other WHERE start_ns >= ? AND start_ns < ? LIMIT 1) found");
    row.bind(from).bind(from + kDayNs);
    if (row.step() && row.integer() != 0) return;
  }
  execute("CREATE TABLE IF NOT EXISTS " + partition_name(table, day) + " PARTITION OF " + table +
          " FOR VALUES FROM (" + std::to_string(from) + ") TO (" + std::to_string(from + kDayNs) + ")");
}

std::optional<Connection::Dropped> Connection::drop_samples(const char* table, UtcTime cutoff) {
  const std::string parent = table;
  Dropped dropped;
  const std::int64_t first_kept = day_of(ns_since_epoch(cutoff));
  dropped.kept_from = std::max(first_kept, day_of(std::numeric_limits<std::int64_t>::min()) + 1) * kDayNs;
  std::vector<std::string> old;
  {
    sql::Statement row = prepare(
        "SELECT c.relname, CAST(substr(c.relname, " + std::to_string(parent.size() + 3) +
        ") AS BIGINT), coalesce(s.n_live_tup, 0) FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid "
        "LEFT JOIN pg_stat_user_tables s ON s.relid = c.oid WHERE i.inhparent = CAST('" +
        parent + "' AS regclass) AND c.relname <> '" + parent + "_other'");
    while (row.step()) {
      const std::string name = row.text();
      const std::int64_t day = row.integer();
      const std::uint64_t live = sql::to_unsigned(row.integer());
      if (day >= first_kept) continue;
      old.push_back(name);
      dropped.rows += live;
    }
  }
  for (const std::string& name : old) execute("DROP TABLE " + name);
  sql::Statement rest = prepare("DELETE FROM " + parent + "_other WHERE start_ns < ?");
  rest.bind(dropped.kept_from).run();
  dropped.rows += changes();
  return dropped;
}

}  // namespace rtcscope::store::postgres
