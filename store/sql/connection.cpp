#include "store/sql/connection.hpp"

namespace rtcscope::store::sql {

Statement::~Statement() {
  prepared_->reset();
  auto& cache = connection_.cache_;
  // Full, or the same text is on loan twice: one of them is enough.
  if (cache.size() < Connection::kMaxCached) cache.try_emplace(std::move(sql_), std::move(prepared_));
}

Statement& Statement::bind(std::int64_t value) {
  prepared_->bind(++parameter_, value);
  return *this;
}

Statement& Statement::bind(double value) {
  prepared_->bind(++parameter_, value);
  return *this;
}

Statement& Statement::bind(std::string_view value) {
  prepared_->bind(++parameter_, value);
  return *this;
}

Statement& Statement::bind_null() {
  prepared_->bind_null(++parameter_);
  return *this;
}

bool Statement::step() {
  column_ = 0;
  return prepared_->step();
}

void Statement::run() {
  while (step()) {
  }
  prepared_->reset();
  parameter_ = 0;
}

Statement Connection::prepare(std::string_view sql) {
  if (const auto cached = cache_.find(sql); cached != cache_.end()) {
    auto node = cache_.extract(cached);
    return {*this, std::move(node.key()), std::move(node.mapped())};
  }
  std::string text(sql);
  auto prepared = compile(text);
  return {*this, std::move(text), std::move(prepared)};
}

bool Connection::remember_due(std::uint64_t stream, std::int64_t minute) {
  if (due_.size() >= kMaxDue) due_.clear();
  return due_.emplace(stream, minute).second;
}

Transaction::Transaction(Connection& connection, Access access) : connection_(connection) {
  connection_.execute(connection_.begin(access));
}

Transaction::~Transaction() {
  if (!open_) return;
  connection_.forget_due();
  // SQLite rolls back by itself after some faults.
  if (!connection_.in_transaction()) return;
  try {
    connection_.execute("ROLLBACK");
  } catch (const Fault&) {
    // The next BEGIN fails and says so.
  }
}

void Transaction::commit() {
  connection_.execute("COMMIT");
  open_ = false;
}

void bind_all(Statement& statement, const std::vector<Value>& values) {
  for (const Value& value : values) {
    if (const auto* integer = std::get_if<std::int64_t>(&value)) {
      statement.bind(*integer);
    } else {
      statement.bind(std::string_view(std::get<std::string>(value)));
    }
  }
}

}  // namespace rtcscope::store::sql
