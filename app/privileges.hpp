#pragma once
// What is left of the privileges of `observe` when it begins to read packets.

#include <functional>
#include <string>
#include <vector>

#include "base/owned_fd.hpp"

namespace rtcscope::app {

/// Paths that stay within reach.
struct AllowedPaths {
  std::vector<std::string> write_below;  // folders: create, write, remove files
  std::vector<std::string> read;         // files and folders
};

struct PrivilegeOptions {
  std::string user;               // "" = rtcscope, or nobody where there is none
  std::vector<int> capabilities;  // what interfaces that come later need; of these, those that are there
  AllowedPaths paths;
};

/// What was done, for the log: "user rtcscope, 1 capability, own files only, ...".
struct PrivilegeReport {
  std::string summary;
  std::vector<std::string> warnings;  // what could not be had, one line each
};

/// Before keys are in memory: no core dump, no ptrace by others, memory may be locked.
void protect_memory();

/// Gives up what is not needed any more, for this thread and those that it starts: the user, every
/// capability but those that interfaces which come later need, new privileges by execve,
/// files outside `paths` (Landlock, where the kernel has it) and the system calls of blocked_calls().
/// To be called while there is one thread. Throws std::runtime_error when something that the kernel has
/// cannot be given up.
PrivilegeReport drop_privileges(const PrivilegeOptions& options);

/// A process of ours that keeps privileges which we gave up. It ends when this process does, however that
/// ends.
class PrivilegedChild {
 public:
  /// Runs `work(end)` in a child process that keeps only `capabilities` of those that this one has; `end` can
  /// be read when it is time to return. To be called while there is one thread. Throws std::system_error when
  /// there can be no child.
  PrivilegedChild(const std::string& name, const std::vector<int>& capabilities,
                  const std::function<void(int end)>& work);

  /// It is there no more, though it should be.
  [[nodiscard]] bool has_ended() noexcept;

 private:
  int pid_ = -1;
  OwnedFd life_;  // the child's `end` can be read when every holder of this is gone
};

}  // namespace rtcscope::app
