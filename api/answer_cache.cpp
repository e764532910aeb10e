#include "api/answer_cache.hpp"

namespace rtcscope::api {

std::optional<http::Response> AnswerCache::find(std::uint64_t version, const std::string& target) {
  const std::lock_guard lock(mutex_);
  if (version != version_) return std::nullopt;
  const auto found = answers_.find(target);
  return found == answers_.end() ? std::nullopt : std::optional(found->second);
}

void AnswerCache::keep(std::uint64_t version, const std::string& target, const http::Response& response) {
  if (response.status != 200 || target.size() > kMaxTarget) return;
  const std::lock_guard lock(mutex_);
  if (version < version_) return;
  if (version > version_) begin(version);
  if (answers_.size() >= kMaxAnswers || bytes_ + response.body.size() > kMaxBytes) return;
  if (answers_.emplace(target, response).second) bytes_ += response.body.size();
}

void AnswerCache::begin(std::uint64_t version) {
  version_ = version;
  bytes_ = 0;
  answers_.clear();
}

}  // namespace rtcscope::api
