#include "app/paths.hpp"

#include <cstdlib>
#include <filesystem>
#include <string_view>
#include <vector>

namespace rtcscope::app {
namespace {

std::string folder_of(const std::string& path) {
  const std::string folder = std::filesystem::absolute(path).parent_path().string();
  return folder.empty() ? "/" : folder;
}

/// Where libpq looks for a password that is not in the URL.
std::vector<std::string> password_files() {
  std::vector<std::string> files;
  if (const char* named = std::getenv("PGPASSFILE")) files.emplace_back(named);
  if (const char* home = std::getenv("HOME")) files.push_back(std::string(home) + "/.pgpass");
  return files;
}

void allow_store(AllowedPaths& paths, const std::string& url) {
  constexpr std::string_view kSqlite = "sqlite:";
  if (!url.starts_with(kSqlite)) {
    for (const std::string& file : password_files()) allow_reading(paths, file);
    return;
  }
  const std::string store = url.substr(kSqlite.size());
  if (store == ":memory:") return;
  const std::string folder = folder_of(store);
  paths.write_below.push_back(folder);
  // SQLite sorts what is large in files: among its own, for other folders cannot be written.
  setenv("SQLITE_TMPDIR", folder.c_str(), 1);
}

}  // namespace

AllowedPaths system_paths() {
  AllowedPaths paths;
  paths.read = {"/etc/hosts",
                "/etc/resolv.conf",
                "/etc/nsswitch.conf",
                "/etc/host.conf",
                "/etc/gai.conf",
                "/etc/services",
                "/etc/localtime",
                "/etc/ssl/certs",
                "/etc/ssl/openssl.cnf",
                "/usr/share/ca-certificates",
                "/usr/share/zoneinfo",
                "/usr/lib",
                "/lib",
                "/lib64",
                "/sys/class/net",
                "/sys/devices",
                "/dev/null",
                "/dev/urandom"};
  return paths;
}

void allow_reading(AllowedPaths& paths, const std::string& path) {
  if (!path.empty()) paths.read.push_back(std::filesystem::absolute(path).string());
}

void make_writable(AllowedPaths& paths, const std::string& folder) {
  if (folder.empty()) return;
  std::filesystem::create_directories(folder);
  paths.write_below.push_back(std::filesystem::absolute(folder).string());
}

void allow_serving(AllowedPaths& paths, const ServeOptions& options) {
  allow_store(paths, options.store);
  // Read anew when it changes, and replaced when a token is made over the API.
  if (!options.tokens.empty()) paths.write_below.push_back(folder_of(options.tokens));
  for (const std::string& folder : {options.spool, options.cdr, options.hep_spool}) {
    make_writable(paths, folder);
  }
  if (!options.capture_ring.empty() && std::filesystem::create_directories(options.capture_ring)) {
    std::filesystem::permissions(options.capture_ring, std::filesystem::perms::owner_all);
  }
  make_writable(paths, options.capture_ring);
  for (const std::string& file :
       {options.web_root, options.ingest_credentials, options.owt_view, options.tls_cert, options.tls_key,
        options.hep_ca, options.hep_key_file, options.hep_listen_key_file}) {
    allow_reading(paths, file);
  }
}

}  // namespace rtcscope::app
