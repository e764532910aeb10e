#include "capture/keys/key_targets.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <map>
#include <system_error>
#include <utility>

#include "capture/bpf/key_probe.h"
#include "capture/keys/elf_symbol.hpp"

namespace rtcscope {
namespace {

namespace fs = std::filesystem;

/// Where distributions put libraries; the * folders are one a machine architecture.
constexpr const char* kLibraryFolders[] = {"/usr/lib", "/usr/lib64", "/usr/local/lib", "/usr/local/lib64",
                                           "/opt/lib"};

constexpr const char* kLibraries[] = {"libssl.so", "libsrtp2.so"};

/// libsrtp 1 and 2.0 have another srtp_policy_t, 3 has none: only those between have the last function.
constexpr std::string_view kFunctions[] = {"SSL_export_keying_material", "srtp_create", "srtp_add_stream",
                                           "srtp_protect_mki"};

ProbePoints points_in(int fd) {
  const auto offsets = function_offsets(fd, kFunctions);
  ProbePoints points{offsets[0], {}};
  for (const auto& taker : {offsets[1], offsets[2]}) {
    if (taker && offsets[3]) points.policy_takers.push_back(*taker);
  }
  return points;
}

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
  /// Looks into a file unless it was looked into before; null when it cannot be opened.
  const ProbeFile* look(const fs::path& file, const std::string& shown) {
    // A path alone first: opening a device or a pipe that another process has mapped would have effects.
    const OwnedFd place(open(file.c_str(), O_PATH | O_CLOEXEC));
    struct stat status {};
    if (!place.valid() || fstat(place.value(), &status) != 0 || !S_ISREG(status.st_mode)) return nullptr;
    const auto [known, is_new] = files_.try_emplace({status.st_dev, status.st_ino});
    ProbeFile& found = known->second;
    if (!is_new) return &found;
    OwnedFd fd(open(("/proc/self/fd/" + std::to_string(place.value())).c_str(), O_RDONLY | O_CLOEXEC));
    if (fd.valid()) found.points = points_in(fd.value());
    found.path = shown;
    found.device = status.st_dev;
    found.inode = status.st_ino;
    if (found.points.any()) found.fd = std::move(fd);
    return &found;
  }

  /// Looks at what a process has mapped for execution, and says how its keys can be taken.
  KeyWays look_at_process(const fs::path& process, std::uint32_t pid) {
    KeyWays found{pid, link_target(process / "exe"), "", ""};
    std::ifstream maps(process / "maps");
    std::string line;
    while (std::getline(maps, line)) {
      const std::size_t path = line.find('/');
      const std::size_t flags = line.find(' ');
      if (path == std::string::npos || line.compare(flags, 5, " r-xp") != 0) continue;
      // The first opens what was replaced on disk, too; the second needs fewer rights.
      const std::string shown = line.substr(path);
      const ProbeFile* file = look(process / "map_files" / line.substr(0, flags), shown);
      if (file == nullptr) file = look(fs::path(process / "root") += shown, shown);
      if (file == nullptr) continue;
      if (file->points.exporter && found.exporter.empty()) found.exporter = file->path;
      if (!file->points.policy_takers.empty() && found.libsrtp.empty()) found.libsrtp = file->path;
    }
    return found;
  }

  void look_at_folder(const fs::path& folder) {
    std::error_code fault;
    for (const fs::directory_entry& entry : fs::directory_iterator(folder, fault)) {
      const std::string name = entry.path().filename().string();
      const bool library =
          std::ranges::any_of(kLibraries, [&](const char* known) { return name.starts_with(known); });
      if (library) look(entry.path(), entry.path().string());
    }
  }

  [[nodiscard]] std::vector<ProbeFile> take() {
    std::vector<ProbeFile> found;
    for (auto& [place, file] : files_) {
      if (file.points.any()) found.push_back(std::move(file));
    }
    return found;
  }

 private:
  std::map<std::pair<dev_t, ino_t>, ProbeFile> files_;
};

std::vector<KeyWays> look_at_processes(Finder& finder, const std::vector<KeyTarget>& targets) {
  std::vector<KeyWays> found;
  std::error_code fault;
  for (const fs::directory_entry& entry : fs::directory_iterator("/proc", fault)) {
    const auto pid = number(entry.path().filename().string());
    if (pid && is_target(entry.path(), *pid, targets)) {
      found.push_back(finder.look_at_process(entry.path(), *pid));
    }
  }
  std::ranges::sort(found, {}, &KeyWays::pid);
  return found;
}

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

std::vector<ProbeFile> find_probe_files(const std::vector<KeyTarget>& targets) {
  Finder finder;
  look_at_processes(finder, targets);
  look_at_system(finder);
  return finder.take();
}

std::vector<KeyWays> find_key_ways(const std::vector<KeyTarget>& targets) {
  Finder finder;
  return look_at_processes(finder, targets);
}

}  // namespace rtcscope
