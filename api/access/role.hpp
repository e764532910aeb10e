#pragma once
// Who may do what. Roles are steps of one ladder, but for `ingest`: a media server that delivers events
// has no business in what was found.

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace rtcscope::api::access {

enum class Role : std::uint8_t { kIngest, kViewer, kOperator, kAdmin };

/// What a route asks of whoever calls it.
enum class Need : std::uint8_t { kNothing, kIngest, kViewer, kOperator, kAdmin };

inline constexpr std::array<Role, 4> kRoles{Role::kIngest, Role::kViewer, Role::kOperator, Role::kAdmin};

constexpr const char* to_string(Role role) noexcept {
  constexpr std::array<const char*, 4> kNames{"ingest", "viewer", "operator", "admin"};
  return kNames[static_cast<std::size_t>(role)];
}

constexpr const char* to_string(Need need) noexcept {
  constexpr std::array<const char*, 5> kNames{"nothing", "ingest", "viewer", "operator", "admin"};
  return kNames[static_cast<std::size_t>(need)];
}

constexpr std::optional<Role> parse_role(std::string_view name) noexcept {
  for (const Role role : kRoles) {
    if (name == to_string(role)) return role;
  }
  return std::nullopt;
}

constexpr bool permits(Role role, Need need) noexcept {
  if (need == Need::kNothing) return true;
  if (need == Need::kIngest || role == Role::kIngest) return need == Need::kIngest && role == Role::kIngest;
  return static_cast<int>(role) >= static_cast<int>(need) - 1;
}

}  // namespace rtcscope::api::access
