#pragma once
// When something is an issue: thresholds and hold times, one rule a kind.

#include <map>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/time.hpp"

namespace rtcscope::correlator {

/// An issue begins when its figure has been at `raise` or beyond for `hold`, and ends when it has been at
/// `clear` or better for `clear_hold`. In between nothing changes, so that a figure at a threshold does not
/// flap.
struct IssueRule {
  double raise = 0;  // in the kind's own unit; 0 where being so is all there is to it
  double clear = 0;
  Duration hold{};
  Duration clear_hold{};
  const char* severity = "warning";  // critical, warning, info
  bool enabled = true;
};

class IssueOptions {
 public:
  IssueOptions();

  /// The rule of a kind that exists.
  [[nodiscard]] const IssueRule& rule(std::string_view kind) const { return rules_.find(kind)->second; }
  [[nodiscard]] const std::map<std::string, IssueRule, std::less<>>& rules() const noexcept { return rules_; }

  /// Takes "high_loss.raise=0.05", "high_loss.clear=0.02", "high_loss.hold=10" (seconds),
  /// "high_loss.clear_hold=20" or "turn_used=off". The error says in one line what is wrong.
  Result<bool, std::string> set(std::string_view text);

 private:
  std::map<std::string, IssueRule, std::less<>> rules_;
};

}  // namespace rtcscope::correlator
