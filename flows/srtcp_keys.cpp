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
  if (unproved_.size() >= kMaxSecrets) displace_oldest_secret();
  if (entries_.size() - unproved_.size() >= kMaxAssociations) displace_oldest_association();
  entries_.emplace(++newest_, Entry{std::move(secret), print});
  unproved_.insert(newest_);
  counters_.added += 1;
}

SrtcpKeys::Entries::iterator SrtcpKeys::next(const KeySweep& sweep) {
  const auto newer = entries_.upper_bound(sweep.newest_tried);
  if (newer != entries_.end()) return newer;
  const auto older = entries_.lower_bound(sweep.oldest_tried);
  if (older == entries_.begin() || std::prev(older)->first <= sweep.after) return entries_.end();
  return std::prev(older);
}

std::optional<SrtcpKeys::Found> SrtcpKeys::find(Bytes datagram, KeySweep& sweep, TrialBudget& budget,
                                                srtp::SrtcpContext::Scratch& scratch) {
  if (sweep.newest_tried == 0) {
    sweep.newest_tried = newest_;
    sweep.oldest_tried = newest_ + 1;
  }
  for (auto entry = next(sweep); entry != entries_.end(); entry = next(sweep)) {
    if (!budget.take(kWriters.size())) return std::nullopt;
    const AssociationId id = entry->first;
    auto* proved = std::get_if<Proved>(&entry->second.state);
    auto found = proved != nullptr ? try_proved(id, *proved, datagram, scratch)
                                   : try_secret(id, entry->second, datagram, scratch);
    if (found) return found;
    sweep.oldest_tried = std::min(sweep.oldest_tried, id);
    sweep.newest_tried = std::max(sweep.newest_tried, id);
  }
  sweep.finished = true;
  return std::nullopt;
}

std::optional<SrtcpKeys::Found> SrtcpKeys::try_secret(AssociationId id, Entry& entry, Bytes datagram,
                                                      srtp::SrtcpContext::Scratch& scratch) {
  const auto& secret = std::get<srtp::KeyingMaterial>(entry.state);
  const auto profile = srtp::srtcp_profile_of_length(secret.size());
  if (!profile) return std::nullopt;
  for (const srtp::Writer writer : std::span(kWriters).first(secret.one_writer() ? 1 : 2)) {
    counters_.tries += 1;
    if (!tag_.fits(secret, *profile, writer, datagram)) continue;
    return prove({id, writer}, entry, *profile, datagram, scratch);
  }
  return std::nullopt;
}

std::optional<SrtcpKeys::Found> SrtcpKeys::prove(SrtcpWriter who, Entry& entry, srtp::Profile profile,
                                                 Bytes datagram, srtp::SrtcpContext::Scratch& scratch) {
  const auto& secret = std::get<srtp::KeyingMaterial>(entry.state);
  const bool both = !secret.one_writer();
  Proved proved;
  for (const srtp::Writer writer : {who.writer, peer_of(who).writer}) {
    if (writer != who.writer && !both) continue;
    auto& context = proved.contexts[index(writer)];
    context = srtp::SrtcpContext::create(secret, profile, writer);
    if (!context) return std::nullopt;
  }
  const auto clear = proved.contexts[index(who.writer)]->open(datagram, scratch);
  if (!clear) return std::nullopt;
  // The secret ends here: its destructor wipes it.
  entry.state = std::move(proved);
  unproved_.erase(who.association);
  counters_.proved += 1;
  return Found{who, both, *clear};
}

std::optional<SrtcpKeys::Found> SrtcpKeys::try_proved(AssociationId id, Proved& proved, Bytes datagram,
                                                      srtp::SrtcpContext::Scratch& scratch) {
  for (const srtp::Writer writer : kWriters) {
    auto& context = proved.contexts[index(writer)];
    if (!context) continue;
    counters_.tries += 1;
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

void SrtcpKeys::displace_oldest_secret() {
  erase(entries_.find(*unproved_.begin()));
  unproved_.erase(unproved_.begin());
  counters_.secrets_displaced += 1;
}

void SrtcpKeys::displace_oldest_association() {
  const auto oldest = std::find_if(entries_.begin(), entries_.end(), [](const auto& entry) {
    return std::holds_alternative<Proved>(entry.second.state);
  });
  if (oldest == entries_.end()) return;
  erase(oldest);
  counters_.associations_displaced += 1;
}

void SrtcpKeys::forget_unused(UtcTime now) {
  for (auto entry = entries_.begin(); entry != entries_.end();) {
    const auto* known = std::get_if<Proved>(&entry->second.state);
    const bool unused = known != nullptr && known->users == 0 && known->unused_since + kUnusedFor <= now;
    entry = unused ? erase(entry) : std::next(entry);
  }
}

}  // namespace rtcscope::flows
