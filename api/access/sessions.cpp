#include "api/access/sessions.hpp"

#include <algorithm>

#include "api/access/token.hpp"

namespace rtcscope::api::access {

bool Sessions::lives(const Session& session, UtcTime now) const {
  return now - session.used < options_.idle && now - session.opened < options_.absolute;
}

void Sessions::make_room(UtcTime now) {
  std::erase_if(sessions_, [&](const auto& entry) { return !lives(entry.second, now); });
  if (sessions_.size() < options_.most) return;
  sessions_.erase(std::min_element(sessions_.begin(), sessions_.end(), [](const auto& a, const auto& b) {
    return a.second.used < b.second.used;
  }));
}

std::string Sessions::open(const std::string& token_id, UtcTime now) {
  constexpr std::size_t kSecretOctets = 32;
  std::string secret = random_text(kSecretOctets);
  const std::lock_guard lock(mutex_);
  make_room(now);
  sessions_[token_digest(secret)] = {token_id, now, now};
  return secret;
}

std::optional<std::string> Sessions::token_of(std::string_view secret, UtcTime now) {
  const std::string digest = token_digest(secret);
  const std::lock_guard lock(mutex_);
  const auto found = sessions_.find(digest);
  if (found == sessions_.end()) return std::nullopt;
  if (!lives(found->second, now)) {
    sessions_.erase(found);
    return std::nullopt;
  }
  found->second.used = now;
  return found->second.token_id;
}

bool Sessions::close(std::string_view secret) {
  const std::lock_guard lock(mutex_);
  return sessions_.erase(token_digest(secret)) > 0;
}

std::size_t Sessions::size() const {
  const std::lock_guard lock(mutex_);
  return sessions_.size();
}

}  // namespace rtcscope::api::access
