#pragma once
// What libbpf and the kernel's verifier say while a program is loaded.

#include <string>

namespace rtcscope {

/// Collects libbpf's warnings of this thread while it lives, instead of letting them go to standard error.
class BpfMessages {
 public:
  BpfMessages();
  ~BpfMessages();
  BpfMessages(const BpfMessages&) = delete;
  BpfMessages& operator=(const BpfMessages&) = delete;

  /// The last `lines` lines that are not empty, joined by " | "; "" when nothing was said.
  [[nodiscard]] std::string last_lines(std::size_t lines) const;

 private:
  std::string text_;
};

}  // namespace rtcscope
