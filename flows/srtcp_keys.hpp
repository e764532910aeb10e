#pragma once
// DTLS-SRTP secrets, and what they were proved to belong to. A secret is tried on SRTCP until one datagram
// authenticates with it; then it is wiped, and its crypto contexts stay: one of each writer whose key it has.
// Whoever sends datagrams has us try, so tries have a budget (trial_budget.hpp).

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
#include "decoders/srtp/srtcp_tag.hpp"
#include "flows/trial_budget.hpp"

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
  std::uint64_t tries = 0;                   // of one writer's key on one datagram, to find whose it is
};

/// How far the datagrams of one sender were tried against all associations but the old ones. A sweep begins
/// with the newest, takes those that come meanwhile first, and may end datagrams after it began: each of
/// them is as good a proof as any other.
struct KeySweep {
  AssociationId after = 0;  // up to this one they are not tried
  // What was tried has no gaps; 0: nothing was.
  AssociationId oldest_tried = 0;
  AssociationId newest_tried = 0;
  bool finished = false;

  [[nodiscard]] bool under_way() const noexcept { return newest_tried != 0 && !finished; }
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
  /// Goes on with the sweep until an association opens the datagram, all were tried, or the budget has no
  /// more: the tag is the proof, for no secret opens another association's packet but by a chance of 2^-80.
  std::optional<Found> find(Bytes datagram, KeySweep& sweep, TrialBudget& budget,
                            srtp::SrtcpContext::Scratch& scratch);
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

  /// The next one to be tried; end() where the sweep is over.
  [[nodiscard]] Entries::iterator next(const KeySweep& sweep);
  std::optional<Found> try_secret(AssociationId id, Entry& entry, Bytes datagram,
                                  srtp::SrtcpContext::Scratch& scratch);
  std::optional<Found> prove(SrtcpWriter writer, Entry& entry, srtp::Profile profile, Bytes datagram,
                             srtp::SrtcpContext::Scratch& scratch);
  std::optional<Found> try_proved(AssociationId id, Proved& proved, Bytes datagram,
                                  srtp::SrtcpContext::Scratch& scratch);
  Proved* proved(AssociationId id);
  Entries::iterator erase(Entries::iterator entry);
  void displace_oldest_secret();
  void displace_oldest_association();
  void forget_unused(UtcTime now);

  Entries entries_;
  std::set<srtp::Fingerprint> known_;  // of what is in entries_
  std::set<AssociationId> unproved_;
  AssociationId newest_ = 0;
  srtp::SrtcpTag tag_;
  SrtcpKeyCounters counters_;
};

}  // namespace rtcscope::flows
