#pragma once
// One report of a client while it is taken in: whose it is, when it happened, and what it leads to.

#include <optional>
#include <string>

#include "api/peermetrics/desk.hpp"

namespace rtcscope::api::peermetrics {

namespace client = store::client;

// What one session may leave behind; beyond it the SDK is told quota_exceeded, and stops for good.
inline constexpr std::int64_t kMaxRowsOfSession = 20'000;
inline constexpr std::int64_t kMaxBytesOfSession = 64 * 1024 * 1024;
inline constexpr std::uint64_t kMaxConnectionsOfSession = 200;
inline constexpr std::size_t kMaxNegotiations = 100;  // told of one connection

/// A report with a session token.
class Scope {
 public:
  /// Whose token it is. Refuses what is no token of a session that may go on.
  static Result<Scope, Refusal> open(Desk& desk, client::Rows& rows, const Json& body, UtcTime now);

  client::Rows& rows() noexcept { return *rows_; }
  [[nodiscard]] UtcTime time() const noexcept { return time_; }
  client::Session& session() noexcept { return session_; }
  client::Conference& conference() noexcept { return conference_; }
  [[nodiscard]] const client::App& app() const noexcept { return app_; }

  /// A row of this session, with its links; `connection` may be null.
  [[nodiscard]] client::Event event(const char* category, std::string type,
                                    const client::Connection* connection = nullptr) const;
  void store(client::Event event);
  /// Nothing happens when the session has that issue already and `once` is set.
  void raise(const char* code, const client::Connection* connection, std::string data = "{}",
             bool once = false);

  /// A connection of this session. Refuses any other.
  Result<client::Connection, Refusal> connection(const std::string& id);
  /// Whoever the client calls so: by the id that add_connection gave, or by the application's own. Refuses
  /// itself, and who is not in the conference.
  Result<client::Participant, Refusal> peer(const std::string& id);

  void begin_call();
  /// Ends a connection, and what has no connection any more.
  void end(client::Connection& connection);
  void end_all_connections();
  void end_session();
  void check_session_issues();

  /// Writes session and conference. Call last.
  void finish();

 private:
  Scope(client::Rows& rows, UtcTime time) : rows_(&rows), time_(time) {}
  void stop_calls();

  client::Rows* rows_;
  UtcTime time_;
  client::App app_;
  client::Session session_;
  client::Conference conference_;
};

/// Ends the call of a conference, at `time`.
void stop_call(client::Conference& conference, UtcTime time);
/// Ends a conference's connections and calls.
void stop_all(client::Rows& rows, client::Conference& conference, UtcTime time);

// What the dashboard of Peermetrics says to a code.
struct IssueWords {
  const char *code, *type, *title, *explanation;
};
const IssueWords& words_of_issue(const std::string& code);

}  // namespace rtcscope::api::peermetrics
