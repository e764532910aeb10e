#pragma once
// Secrets of the media server's processes on their way to the pipeline.

#include <memory>
#include <string>
#include <vector>

#include "app/options.hpp"
#include "app/pipeline.hpp"
#include "capture/keys/key_probe.hpp"

namespace rtcscope::app {

/// The processes that these texts name, of no text the servers that we know. Throws std::runtime_error, one
/// line, for one that names nothing.
std::vector<KeyTarget> key_targets(const std::vector<std::string>& texts);
/// "exe:janus, unit:x.service"
std::string to_string(const std::vector<KeyTarget>& targets);

class LiveKeys {
 public:
  /// Opens the probe. kAuto: where that is not possible fault() says why. Throws std::runtime_error, one
  /// line, for a target that names nothing, and for kOn.
  explicit LiveKeys(const LiveKeyOptions& options);

  [[nodiscard]] bool on() const noexcept { return probe_ != nullptr; }
  /// One line for people: what is probed, or why nothing is.
  [[nodiscard]] std::string description() const;
  /// Whether later files can be attached without CAP_SYS_ADMIN.
  [[nodiscard]] bool needs_sys_admin() const noexcept;

  /// Gives what came since to the pipeline and wipes it; for the pipeline's thread. A call without a new
  /// secret reads one number.
  void hand_over(Pipeline& pipeline);
  /// Attaches to libraries that come, until `end` can be read. For the process that keeps the right to do so.
  void keep_attached(int end);

  [[nodiscard]] KeyProbeCounters counters() const noexcept;
  /// Secrets for which no memory could be locked.
  [[nodiscard]] std::uint64_t not_locked() const noexcept { return not_locked_; }

 private:
  void attach_new();

  std::unique_ptr<KeyProbe> probe_;  // null: off
  std::string targets_;
  std::string fault_;
  std::uint64_t not_locked_ = 0;
};

}  // namespace rtcscope::app
