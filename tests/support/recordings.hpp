#pragma once
// Recordings that are too large or not ours to keep in the repository. A test that wants them reads a
// folder named by the environment, and skips where there is none.

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

namespace rtcscope::testing {

/// Folder of recorded calls, one folder a call: call.pcap, janus-events.jsonl, sdps-*.jsonl.
inline constexpr const char* kCalls = "RTCSCOPE_CALLS";
/// Folder of public captures, one folder a project.
inline constexpr const char* kPublicCaptures = "RTCSCOPE_PCAPS";

/// The folder that `variable` names, else its place beside the source tree; empty when there is none.
inline std::filesystem::path recordings_folder(const std::string& variable) {
  const char* named = std::getenv(variable.c_str());
  const std::filesystem::path beside = std::filesystem::path(RTCSCOPE_SOURCE_DIR) / ".." / "shared";
  const std::filesystem::path folder =
      named != nullptr ? std::filesystem::path(named) : beside / (variable == kCalls ? "calls" : "pcaps");
  return std::filesystem::is_directory(folder) ? folder : std::filesystem::path{};
}

/// Every file below recordings_folder() whose name ends so.
inline std::vector<std::filesystem::path> recordings(const char* variable, const std::string& ending) {
  std::vector<std::filesystem::path> files;
  const std::filesystem::path folder = recordings_folder(variable);
  if (folder.empty()) return files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file() && entry.path().filename().string().ends_with(ending)) {
      files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace rtcscope::testing
