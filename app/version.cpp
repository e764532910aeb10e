#include "app/version.hpp"

#include <openssl/crypto.h>
#include <sqlite3.h>
#include <zlib.h>

namespace rtcscope::app {

std::string version() {
  return RTCSCOPE_VERSION;
}

std::string version_line() {
  return "rtcscope " + version() + " (SQLite " + sqlite3_libversion() + ", " +
         OpenSSL_version(OPENSSL_VERSION) + ", zlib " + zlibVersion() + ")";
}

}  // namespace rtcscope::app
