#include "export/cdr/recorder.hpp"

#include <algorithm>
#include <fstream>
#include <stdexcept>
#include <vector>

namespace rtcscope::export_cdr {
namespace {

/// "20261121"
std::string day_of(UtcTime time) {
  std::string day = to_rfc3339(time).substr(0, 10);
  day.erase(std::remove(day.begin(), day.end(), '-'), day.end());
  return day;
}

void add(DirectionRecord& sum, const model::Stream& stream) {
  sum.streams += 1;
  sum.packets += stream.total.packets;
  sum.bytes += stream.total.bytes;
  sum.expected += stream.total.expected;
  sum.lost += stream.total.lost;
  if (stream.jitter_max_ms)
    sum.jitter_max_ms = std::max(sum.jitter_max_ms.value_or(0), *stream.jitter_max_ms);
}

}  // namespace

CdrRecorder::CdrRecorder(CdrOptions options) : options_(std::move(options)) {
  std::error_code error;
  std::filesystem::create_directories(options_.folder, error);
  const std::filesystem::path probe = options_.folder / ".rtcscope-cdr";
  const bool writable = std::ofstream(probe).is_open();
  std::filesystem::remove(probe, error);
  if (!writable) {
    throw std::runtime_error("--cdr " + options_.folder.string() +
                             ": files cannot be written there; name a folder that this user may write");
  }
}

void CdrRecorder::on_change(const model::Change& change) {
  std::visit([this](const auto& what) { take(what); }, change);
}

void CdrRecorder::take(const model::Session& session) {
  const auto known = followed_.find(session.id);
  if (known == followed_.end() && followed_.size() >= kMaxSessions) {
    const std::lock_guard lock(counts_mutex_);
    counts_.refused += 1;
    return;
  }
  followed_[session.id].session = session;
  if (session.left) due_.try_emplace(session.id, std::max(session.left->time, newest_) + kSettle);
}

void CdrRecorder::take(const model::Connection& connection) {
  const auto followed = followed_.find(connection.session);
  if (followed == followed_.end()) return;
  followed->second.connections[connection.id] = connection;
  session_of_[connection.id] = connection.session;
}

void CdrRecorder::take(const model::Stream& stream) {
  const auto session = session_of_.find(stream.connection);
  if (session != session_of_.end()) followed_.at(session->second).streams[stream.id] = stream;
}

void CdrRecorder::take(const model::Issue& issue) {
  const auto session = session_of_.find(issue.connection);
  if (session != session_of_.end()) followed_.at(session->second).issues.insert(issue.kind);
}

void CdrRecorder::see(UtcTime time) {
  if (time <= newest_) return;
  newest_ = time;
  std::vector<SessionId> ready;
  for (const auto& [session, due] : due_) {
    if (due <= newest_) ready.push_back(session);
  }
  for (const SessionId id : ready) close_record(id);
  if (newest_ >= retry_at_) write_waiting();
}

// What is due would wait until that time comes again.
void CdrRecorder::clock_went_back() {
  while (!due_.empty()) close_record(due_.begin()->first);
  newest_ = retry_at_ = UtcTime{};
}

void CdrRecorder::finish() {
  while (!due_.empty()) close_record(due_.begin()->first);
  write_waiting();
  const std::lock_guard lock(counts_mutex_);
  counts_.lost += waiting_.size();
  counts_.waiting = 0;
  waiting_.clear();
  json_.close();
  csv_.close();
}

void CdrRecorder::close_record(SessionId session) {
  const Followed& followed = followed_.at(session);
  const CallRecord record = record_of(followed);
  waiting_.push_back({day_of(followed.session.left->time), to_json(record) + "\n", to_csv(record) + "\r\n"});
  forget(followed);
  const std::lock_guard lock(counts_mutex_);
  if (waiting_.size() > kMaxWaiting) {
    waiting_.pop_front();
    counts_.lost += 1;
  }
  counts_.waiting = waiting_.size();
}

void CdrRecorder::write_waiting() {
  while (!waiting_.empty()) {
    const std::error_code error = write(waiting_.front());
    if (!error) waiting_.pop_front();
    const std::lock_guard lock(counts_mutex_);
    counts_.waiting = waiting_.size();
    counts_.written += error ? 0 : 1;
    counts_.failures += error ? 1 : 0;
    counts_.last_error = error ? options_.folder.string() + ": " + error.message() : "";
    if (!error) continue;
    json_.close();
    csv_.close();
    retry_at_ = newest_ + kRetry;
    return;
  }
}

void CdrRecorder::forget(const Followed& followed) {
  const SessionId id = followed.session.id;
  const ParticipantId participant = followed.session.participant;
  const ConferenceId conference = followed.session.conference;
  for (const auto& [connection, entity] : followed.connections) session_of_.erase(connection);
  due_.erase(id);
  followed_.erase(id);
  const auto shares = [](auto member, auto value) {
    return [member, value](const auto& entry) { return entry.second.session.*member == value; };
  };
  if (std::none_of(followed_.begin(), followed_.end(), shares(&model::Session::participant, participant))) {
    participants_.erase(participant);
  }
  if (std::none_of(followed_.begin(), followed_.end(), shares(&model::Session::conference, conference))) {
    conferences_.erase(conference);
  }
}

CallRecord CdrRecorder::record_of(const Followed& followed) const {
  CallRecord record;
  record.session = followed.session;
  const auto conference = conferences_.find(followed.session.conference);
  if (conference != conferences_.end()) record.conference = conference->second;
  const auto participant = participants_.find(followed.session.participant);
  if (participant != participants_.end()) record.participant = participant->second;
  record.connections = followed.connections.size();
  const model::Connection* first = nullptr;
  for (const auto& [id, connection] : followed.connections) {
    if (connection.connected_at && (first == nullptr || connection.started_at < first->started_at)) {
      first = &connection;
    }
  }
  if (first != nullptr) {
    record.connect_s = std::chrono::duration<double>(*first->connected_at - first->started_at).count();
  }
  for (const auto& [id, stream] : followed.streams) {
    if (is_repair(stream) || stream.relay_leg) continue;
    if (stream.direction == "uplink") add(record.uplink, stream);
    if (stream.direction == "downlink") add(record.downlink, stream);
  }
  record.issues.assign(followed.issues.begin(), followed.issues.end());
  return record;
}

std::error_code CdrRecorder::open(const std::string& day) {
  for (unsigned part = 1;; ++part) {
    const std::string name = "cdr-" + day + (part == 1 ? "" : "-" + std::to_string(part));
    if (const auto error = csv_.open(options_.folder / (name + ".csv"))) return error;
    // What is full stays as it is, also when an earlier run filled it.
    if (csv_.size() >= options_.max_file_bytes) continue;
    if (const auto error = json_.open(options_.folder / (name + ".jsonl"))) return error;
    day_ = day;
    return csv_.size() == 0 ? csv_.append(csv_header() + "\r\n") : std::error_code{};
  }
}

std::error_code CdrRecorder::write(const Lines& lines) {
  const bool usable = day_ == lines.day && csv_.in_place() && json_.in_place();
  if (!usable || csv_.size() >= options_.max_file_bytes) {
    if (const auto error = open(lines.day)) return error;
  }
  const std::uint64_t before = json_.size();
  if (const auto error = json_.append(lines.json)) return error;
  const std::error_code error = csv_.append(lines.csv);
  // Both or neither: the record comes again.
  if (error) json_.cut_to(before);
  return error;
}

}  // namespace rtcscope::export_cdr
