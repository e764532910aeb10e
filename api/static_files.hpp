#pragma once
// The dashboard's files. Only what lies below the web root is ever read.

#include <filesystem>
#include <string>

#include "api/http/message.hpp"

namespace rtcscope::api {

class StaticFiles {
 public:
  explicit StaticFiles(std::filesystem::path root) : root_(std::move(root)) {}

  /// A file for GET and HEAD. A path without extension is a view of the single-page dashboard and gets
  /// index.html; without a web root, a page that says that the dashboard was not built.
  [[nodiscard]] http::Response respond(const http::Request& request) const;

 private:
  [[nodiscard]] http::Response file(const http::Request& request, const std::string& name) const;

  std::filesystem::path root_;
};

}  // namespace rtcscope::api
