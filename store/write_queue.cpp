#include "store/write_queue.hpp"

#include <algorithm>

namespace rtcscope::store {
namespace {

/// 0 for what has no id of its own.
struct IdOf {
  std::uint64_t operator()(const model::StreamSample&) const noexcept { return 0; }
  std::uint64_t operator()(const model::Event&) const noexcept { return 0; }
  template <class Entity>
  std::uint64_t operator()(const Entity& entity) const noexcept {
    return entity.id.value;
  }
};

template <class T>
void move_front(std::deque<T>& from, std::vector<model::Change>& to, std::size_t max) {
  const auto count = static_cast<std::ptrdiff_t>(std::min(from.size(), max - to.size()));
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.begin() + count));
  from.erase(from.begin(), from.begin() + count);
}

}  // namespace

WriteQueue::Cost WriteQueue::push(const model::Change& change, std::size_t elsewhere) {
  const bool full = size() + elsewhere >= capacity_;
  if (const auto* sample = std::get_if<model::StreamSample>(&change)) {
    if (full) return {.dropped_samples = 1};
    samples_.push_back(*sample);
    return {};
  }
  if (const auto* event = std::get_if<model::Event>(&change)) {
    if (full && samples_.empty()) return {.dropped_events = 1};
    if (full) samples_.pop_back();
    events_.push_back(*event);
    return {.dropped_samples = full ? 1U : 0U};
  }
  return push_entity(change, {change.index(), std::visit(IdOf{}, change)}, full);
}

WriteQueue::Cost WriteQueue::push_entity(const model::Change& change, Key key, bool full) {
  if (const auto place = places_.find(key); place != places_.end()) {
    entities_[static_cast<std::size_t>(place->second - taken_)] = change;
    return {.coalesced = 1};
  }
  Cost cost;
  if (full && !samples_.empty()) {
    samples_.pop_back();
    cost.dropped_samples = 1;
  } else if (full && !events_.empty()) {
    events_.pop_back();
    cost.dropped_events = 1;
  } else if (full) {
    return {.dropped_entities = 1};
  }
  places_.emplace(key, taken_ + entities_.size());
  entities_.push_back(change);
  return cost;
}

std::vector<model::Change> WriteQueue::take(std::size_t max) {
  std::vector<model::Change> changes;
  changes.reserve(std::min(max, size()));
  move_front(entities_, changes, max);
  for (const model::Change& entity : changes) places_.erase({entity.index(), std::visit(IdOf{}, entity)});
  taken_ += changes.size();
  move_front(samples_, changes, max);
  move_front(events_, changes, max);
  return changes;
}

}  // namespace rtcscope::store
