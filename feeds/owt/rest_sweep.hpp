#pragma once
// Asks an OWT management API for everything that goes on, one request after the other: which, and what its
// answers lead to. No I/O: who sends the requests hands the answers back.

#include <cstddef>
#include <deque>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace rtcscope::feeds::owt {

/// What a viewer calls itself where nothing else was chosen. Participants of the viewer's name are nobody's:
/// neither they nor rooms with nobody else in them are told.
inline constexpr const char* kDefaultViewer = "rtcscope";

/// One look at the server is a sweep: the service itself, its rooms page by page, who is in each, and of
/// rooms that are in use the streams (streaming-ins are among them), streaming-outs, recordings, SIP calls
/// and analytics.
class RestSweep {
 public:
  static constexpr std::size_t kMaxRooms = 10'000;  // beyond, a sweep is given up
  static constexpr std::size_t kPageSize = 100;

  explicit RestSweep(std::string service, std::string viewer = kDefaultViewer)
      : service_(std::move(service)), viewer_(std::move(viewer)) {}

  void begin();
  /// The next path to GET, with its query; nullopt when the sweep is complete or failed.
  std::optional<std::string> next();
  /// Takes the answer to the last request; true when it says something for the Translator. A room that is
  /// gone (404) says nothing and is no fault.
  bool answer(int status, std::string_view body);

  /// Why the sweep failed, one line ("401 1101 ...: is it the right service and key?"); "" when it did not.
  [[nodiscard]] const std::string& failure() const noexcept { return failure_; }
  /// What answers of this sweep said "Operation failed" or made no sense: no word about those rooms.
  [[nodiscard]] std::size_t unanswered() const noexcept { return unanswered_; }
  [[nodiscard]] const std::set<std::string>& rooms() const noexcept { return rooms_; }
  /// Rooms in which somebody is who is no viewer, as of this sweep.
  [[nodiscard]] const std::set<std::string>& used_rooms() const noexcept { return used_; }
  /// Every room, for the Translator. Only of a complete sweep.
  [[nodiscard]] std::string inventory() const;

 private:
  bool fail(int status, std::string_view body);
  bool take_rooms(std::string_view body);
  bool take_participants(const std::string& room, std::string_view body);

  std::string service_, viewer_;
  std::deque<std::string> steps_;  // paths, without query
  std::string asked_;
  std::size_t page_ = 0;
  std::string failure_;
  std::size_t unanswered_ = 0;
  std::set<std::string> rooms_, used_;
};

}  // namespace rtcscope::feeds::owt
