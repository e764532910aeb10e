#include "correlator/linker.hpp"

#include <algorithm>
#include <functional>
#include <tuple>

#include "flows/names.hpp"

namespace rtcscope::correlator {
namespace {

constexpr std::size_t kMaxEvidence = 16;
constexpr std::size_t kMaxSsrcProofs = 3;  // more of one kind add nothing

bool overlap(const FlowState& flow, const Handle& handle) {
  const flows::FlowSnapshot& f = flow.snapshot;
  if (f.last_packet + kTimeTolerance < handle.first_fact) return false;
  return !handle.ended || f.first_packet - kTimeTolerance <= handle.ended->time;
}

class Matcher {
 public:
  Matcher(const FlowState& flow, const Handle& handle)
      : state_(flow), flow_(flow.snapshot), handle_(handle) {}

  Match run(bool in_time) {
    ufrags(in_time);
    if (!in_time) {
      match_.confidence = 1 - doubt_;
      return std::move(match_);
    }
    selected_pairs();
    fingerprints();
    ssrcs();
    if (match_.evidence.empty()) candidates();
    if (match_.evidence.empty()) timing();
    match_.confidence = 1 - doubt_;
    return std::move(match_);
  }

 private:
  // Which end is the server's it does not say. A handle whose descriptions are known has better proofs, or
  // none.
  void timing() {
    if (!handle_.of_server.ufrags.empty() || !came_up_with(state_, handle_)) return;
    doubt_ *= 1 - kTimingWeight;
    match_.evidence.push_back({"timing", to_rfc3339(*flow_.dtls.connected)});
  }

  void prove(double weight, const char* kind, std::string detail, flows::Side server) {
    doubt_ *= 1 - weight;
    if (match_.evidence.size() < kMaxEvidence) match_.evidence.push_back({kind, std::move(detail)});
    if (!match_.server) match_.server = server;
  }

  // RFC 8445, 7.2.2: USERNAME is the receiver's ufrag, a colon, the sender's. One pair is proof enough.
  void ufrags(bool halves_count) {
    const flows::IceUsername* half = nullptr;
    for (const flows::IceUsername& name : flow_.ice_usernames) {
      const int parts = halves(name);
      if (parts == 2) {
        prove(kUfragPairWeight, "ufrag_pair", name.receiver_ufrag + ":" + name.sender_ufrag, server_in(name));
        return;
      }
      if (parts == 1 && half == nullptr) half = &name;
    }
    if (half != nullptr && halves_count) {
      prove(kUfragWeight, "ufrag", half->receiver_ufrag + ":" + half->sender_ufrag, server_in(*half));
    }
  }

  /// How many halves are the connection's; 0 when a half contradicts what is known.
  int halves(const flows::IceUsername& name) const {
    const int to_server = halves(name.receiver_ufrag, name.sender_ufrag);
    const int to_client = halves(name.sender_ufrag, name.receiver_ufrag);
    return std::max(to_server, to_client);
  }
  int halves(const std::string& server, const std::string& client) const {
    const auto& servers = handle_.of_server.ufrags;
    const auto& clients = handle_.of_client.ufrags;
    const bool server_known = servers.count(server) != 0;
    const bool client_known = clients.count(client) != 0;
    if (server_known && client_known) return 2;
    if (server_known && clients.empty()) return 1;
    return client_known && servers.empty() ? 1 : 0;
  }
  flows::Side server_in(const flows::IceUsername& name) const {
    const bool sent_by_server = handle_.of_server.ufrags.count(name.sender_ufrag) != 0 ||
                                handle_.of_client.ufrags.count(name.receiver_ufrag) != 0;
    return sent_by_server ? name.sender : other(name.sender);
  }

  void selected_pairs() {
    for (const TimedPair& timed : handle_.pairs) {
      const feeds::SelectedPair& pair = timed.pair;
      const bool in_time = timed.time + kTimeTolerance >= flow_.first_packet &&
                           timed.time - kTimeTolerance <= flow_.last_packet;
      const bool straight = flow_.key.a == pair.local && flow_.key.b == pair.remote;
      const bool turned = flow_.key.b == pair.local && flow_.key.a == pair.remote;
      if (!in_time || flow_.key.transport != pair.transport || (!straight && !turned)) continue;
      prove(kSelectedPairWeight, "selected_pair", to_string(pair.local) + " " + to_string(pair.remote),
            straight ? flows::Side::kA : flows::Side::kB);
      return;
    }
  }

  void fingerprints() {
    for (const flows::CertificateFingerprint& certificate : flow_.fingerprints) {
      const std::string text = flows::fingerprint_text(certificate);
      if (handle_.of_client.fingerprints.count(text) == 0) continue;
      prove(kFingerprintWeight, "fingerprint", text, other(certificate.sender));
      return;
    }
  }

  void ssrcs() {
    std::size_t proofs = 0;
    for (const flows::StreamFacts& stream : flow_.streams) {
      const bool client = handle_.of_client.ssrcs.count(stream.ssrc) != 0;
      const bool server = handle_.of_server.ssrcs.count(stream.ssrc) != 0;
      if (client == server || proofs >= kMaxSsrcProofs) continue;
      const flows::Side side = server ? stream.sender : other(stream.sender);
      if (match_.server && side != *match_.server) continue;  // announced by the other side
      prove(kSsrcWeight, "ssrc", std::to_string(stream.ssrc), side);
      proofs += 1;
    }
  }

  void candidates() {
    const bool direct =
        flow_.key.transport == Transport::kUdp && flow_.key.encapsulation == flows::Encapsulation::kNone;
    // Credentials of both that do not match say more.
    const bool contradicted = !flow_.ice_usernames.empty() && !handle_.of_server.ufrags.empty();
    if (!direct || contradicted || !handle_.of_client.ufrags.empty()) return;
    const bool a = handle_.of_server.candidates.count(flow_.key.a) != 0;
    const bool b = handle_.of_server.candidates.count(flow_.key.b) != 0;
    if (a == b) return;
    prove(kCandidateWeight, "candidate", to_string(a ? flow_.key.a : flow_.key.b),
          a ? flows::Side::kA : flows::Side::kB);
  }

  const FlowState& state_;
  const flows::FlowSnapshot& flow_;
  const Handle& handle_;
  Match match_;
  double doubt_ = 1;
};

}  // namespace

std::optional<flows::Side> FlowState::server() const {
  if (link.connection.valid() && link.server) return link.server;
  switch (snapshot.direction_of_a) {
    case PacketDirection::kIngress:
      return flows::Side::kB;
    case PacketDirection::kEgress:
      return flows::Side::kA;
    default:
      return std::nullopt;
  }
}

Match match(const FlowState& flow, const Handle& handle) {
  return Matcher(flow, handle).run(overlap(flow, handle));
}

bool came_up_with(const FlowState& flow, const Handle& handle) {
  const std::optional<UtcTime>& up = flow.snapshot.dtls.connected;
  return up && std::any_of(handle.began.begin(), handle.began.end(),
                           [&](const auto& window) { return window.from <= *up && *up <= window.to; });
}

bool is_inferred(const Link& link) {
  return link.connection.valid() && link.evidence.size() == 1 && link.evidence.front().kind == "timing";
}

std::vector<Token> tokens_of(const flows::FlowSnapshot& flow) {
  std::vector<Token> tokens;
  tokens.reserve(4 + 2 * flow.ice_usernames.size() + flow.fingerprints.size() + flow.streams.size());
  tokens.push_back(pair_token(flow.key.a, flow.key.b));
  for (const flows::IceUsername& name : flow.ice_usernames) {
    tokens.push_back(ufrag_token(name.receiver_ufrag));
    tokens.push_back(ufrag_token(name.sender_ufrag));
  }
  for (const flows::CertificateFingerprint& certificate : flow.fingerprints) {
    tokens.push_back(fingerprint_token(flows::fingerprint_text(certificate)));
  }
  for (const flows::StreamFacts& stream : flow.streams) tokens.push_back(ssrc_token(stream.ssrc));
  tokens.push_back(endpoint_token(flow.key.a));
  tokens.push_back(endpoint_token(flow.key.b));
  if (flow.dtls.connected) tokens.push_back(second_token(*flow.dtls.connected));
  return tokens;
}

bool same_tokens(const flows::FlowSnapshot& a, const flows::FlowSnapshot& b) {
  const auto names = [](const flows::IceUsername& name) {
    return std::tie(name.receiver_ufrag, name.sender_ufrag);
  };
  return a.dtls.connected == b.dtls.connected &&
         std::ranges::equal(a.ice_usernames, b.ice_usernames, {}, names, names) &&
         std::ranges::equal(a.fingerprints, b.fingerprints, {}, &flows::CertificateFingerprint::sha256,
                            &flows::CertificateFingerprint::sha256) &&
         std::ranges::equal(a.streams, b.streams, {}, &flows::StreamFacts::ssrc, &flows::StreamFacts::ssrc);
}

Link choose(const FlowState& flow, const std::vector<const Handle*>& candidates) {
  struct Scored {
    const Handle* handle;
    Match match;
  };
  std::vector<Scored> scored;
  for (const Handle* handle : candidates) {
    Match found = match(flow, *handle);
    if (found.confidence > 0) scored.push_back({handle, std::move(found)});
  }
  // Inferences say nothing against a proof.
  const auto proved = [](const Scored& s) { return s.match.confidence >= kProof; };
  if (std::any_of(scored.begin(), scored.end(), proved)) std::erase_if(scored, std::not_fn(proved));
  std::sort(scored.begin(), scored.end(), [](const Scored& x, const Scored& y) {
    if (x.match.confidence != y.match.confidence) return x.match.confidence > y.match.confidence;
    return x.handle->id < y.handle->id;
  });
  Link link;
  if (scored.empty()) return link;
  const double doubt = 1 - scored[0].match.confidence;
  constexpr double kRounding = 1e-9;
  const bool alone = scored.size() == 1;
  const bool surer = alone || 2 * doubt <= 1 - scored[1].match.confidence + kRounding;
  const bool sure = scored[0].match.confidence >= kLinkThreshold && surer;
  if (sure) {
    link.connection = scored[0].handle->id;
    link.confidence = scored[0].match.confidence;
    link.evidence = scored[0].match.evidence;
    link.server = scored[0].match.server;
  }
  for (std::size_t i = sure ? 1 : 0; i < scored.size(); ++i) {
    for (const model::Evidence& proof : scored[i].match.evidence) {
      if (link.conflicts.size() >= kMaxEvidence) return link;
      link.conflicts.push_back(
          {proof.kind, proof.detail + " is also handle " + scored[i].handle->handle_key});
    }
  }
  return link;
}

}  // namespace rtcscope::correlator
