#pragma once
// Owns what a C library gives away: std::unique_ptr<X509, FreeWith<X509_free>>.

namespace rtcscope {

template <auto kFree>
struct FreeWith {
  template <class T>
  void operator()(T* object) const noexcept {
    kFree(object);
  }
};

}  // namespace rtcscope
