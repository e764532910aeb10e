#pragma once
// The newest state of every entity, kept in memory for a report at the end of a capture.

#include <algorithm>
#include <cstdint>
#include <map>
#include <tuple>
#include <vector>

#include "correlator/model.hpp"

namespace rtcscope::app {

/// Entities in the order they were first heard of. Samples are kept if wanted; the rest is, up to bounds, and
/// what found no room is counted.
class Picture : public model::ChangeSink {
 public:
  static constexpr std::size_t kMaxEvents = 100'000;
  static constexpr std::size_t kMaxRows = 200'000;  // of each table
  static constexpr std::size_t kMaxSamples = 1'000'000;

  void on_change(const model::Change& change) override;
  /// Connections, flows, streams and samples by when they began; they were told of in any order.
  void sort();

  template <class Entity>
  class Table {
   public:
    /// False: there is no room for one more.
    bool put(const Entity& entity) {
      const auto known = places_.find(entity.id.value);
      if (known != places_.end()) {
        rows_[known->second] = entity;
        return true;
      }
      if (rows_.size() >= kMaxRows) return false;
      places_.emplace(entity.id.value, rows_.size());
      rows_.push_back(entity);
      return true;
    }
    [[nodiscard]] const std::vector<Entity>& rows() const noexcept { return rows_; }
    /// nullptr when there is none.
    [[nodiscard]] const Entity* find(std::uint64_t id) const {
      const auto found = places_.find(id);
      return found == places_.end() ? nullptr : &rows_[found->second];
    }

    /// By this time of each, then by id.
    void sort(UtcTime Entity::*time) {
      std::sort(rows_.begin(), rows_.end(), [time](const Entity& x, const Entity& y) {
        return std::tie(x.*time, x.id) < std::tie(y.*time, y.id);
      });
      for (std::size_t place = 0; place < rows_.size(); ++place) places_[rows_[place].id.value] = place;
    }

   private:
    std::vector<Entity> rows_;
    std::map<std::uint64_t, std::size_t> places_;
  };

  Table<model::Host> hosts;
  Table<model::Conference> conferences;
  Table<model::Participant> participants;
  Table<model::Session> sessions;
  Table<model::Connection> connections;
  Table<model::Flow> flows;
  Table<model::Stream> streams;
  Table<model::Issue> issues;
  std::vector<model::Event> events;
  bool keep_samples = false;
  std::vector<model::StreamSample> samples;  // up to kMaxSamples, if they are to be kept
  std::uint64_t samples_not_kept = 0;
  std::uint64_t events_not_kept = 0;
  std::uint64_t states_not_kept = 0;  // changes of entities that found no room
};

}  // namespace rtcscope::app
