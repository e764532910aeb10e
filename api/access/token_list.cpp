#include "api/access/token_list.hpp"

#include <algorithm>
#include <stdexcept>

#include "base/text.hpp"

namespace rtcscope::api::access {
namespace {

// How exact "last used" is: a write of the file for each request would be the price of more.
constexpr Duration kUseSaved = std::chrono::seconds{60};

bool valid(const Token& token, UtcTime now) {
  return !token.expires_at || now < *token.expires_at;
}

std::string new_id() {
  constexpr std::size_t kDigits = 16;
  return token_digest(new_token_text()).substr(0, kDigits);
}

/// The later uses of two readings of the same tokens.
void merge_uses(const std::vector<Token>& from, std::vector<Token>& into) {
  for (Token& token : into) {
    const auto same =
        std::find_if(from.begin(), from.end(), [&](const Token& t) { return t.id == token.id; });
    if (same != from.end()) token.last_used_at = std::max(token.last_used_at, same->last_used_at);
  }
}

}  // namespace

NewToken create_token(const TokenFile& file, const std::string& name, Role role, UtcTime now,
                      std::optional<UtcTime> expires_at) {
  if (name.empty() || clean_utf8(name, kMaxTokenName) != name) {
    throw std::invalid_argument("a token's name is 1 to 64 octets of plain text");
  }
  NewToken made{{new_id(), name, role, {}, now, expires_at, std::nullopt}, new_token_text()};
  made.token.digest = token_digest(made.text);
  file.change([&](std::vector<Token>& tokens) {
    if (tokens.size() >= kMostTokens) throw std::runtime_error("there are too many tokens; revoke some");
    tokens.push_back(made.token);
  });
  return made;
}

std::optional<Token> revoke_token(const TokenFile& file, std::string_view id) {
  std::optional<Token> revoked;
  file.change([&](std::vector<Token>& tokens) {
    const auto found = std::find_if(tokens.begin(), tokens.end(), [&](const Token& t) { return t.id == id; });
    if (found == tokens.end()) return;
    revoked = *found;
    tokens.erase(found);
  });
  return revoked;
}

TokenList::TokenList(const std::string& path, Clock clock, Log log)
    : file_(path), clock_(std::move(clock)), log_(std::move(log)), stamp_(http::stamp_of(file_.path())) {
  tokens_ = file_.read();
  const UtcTime now = clock_();
  if (std::none_of(tokens_.begin(), tokens_.end(), [&](const Token& t) { return valid(t, now); })) {
    throw std::runtime_error("the token file " + file_.path() +
                             " holds no valid token; make one with: rtcscope token create --tokens " +
                             file_.path() + " --role admin --name NAME");
  }
}

TokenList::~TokenList() {
  const std::lock_guard lock(mutex_);
  if (next_save_) save_uses();
}

std::optional<Token> TokenList::find(std::string_view text) {
  if (!looks_like_token(text)) return std::nullopt;
  const std::string digest = token_digest(text);
  const std::lock_guard lock(mutex_);
  refresh();
  Token* found = nullptr;
  // All of them, whichever it is.
  for (Token& token : tokens_) {
    if (same_secret(digest, token.digest)) found = &token;
  }
  const UtcTime now = clock_();
  if (found == nullptr || !valid(*found, now)) return std::nullopt;
  mark_used(*found, now);
  return *found;
}

std::optional<Token> TokenList::by_id(std::string_view id) {
  const std::lock_guard lock(mutex_);
  refresh();
  const UtcTime now = clock_();
  for (Token& token : tokens_) {
    if (token.id != id || !valid(token, now)) continue;
    mark_used(token, now);
    return token;
  }
  return std::nullopt;
}

std::vector<Token> TokenList::all() {
  const std::lock_guard lock(mutex_);
  refresh();
  return tokens_;
}

NewToken TokenList::create(const std::string& name, Role role, std::optional<UtcTime> expires_at) {
  return create_token(file_, name, role, clock_(), expires_at);
}

std::optional<Token> TokenList::revoke(std::string_view id) {
  return revoke_token(file_, id);
}

void TokenList::refresh() {
  const http::FileStamp stamp = http::stamp_of(file_.path());
  if (stamp == stamp_) return;
  stamp_ = stamp;
  try {
    std::vector<Token> tokens = file_.read();
    merge_uses(tokens_, tokens);
    tokens_ = std::move(tokens);
  } catch (const std::runtime_error& error) {
    log_(std::string(error.what()) + "; the tokens read before stay in force");
  }
}

void TokenList::mark_used(Token& token, UtcTime now) {
  token.last_used_at = now;
  if (!next_save_) next_save_ = now + kUseSaved;
  if (now < *next_save_) return;
  next_save_.reset();
  save_uses();
}

void TokenList::save_uses() {
  try {
    file_.change([this](std::vector<Token>& tokens) { merge_uses(tokens_, tokens); });
  } catch (const std::runtime_error& error) {
    log_("the last uses of tokens are not saved: " + std::string(error.what()));
  }
}

}  // namespace rtcscope::api::access
