#include "store/postgres/connection.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>

#include "base/text.hpp"

namespace rtcscope::store::postgres {
namespace {

/// By the class of the SQLSTATE (PostgreSQL, appendix A), or by one of its codes.
StoreErrc classify(std::string_view state) {
  struct Meaning {
    std::string_view state;
    StoreErrc code;
  };
  static constexpr std::array kMeanings{
      Meaning{"53100", StoreErrc::kFull},        // disk_full
      Meaning{"25006", StoreErrc::kReadOnly},    // read_only_sql_transaction
      Meaning{"42501", StoreErrc::kCannotOpen},  // insufficient_privilege
      Meaning{"57P03", StoreErrc::kBusy},        // cannot_connect_now: it starts or stops
      Meaning{"08", StoreErrc::kIo},             // connection
      Meaning{"22", StoreErrc::kRejected},       // data
      Meaning{"23", StoreErrc::kRejected},       // integrity constraint
      Meaning{"28", StoreErrc::kCannotOpen},     // authorization
      Meaning{"3D", StoreErrc::kCannotOpen},     // no such database
      Meaning{"3F", StoreErrc::kCannotOpen},     // no such schema
      Meaning{"40", StoreErrc::kBusy},           // transaction rollback
      Meaning{"53", StoreErrc::kBusy},           // resources
      Meaning{"55", StoreErrc::kBusy},           // object in use
      Meaning{"57", StoreErrc::kIo},             // the operator stopped it
      Meaning{"58", StoreErrc::kIo},             // system
      Meaning{"XX001", StoreErrc::kNotADatabase},
      Meaning{"XX002", StoreErrc::kNotADatabase},
  };
  const auto found = std::ranges::find_if(
      kMeanings, [&](const Meaning& meaning) { return state.starts_with(meaning.state); });
  return found == kMeanings.end() ? StoreErrc::kInternal : found->code;
}

/// libpq's messages have several lines; ours have one.
std::string one_line(const char* message) {
  std::string line(message == nullptr ? "" : message);
  while (!line.empty() && line.back() == '\n') line.pop_back();
  std::ranges::replace(line, '\n', ' ');
  std::erase(line, '\t');
  return line;
}

class PostgresStatement final : public sql::Prepared {
 public:
  PostgresStatement(Connection& connection, std::string name) noexcept
      : connection_(connection), name_(std::move(name)) {}
  ~PostgresStatement() override { connection_.forget(name_); }

  void bind(int parameter, std::int64_t value) override { put(parameter, std::to_string(value)); }
  void bind(int parameter, double value) override {
    // No number is no figure: NULL, as SQLite makes of it.
    if (std::isnan(value)) return bind_null(parameter);
    std::array<char, 32> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
    put(parameter, std::string(text.data(), end));
  }
  void bind(int parameter, std::string_view value) override { put(parameter, storable(value)); }
  void bind_null(int parameter) override { put(parameter, std::nullopt); }

  bool step() override {
    if (!answer_) {
      std::vector<const char*> values;
      for (const auto& value : values_) values.push_back(value ? value->c_str() : nullptr);
      answer_ = connection_.run(name_, values);
      row_ = -1;
    }
    row_ += 1;
    return row_ < PQntuples(answer_.get());
  }
  void reset() noexcept override {
    answer_.reset();
    values_.clear();
  }

  [[nodiscard]] bool null(int column) const override { return PQgetisnull(answer_.get(), row_, column) == 1; }
  [[nodiscard]] std::int64_t integer(int column) const override {
    std::int64_t value = 0;
    const std::string_view text = field(column);
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
  }
  [[nodiscard]] double real(int column) const override {
    double value = 0;
    const std::string_view text = field(column);
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
  }
  [[nodiscard]] std::string text(int column) const override { return std::string(field(column)); }

 private:
  void put(int parameter, std::optional<std::string> value) {
    const auto index = static_cast<std::size_t>(parameter - 1);
    if (values_.size() <= index) values_.resize(index + 1);
    values_[index] = std::move(value);
  }
  [[nodiscard]] std::string_view field(int column) const {
    return {PQgetvalue(answer_.get(), row_, column),
            static_cast<std::size_t>(PQgetlength(answer_.get(), row_, column))};
  }

  Connection& connection_;
  std::string name_;
  std::vector<std::optional<std::string>> values_;
  Answer answer_;
  int row_ = -1;
};

}  // namespace

std::string translate(const std::string& sql) {
  std::string text;
  int next = 1;
  for (std::size_t i = 0; i < sql.size(); ++i) {
    constexpr std::string_view kLike = " LIKE ";
    if (sql[i] == '?') {
      const bool numbered = i + 1 < sql.size() && sql[i + 1] >= '1' && sql[i + 1] <= '9';
      text += numbered ? "$" : "$" + std::to_string(next++);
    } else if (sql.compare(i, kLike.size(), kLike) == 0) {
      text += " ILIKE ";
      i += kLike.size() - 1;
    } else {
      text += sql[i];
    }
  }
  return text;
}

std::string storable(std::string_view text) {
  std::string result(text);
  std::erase(result, '\0');
  // Three octets stand for each that was broken.
  std::string clean = clean_utf8(result, 3 * result.size());
  std::string printable = result;
  std::erase_if(printable, [](unsigned char c) { return c < 0x20 || c == 0x7f; });
  return printable == clean ? result : clean;
}

Connection::Connection(const std::string& url) {
  // What stands in the URL comes later and wins.
  const char* const keywords[] = {"application_name",
                                  "connect_timeout",
                                  "client_encoding",
                                  "tcp_user_timeout",
                                  "keepalives_idle",
                                  "dbname",
                                  nullptr};
  const char* const values[] = {"rtcscope", "2", "UTF8", "10000", "10", url.c_str(), nullptr};
  handle_.reset(PQconnectdbParams(keywords, values, 1));
  if (!handle_) throw Fault{StoreErrc::kIo, "out of memory"};
  if (broken()) {
    // There is no SQLSTATE of a failed connection: a server that answered refused us.
    const std::string message = one_line(PQerrorMessage(handle_.get()));
    const bool refused = message.find("FATAL:") != std::string::npos;
    const bool starting = message.find("starting up") != std::string::npos ||
                          message.find("shutting down") != std::string::npos;
    if (starting) throw Fault{StoreErrc::kBusy, message};
    throw Fault{refused ? StoreErrc::kCannotOpen : StoreErrc::kIo, message};
  }
  PQsetNoticeProcessor(
      handle_.get(), [](void*, const char*) {}, nullptr);
  if (PQserverVersion(handle_.get()) < 130000) {
    throw Fault{StoreErrc::kCannotOpen, "its server is older than PostgreSQL 13"};
  }
}

Connection::~Connection() {
  closing_ = true;
  forget_statements();
}

Answer Connection::check(PGresult* result) {
  Answer answer(result);
  const ExecStatusType status = PQresultStatus(answer.get());
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && status != PGRES_COPY_IN) fail(answer.get());
  return answer;
}

void Connection::fail(const PGresult* result) const {
  const char* state = result == nullptr ? nullptr : PQresultErrorField(result, PG_DIAG_SQLSTATE);
  const char* primary = result == nullptr ? nullptr : PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
  if (broken() || state == nullptr) {
    throw Fault{StoreErrc::kIo, one_line(PQerrorMessage(handle_.get()))};
  }
  throw Fault{classify(state), one_line(primary) + " (SQLSTATE " + state + ")"};
}

void Connection::execute(const std::string& sql) {
  check(PQexec(handle_.get(), sql.c_str()));
}

bool Connection::in_transaction() const {
  const PGTransactionStatusType status = PQtransactionStatus(handle_.get());
  return status == PQTRANS_INTRANS || status == PQTRANS_INERROR;
}

// A reader asks several questions that must see one state.
const char* Connection::begin(Access access) const {
  return access == Access::kWrite ? "BEGIN" : "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
}

std::unique_ptr<sql::Prepared> Connection::compile(const std::string& sql) {
  std::string name = "s" + std::to_string(++statements_);
  prepare_as(name, translate(sql));
  return std::make_unique<PostgresStatement>(*this, std::move(name));
}

void Connection::prepare_as(const std::string& name, const std::string& sql) {
  check(PQprepare(handle_.get(), name.c_str(), sql.c_str(), 0, nullptr));
}

Answer Connection::run(const std::string& name, const std::vector<const char*>& values) {
  Answer answer = check(PQexecPrepared(handle_.get(), name.c_str(), static_cast<int>(values.size()),
                                       values.data(), nullptr, nullptr, 0));
  const std::string_view touched = PQcmdTuples(answer.get());
  changes_ = 0;
  std::from_chars(touched.data(), touched.data() + touched.size(), changes_);
  return answer;
}

void Connection::forget(const std::string& name) noexcept {
  if (closing_ || broken() || PQtransactionStatus(handle_.get()) == PQTRANS_INERROR) return;
  PQclear(PQexec(handle_.get(), ("DEALLOCATE " + name).c_str()));
}

}  // namespace rtcscope::store::postgres
