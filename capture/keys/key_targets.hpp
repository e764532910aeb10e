#pragma once
// Which processes' keys are taken, and the files in which their OpenSSL stands.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/owned_fd.hpp"

namespace rtcscope {

/// Processes of an executable (last part of its path), of a systemd unit, or one process.
struct KeyTarget {
  enum class Kind { kExecutable, kUnit, kPid };
  Kind kind = Kind::kExecutable;
  std::string name;       // of the executable or the unit
  std::uint32_t pid = 0;  // in this process's pid namespace

  friend bool operator==(const KeyTarget&, const KeyTarget&) = default;
};

/// Reads "exe:janus", "unit:janus.service", "pid:1234", or a bare name, which is an executable's. nullopt
/// for an empty or too long name, or a pid that is no number.
std::optional<KeyTarget> parse_key_target(std::string_view text);
/// The form that parse_key_target reads.
std::string to_string(const KeyTarget& target);

/// A file that defines the probed function.
struct ProbeFile {
  OwnedFd fd;
  std::string path;  // as a person would find it
  std::uint64_t device = 0, inode = 0;
  std::uint64_t offset = 0;  // of the function, in the file
};

/// Files that define `function` in themselves: those that running target processes have mapped for
/// execution, seen through their own root directory, and the system's libssl for targets that start later.
/// Each file once. Processes that may not be looked at are passed over.
std::vector<ProbeFile> find_probe_files(const std::vector<KeyTarget>& targets, std::string_view function);

}  // namespace rtcscope
