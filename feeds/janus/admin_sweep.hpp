#pragma once
// Asks a Janus for everything that goes on, one request after the other: which, and what its answers lead to.
// No I/O: who sends the requests hands the answers back.

#include <chrono>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"

namespace rtcscope::feeds::janus {

/// One look at the server is a sweep: server_info, the sessions, their handles, each handle, the rooms and
/// who is in them. Handles whose connection is up are asked for again after kSettledInterval only.
class AdminSweep {
 public:
  static constexpr std::size_t kMaxHandles = 100'000;  // beyond, a sweep is given up
  static constexpr Duration kSettledInterval = std::chrono::seconds{60};

  /// Begins a look at the server. What an unfinished one still wanted to ask is dropped.
  void begin(UtcTime now);
  /// The next request as JSON text; nullopt when the sweep is complete or failed.
  std::optional<std::string> next(const std::string& transaction, const std::string& secret);
  /// Takes the answer to the last request; true when it says something for parse_admin_reply().
  bool answer(std::string_view json, UtcTime asked);

  /// Why the sweep failed, one line ("403 Unauthorized request (wrong or missing secret/token)"); "" when it
  /// did not.
  [[nodiscard]] const std::string& failure() const noexcept { return failure_; }
  /// The server's name, as it was last told; "" before the first answer.
  [[nodiscard]] const std::string& server() const noexcept { return server_; }
  /// Every handle of the server for parse_admin_reply(), as of the begin of the sweep. Only of a complete
  /// one.
  [[nodiscard]] std::string inventory() const;
  [[nodiscard]] std::size_t sessions() const noexcept { return handles_.size(); }
  [[nodiscard]] std::size_t handles() const noexcept { return handle_count_; }

 private:
  enum class Kind { kInfo, kSessions, kHandles, kHandleInfo, kRooms, kRoster };
  struct Step {
    Kind kind{};
    std::string session;
    std::string handle;
    std::string room;  // as JSON: a number or a string
  };

  bool fail(std::string why);
  bool take_info(std::string_view json);
  void take_sessions(const std::vector<std::string>& ids);
  void take_handles(const std::vector<std::string>& ids);

  std::deque<Step> steps_;
  Step asked_;
  std::string failure_;
  std::string server_;
  UtcTime now_{};
  bool has_video_room_ = false;
  std::map<std::string, std::set<std::string>> handles_;  // by session
  std::size_t handle_count_ = 0;
  std::map<std::string, UtcTime> settled_;  // handles whose connection was up, and when
};

}  // namespace rtcscope::feeds::janus
