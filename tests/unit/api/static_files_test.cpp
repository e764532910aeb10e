#include "api/static_files.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

namespace rtcscope::api {
namespace {

namespace fs = std::filesystem;

class StaticFilesTest : public testing::Test {
 protected:
  StaticFilesTest()
      : folder_(fs::path(testing::TempDir()) / ("rtcscope_static_" + std::to_string(::getpid()))) {
    fs::create_directories(folder_ / "web/assets");
    write("web/index.html", "<!doctype html>");
    write("web/favicon.svg", "<svg/>");
    write("web/assets/index-abc.js", "let a");
    write("web/.env", "secret");
    write("secret.txt", "secret");
    fs::create_symlink(folder_ / "secret.txt", folder_ / "web/link.txt");
  }
  ~StaticFilesTest() override { fs::remove_all(folder_); }

  void write(const std::string& name, const std::string& content) const {
    std::ofstream(folder_ / name) << content;
  }
  [[nodiscard]] http::Response respond(const std::string& target, const std::string& method = "GET") const {
    return StaticFiles(folder_ / "web").respond({"1", method, target, {}, {}});
  }

  fs::path folder_;
};

TEST_F(StaticFilesTest, FilesHaveTypesAndCaching) {
  const http::Response index = respond("/");
  EXPECT_EQ(index.status, 200);
  EXPECT_EQ(index.media_type, "text/html; charset=utf-8");
  EXPECT_EQ(index.body, "<!doctype html>");
  EXPECT_EQ(index.caching, http::Caching::kRevalidate);
  const http::Response script = respond("/assets/index-abc.js?v=1");
  EXPECT_EQ(script.media_type, "text/javascript; charset=utf-8");
  EXPECT_EQ(script.caching, http::Caching::kForever);
  EXPECT_EQ(respond("/favicon.svg").media_type, "image/svg+xml");
}

TEST_F(StaticFilesTest, ViewsOfTheDashboardGetItsIndex) {
  for (const char* path : {"/conferences", "/participants/00000000000000ff", "/a/b/c?x=y.z"}) {
    EXPECT_EQ(respond(path).body, "<!doctype html>") << path;
  }
  EXPECT_EQ(respond("/assets/gone.js").status, 404);
  EXPECT_EQ(respond("/nothing.html").status, 404);
}

TEST_F(StaticFilesTest, NothingOutsideTheRootIsRead) {
  for (const char* path :
       {"/../secret.txt", "/%2e%2e/secret.txt", "/assets/../../secret.txt", "/..%2fsecret.txt", "/.env",
        "/%2eenv", "/link.txt", "/assets/..%5c..%5csecret.txt", "//secret.txt", "/./index.html",
        "/assets//index-abc.js", "/web/%0a.txt", "/C:secret.txt", "/assets/"}) {
    const http::Response response = respond(path);
    EXPECT_EQ(response.body.find("secret"), std::string::npos) << path;
    EXPECT_EQ(response.status, path == std::string("/assets/") ? 200 : 404) << path;
  }
  EXPECT_EQ(respond("/%zz").status, 400);
  EXPECT_EQ(respond("/a%00.txt").status, 400);
}

TEST_F(StaticFilesTest, FilesCanBeReadOnly) {
  EXPECT_EQ(respond("/", "HEAD").status, 200);
  const http::Response post = respond("/", "POST");
  EXPECT_EQ(post.status, 405);
  EXPECT_EQ(http::find_header(post.headers, "Allow"), "GET, HEAD");
}

TEST_F(StaticFilesTest, WithoutAWebRootAPageSaysSo) {
  const StaticFiles none(folder_ / "absent");
  const http::Response page = none.respond({"1", "GET", "/", {}, {}});
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.media_type, "text/html; charset=utf-8");
  EXPECT_NE(page.body.find("not built"), std::string::npos);
  EXPECT_EQ(none.respond({"1", "GET", "/assets/a.js", {}, {}}).status, 404);
}

}  // namespace
}  // namespace rtcscope::api
