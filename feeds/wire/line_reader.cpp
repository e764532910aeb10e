#include "feeds/wire/line_reader.hpp"

#include <cerrno>
#include <filesystem>
#include <system_error>

namespace rtcscope::feeds {

LineReader::LineReader(const std::string& what, const std::string& path) : file_(path, std::ios::binary) {
  int error = file_ ? 0 : errno;
  // A folder can be opened, and then reads like an empty file.
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) error = EISDIR;
  if (error != 0) throw std::system_error(error, std::generic_category(), "cannot open " + what + " " + path);
}

// std::getline would take a line of any length into memory.
bool LineReader::read(std::string& line) {
  line.clear();
  bool any = false;
  for (int c = file_.get(); c != std::ifstream::traits_type::eof(); c = file_.get()) {
    any = true;
    if (c == '\n') break;
    if (line.size() <= kMaxLineBytes) line += static_cast<char>(c);
  }
  if (any) counts_.lines += 1;
  return any;
}

bool LineReader::next(std::string& line) {
  while (read(line)) {
    if (line.find_first_not_of(" \t\r") != std::string::npos) return true;
  }
  return false;
}

void LineReader::refuse() noexcept {
  counts_.malformed += 1;
  if (counts_.first_malformed_line == 0) counts_.first_malformed_line = counts_.lines;
}

}  // namespace rtcscope::feeds
