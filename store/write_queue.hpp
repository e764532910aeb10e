#pragma once
// What waits for the store, bounded. Not for more than one thread at a time.

#include <cstdint>
#include <deque>
#include <map>
#include <utility>
#include <vector>

#include "correlator/model.hpp"

namespace rtcscope::store {

class WriteQueue {
 public:
  explicit WriteQueue(std::size_t capacity) noexcept : capacity_(capacity) {}

  /// What a push() cost. At most one of the four is 1.
  struct Cost {
    std::uint64_t coalesced = 0;
    std::uint64_t dropped_samples = 0;
    std::uint64_t dropped_events = 0;
    std::uint64_t dropped_entities = 0;
  };

  /// An entity replaces its waiting state. When the queue is full with `elsewhere` changes more that count,
  /// a new entity takes the place of the newest sample, else of the newest event; a new event that of the
  /// newest sample; what finds no place is dropped.
  Cost push(const model::Change& change, std::size_t elsewhere = 0);

  /// At most `max` changes: entities in the order they first came, then samples, then events.
  std::vector<model::Change> take(std::size_t max);

  [[nodiscard]] std::size_t size() const noexcept {
    return entities_.size() + samples_.size() + events_.size();
  }
  [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }

 private:
  using Key = std::pair<std::size_t, std::uint64_t>;  // kind of entity, id

  Cost push_entity(const model::Change& change, Key key, bool full);

  std::size_t capacity_;
  std::deque<model::Change> entities_;
  std::map<Key, std::uint64_t>
      places_;               // number of the entity since the start; not a hash: ids come from outside
  std::uint64_t taken_ = 0;  // number of entities_.front()
  std::deque<model::StreamSample> samples_;
  std::deque<model::Event> events_;
};

}  // namespace rtcscope::store
