#include "correlator/issues/engine.hpp"

#include <algorithm>
#include <cmath>

#include "correlator/issues/rules.hpp"

namespace rtcscope::correlator {
namespace {

constexpr Duration kRejoinWindow = std::chrono::minutes{5};
constexpr std::size_t kMaxRejoiners = 10'000;
constexpr Duration kRuns = std::chrono::seconds{3};
constexpr Duration kFreezeWindow = std::chrono::seconds{10};

/// What each participant sends now, by kind of medium.
std::map<ParticipantId, std::set<std::string>> uplinks_of(std::span<const ConnectionView> views,
                                                          UtcTime now) {
  std::map<ParticipantId, std::set<std::string>> uplinks;
  for (const ConnectionView& view : views) {
    if (!view.participant.valid() || view.ended) continue;
    for (const StreamView& stream : view.streams) {
      const flows::StreamReport& report = stream.stream->last;
      const bool runs = !report.final && report.end + kRuns >= now && report.interval.packets >= 5;
      if (stream.uplink && runs && !model::is_repair(stream.format)) {
        uplinks[view.participant].insert(stream.format.kind);
      }
    }
  }
  return uplinks;
}

}  // namespace

void IssueEngine::look(UtcTime now, std::span<const ConnectionView> views) {
  forget_freezes(now);
  const auto uplinks = uplinks_of(views, now);
  for (const ConnectionView& view : views) {
    Memory& memory = memories_[view.handle->id];
    Rules rules(*this, view, memory, now);
    if (memory.closed) continue;
    if (view.ended) {
      rules.close();
      continue;
    }
    rules.remember();
    rules.run();
    rules.forwarding(uplinks);
  }
  look_at_host(now);
  look_at_clocks(now);
  look_at_rejoins(now);
  looked_ = now;
}

void IssueEngine::look_at_host(UtcTime now) {
  capture_drops_total_ += capture_drops_;
  Finding drops;
  drops.kind = "capture_loss";
  drops.part = static_cast<double>(capture_drops_total_);
  drops.window_part = drops.value = static_cast<double>(capture_drops_);
  drops.evidence.push_back({"frames", std::to_string(capture_drops_total_)});
  const bool lost = capture_drops_ != 0 && drops.value >= options_.rule("capture_loss").raise;
  drops.state = lost ? Finding::State::kBad : Finding::State::kFine;
  capture_drops_ = 0;
  book_.take(now, drops);
}

void IssueEngine::look_at_clocks(UtcTime now) {
  const IssueRule& limits = options_.rule("clock_skew");
  for (const FeedClock& clock : clocks_.all()) {
    Finding skew;
    skew.kind = "clock_skew";
    skew.subject = skew.who = clock.server;
    skew.value = std::abs(clock.offset_ms);
    skew.evidence.push_back({"feed_minus_packets", std::to_string(std::llround(clock.offset_ms)) + " ms"});
    skew.state = skew.value >= limits.raise   ? Finding::State::kBad
                 : skew.value <= limits.clear ? Finding::State::kFine
                                              : Finding::State::kBetween;
    book_.take(now, skew);
  }
}

void IssueEngine::forget_freezes(UtcTime now) {
  for (auto entry = freezes_.begin(); entry != freezes_.end();) {
    std::erase_if(entry->second, [&](const auto& freeze) { return freeze.second.at + kFreezeWindow < now; });
    entry = entry->second.empty() ? freezes_.erase(entry) : std::next(entry);
  }
}

std::map<ParticipantId, std::string> IssueEngine::froze_at(ParticipantId source) const {
  std::map<ParticipantId, std::string> viewers;
  const auto found = freezes_.find(source);
  if (!source.valid() || found == freezes_.end()) return viewers;
  for (const auto& [viewer, freeze] : found->second) viewers[viewer] = freeze.viewer;
  return viewers;
}

bool IssueEngine::over(ConnectionId connection) const {
  const auto found = memories_.find(connection);
  return found != memories_.end() && found->second.closed;
}

void IssueEngine::joined(const RoomBook& rooms, SessionId presence) {
  const model::Session* session = rooms.session(presence);
  const RoomKey* room = rooms.room_of(presence);
  const model::Participant* person = session == nullptr ? nullptr : rooms.participant(session->participant);
  if (room == nullptr || person == nullptr) return;
  const std::string& name = person->display.empty() ? person->user_id : person->display;
  const std::string key = room->server + "\n" + room->plugin + "\n" + room->room + "\n" + name;
  if (rejoins_.count(key) == 0 && rejoins_.size() >= kMaxRejoiners) return;
  Rejoins& rejoins = rejoins_[key];
  const model::Session* before = rooms.session(rejoins.newest);
  // Who is still there is another one of the same name.
  if (before != nullptr && !before->left) return;
  rejoins.newest = presence;
  rejoins.times.push_back(session->joined_at);
  Finding& f = rejoins.finding;
  f.kind = "multiple_rejoins";
  f.subject = key;
  f.since = rejoins.times.front();
  f.who = name;
  f.conference = session->conference;
  f.participant = session->participant;
}

void IssueEngine::look_at_rejoins(UtcTime now) {
  const double raise = options_.rule("multiple_rejoins").raise;
  for (auto entry = rejoins_.begin(); entry != rejoins_.end();) {
    Rejoins& rejoins = entry->second;
    while (!rejoins.times.empty() && rejoins.times.front() + kRejoinWindow < now) rejoins.times.pop_front();
    const auto joins = static_cast<double>(rejoins.times.size());
    const bool bad = joins >= raise;
    rejoins.was_bad = rejoins.was_bad || bad;
    if (rejoins.was_bad) {
      Finding f = rejoins.finding;
      f.value = joins;
      f.evidence.push_back({"joins", std::to_string(rejoins.times.size()) + " in 5 minutes"});
      f.state = bad ? Finding::State::kBad : Finding::State::kFine;
      book_.take(now, f);
    }
    entry = rejoins.times.empty() ? rejoins_.erase(entry) : std::next(entry);
  }
}

}  // namespace rtcscope::correlator
