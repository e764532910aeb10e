#include "store/apply.hpp"

#include <utility>

namespace rtcscope::store {
namespace {

void add(Store& store, std::span<const model::Change> changes, Applied& applied) {
  const auto result = store.apply(changes);
  if (result) {
    applied.written += changes.size();
  } else if (result.error().code != StoreErrc::kRejected) {
    applied.failure = result.error();
  } else if (changes.size() <= 1) {
    applied.rejected += changes.size();
    applied.refusal = result.error().message;
  } else {
    // Somewhere among them: the halves find it.
    const std::size_t half = changes.size() / 2;
    add(store, changes.first(half), applied);
    if (!applied.failure) add(store, changes.subspan(half), applied);
  }
}

}  // namespace

Applied apply_what_can_be(Store& store, std::span<const model::Change> changes) {
  Applied applied;
  add(store, changes, applied);
  return applied;
}

}  // namespace rtcscope::store
