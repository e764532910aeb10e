#pragma once
// SRTP secrets of the media server's process, taken where its OpenSSL exports them (DTLS-SRTP), or, where it
// exports none, where it gives them to libsrtp.
//
// Probes on SSL_export_keying_material, srtp_create and srtp_add_stream in every file that defines them for a
// chosen process; the kernel program capture/bpf/key_probe.bpf.c filters, and hands secrets over in memory
// that this class wipes.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/byte_reader.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "capture/keys/key_targets.hpp"

namespace rtcscope {

enum class KeyProbeErrc : std::uint8_t {
  kNoCapability,  // BPF or perf may not be used
  kNoTypes,       // the kernel has no BTF: the place of its fields is not known
  kLoadFailed,    // the kernel refused the program
  kAttachFailed,
};
const char* to_string(KeyProbeErrc code) noexcept;

struct KeyProbeError {
  KeyProbeErrc code{};
  std::string message;  // one sentence: what was tried, what happened, what to do
};

/// How the probe is attached. A multi-uprobe link (Linux 6.6) needs CAP_BPF and CAP_PERFMON; a perf event
/// needs CAP_SYS_ADMIN as well since the fix of CVE-2025-38466.
enum class ProbeMethod : std::uint8_t { kMultiLink, kPerfEvent };

struct KeyProbeOptions {
  std::vector<KeyTarget> targets;                                                      // at most 64
  std::vector<ProbeMethod> methods{ProbeMethod::kMultiLink, ProbeMethod::kPerfEvent};  // tried in turn
};

/// One secret; `octets` is wiped when the callback returns.
struct TakenSecret {
  UtcTime time{};         // when the export returned, or libsrtp was called
  std::uint32_t pid = 0;  // of the server's process, in the first pid namespace
  Bytes octets;           // 56, 60 or 88 as exported; of libsrtp 28, 30 or 44: one writer's key and salt
};

struct KeyProbeCounters {
  std::uint64_t taken = 0;               // secrets that the kernel handed over
  std::uint64_t dropped = 0;             // no free slot: they were not read in time
  std::uint64_t unreadable = 0;          // the process's memory could not be read
  std::uint64_t bad_length = 0;          // of a profile that is not supported
  std::uint64_t lists_cut = 0;           // more policies in one list for libsrtp than are read
  std::uint64_t unsupported_policy = 0;  // ciphers or tags of no profile of DTLS-SRTP
};

class KeyProbe {
 public:
  /// Loads the program and attaches it to what find_probe_files() finds now.
  [[nodiscard]] static Result<std::unique_ptr<KeyProbe>, KeyProbeError> open(const KeyProbeOptions& options);
  ~KeyProbe();
  KeyProbe(const KeyProbe&) = delete;
  KeyProbe& operator=(const KeyProbe&) = delete;

  /// Attaches to files that came since, such as a container's own library. Needs the rights of open().
  /// Returns what could not be attached, one line a file that has not been named before.
  std::vector<std::string> attach_new();

  /// Hands over what came since, oldest first, and wipes it. Makes no system call when nothing came.
  /// Returns how many secrets there were.
  std::size_t take(const std::function<void(const TakenSecret&)>& sink);

  [[nodiscard]] KeyProbeCounters counters() const noexcept;
  [[nodiscard]] ProbeMethod method() const noexcept;
  /// Paths of the files that are probed.
  [[nodiscard]] const std::vector<std::string>& files() const noexcept;

 private:
  class Program;
  explicit KeyProbe(std::unique_ptr<Program> program) noexcept;
  std::unique_ptr<Program> program_;
};

}  // namespace rtcscope
