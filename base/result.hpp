#pragma once
// Result<T, E>: a value or the reason there is none. The member names are those of std::expected, so
// that an alias can replace this file once both compilers have it (style guide, section 4).

#include <cassert>
#include <type_traits>
#include <utility>
#include <variant>

namespace rtcscope {

/// Wraps an error so that it converts to any Result with that error type.
template <class E>
struct Unexpected {
  E value;
};
template <class E>
Unexpected(E) -> Unexpected<E>;

template <class T, class E>
class [[nodiscard]] Result {
 public:
  using value_type = T;
  using error_type = E;

  constexpr Result(T value) noexcept(std::is_nothrow_move_constructible_v<T>)
      : state_(std::in_place_index<0>, std::move(value)) {}
  template <class G>
  constexpr Result(Unexpected<G> error) noexcept(std::is_nothrow_constructible_v<E, G>)
      : state_(std::in_place_index<1>, std::move(error.value)) {}

  [[nodiscard]] constexpr bool has_value() const noexcept { return state_.index() == 0; }
  constexpr explicit operator bool() const noexcept { return has_value(); }

  /// The value; the caller has checked has_value().
  constexpr T& operator*() & noexcept { return checked_value(); }
  constexpr const T& operator*() const& noexcept { return const_cast<Result*>(this)->checked_value(); }
  constexpr T&& operator*() && noexcept { return std::move(checked_value()); }
  constexpr T* operator->() noexcept { return &checked_value(); }
  constexpr const T* operator->() const noexcept { return &const_cast<Result*>(this)->checked_value(); }

  /// The error; the caller has checked !has_value().
  constexpr const E& error() const noexcept {
    assert(!has_value() && "error() on a Result that holds a value");
    return *std::get_if<1>(&state_);
  }

  template <class U>
  constexpr T value_or(U&& fallback) const& {
    return has_value() ? **this : static_cast<T>(std::forward<U>(fallback));
  }

 private:
  constexpr T& checked_value() noexcept {
    assert(has_value() && "value of a Result that holds an error");
    return *std::get_if<0>(&state_);
  }

  std::variant<T, E> state_;
};

/// Success without a value.
struct Done {};

}  // namespace rtcscope
