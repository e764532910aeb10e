#pragma once
// Why a source could not be opened or ended early.

#include <cstdint>
#include <string>

namespace rtcscope {

enum class CaptureErrc : std::uint8_t {
  // Opening a file.
  kNotFound,
  kNoPermission,
  kNotAFile,  // a directory, a socket
  kEmptyFile,
  kNotACapture,
  kCompressed,
  kUnsupportedVersion,
  // Reading a file: what came before is whole.
  kReadFailed,
  kTruncated,            // the input ends inside a record
  kOversizedRecord,      // a length no capture tool writes
  kBadBlockLength,       // pcapng: not a multiple of 4, too short for its type, or unlike its trailer
  kBadByteOrderMagic,    // pcapng: a section header with neither byte order
  kUndeclaredInterface,  // pcapng: a packet of an interface that its section did not describe
  kBadInterfaceOption,   // pcapng: if_tsresol or the option list itself
  kTooManyInterfaces,    // pcapng: more than any host has
  kBadTimestamp,         // pcapng: outside 1970-2255
  // Live capture.
  kNoSuchInterface,
  kInterfaceDown,
  kNoInterface,  // "all" found none
  kNoCapability,
  kBadFilter,
  kBadOption,
  kRingFailed,
  kInterfaceGone,
  kPollFailed,
  // The in-kernel tap.
  kTapRefused,    // by the verifier, or the kernel lacks what it needs
  kAttachFailed,  // loaded, but an interface would not take it
};

/// The code as a counter label: "truncated".
const char* to_string(CaptureErrc code) noexcept;

struct CaptureError {
  CaptureErrc code = CaptureErrc::kReadFailed;
  std::string message;        // one sentence: what was tried, what happened, what to do
  std::uint64_t offset = 0;   // file: where the record that could not be read begins, in octets
  std::uint64_t packets = 0;  // packets handed out before
};

}  // namespace rtcscope
