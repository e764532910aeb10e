#include "api/static_files.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>

namespace rtcscope::api {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t kMaxFileBytes = 32U * 1024 * 1024;

constexpr const char* kNotBuilt = R"html(<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>rtcscope</title></head>
<body>
<h1>rtcscope is running</h1>
<p>The dashboard was not built, so there is nothing to show here. <code>./run</code> builds it; or build it with
<code>npm ci &amp;&amp; npm run build</code> in <code>web/</code> and start rtcscope with
<code>--web-root web/dist</code>.</p>
<p>The same figures are served as JSON: <a href="/api/v1/conferences">conferences</a>,
<a href="/api/v1/stats">counters</a>, <a href="/api/v1/openapi.yaml">description</a>.</p>
</body>
</html>
)html";

std::string media_type(const std::string& name) {
  static const std::map<std::string, std::string> kTypes{
      {".html", "text/html; charset=utf-8"},
      {".js", "text/javascript; charset=utf-8"},
      {".css", "text/css; charset=utf-8"},
      {".json", "application/json"},
      {".map", "application/json"},
      {".svg", "image/svg+xml"},
      {".png", "image/png"},
      {".ico", "image/x-icon"},
      {".webp", "image/webp"},
      {".woff2", "font/woff2"},
      {".txt", "text/plain; charset=utf-8"},
      {".webmanifest", "application/manifest+json"},
  };
  const auto found = kTypes.find(fs::path(name).extension().string());
  return found == kTypes.end() ? "application/octet-stream" : found->second;
}

/// A segment that names a file of ours: no hidden file, no step up, nothing that a shell would look at twice.
bool plain_segment(std::string_view segment) {
  const bool odd = std::any_of(segment.begin(), segment.end(), [](unsigned char c) {
    return c < 0x20 || c == 0x7f || c == '\\' || c == ':';
  });
  return !segment.empty() && segment.front() != '.' && !odd;
}

/// The path below the web root ("" for the root itself); nullopt when a segment is not plain.
std::optional<std::string> relative_name(std::string_view path) {
  if (path.empty() || path.front() != '/') return std::nullopt;
  path.remove_prefix(1);
  const std::string name(path);
  while (!path.empty()) {
    const std::size_t end = std::min(path.find('/'), path.size());
    if (!plain_segment(path.substr(0, end))) return std::nullopt;
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return name;
}

/// The content, if it is a file that lies, links followed, below the root.
std::optional<std::string> read_below(const fs::path& root, const std::string& name) {
  std::error_code error;
  const fs::path base = fs::canonical(root, error);
  if (error) return std::nullopt;
  const fs::path path = fs::canonical(base / name, error);
  if (error || !fs::is_regular_file(path, error) || fs::file_size(path, error) > kMaxFileBytes)
    return std::nullopt;
  if (std::mismatch(base.begin(), base.end(), path.begin(), path.end()).first != base.end())
    return std::nullopt;
  std::ifstream in(path, std::ios::binary);
  if (!in) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(in), {});
}

bool has_extension(const std::string& name) {
  return name.find('.', name.rfind('/') + 1) != std::string::npos;
}

}  // namespace

http::Response StaticFiles::respond(const http::Request& request) const {
  if (request.method != "GET" && request.method != "HEAD") {
    http::Response response = http::problem(request, 405, "files can be read only");
    response.headers.push_back({"Allow", "GET, HEAD"});
    return response;
  }
  std::string path;
  if (!http::percent_decode(request.path(), false, path)) {
    return http::problem(request, 400, "the path is not percent-encoded correctly");
  }
  const auto name = relative_name(path);
  if (!name) return http::problem(request, 404, "there is no such page or file");
  if (has_extension(*name)) return file(request, *name);
  return file(request, "index.html");
}

http::Response StaticFiles::file(const http::Request& request, const std::string& name) const {
  http::Response response;
  response.caching = name.rfind("assets/", 0) == 0 ? http::Caching::kForever : http::Caching::kRevalidate;
  response.media_type = media_type(name);
  if (auto content = read_below(root_, name)) {
    response.body = std::move(*content);
    return response;
  }
  if (name != "index.html") return http::problem(request, 404, "there is no such page or file");
  response.body = kNotBuilt;
  return response;
}

}  // namespace rtcscope::api
