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

/// Where the probed functions stand in a file, as offsets.
struct ProbePoints {
  std::optional<std::uint64_t> exporter;     // SSL_export_keying_material
  std::vector<std::uint64_t> policy_takers;  // srtp_create and srtp_add_stream of libsrtp 2.1 and later 2.x

  [[nodiscard]] bool any() const noexcept { return exporter || !policy_takers.empty(); }
};

/// A file that defines a probed function.
struct ProbeFile {
  OwnedFd fd;
  std::string path;  // as a person would find it
  std::uint64_t device = 0, inode = 0;
  ProbePoints points;
};

/// Files that define a probed function in themselves: those that running target processes have mapped for
/// execution, seen through their own root directory, and the system's libssl and libsrtp2 for targets that
/// start later. Each file once. Processes that may not be looked at are passed over.
std::vector<ProbeFile> find_probe_files(const std::vector<KeyTarget>& targets);

/// How a process's keys can be taken: where its OpenSSL exports them, for both directions at once; if it
/// exports none, where its libsrtp is given them, for each direction.
struct KeyWays {
  std::uint32_t pid = 0;
  std::string executable;  // its path; "" if that may not be looked at
  std::string exporter;    // file that defines SSL_export_keying_material; "" without one
  std::string libsrtp;     // file that defines srtp_create and srtp_add_stream; "" without one
};

/// Of each running target process, by pid.
std::vector<KeyWays> find_key_ways(const std::vector<KeyTarget>& targets);

}  // namespace rtcscope
