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

  void add_ssrcs(const sdp::Media& media) {
    for (const auto& [ssrc, attributes] : media.ssrcs) {
      if (side_.ssrcs.size() >= Handle::kMaxSsrcs && side_.ssrcs.count(ssrc) == 0) {
        refused_ += 1;
        continue;
      }
      const DescribedSsrc described{media.mid, media.kind, std::nullopt};
      if (side_.ssrcs.try_emplace(ssrc, described).second) fresh.push_back(ssrc_token(ssrc));
    }
    for (const sdp::SsrcGroup& group : media.ssrc_groups) {
      if (group.semantics != "FID" || group.ssrcs.size() != 2) continue;
      const auto repair = side_.ssrcs.find(group.ssrcs[1]);
      if (repair != side_.ssrcs.end()) repair->second.rtx_of_ssrc = group.ssrcs[0];
    }
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
    for (const auto& [payload_type, map] : media.rtpmaps) rtpmaps[payload_type] = map;
    if (!media.mid.empty() && kind_of_mid.size() < kMaxMids) kind_of_mid[media.mid] = media.kind;
  }
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

std::vector<Token> Handle::tokens() const {
  std::vector<Token> all;
  for (const SideFacts* side : {&of_server, &of_client}) {
    for (const std::string& ufrag : side->ufrags) all.push_back(ufrag_token(ufrag));
    for (const auto& [ssrc, described] : side->ssrcs) all.push_back(ssrc_token(ssrc));
  }
  for (const std::string& fingerprint : of_client.fingerprints) {
    all.push_back(fingerprint_token(fingerprint));
  }
  for (const TimedPair& timed : pairs) all.push_back(pair_token(timed.pair.local, timed.pair.remote));
  return all;
}

ParticipantId Handle::source_of(const std::string& mid) const {
  const auto found = sources.find(mid);
  if (found != sources.end()) return found->second;
  if (sources.empty()) return {};
  // Without a mid it is still certain when all media come from one participant.
  const ParticipantId first = sources.begin()->second;
  const bool one =
      std::all_of(sources.begin(), sources.end(), [&](const auto& entry) { return entry.second == first; });
  return one ? first : ParticipantId{};
}

}  // namespace rtcscope::correlator
