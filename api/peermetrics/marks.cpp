#include "api/peermetrics/marks.hpp"

#include <set>

#include "decoders/sdp/session_description.hpp"

namespace rtcscope::api::peermetrics {
namespace {

constexpr std::size_t kMaxMarks = 64;  // of one description

struct Identity {
  std::set<std::string> ufrags;
  std::set<std::string> fingerprints;

  void add(const sdp::TransportAttributes& transport) {
    if (!transport.ice_ufrag.empty() && ufrags.size() < kMaxMarks) ufrags.insert(transport.ice_ufrag);
    for (const sdp::Fingerprint& print : transport.fingerprints) {
      if (print.algorithm == "sha-256" && fingerprints.size() < kMaxMarks) fingerprints.insert(print.value);
    }
  }
};

/// A description is its SDP, or an RTCSessionDescription with it.
Identity identity_of(const Json& description) {
  Identity identity;
  const Json& text = description.is_string() ? description : member(description, "sdp");
  if (!text.is_string()) return identity;
  const auto parsed = sdp::parse_sdp(text.get_ref<const std::string&>());
  if (!parsed) return identity;
  identity.add(parsed->transport);
  for (const sdp::Media& media : parsed->media) identity.add(media.transport);
  return identity;
}

}  // namespace

void mark_descriptions(client::Rows& rows, const std::string& connection, const Json& data) {
  const Identity local = identity_of(member(data, "localDescription"));
  const Identity remote = identity_of(member(data, "remoteDescription"));
  std::size_t left = kMaxMarks;
  for (const std::string& print : local.fingerprints) rows.add_mark({connection, "fingerprint", print});
  for (const std::string& mine : local.ufrags) {
    for (const std::string& theirs : remote.ufrags) {
      if (left-- == 0) return;
      rows.add_mark({connection, "ufrag_pair", mine + ':' + theirs});
    }
  }
}

}  // namespace rtcscope::api::peermetrics
