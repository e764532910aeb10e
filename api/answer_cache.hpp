#pragma once
// Answers that were already made from the rows as they are now: many dashboards ask the same within a second.

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "api/http/message.hpp"

namespace rtcscope::api {

/// Any thread may call all of it.
class AnswerCache {
 public:
  static constexpr std::size_t kMaxAnswers = 512;
  static constexpr std::size_t kMaxBytes = 16 * 1024 * 1024;  // of bodies
  static constexpr std::size_t kMaxTarget = 512;

  /// The answer to `target` as it was given for this version of the rows.
  std::optional<http::Response> find(std::uint64_t version, const std::string& target);
  /// Keeps a 200. `version` is from before the rows were read.
  void keep(std::uint64_t version, const std::string& target, const http::Response& response);

 private:
  void begin(std::uint64_t version);

  std::mutex mutex_;
  std::uint64_t version_ = 0;
  std::size_t bytes_ = 0;
  std::map<std::string, http::Response> answers_;  // not a hash: targets come from outside
};

}  // namespace rtcscope::api
