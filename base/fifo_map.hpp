#pragma once
// A map that forgets its oldest entry when it is full: for keys that an outsider can make up.

#include <cstddef>
#include <deque>
#include <map>
#include <utility>

namespace rtcscope {

template <class Key, class Value>
class FifoMap {
 public:
  explicit FifoMap(std::size_t capacity) : capacity_(capacity) {}

  /// Adds or replaces; a replaced entry keeps its age.
  void put(const Key& key, Value value) {
    const auto [place, is_new] = values_.insert_or_assign(key, std::move(value));
    if (!is_new) return;
    order_.push_back(place);
    if (order_.size() <= capacity_) return;
    values_.erase(order_.front());
    order_.pop_front();
  }
  /// nullptr when it is not there (any more).
  [[nodiscard]] const Value* find(const Key& key) const {
    const auto found = values_.find(key);
    return found == values_.end() ? nullptr : &found->second;
  }
  [[nodiscard]] Value* find(const Key& key) {
    const auto found = values_.find(key);
    return found == values_.end() ? nullptr : &found->second;
  }
  [[nodiscard]] std::size_t size() const noexcept { return values_.size(); }

 private:
  std::size_t capacity_;
  std::map<Key, Value> values_;
  std::deque<typename std::map<Key, Value>::iterator> order_;
};

}  // namespace rtcscope
