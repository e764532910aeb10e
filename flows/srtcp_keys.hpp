#pragma once
// DTLS-SRTP secrets, and what they were proved to belong to. A secret is tried on SRTCP until one datagram
// authenticates with it; then it is wiped, and its crypto contexts stay: one of each writer whose key it has.

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <variant>

#include "base/byte_reader.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "decoders/srtp/keying.hpp"
#include "decoders/srtp/srtcp_context.hpp"

namespace rtcscope::flows {

/// A DTLS association's number: that of its secret, in the order in which secrets were added, which is the
/// order of the handshakes. 0: none.
using AssociationId = std::uint64_t;

/// Whose packets a context opens. A key of one writer is an association of its own; `writer` says nothing of
/// it.
struct SrtcpWriter {
  AssociationId association = 0;
  srtp::Writer writer = srtp::Writer::kDtlsClient;
};
constexpr SrtcpWriter peer_of(SrtcpWriter writer) noexcept {
  const bool client = writer.writer == srtp::Writer::kDtlsClient;
  return {writer.association, client ? srtp::Writer::kDtlsServer : srtp::Writer::kDtlsClient};
}

struct SrtcpKeyCounters {
  std::uint64_t added = 0;
  std::uint64_t duplicates = 0;              // of a secret that is there: not added again
  std::uint64_t proved = 0;                  // secrets that opened a datagram
  std::uint64_t secrets_displaced = 0;       // unproved, gave way to newer ones
  std::uint64_t associations_displaced = 0;  // proved, gave way to newer ones
};

class SrtcpKeys {
 public:
  static constexpr std::size_t kMaxSecrets = 1024;  // each has a locked page of its own
  static constexpr std::size_t kMaxAssociations = 16'384;
  /// How long an association without a flow is kept: it may go on over another five-tuple.
  static constexpr Duration kUnusedFor = std::chrono::minutes{2};

  /// Takes the secret, unless it is there already. The oldest unproved one gives way when there are too many.
  void add(srtp::KeyingMaterial&& secret);
  /// Number of the newest secret.
  [[nodiscard]] AssociationId newest() const noexcept { return newest_; }

  /// A datagram in clear and whose it is; a view into `scratch`.
  struct Found {
    SrtcpWriter writer;
    bool peer_too = false;  // the association opens what the other end sends as well
    Bytes clear;
  };
  /// Tries every association after `after`, newest first: the tag is the proof, for no secret opens
  /// another association's packet but by a chance of 2^-80 (2^-32 for the short tag).
  std::optional<Found> find(Bytes datagram, AssociationId after, srtp::SrtcpContext::Scratch& scratch);
  /// As SrtcpContext::open; kNotAuthentic when the association is gone.
  Result<Bytes, srtp::SrtcpError> open(SrtcpWriter writer, Bytes datagram,
                                       srtp::SrtcpContext::Scratch& scratch);

  /// A flow uses the association, or no longer does. What nobody uses for a while is wiped.
  void hold(AssociationId association);
  void release(AssociationId association, UtcTime now);

  [[nodiscard]] const SrtcpKeyCounters& counters() const noexcept { return counters_; }

 private:
  struct Proved {
    std::array<std::optional<srtp::SrtcpContext>, 2> contexts;  // by writer; of one writer's key the first
    std::size_t users = 0;
    UtcTime unused_since{};
  };
  struct Entry {
    std::variant<srtp::KeyingMaterial, Proved> state;
    std::optional<srtp::Fingerprint> fingerprint;
  };
  using Entries = std::map<AssociationId, Entry>;

  std::optional<Found> try_secret(AssociationId id, Entry& entry, Bytes datagram,
                                  srtp::SrtcpContext::Scratch& scratch);
  static std::optional<Found> try_proved(AssociationId id, Proved& proved, Bytes datagram,
                                         srtp::SrtcpContext::Scratch& scratch);
  Proved* proved(AssociationId id);
  Entries::iterator erase(Entries::iterator entry);
  void displace_oldest(bool secret);
  void forget_unused(UtcTime now);

  Entries entries_;
  std::set<srtp::Fingerprint> known_;  // of what is in entries_
  AssociationId newest_ = 0;
  std::size_t secrets_ = 0;
  SrtcpKeyCounters counters_;
};

}  // namespace rtcscope::flows
