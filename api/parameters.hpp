#pragma once
// The parameters of a request: what a route allows, and the checked values of one call. Pure.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "store/queries.hpp"

namespace rtcscope::api {

enum class ParameterType : std::uint8_t { kText, kWord, kInteger, kBoolean, kId, kTime, kAddress };
const char* to_string(ParameterType type) noexcept;  // "text", "word", ...

/// One query parameter that a route allows.
struct Parameter {
  const char* name;
  ParameterType type;
  bool required = false;
  std::int64_t minimum = 0;  // kInteger: of the value; kText: of its length in characters
  std::int64_t maximum = 0;
  std::vector<const char*> words = {};  // kWord: the values
};

/// Checked values. Asking for a name with another type than it was declared with gives nothing.
class Arguments {
 public:
  using Value = std::variant<std::string, std::int64_t, bool, std::uint64_t, UtcTime, store::AddressFilter>;

  void put(std::string_view name, Value value) {
    values_.insert_or_assign(std::string(name), std::move(value));
  }
  [[nodiscard]] bool has(std::string_view name) const { return values_.find(name) != values_.end(); }

  template <class Type>
  [[nodiscard]] std::optional<Type> value(std::string_view name) const {
    const auto found = values_.find(name);
    if (found == values_.end()) return std::nullopt;
    const Type* value = std::get_if<Type>(&found->second);
    return value ? std::optional<Type>(*value) : std::nullopt;
  }

  [[nodiscard]] std::optional<std::string> text(std::string_view name) const {
    return value<std::string>(name);
  }
  template <class Id>
  [[nodiscard]] std::optional<Id> id(std::string_view name) const {
    const auto number = value<std::uint64_t>(name);
    return number ? std::optional<Id>(Id{*number}) : std::nullopt;
  }
  /// The {id} of the path.
  template <class Id>
  [[nodiscard]] Id path_id() const {
    return id<Id>("{id}").value_or(Id{});
  }

  /// The parameters that many lists share: limit and cursor; state; from and to.
  [[nodiscard]] store::PageRequest page() const;
  [[nodiscard]] std::optional<store::State> state() const;
  [[nodiscard]] store::TimeRange time_range() const;

 private:
  std::map<std::string, Value, std::less<>> values_;
};

/// Why a request's parameters are refused; one line for the client.
struct ParameterError {
  std::string detail;
};

/// Reads a query string (without '?'). Unknown, repeated, missing and malformed parameters are errors.
Result<Arguments, ParameterError> parse_query(std::string_view query, const std::vector<Parameter>& allowed);

/// 16 hexadecimal digits that are not all zero.
std::optional<std::uint64_t> parse_id(std::string_view text);

}  // namespace rtcscope::api
