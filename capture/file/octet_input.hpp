#pragma once
// Octets of a capture, from wherever they come: a file, a pipe, memory.

#include <cstddef>
#include <memory>
#include <span>
#include <string>

#include "base/byte_reader.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "capture/capture_error.hpp"

namespace rtcscope {

class OctetInput {
 public:
  /// octets == 0, !end and error == 0: nothing came within max_wait.
  struct Outcome {
    std::size_t octets = 0;
    bool end = false;
    int error = 0;  // errno
  };

  OctetInput() = default;
  OctetInput(const OctetInput&) = delete;
  OctetInput& operator=(const OctetInput&) = delete;
  virtual ~OctetInput() = default;

  /// Fills the front of `into`, which is not empty.
  [[nodiscard]] virtual Outcome read(std::span<std::byte> into, Duration max_wait) = 0;
};

struct OpenedInput {
  std::unique_ptr<OctetInput> input;
  std::string name;      // "call.pcap", "standard input"
  bool waiting = false;  // a pipe: its first octets may come much later
};

/// Reads `path`, or standard input for "-".
/// Errors: kNotFound, kNoPermission, kNotAFile, kEmptyFile (regular files only), kReadFailed.
[[nodiscard]] Result<OpenedInput, CaptureError> open_octet_input(const std::string& path);

/// Reads `bytes`, which must outlive the input, at most `piece` octets at a time.
[[nodiscard]] std::unique_ptr<OctetInput> octet_input_over(Bytes bytes, std::size_t piece);

}  // namespace rtcscope
