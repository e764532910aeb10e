#pragma once
// Follows the picture and writes a call detail record for each presence that ends.

#include <cstdint>
#include <deque>
#include <filesystem>
#include <map>
#include <mutex>
#include <set>
#include <string>

#include "export/cdr/line_file.hpp"
#include "export/cdr/record.hpp"

namespace rtcscope::export_cdr {

struct CdrOptions {
  std::filesystem::path folder;
  std::uint64_t max_file_bytes = 64U << 20U;  // then the next pair of files begins
};

struct CdrCounts {
  std::uint64_t written = 0;
  std::uint64_t waiting = 0;   // records that the disk did not take yet
  std::uint64_t failures = 0;  // tries that the disk refused
  std::uint64_t lost = 0;      // records given up: too many waited, or the end came
  std::uint64_t refused = 0;   // presences that there was no room to follow
  std::string last_error;      // "" while writing works
};

class CdrRecorder final : public model::ChangeSink {
 public:
  static constexpr std::size_t kMaxSessions = 50'000;
  /// The last figures of streams come after the word that somebody left.
  static constexpr Duration kSettle = std::chrono::seconds{5};
  /// Records that wait while the disk takes none; then the oldest goes.
  static constexpr std::size_t kMaxWaiting = 10'000;
  /// Feeds' clocks may be ahead of the packets' by less than this.
  static constexpr Duration kClockBack = std::chrono::minutes{10};
  static constexpr Duration kRetry = std::chrono::seconds{10};

  /// Appends to cdr-YYYYMMDD.jsonl and .csv (with a header line) of the UTC day on which a presence ended; a
  /// full file goes on as cdr-YYYYMMDD-2. Throws std::runtime_error, one line, when the folder cannot be
  /// written.
  explicit CdrRecorder(CdrOptions options);

  void on_change(const model::Change& change) override;
  /// Writes what still waits; nothing may come after.
  void finish();

  /// From any thread.
  [[nodiscard]] CdrCounts counts() const {
    const std::lock_guard lock(counts_mutex_);
    return counts_;
  }

 private:
  struct Followed {
    model::Session session;
    std::map<ConnectionId, model::Connection> connections;
    std::map<StreamId, model::Stream> streams;
    std::set<std::string> issues;
  };
  /// A record that is to be written.
  struct Lines {
    std::string day;  // "20261121"
    std::string json, csv;
  };

  template <class Ignored>
  void take(const Ignored&) {}
  void take(const model::Host& host) { see(host.last_seen); }
  void take(const model::Conference& conference) { conferences_[conference.id] = conference; }
  void take(const model::Participant& participant) { participants_[participant.id] = participant; }
  void take(const model::Session& session);
  void take(const model::Connection& connection);
  void take(const model::Stream& stream);
  void take(const model::StreamSample& sample) {
    if (sample.end + kClockBack < newest_) clock_went_back();
    see(sample.end);
  }
  void take(const model::Event& event) { see(event.time); }
  void take(const model::Issue& issue);

  void see(UtcTime time);
  void clock_went_back();
  void close_record(SessionId session);
  void write_waiting();
  std::error_code write(const Lines& lines);
  [[nodiscard]] CallRecord record_of(const Followed& followed) const;
  std::error_code open(const std::string& day);
  void forget(const Followed& followed);

  CdrOptions options_;
  mutable std::mutex counts_mutex_;
  CdrCounts counts_;
  std::deque<Lines> waiting_;
  LineFile json_, csv_;
  std::string day_;  // of the open files
  UtcTime retry_at_{};
  UtcTime newest_{};
  std::map<ConferenceId, model::Conference> conferences_;
  std::map<ParticipantId, model::Participant> participants_;
  std::map<SessionId, Followed> followed_;
  std::map<ConnectionId, SessionId> session_of_;
  std::map<SessionId, UtcTime> due_;  // who left, and when it is written
};

}  // namespace rtcscope::export_cdr
