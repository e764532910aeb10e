#pragma once
// A batch with a change in it that the store refuses for what it is: the others are written without it.

#include <cstddef>
#include <optional>
#include <span>
#include <string>

#include "correlator/model.hpp"
#include "store/store.hpp"

namespace rtcscope::store {

struct Applied {
  std::size_t written = 0;
  std::size_t rejected = 0;
  std::string refusal;  // why the last one was rejected
  std::optional<StoreError>
      failure;  // the store stopped taking any: what follows the two is still to be done

  [[nodiscard]] std::size_t done() const noexcept { return written + rejected; }  // from the first on
};

Applied apply_what_can_be(Store& store, std::span<const model::Change> changes);

}  // namespace rtcscope::store
