#include "api/access/token_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace rtcscope::api::access {
namespace {

using Json = nlohmann::ordered_json;
namespace fs = std::filesystem;

constexpr mode_t kForbidden = S_IWGRP | S_IXGRP | S_IRWXO;
constexpr std::size_t kMaxLine = 4096;

[[noreturn]] void fail(const std::string& what, const std::string& path) {
  throw std::runtime_error(what + " " + path + ": " + std::strerror(errno));
}

class Descriptor {
 public:
  Descriptor(int descriptor, const std::string& what, const std::string& path) : descriptor_(descriptor) {
    if (descriptor < 0) fail(what, path);
  }
  ~Descriptor() { ::close(descriptor_); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  operator int() const noexcept { return descriptor_; }

 private:
  int descriptor_;
};

std::string folder_of(const std::string& path) {
  const fs::path parent = fs::path(path).parent_path();
  return parent.empty() ? "." : parent.string();
}

Json time_json(const std::optional<UtcTime>& time) {
  return time ? Json(to_rfc3339(*time)) : Json(nullptr);
}

std::string line_of(const Token& token) {
  const Json json{{"id", token.id},
                  {"name", token.name},
                  {"role", to_string(token.role)},
                  {"sha256", token.digest},
                  {"created_at", to_rfc3339(token.created_at)},
                  {"expires_at", time_json(token.expires_at)},
                  {"last_used_at", time_json(token.last_used_at)}};
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + '\n';
}

/// False: a member is there but no time. An absent one and null are "none".
bool take_time(const Json& json, const char* member, std::optional<UtcTime>& time) {
  const auto found = json.find(member);
  if (found == json.end() || found->is_null()) return true;
  if (found->is_string()) time = parse_time(found->get_ref<const std::string&>());
  return time.has_value();
}

bool take_text(const Json& json, const char* member, std::string& text) {
  const auto found = json.find(member);
  if (found == json.end() || !found->is_string()) return false;
  text = found->get<std::string>();
  return !text.empty();
}

std::optional<Token> parse_line(const std::string& line) {
  const Json json = line.size() > kMaxLine ? Json() : Json::parse(line, nullptr, false);
  if (!json.is_object()) return std::nullopt;
  Token token;
  std::string role;
  std::optional<UtcTime> created;
  const bool whole = take_text(json, "id", token.id) && take_text(json, "name", token.name) &&
                     take_text(json, "role", role) && take_text(json, "sha256", token.digest) &&
                     take_time(json, "created_at", created) && created &&
                     take_time(json, "expires_at", token.expires_at) &&
                     take_time(json, "last_used_at", token.last_used_at);
  const auto known = parse_role(role);
  constexpr std::size_t kDigestDigits = 64;
  if (!whole || !known || token.digest.size() != kDigestDigits) return std::nullopt;
  token.role = *known;
  token.created_at = *created;
  return token;
}

void write_all(int descriptor, std::string_view text, const std::string& path) {
  while (!text.empty()) {
    const auto written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail("cannot write", path);
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

/// A new file in the place of the old one; goes away unless it is renamed.
class Replacement {
 public:
  explicit Replacement(const std::string& path)
      : name_(path + ".XXXXXX"),
        file_(::mkostemp(name_.data(), O_CLOEXEC), "cannot make a file beside", path) {}
  ~Replacement() {
    if (!placed_) ::unlink(name_.c_str());
  }
  Replacement(const Replacement&) = delete;
  Replacement& operator=(const Replacement&) = delete;

  void put(std::string_view text, const std::string& path) {
    struct stat old {};
    // Root may have made a file for the daemon's user; who may not give it away keeps it.
    if (::stat(path.c_str(), &old) == 0) {
      [[maybe_unused]] const int given = ::fchown(file_, old.st_uid, old.st_gid);
    }
    write_all(file_, text, name_);
    if (::fsync(file_) != 0) fail("cannot write", name_);
    if (::rename(name_.c_str(), path.c_str()) != 0) fail("cannot replace", path);
    placed_ = true;
  }

 private:
  std::string name_;
  Descriptor file_;
  bool placed_ = false;
};

}  // namespace

TokenFile::TokenFile(const std::string& path) : path_(fs::weakly_canonical(fs::absolute(path)).string()) {}

std::vector<Token> TokenFile::read() const {
  std::ifstream file(path_);
  struct stat found {};
  if (::stat(path_.c_str(), &found) != 0 && errno == ENOENT) return {};
  if (!file) throw std::runtime_error("cannot read the token file " + path_ + ": " + std::strerror(errno));
  if ((found.st_mode & kForbidden) != 0) {
    throw std::runtime_error("the token file " + path_ + " is open to others; chmod 600 it");
  }
  std::vector<Token> tokens;
  std::string line;
  for (int number = 1; std::getline(file, line); ++number) {
    if (line.empty()) continue;
    auto token = parse_line(line);
    if (!token || tokens.size() >= kMostTokens) {
      throw std::runtime_error("line " + std::to_string(number) + " of the token file " + path_ +
                               (token ? " is one token too many" : " is no token"));
    }
    tokens.push_back(*std::move(token));
  }
  return tokens;
}

void TokenFile::change(const std::function<void(std::vector<Token>&)>& change) const {
  const std::string folder = folder_of(path_);
  const Descriptor lock(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC), "cannot open the folder",
                        folder);
  while (::flock(lock, LOCK_EX) != 0) {
    if (errno != EINTR) fail("cannot lock the folder", folder);
  }
  std::vector<Token> tokens = read();
  change(tokens);
  replace(tokens);
  ::fsync(lock);
}

void TokenFile::replace(const std::vector<Token>& tokens) const {
  std::string text;
  for (const Token& token : tokens) text += line_of(token);
  Replacement(path_).put(text, path_);
}

}  // namespace rtcscope::api::access
