#include "export/cdr/recorder.hpp"

#include <algorithm>
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
  for (const SessionId id : ready) {
    write(followed_.at(id));
    forget(followed_.at(id));
  }
}

void CdrRecorder::finish() {
  while (!due_.empty()) {
    const Followed& followed = followed_.at(due_.begin()->first);
    write(followed);
    forget(followed);
  }
  files_ = Files{};
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
    if (stream.rtx_of_ssrc || stream.codec == "rtx") continue;
    if (stream.direction == "uplink") add(record.uplink, stream);
    if (stream.direction == "downlink") add(record.downlink, stream);
  }
  record.issues.assign(followed.issues.begin(), followed.issues.end());
  return record;
}

void CdrRecorder::open(const std::string& day) {
  const bool same = files_.day == day;
  const unsigned first = same ? files_.part + 1 : 1;
  for (unsigned part = first;; ++part) {
    const std::string name = "cdr-" + day + (part == 1 ? "" : "-" + std::to_string(part));
    const std::filesystem::path csv = options_.folder / (name + ".csv");
    std::error_code none;
    const auto size = std::filesystem::exists(csv) ? std::filesystem::file_size(csv, none) : 0;
    // What an earlier run filled stays as it is.
    if (!none && size >= options_.max_file_bytes) continue;
    files_.json = std::ofstream(options_.folder / (name + ".jsonl"), std::ios::app);
    files_.csv = std::ofstream(csv, std::ios::app);
    files_.day = day;
    files_.part = part;
    files_.bytes = size;
    if (size == 0) files_.csv << csv_header() << "\r\n";
    return;
  }
}

void CdrRecorder::write(const Followed& followed) {
  const std::string day = day_of(followed.session.left->time);
  if (files_.day != day || files_.bytes >= options_.max_file_bytes) open(day);
  const CallRecord record = record_of(followed);
  const std::string line = to_csv(record);
  files_.json << to_json(record) << '\n' << std::flush;
  files_.csv << line << "\r\n" << std::flush;
  files_.bytes += line.size() + 2;
  const bool good = files_.json.good() && files_.csv.good();
  counts_.written += good ? 1 : 0;
  counts_.failed += good ? 0 : 1;
  if (!good) files_ = Files{};  // the next record tries anew
}

}  // namespace rtcscope::export_cdr
