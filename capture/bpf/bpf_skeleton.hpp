#pragma once
// Owner of a skeleton that `bpftool gen skeleton` wrote.

#include <memory>

namespace rtcscope {

/// `Skeleton` is the generated struct; its maps, programs and links end with this object.
template <typename Skeleton>
class BpfSkeleton {
 public:
  BpfSkeleton() = default;
  explicit BpfSkeleton(Skeleton* skeleton) noexcept : skeleton_(skeleton) {}

  [[nodiscard]] explicit operator bool() const noexcept { return skeleton_ != nullptr; }
  Skeleton* operator->() const noexcept { return skeleton_.get(); }
  [[nodiscard]] Skeleton* value() const noexcept { return skeleton_.get(); }

 private:
  struct Destroy {
    void operator()(Skeleton* skeleton) const noexcept { Skeleton::destroy(skeleton); }
  };
  std::unique_ptr<Skeleton, Destroy> skeleton_;
};

}  // namespace rtcscope
