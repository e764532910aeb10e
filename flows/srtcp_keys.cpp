#include "flows/srtcp_keys.hpp"

#include <algorithm>
#include <span>
#include <utility>

namespace rtcscope::flows {
namespace {

constexpr std::array kWriters{srtp::Writer::kDtlsClient, srtp::Writer::kDtlsServer};

constexpr std::size_t index(srtp::Writer writer) noexcept {
  return writer == srtp::Writer::kDtlsClient ? 0 : 1;
}

}  // namespace

void SrtcpKeys::add(srtp::KeyingMaterial&& secret) {
  if (secret.empty()) return;
  const std::optional<srtp::Fingerprint> print = secret.fingerprint();
  // SRTP libraries are given a key once for each of its streams.
  if (print && !known_.insert(*print).second) {
    counters_.duplicates += 1;
    return;
  }
  if (secrets_ >= kMaxSecrets) displace_oldest(true);
  if (entries_.size() - secrets_ >= kMaxAssociations) displace_oldest(false);
  entries_.emplace(++newest_, Entry{std::move(secret), print});
  secrets_ += 1;
  counters_.added += 1;
}

std::optional<SrtcpKeys::Found> SrtcpKeys::find(Bytes datagram, AssociationId after,
                                                srtp::SrtcpContext::Scratch& scratch) {
  for (auto entry = entries_.rbegin(); entry != entries_.rend() && entry->first > after; ++entry) {
    auto* proved = std::get_if<Proved>(&entry->second.state);
    auto found = proved != nullptr ? try_proved(entry->first, *proved, datagram, scratch)
                                   : try_secret(entry->first, entry->second, datagram, scratch);
    if (found) return found;
  }
  return std::nullopt;
}

std::optional<SrtcpKeys::Found> SrtcpKeys::try_secret(AssociationId id, Entry& entry, Bytes datagram,
                                                      srtp::SrtcpContext::Scratch& scratch) {
  const auto& secret = std::get<srtp::KeyingMaterial>(entry.state);
  const auto profile = srtp::srtcp_profile_of_length(secret.size());
  if (!profile) return std::nullopt;
  const bool both = !secret.one_writer();
  for (const srtp::Writer writer : std::span(kWriters).first(both ? 2 : 1)) {
    auto own = srtp::SrtcpContext::create(secret, *profile, writer);
    if (!own) continue;
    const auto clear = own->open(datagram, scratch);
    if (!clear) continue;
    const SrtcpWriter who{id, writer};
    Proved proved;
    if (both) {
      const srtp::Writer peer = peer_of(who).writer;
      proved.contexts[index(peer)] = srtp::SrtcpContext::create(secret, *profile, peer);
      if (!proved.contexts[index(peer)]) return std::nullopt;
    }
    proved.contexts[index(writer)] = std::move(own);
    // The secret ends here: its destructor wipes it.
    entry.state = std::move(proved);
    secrets_ -= 1;
    counters_.proved += 1;
    return Found{who, both, *clear};
  }
  return std::nullopt;
}

std::optional<SrtcpKeys::Found> SrtcpKeys::try_proved(AssociationId id, Proved& proved, Bytes datagram,
                                                      srtp::SrtcpContext::Scratch& scratch) {
  for (const srtp::Writer writer : kWriters) {
    auto& context = proved.contexts[index(writer)];
    if (!context) continue;
    const auto clear = context->open(datagram, scratch);
    if (clear)
      return Found{{id, writer}, proved.contexts[index(peer_of({id, writer}).writer)].has_value(), *clear};
  }
  return std::nullopt;
}

SrtcpKeys::Proved* SrtcpKeys::proved(AssociationId id) {
  const auto entry = entries_.find(id);
  return entry == entries_.end() ? nullptr : std::get_if<Proved>(&entry->second.state);
}

Result<Bytes, srtp::SrtcpError> SrtcpKeys::open(SrtcpWriter writer, Bytes datagram,
                                                srtp::SrtcpContext::Scratch& scratch) {
  Proved* known = proved(writer.association);
  if (known == nullptr || !known->contexts[index(writer.writer)]) {
    return Unexpected{srtp::SrtcpError{srtp::SrtcpErrc::kNotAuthentic, 0}};
  }
  return known->contexts[index(writer.writer)]->open(datagram, scratch);
}

void SrtcpKeys::hold(AssociationId association) {
  if (Proved* held = proved(association)) held->users += 1;
}

void SrtcpKeys::release(AssociationId association, UtcTime now) {
  Proved* held = proved(association);
  if (held != nullptr && --held->users == 0) held->unused_since = now;
  forget_unused(now);
}

SrtcpKeys::Entries::iterator SrtcpKeys::erase(Entries::iterator entry) {
  if (entry->second.fingerprint) known_.erase(*entry->second.fingerprint);
  return entries_.erase(entry);
}

void SrtcpKeys::displace_oldest(bool secret) {
  const auto oldest = std::find_if(entries_.begin(), entries_.end(), [&](const auto& entry) {
    return std::holds_alternative<srtp::KeyingMaterial>(entry.second.state) == secret;
  });
  if (oldest == entries_.end()) return;
  erase(oldest);
  secrets_ -= secret ? 1 : 0;
  (secret ? counters_.secrets_displaced : counters_.associations_displaced) += 1;
}

void SrtcpKeys::forget_unused(UtcTime now) {
  for (auto entry = entries_.begin(); entry != entries_.end();) {
    const auto* known = std::get_if<Proved>(&entry->second.state);
    const bool unused = known != nullptr && known->users == 0 && known->unused_since + kUnusedFor <= now;
    entry = unused ? erase(entry) : std::next(entry);
  }
}

}  // namespace rtcscope::flows
