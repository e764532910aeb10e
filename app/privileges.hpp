#pragma once
// What is left of the privileges of `observe` when it begins to read packets.

#include <functional>
#include <string>
#include <vector>

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

/// Runs `work` every `seconds` in a child process that keeps only the capabilities given, until this process
/// ends. To be called while there is one thread. Throws std::system_error when there can be no child.
void keep_privileged_child(const std::vector<int>& capabilities, unsigned seconds,
                           const std::function<void()>& work);

}  // namespace rtcscope::app
