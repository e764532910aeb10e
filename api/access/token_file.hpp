#pragma once
// The file of tokens: JSON lines, readable by its owner only. The daemon and `rtcscope token` may change it
// at the same time: each change is read, made and renamed into place under a lock on the folder.

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "api/access/token.hpp"

namespace rtcscope::api::access {

inline constexpr std::size_t kMostTokens = 1000;
inline constexpr std::size_t kMaxTokenName = 64;  // octets

class TokenFile {
 public:
  /// The file need not exist yet. A link is followed: what it points at is replaced, not the link.
  explicit TokenFile(const std::string& path);

  [[nodiscard]] const std::string& path() const noexcept { return path_; }

  /// Empty when there is no such file. Throws std::runtime_error, one line with what is wrong and what to
  /// do: others may read or change it, or a line is no token.
  [[nodiscard]] std::vector<Token> read() const;

  /// Reads, lets `change` alter the list, and replaces the file (mode 0600, its owner kept). Throws as
  /// read(), when the folder cannot be written, and what `change` throws; the file is then as before.
  void change(const std::function<void(std::vector<Token>&)>& change) const;

 private:
  void replace(const std::vector<Token>& tokens) const;

  std::string path_;
};

}  // namespace rtcscope::api::access
