#pragma once
// The tokens as the daemon knows them: read anew whenever the file changes.

#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/access/token_file.hpp"
#include "api/http/file_stamp.hpp"

namespace rtcscope::api::access {

/// A token made just now; the text is nowhere else.
struct NewToken {
  Token token;
  std::string text;
};

/// Adds a token to a file. Throws as TokenFile::change(), and std::invalid_argument for a name that is
/// empty, too long or no plain text.
NewToken create_token(const TokenFile& file, const std::string& name, Role role, UtcTime now,
                      std::optional<UtcTime> expires_at);
/// What was taken out of the file; absent when it has no such token. Throws as TokenFile::change().
std::optional<Token> revoke_token(const TokenFile& file, std::string_view id);

/// Every member function may be called from several threads.
class TokenList {
 public:
  using Clock = std::function<UtcTime()>;
  using Log = std::function<void(const std::string&)>;

  /// Throws as TokenFile::read(), and when nobody could use the daemon: the file holds no valid token.
  TokenList(const std::string& path, Clock clock, Log log);
  ~TokenList();
  TokenList(const TokenList&) = delete;
  TokenList& operator=(const TokenList&) = delete;

  /// The token with this text, if it exists and has not expired; marks it as used. When the file became
  /// unreadable, what was read last stays; when it is gone, so are all tokens.
  std::optional<Token> find(std::string_view text);
  /// The token with this id, as find().
  std::optional<Token> by_id(std::string_view id);
  std::vector<Token> all();

  /// As the functions above.
  NewToken create(const std::string& name, Role role, std::optional<UtcTime> expires_at);
  std::optional<Token> revoke(std::string_view id);

 private:
  void refresh();  // the caller holds the lock, here and below
  void mark_used(Token& token, UtcTime now);
  void save_uses();

  const TokenFile file_;
  const Clock clock_;
  const Log log_;
  std::mutex mutex_;
  http::FileStamp stamp_;
  std::vector<Token> tokens_;
  std::optional<UtcTime> next_save_;  // absent: nothing to save
};

}  // namespace rtcscope::api::access
