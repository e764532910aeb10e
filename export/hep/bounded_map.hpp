#pragma once
// A map of limited size that forgets what was not touched for longest.

#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <utility>

namespace rtcscope::export_hep {

/// Ordered, not hashed: the keys come from what was on the wire, and a tree has no worst-case input.
template <class Key, class Value>
class BoundedMap {
 public:
  /// Keeps at most `limit` (>= 1) entries.
  explicit BoundedMap(std::size_t limit) : limit_(limit) {}

  /// The entry of `key`, made if there is none, now the most recent. Valid until the next touch().
  Value& touch(const Key& key) {
    const auto [it, inserted] = entries_.try_emplace(key);
    if (!inserted) {
      order_.splice(order_.begin(), order_, it->second.position);
      return it->second.value;
    }
    order_.push_front(key);
    it->second.position = order_.begin();
    if (entries_.size() > limit_) {
      entries_.erase(order_.back());
      order_.pop_back();
      ++evicted_;
    }
    return it->second.value;
  }

  /// nullptr if there is none; does not change the order. Valid until the next touch().
  [[nodiscard]] const Value* find(const Key& key) const {
    const auto it = entries_.find(key);
    return it == entries_.end() ? nullptr : &it->second.value;
  }

  [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }
  [[nodiscard]] std::uint64_t evicted() const noexcept { return evicted_; }

 private:
  struct Entry {
    Value value{};
    typename std::list<Key>::iterator position{};
  };

  std::size_t limit_;
  std::map<Key, Entry> entries_;
  std::list<Key> order_;  // most recent first
  std::uint64_t evicted_ = 0;
};

}  // namespace rtcscope::export_hep
