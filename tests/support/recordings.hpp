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

/// Every file below the folder that `variable` names whose name ends so; none without the variable.
inline std::vector<std::filesystem::path> recordings(const char* variable, const std::string& ending) {
  std::vector<std::filesystem::path> files;
  const char* folder = std::getenv(variable);
  if (folder == nullptr || !std::filesystem::is_directory(folder)) return files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file() && entry.path().filename().string().ends_with(ending)) {
      files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace rtcscope::testing
