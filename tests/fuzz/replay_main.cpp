// Feeds a fuzz target its corpus where there is no libFuzzer: every file, whole and cut off at each octet.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

// Bounds the work on one file; longer ones are replayed whole and cut within their first octets.
constexpr std::size_t kMaxCut = 4096;

std::vector<std::uint8_t> contents(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::vector<std::filesystem::path> files_of(const std::filesystem::path& corpus) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(corpus)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::size_t replay(const std::vector<std::uint8_t>& input) {
  LLVMFuzzerTestOneInput(input.data(), input.size());
  const std::size_t cuts = std::min(input.size(), kMaxCut);
  for (std::size_t size = 0; size < cuts; ++size) {
    // A buffer of just this size, so that a sanitizer sees the first octet read behind it.
    const std::vector<std::uint8_t> cut(input.data(), input.data() + size);
    LLVMFuzzerTestOneInput(cut.data(), cut.size());
  }
  return cuts + 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2 || !std::filesystem::is_directory(argv[1])) {
    std::fprintf(stderr, "usage: %s CORPUS_FOLDER\n", argv[0]);
    return 2;
  }
  std::size_t inputs = 0;
  for (const auto& path : files_of(argv[1])) {
    std::fprintf(stderr, "%s\n", path.c_str());  // before the run: a crash is then the last file named
    inputs += replay(contents(path));
  }
  std::printf("%zu inputs\n", inputs);
  return inputs == 0 ? 1 : 0;  // an empty corpus proves nothing
}
