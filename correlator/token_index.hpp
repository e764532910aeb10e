#pragma once
// What a connection and a flow can have in common, as 64-bit tokens: the join of feed and packets. A token
// only finds candidates; whether they match is decided on the values themselves.

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/net.hpp"
#include "base/stable_hash.hpp"
#include "base/strong_id.hpp"
#include "base/time.hpp"

namespace rtcscope::correlator {

using Token = std::uint64_t;

inline Token ufrag_token(std::string_view ufrag) {
  return StableHash{}.add("ufrag").add(ufrag).value();
}
inline Token fingerprint_token(std::string_view sha256) {
  return StableHash{}.add("sha256").add(sha256).value();
}
inline Token ssrc_token(std::uint32_t ssrc) {
  return StableHash{}.add("ssrc").add(std::uint64_t{ssrc}).value();
}
/// One end of a flow, or where somebody says that it can be reached.
inline Token endpoint_token(const Endpoint& endpoint) {
  return StableHash{}.add("endpoint").add(endpoint).value();
}
/// A second in which a connection came up.
inline Token second_token(UtcTime time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count();
  return StableHash{}.add("second").add(static_cast<std::uint64_t>(seconds)).value();
}
/// The same whichever way round the two ends are named.
inline Token pair_token(const Endpoint& x, const Endpoint& y) {
  return StableHash{}.add("pair").add(std::min(x, y)).add(std::max(x, y)).value();
}

/// Clients choose their ufrags and so their tokens: without a seed they could choose one place for all of
/// them.
struct SeededTokenHash {
  std::uint64_t seed = 0;
  std::size_t operator()(Token token) const noexcept;
};

/// Which connections and which flows carry a token.
class TokenIndex {
 public:
  explicit TokenIndex(std::uint64_t hash_seed) : postings_(0, SeededTokenHash{hash_seed}) {}

  /// What more than this many share proves nothing (the media server's own certificate); it is not
  /// looked up any more, so one popular value cannot make every link expensive.
  static constexpr std::size_t kCommon = 256;

  struct Posting {
    std::vector<ConnectionId> connections;
    std::vector<FlowId> flows;

    [[nodiscard]] bool common() const noexcept {
      return connections.size() > kCommon || flows.size() > kCommon;
    }
  };

  void add(Token token, ConnectionId connection) { insert(postings_[token].connections, connection); }
  void add(Token token, FlowId flow) { insert(postings_[token].flows, flow); }
  void remove(Token token, ConnectionId connection) { erase(token, &Posting::connections, connection); }
  void remove(Token token, FlowId flow) { erase(token, &Posting::flows, flow); }

  /// nullptr when nobody carries it.
  [[nodiscard]] const Posting* find(Token token) const {
    const auto found = postings_.find(token);
    return found == postings_.end() ? nullptr : &found->second;
  }

 private:
  template <class Id>
  static void insert(std::vector<Id>& ids, Id id) {
    if (ids.size() > kCommon || std::find(ids.begin(), ids.end(), id) != ids.end()) return;
    ids.push_back(id);
  }
  template <class Id>
  void erase(Token token, std::vector<Id> Posting::*list, Id id) {
    const auto found = postings_.find(token);
    if (found == postings_.end()) return;
    auto& ids = found->second.*list;
    ids.erase(std::remove(ids.begin(), ids.end(), id), ids.end());
    if (found->second.connections.empty() && found->second.flows.empty()) postings_.erase(found);
  }

  std::unordered_map<Token, Posting, SeededTokenHash> postings_;
};

}  // namespace rtcscope::correlator
