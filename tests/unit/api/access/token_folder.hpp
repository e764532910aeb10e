#pragma once
// A folder of its own for a token file, a clock that a test moves, and the lines that were logged.

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "api/access/token_list.hpp"

namespace rtcscope::api::access {

class TokenFolder : public testing::Test {
 protected:
  TokenFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "rtcscope-tokens-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp " + name);
    folder = name;
    path = (folder / "tokens").string();
  }
  ~TokenFolder() override { std::filesystem::remove_all(folder); }

  /// Adds a token and returns its text.
  std::string add(const std::string& name, Role role, std::optional<UtcTime> expires = std::nullopt) {
    return create_token(TokenFile(path), name, role, now, expires).text;
  }
  std::unique_ptr<TokenList> list() {
    return std::make_unique<TokenList>(
        path, [this] { return now; }, [this](const std::string& line) { logged.push_back(line); });
  }
  std::string content() const {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
  }

  std::filesystem::path folder;
  std::string path;
  UtcTime now = utc_from_ns(1'795'000'000'000'000'000);
  std::vector<std::string> logged;
};

}  // namespace rtcscope::api::access
