#pragma once
// Typed access to the members of a JSON object from outside. A member of the wrong type makes the
// object's reading fail for good, so a caller asks once at the end.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "base/text.hpp"

namespace rtcscope::feeds {

using Json = nlohmann::json;

/// "" when the JSON is neither an integer nor a string: Janus ids are integers, or strings where a
/// plugin has string_ids.
inline std::string id_text(const Json& value) {
  if (value.is_number_unsigned()) return std::to_string(value.get<std::uint64_t>());
  if (value.is_number_integer()) return std::to_string(value.get<std::int64_t>());
  if (value.is_string()) return clean_utf8(value.get_ref<const std::string&>());
  return {};
}

class Fields {
 public:
  explicit Fields(const Json& object) : object_(object), ok_(object.is_object()) {}

  /// False once a required member was missing or any member had the wrong type.
  [[nodiscard]] bool ok() const noexcept { return ok_; }
  [[nodiscard]] bool has(const char* key) const { return find(key) != nullptr; }

  /// nullptr when it is absent or null.
  [[nodiscard]] const Json* find(const char* key) const {
    if (!object_.is_object()) return nullptr;
    const auto found = object_.find(key);
    return found == object_.end() || found->is_null() ? nullptr : &*found;
  }

  std::string text(const char* key) { return required(key) ? optional_text(key) : std::string{}; }
  std::string optional_text(const char* key) {
    const Json* value = find(key);
    if (value == nullptr || fail_unless(value->is_string())) return {};
    return clean_utf8(value->get_ref<const std::string&>());
  }

  std::string id(const char* key) { return required(key) ? optional_id(key) : std::string{}; }
  std::string optional_id(const char* key) {
    const Json* value = find(key);
    if (value == nullptr || fail_unless(value->is_number_integer() || value->is_string())) return {};
    return id_text(*value);
  }

  bool flag(const char* key) {
    const Json* value = find(key);
    if (fail_unless(value != nullptr && value->is_boolean())) return false;
    return value->get<bool>();
  }

  std::optional<std::int64_t> optional_integer(const char* key) {
    const Json* value = find(key);
    if (value == nullptr || fail_unless(value->is_number_integer())) return std::nullopt;
    const bool too_big =
        value->is_number_unsigned() && value->get<std::uint64_t>() > static_cast<std::uint64_t>(INT64_MAX);
    if (fail_unless(!too_big)) return std::nullopt;
    return value->get<std::int64_t>();
  }
  std::int64_t integer(const char* key) {
    return required(key) ? optional_integer(key).value_or(0) : std::int64_t{0};
  }

  /// The member as an object or array; an empty one of neither kind, and failure, when it is not there.
  const Json& object(const char* key) { return structured(key, &Json::is_object); }
  const Json& array(const char* key) { return structured(key, &Json::is_array); }

 private:
  bool required(const char* key) { return !fail_unless(find(key) != nullptr); }
  bool fail_unless(bool condition) noexcept {
    ok_ = ok_ && condition;
    return !condition;
  }
  const Json& structured(const char* key, bool (Json::*test)() const noexcept) {
    static const Json kNone;
    const Json* value = find(key);
    return fail_unless(value != nullptr && (value->*test)()) ? kNone : *value;
  }

  const Json& object_;
  bool ok_;
};

}  // namespace rtcscope::feeds
