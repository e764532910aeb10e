#include "api/http/file_stamp.hpp"

#include <sys/stat.h>

namespace rtcscope::api::http {

FileStamp stamp_of(const std::string& path) {
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0) return {};
  constexpr std::int64_t kSecond = 1'000'000'000;
  return {true, found.st_dev, found.st_ino, found.st_size,
          found.st_mtim.tv_sec * kSecond + found.st_mtim.tv_nsec};
}

}  // namespace rtcscope::api::http
