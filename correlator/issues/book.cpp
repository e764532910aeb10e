#include "correlator/issues/book.hpp"

#include <algorithm>

#include "base/stable_hash.hpp"

namespace rtcscope::correlator {
namespace {

/// An issue that lasts is told anew this often: its sentence names how long.
constexpr Duration kTellInterval = std::chrono::seconds{10};

/// "alice, bob and 3 more"
std::string names(const std::map<ParticipantId, std::string>& people) {
  std::string text;
  std::size_t told = 0;
  for (const auto& [id, name] : people) {
    if (told == IssueBook::kMaxNames) break;
    text += (told++ == 0 ? "" : ", ") + name;
  }
  const std::size_t more = people.size() - told;
  return more == 0 ? text : text + " and " + std::to_string(more) + " more";
}

}  // namespace

void IssueBook::take(UtcTime now, const Finding& finding) {
  const IssueRule& rule = options_.rule(finding.kind);
  if (!rule.enabled) return;
  const auto known = watched_.find({finding.kind, finding.subject});
  if (known == watched_.end()) {
    if (finding.state != Finding::State::kBad) return;
    if (watched_.size() >= kMaxWatched) {
      refused_ += 1;
      return;
    }
    Watch& watch = watched_[{finding.kind, finding.subject}];
    begin(watch, now, finding);
    return grow(watch, now, finding, rule);
  }
  Watch& watch = known->second;
  // Frozen pictures come after the packets that miss: also what is seen while it gets better is of it.
  for (const auto& viewer : finding.froze) {
    if (watch.froze.size() < kMaxFroze) watch.froze.insert(viewer);
  }
  switch (finding.state) {
    case Finding::State::kBad:
      watch.better_since.reset();
      return grow(watch, now, finding, rule);
    case Finding::State::kBetween:
      // Not bad enough to begin, not good enough to end.
      if (!watch.open) watched_.erase(known);
      return;
    case Finding::State::kFine:
      if (!watch.better_since) watch.better_since = now;
      if (watch.open && now - *watch.better_since < rule.clear_hold) return;
      if (watch.open) end(watch, *watch.better_since);
      watched_.erase(known);
  }
}

void IssueBook::begin(Watch& watch, UtcTime now, const Finding& finding) {
  watch.since = finding.since == UtcTime{} ? now : std::min(now, finding.since);
  watch.froze = finding.froze;
  watch.part_before = finding.part - finding.window_part;
  watch.whole_before = finding.whole - finding.window_whole;
}

void IssueBook::grow(Watch& watch, UtcTime now, const Finding& finding, const IssueRule& rule) {
  watch.last_bad = finding;
  watch.bad_at = now;
  watch.worst = watch.looks == 0 ? finding.value : std::max(watch.worst, finding.value);
  watch.sum += finding.value;
  watch.looks += 1;
  if (!watch.open && now - watch.since >= rule.hold) {
    watch.open = true;
    model::Issue& issue = watch.issue;
    issue.kind = finding.kind;
    issue.severity = rule.severity;
    issue.host = host_;
    issue.started_at = watch.since;
    issue.id = IssueId{StableHash{}
                           .add(host_.value)
                           .add(issue.kind)
                           .add(finding.subject)
                           .add(ns_since_epoch(issue.started_at))
                           .value()};
    tell(watch, now);
  } else if (watch.open && now - watch.told_at >= kTellInterval) {
    tell(watch, now);
  }
}

void IssueBook::tell(Watch& watch, UtcTime now) {
  const Finding& f = watch.last_bad;
  IssueTotals totals;
  totals.lasted = watch.issue.ended_at.value_or(now) - watch.issue.started_at;
  totals.worst = watch.worst;
  totals.mean = watch.sum / static_cast<double>(std::max<std::uint64_t>(watch.looks, 1));
  totals.part = f.part - watch.part_before;
  const double whole = f.whole - watch.whole_before;
  totals.ratio = whole > 0 ? totals.part / whole : 0;
  totals.froze = watch.froze.size();
  model::Issue& issue = watch.issue;
  issue.conference = f.conference;
  issue.participant = f.participant;
  issue.connection = f.connection;
  issue.stream = f.stream;
  issue.text = sentence(f, totals);
  issue.evidence = f.evidence;
  if (!watch.froze.empty()) issue.evidence.push_back({"froze_at", names(watch.froze)});
  watch.told_at = now;
  changed_.push_back(issue);
}

void IssueBook::end(Watch& watch, UtcTime time) {
  watch.issue.ended_at = std::max(time, watch.issue.started_at);
  tell(watch, time);
}

void IssueBook::end_connection(ConnectionId connection, UtcTime time) {
  for (auto entry = watched_.begin(); entry != watched_.end();) {
    Watch& watch = entry->second;
    if (watch.last_bad.connection != connection) {
      ++entry;
      continue;
    }
    if (watch.open) end(watch, watch.better_since.value_or(time));
    entry = watched_.erase(entry);
  }
}

void IssueBook::end_all(UtcTime time) {
  for (auto& [key, watch] : watched_) {
    if (watch.open) end(watch, watch.better_since.value_or(time));
  }
  watched_.clear();
}

}  // namespace rtcscope::correlator
