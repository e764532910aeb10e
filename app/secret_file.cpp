#include "app/secret_file.hpp"

#include <sys/stat.h>

#include <fstream>
#include <stdexcept>

namespace rtcscope::app {

std::string read_secret(const std::string& option, const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) == 0 && (status.st_mode & S_IROTH) != 0) {
    throw std::runtime_error(option + " " + path + " can be read by everybody on this machine: chmod 600 it");
  }
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.pop_back();
  if (line.empty()) {
    throw std::runtime_error(option + " " + path + " must be a readable file whose first line is the secret");
  }
  return line;
}

std::pair<std::string, std::string> read_login(const std::string& option, const std::string& path) {
  const std::string line = read_secret(option, path);
  const auto colon = line.find(':');
  if (colon == std::string::npos) {
    throw std::runtime_error(option + " " + path + ": the first line must be user:password");
  }
  return {line.substr(0, colon), line.substr(colon + 1)};
}

}  // namespace rtcscope::app
