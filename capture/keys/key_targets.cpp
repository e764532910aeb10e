#include "capture/keys/key_targets.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <set>
#include <system_error>
#include <utility>

#include "capture/bpf/key_probe.h"
#include "capture/keys/elf_symbol.hpp"

namespace rtcscope {
namespace {

namespace fs = std::filesystem;

/// Where distributions put libssl; the * folders are one a machine architecture.
constexpr const char* kLibraryFolders[] = {"/usr/lib", "/usr/lib64", "/usr/local/lib", "/usr/local/lib64",
                                           "/opt/lib"};

std::optional<std::uint32_t> number(std::string_view text) {
  std::uint32_t value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (fault != std::errc{} || end != text.data() + text.size() || value == 0) return std::nullopt;
  return value;
}

std::string link_target(const fs::path& path) {
  std::error_code fault;
  const std::string target = fs::read_symlink(path, fault).string();
  constexpr std::string_view kDeleted = " (deleted)";  // replaced by an update while it runs
  if (target.ends_with(kDeleted)) return target.substr(0, target.size() - kDeleted.size());
  return target;
}

bool in_unit(const fs::path& process, const std::string& unit) {
  std::ifstream file(process / "cgroup");
  std::string line;
  while (std::getline(file, line)) {
    if ((line + "/").find("/" + unit + "/") != std::string::npos) return true;
  }
  return false;
}

bool is_target(const fs::path& process, std::uint32_t pid, const std::vector<KeyTarget>& targets) {
  const std::string executable = fs::path(link_target(process / "exe")).filename().string();
  return std::any_of(targets.begin(), targets.end(), [&](const KeyTarget& target) {
    switch (target.kind) {
      case KeyTarget::Kind::kExecutable:
        return executable == target.name;
      case KeyTarget::Kind::kUnit:
        return in_unit(process, target.name);
      case KeyTarget::Kind::kPid:
        return pid == target.pid;
    }
    return false;
  });
}

class Finder {
 public:
  explicit Finder(std::string_view function) : function_(function) {}

  /// Looks into a file unless it was looked into before; false when it cannot be opened.
  bool look(const fs::path& file, const std::string& shown) {
    // A path alone first: opening a device or a pipe that another process has mapped would have effects.
    const OwnedFd place(open(file.c_str(), O_PATH | O_CLOEXEC));
    struct stat status {};
    if (!place.valid() || fstat(place.value(), &status) != 0 || !S_ISREG(status.st_mode)) return false;
    if (!seen_.insert({status.st_dev, status.st_ino}).second) return true;
    OwnedFd fd(open(("/proc/self/fd/" + std::to_string(place.value())).c_str(), O_RDONLY | O_CLOEXEC));
    const auto offset = fd.valid() ? function_offset(fd.value(), function_) : std::nullopt;
    if (offset) found_.push_back({std::move(fd), shown, status.st_dev, status.st_ino, *offset});
    return true;
  }

  /// What a process has mapped for execution.
  void look_at_maps(const fs::path& process) {
    std::ifstream maps(process / "maps");
    std::string line;
    while (std::getline(maps, line)) {
      const std::size_t path = line.find('/');
      const std::size_t flags = line.find(' ');
      if (path == std::string::npos || line.compare(flags, 5, " r-xp") != 0) continue;
      // The first opens what was replaced on disk, too; the second needs fewer rights.
      const std::string shown = line.substr(path);
      if (!look(process / "map_files" / line.substr(0, flags), shown)) {
        look(fs::path(process / "root") += shown, shown);
      }
    }
  }

  void look_at_folder(const fs::path& folder) {
    std::error_code fault;
    for (const fs::directory_entry& entry : fs::directory_iterator(folder, fault)) {
      const std::string name = entry.path().filename().string();
      if (name.starts_with("libssl.so")) look(entry.path(), entry.path().string());
    }
  }

  [[nodiscard]] std::vector<ProbeFile> take() { return std::move(found_); }

 private:
  std::string_view function_;
  std::set<std::pair<dev_t, ino_t>> seen_;
  std::vector<ProbeFile> found_;
};

void look_at_system(Finder& finder) {
  std::error_code fault;
  for (const char* folder : kLibraryFolders) {
    finder.look_at_folder(folder);
    for (const fs::directory_entry& entry : fs::directory_iterator(folder, fault)) {
      if (entry.path().filename().string().find("-linux-") != std::string::npos) {
        finder.look_at_folder(entry.path());
      }
    }
  }
}

}  // namespace

std::optional<KeyTarget> parse_key_target(std::string_view text) {
  using Kind = KeyTarget::Kind;
  KeyTarget target;
  const std::size_t colon = text.find(':');
  const std::string_view kind = colon == std::string_view::npos ? "exe" : text.substr(0, colon);
  const std::string_view value = colon == std::string_view::npos ? text : text.substr(colon + 1);
  if (kind == "pid") {
    const auto pid = number(value);
    if (!pid) return std::nullopt;
    return KeyTarget{Kind::kPid, "", *pid};
  }
  if (value.empty() || value.size() >= RTC_TARGET_NAME || value.find('/') != std::string_view::npos) {
    return std::nullopt;
  }
  if (kind == "exe") return KeyTarget{Kind::kExecutable, std::string(value)};
  if (kind == "unit") return KeyTarget{Kind::kUnit, std::string(value)};
  return std::nullopt;
}

std::string to_string(const KeyTarget& target) {
  switch (target.kind) {
    case KeyTarget::Kind::kExecutable:
      return "exe:" + target.name;
    case KeyTarget::Kind::kUnit:
      return "unit:" + target.name;
    case KeyTarget::Kind::kPid:
      return "pid:" + std::to_string(target.pid);
  }
  return {};
}

std::vector<ProbeFile> find_probe_files(const std::vector<KeyTarget>& targets, std::string_view function) {
  Finder finder(function);
  std::error_code fault;
  for (const fs::directory_entry& entry : fs::directory_iterator("/proc", fault)) {
    const auto pid = number(entry.path().filename().string());
    if (pid && is_target(entry.path(), *pid, targets)) finder.look_at_maps(entry.path());
  }
  look_at_system(finder);
  return finder.take();
}

}  // namespace rtcscope
