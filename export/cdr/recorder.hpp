#pragma once
// Follows the picture and writes a call detail record for each presence that ends.

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>

#include "export/cdr/record.hpp"

namespace rtcscope::export_cdr {

struct CdrOptions {
  std::filesystem::path folder;
  std::uint64_t max_file_bytes = 64U << 20U;  // then the next pair of files begins
};

struct CdrCounts {
  std::uint64_t written = 0;
  std::uint64_t failed = 0;   // a line that the disk did not take
  std::uint64_t refused = 0;  // presences that there was no room to follow
};

class CdrRecorder final : public model::ChangeSink {
 public:
  static constexpr std::size_t kMaxSessions = 50'000;
  /// The last figures of streams come after the word that somebody left.
  static constexpr Duration kSettle = std::chrono::seconds{5};

  /// Appends to cdr-YYYYMMDD.jsonl and .csv (with a header line) of the UTC day on which a presence ended; a
  /// full file goes on as cdr-YYYYMMDD-2. Throws std::runtime_error, one line, when the folder cannot be
  /// written.
  explicit CdrRecorder(CdrOptions options);

  void on_change(const model::Change& change) override;
  /// Writes what still waits; nothing may come after.
  void finish();

  [[nodiscard]] CdrCounts counts() const noexcept { return counts_; }

 private:
  struct Followed {
    model::Session session;
    std::map<ConnectionId, model::Connection> connections;
    std::map<StreamId, model::Stream> streams;
    std::set<std::string> issues;
  };
  /// The files of one day.
  struct Files {
    std::string day;
    unsigned part = 0;
    std::ofstream json, csv;
    std::uint64_t bytes = 0;
  };

  template <class Ignored>
  void take(const Ignored&) {}
  void take(const model::Host& host) { see(host.last_seen); }
  void take(const model::Conference& conference) { conferences_[conference.id] = conference; }
  void take(const model::Participant& participant) { participants_[participant.id] = participant; }
  void take(const model::Session& session);
  void take(const model::Connection& connection);
  void take(const model::Stream& stream);
  void take(const model::StreamSample& sample) { see(sample.end); }
  void take(const model::Event& event) { see(event.time); }
  void take(const model::Issue& issue);

  void see(UtcTime time);
  void write(const Followed& followed);
  [[nodiscard]] CallRecord record_of(const Followed& followed) const;
  void open(const std::string& day);
  void forget(const Followed& followed);

  CdrOptions options_;
  CdrCounts counts_;
  Files files_;
  UtcTime newest_{};
  std::map<ConferenceId, model::Conference> conferences_;
  std::map<ParticipantId, model::Participant> participants_;
  std::map<SessionId, Followed> followed_;
  std::map<ConnectionId, SessionId> session_of_;
  std::map<SessionId, UtcTime> due_;  // who left, and when it is written
};

}  // namespace rtcscope::export_cdr
