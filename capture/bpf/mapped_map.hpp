#pragma once
// A BPF array map (BPF_F_MMAPABLE) as memory.

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <span>
#include <utility>

namespace rtcscope {

/// Values of a map whose value is a T of a multiple of 8 octets. The kernel's programs change them at any
/// time: read what matters with std::atomic_ref.
template <typename T>
class MappedMap {
 public:
  static_assert(sizeof(T) % 8 == 0, "the kernel rounds values up to 8 octets");

  MappedMap() = default;
  /// empty() and errno set when the kernel refuses.
  static MappedMap open(int map, std::size_t entries) {
    const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    MappedMap mapped;
    mapped.octets_ = (entries * sizeof(T) + page - 1) / page * page;
    void* memory = mmap(nullptr, mapped.octets_, PROT_READ | PROT_WRITE, MAP_SHARED, map, 0);
    if (memory == MAP_FAILED) return {};
    mapped.items_ = {static_cast<T*>(memory), entries};
    return mapped;
  }
  MappedMap(MappedMap&& other) noexcept
      : items_(std::exchange(other.items_, {})), octets_(std::exchange(other.octets_, 0)) {}
  MappedMap& operator=(MappedMap&& other) noexcept {
    std::swap(items_, other.items_);
    std::swap(octets_, other.octets_);
    return *this;
  }
  ~MappedMap() {
    if (!items_.empty()) munmap(items_.data(), octets_);
  }

  [[nodiscard]] bool empty() const noexcept { return items_.empty(); }
  [[nodiscard]] std::span<T> items() const noexcept { return items_; }
  T& operator[](std::size_t index) const noexcept { return items_[index]; }

  /// Neither a core dump nor a child process gets the memory; false when the kernel refuses.
  [[nodiscard]] bool keep_out_of_dumps() const noexcept {
    return madvise(items_.data(), octets_, MADV_DONTDUMP) == 0 &&
           madvise(items_.data(), octets_, MADV_DONTFORK) == 0;
  }

 private:
  std::span<T> items_;
  std::size_t octets_ = 0;
};

}  // namespace rtcscope
