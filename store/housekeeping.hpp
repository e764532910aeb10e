#pragma once
// What the writer's thread does between batches, in small steps: samples added up to 10 s and 60 s, and old
// rows deleted.

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>

#include "correlator/model.hpp"
#include "store/store.hpp"

namespace rtcscope::store {

/// What is older goes.
struct Retention {
  std::chrono::hours age{0};          // 0: keep for ever
  std::chrono::hours samples_1s{0};   // of samples as they came; 0: as long as `age`
  std::chrono::hours samples_10s{0};  // of those added up to 10 s; 0: as long as `age`
  std::chrono::milliseconds interval = std::chrono::minutes{10};
  std::uint32_t rows_per_step = 2'000;
};

/// Samples are added up when their minute is over and no more of it are to be expected.
struct RollUps {
  std::chrono::milliseconds interval{5'000};
  std::chrono::milliseconds lateness{10'000};  // how long after others of its time a sample may come
  std::uint32_t minutes_per_step = 500;        // of streams
};

/// What one step did.
struct HouseWork {
  std::uint64_t expired = 0;
  std::uint64_t rolled_up = 0;
  std::string error;  // "" when it worked
};

/// Not for more than one thread at a time.
class Housekeeping {
 public:
  using Clock = std::chrono::steady_clock;

  /// `store` outlives it. Without a wall clock nothing gets old.
  Housekeeping(Store& store, Retention retention, RollUps roll_ups, std::function<UtcTime()> clock);

  /// Learns how far time is from what was written: a recording has a time of its own.
  void look_at(std::span<const model::Change> written);
  /// When step() has something to do.
  [[nodiscard]] Clock::time_point next_due() const noexcept;
  HouseWork step();

 private:
  void roll_up(HouseWork& work);
  void expire(HouseWork& work);
  [[nodiscard]] Cutoffs cutoffs() const;

  Store& store_;
  const Retention retention_;
  const RollUps roll_ups_;
  const std::function<UtcTime()> clock_;
  std::optional<UtcTime> newest_;  // start of a sample, not before 1970
  Clock::time_point roll_up_at_;
  Clock::time_point expire_at_;
};

}  // namespace rtcscope::store
