#pragma once
// The newest state of every entity, kept in memory for a report at the end of a capture.

#include <cstdint>
#include <map>
#include <vector>

#include "correlator/model.hpp"

namespace rtcscope::app {

/// Entities in the order they were first heard of. Samples are not kept; events are, up to a bound.
class Picture : public model::ChangeSink {
 public:
  static constexpr std::size_t kMaxEvents = 100'000;

  void on_change(const model::Change& change) override;

  template <class Entity>
  class Table {
   public:
    void put(const Entity& entity) {
      const auto [place, is_new] = places_.try_emplace(entity.id.value, rows_.size());
      if (is_new) {
        rows_.push_back(entity);
      } else {
        rows_[place->second] = entity;
      }
    }
    [[nodiscard]] const std::vector<Entity>& rows() const noexcept { return rows_; }
    /// nullptr when there is none.
    [[nodiscard]] const Entity* find(std::uint64_t id) const {
      const auto found = places_.find(id);
      return found == places_.end() ? nullptr : &rows_[found->second];
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
  std::vector<model::Event> events;
  std::uint64_t events_not_kept = 0;
};

}  // namespace rtcscope::app
