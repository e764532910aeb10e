#include "store/housekeeping.hpp"

#include <algorithm>
#include <utility>

namespace rtcscope::store {
namespace {

/// Between two steps of one task: batches go first.
constexpr std::chrono::milliseconds kPause{20};

bool anything_gets_old(const Retention& retention) {
  return retention.age.count() > 0 || retention.samples_1s.count() > 0 || retention.samples_10s.count() > 0;
}

}  // namespace

Housekeeping::Housekeeping(Store& store, Retention retention, RollUps roll_ups,
                           std::function<UtcTime()> clock)
    : store_(store),
      retention_(retention),
      roll_ups_(roll_ups),
      clock_(std::move(clock)),
      roll_up_at_(Clock::now() + roll_ups_.interval),
      expire_at_(clock_ && anything_gets_old(retention_) ? Clock::now() : Clock::time_point::max()) {}

void Housekeeping::look_at(std::span<const model::Change> written) {
  for (const model::Change& change : written) {
    const auto* sample = std::get_if<model::StreamSample>(&change);
    if (sample != nullptr) newest_ = std::max(newest_.value_or(UtcTime{}), sample->start);
  }
}

Housekeeping::Clock::time_point Housekeeping::next_due() const noexcept {
  return std::min(newest_ ? roll_up_at_ : Clock::time_point::max(), expire_at_);
}

HouseWork Housekeeping::step() {
  HouseWork work;
  const auto now = Clock::now();
  if (newest_ && now >= roll_up_at_) roll_up(work);
  if (now >= expire_at_) expire(work);
  return work;
}

void Housekeeping::roll_up(HouseWork& work) {
  // The store takes whole minutes: the one that `before` lies in is not over.
  const UtcTime before = std::chrono::floor<std::chrono::minutes>(*newest_ - roll_ups_.lateness);
  const auto result = store_.roll_up(before, roll_ups_.minutes_per_step);
  const bool more = result && result->more;
  roll_up_at_ = Clock::now() + (more ? kPause : roll_ups_.interval);
  if (result) {
    work.rolled_up += result->minutes;
  } else {
    work.error = result.error().message;
  }
}

Cutoffs Housekeeping::cutoffs() const {
  const UtcTime now = clock_();
  const auto before = [&](std::chrono::hours age) { return age.count() > 0 ? now - age : UtcTime::min(); };
  return {before(retention_.age), before(retention_.samples_1s), before(retention_.samples_10s)};
}

void Housekeeping::expire(HouseWork& work) {
  const auto result = store_.expire(cutoffs(), retention_.rows_per_step);
  const bool more = result && result->more;
  expire_at_ = Clock::now() + (more ? kPause : retention_.interval);
  if (result) {
    work.expired += result->rows;
  } else {
    work.error = result.error().message;
  }
}

}  // namespace rtcscope::store
