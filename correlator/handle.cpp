#include "correlator/handle.hpp"

#include <algorithm>

namespace rtcscope::correlator {
namespace {

/// What one description adds to one side, and to the tokens by which packets are found.
class SideWriter {
 public:
  SideWriter(SideFacts& side, bool is_client, std::uint64_t& refused)
      : side_(side), is_client_(is_client), refused_(refused) {}

  void add(const sdp::TransportAttributes& transport) {
    if (!transport.ice_ufrag.empty() && put(side_.ufrags, transport.ice_ufrag)) {
      fresh.push_back(ufrag_token(transport.ice_ufrag));
    }
    for (const sdp::Fingerprint& fingerprint : transport.fingerprints) {
      if (fingerprint.algorithm != "sha-256" || !put(side_.fingerprints, fingerprint.value)) continue;
      // The server shows one certificate to all: only the client's tells connections apart.
      if (is_client_) fresh.push_back(fingerprint_token(fingerprint.value));
    }
  }

  /// A server opens a port for each connection; clients behind one NAT may name the same private address.
  void add(const sdp::Candidate& candidate) {
    if (is_client_ || candidate.transport != "udp" || candidate.type == "relay") return;
    const auto address = parse_ip_address(candidate.address);
    if (!address) return;
    const Endpoint endpoint{*address, candidate.port};
    if (side_.candidates.size() >= Handle::kMaxCandidates) {
      refused_ += side_.candidates.count(endpoint) == 0 ? 1 : 0;
      return;
    }
    if (side_.candidates.insert(endpoint).second) fresh.push_back(endpoint_token(endpoint));
  }

  void add_ssrcs(const sdp::Media& media) {
    for (const auto& [ssrc, attributes] : media.ssrcs) add_ssrc(ssrc, {media.mid, media.kind, std::nullopt});
    for (const sdp::SsrcGroup& group : media.ssrc_groups) {
      // Source first, repair last.
      if (group.ssrcs.size() != 2) continue;
      const auto repair = side_.ssrcs.find(group.ssrcs[1]);
      if (repair == side_.ssrcs.end()) continue;
      if (group.semantics == "FID") repair->second.rtx_of_ssrc = group.ssrcs[0];
      if (group.semantics == "FEC-FR") repair->second.fec_of_ssrc = group.ssrcs[0];
    }
  }

  /// What is known of an SSRC stays; only a repair stream that nobody had tied to its media gets tied.
  void add_ssrc(std::uint32_t ssrc, DescribedSsrc described) {
    const auto known = side_.ssrcs.find(ssrc);
    if (known != side_.ssrcs.end()) {
      if (!known->second.rtx_of_ssrc) known->second.rtx_of_ssrc = described.rtx_of_ssrc;
      return;
    }
    if (side_.ssrcs.size() >= Handle::kMaxSsrcs) {
      refused_ += 1;
      return;
    }
    side_.ssrcs.emplace(ssrc, std::move(described));
    fresh.push_back(ssrc_token(ssrc));
  }

  std::vector<Token> fresh;

 private:
  bool put(std::set<std::string>& values, const std::string& value) {
    if (values.size() >= Handle::kMaxUfrags) {
      refused_ += values.count(value) == 0 ? 1 : 0;
      return false;
    }
    return values.insert(value).second;
  }

  SideFacts& side_;
  bool is_client_;
  std::uint64_t& refused_;
};

}  // namespace

std::vector<Token> Handle::add(const feeds::Description& description, std::uint64_t& refused) {
  const bool is_client = description.owner == feeds::DescriptionOwner::kClient;
  SideWriter writer(is_client ? of_client : of_server, is_client, refused);
  writer.add(description.sdp.transport);
  for (const sdp::Media& media : description.sdp.media) {
    writer.add(media.transport);
    writer.add_ssrcs(media);
    for (const sdp::Candidate& candidate : media.candidates) writer.add(candidate);
    for (const auto& [payload_type, map] : media.rtpmaps) {
      rtpmaps[payload_type] = map;
      if (const auto block = sdp::red_primary_block(media, payload_type)) red_blocks[payload_type] = *block;
    }
    SideFacts& side = is_client ? of_client : of_server;
    if (media.direction != "sendrecv" || media.port == 0) {
      side.sendrecv.erase(media.mid);
    } else if (!media.mid.empty() && side.sendrecv.size() < kMaxMids) {
      side.sendrecv.insert(media.mid);
    }
    if (!media.mid.empty() && kind_of_mid.size() < kMaxMids) kind_of_mid[media.mid] = media.kind;
  }
  return std::move(writer.fresh);
}

std::vector<Token> Handle::add(const feeds::Candidate& candidate, std::uint64_t& refused) {
  const bool is_client = candidate.owner == feeds::DescriptionOwner::kClient;
  SideWriter writer(is_client ? of_client : of_server, is_client, refused);
  writer.add(candidate.candidate);
  return std::move(writer.fresh);
}

std::vector<Token> Handle::add(UtcTime time, const feeds::SelectedPair& pair, std::uint64_t& refused) {
  if (pairs.size() >= kMaxPairs) {
    refused += 1;
    return {};
  }
  pairs.push_back({time, pair});
  return {pair_token(pair.local, pair.remote)};
}

std::vector<Token> Handle::add(const feeds::MediaSsrcs& media, std::uint64_t& refused) {
  const bool is_client = media.owner == feeds::DescriptionOwner::kClient;
  SideWriter writer(is_client ? of_client : of_server, is_client, refused);
  for (const feeds::MediaSsrcs::Use& use : media.ssrcs) {
    writer.add_ssrc(use.ssrc, {media.mid, media.kind, use.rtx_of_ssrc});
  }
  return std::move(writer.fresh);
}

namespace {

void add_seconds(const feeds::HandleOwner::Window& window, std::vector<Token>& tokens) {
  for (UtcTime time = window.from; time < window.to + std::chrono::seconds{1};
       time += std::chrono::seconds{1}) {
    tokens.push_back(second_token(std::min(time, window.to)));
  }
}

}  // namespace

std::vector<Token> Handle::add(const feeds::HandleOwner::Window& window, std::uint64_t& refused) {
  std::vector<Token> fresh;
  if (window.to < window.from || window.to - window.from > kMaxWindow || began.size() >= kMaxWindows) {
    refused += 1;
    return fresh;
  }
  began.push_back(window);
  add_seconds(window, fresh);
  return fresh;
}

std::vector<Token> Handle::tokens() const {
  std::vector<Token> all;
  for (const feeds::HandleOwner::Window& window : began) add_seconds(window, all);
  for (const SideFacts* side : {&of_server, &of_client}) {
    for (const std::string& ufrag : side->ufrags) all.push_back(ufrag_token(ufrag));
    for (const auto& [ssrc, described] : side->ssrcs) all.push_back(ssrc_token(ssrc));
  }
  for (const Endpoint& candidate : of_server.candidates) all.push_back(endpoint_token(candidate));
  for (const std::string& fingerprint : of_client.fingerprints) {
    all.push_back(fingerprint_token(fingerprint));
  }
  for (const TimedPair& timed : pairs) all.push_back(pair_token(timed.pair.local, timed.pair.remote));
  return all;
}

ParticipantId Handle::source_of(const std::string& mid) const {
  const auto found = sources.find(mid);
  if (found != sources.end()) return found->second.participant;
  if (sources.empty()) return {};
  // Without a mid it is still certain when all media come from one participant.
  const ParticipantId first = sources.begin()->second.participant;
  const bool one = std::all_of(sources.begin(), sources.end(),
                               [&](const auto& entry) { return entry.second.participant == first; });
  return one ? first : ParticipantId{};
}

}  // namespace rtcscope::correlator
