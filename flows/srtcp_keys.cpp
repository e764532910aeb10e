#include "flows/srtcp_keys.hpp"

#include <algorithm>
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
  if (secrets_ >= kMaxSecrets) displace_oldest(true);
  if (entries_.size() - secrets_ >= kMaxAssociations) displace_oldest(false);
  entries_.emplace(++newest_, std::move(secret));
  secrets_ += 1;
  counters_.added += 1;
}

std::optional<SrtcpKeys::Found> SrtcpKeys::find(Bytes datagram, AssociationId after,
                                                srtp::SrtcpContext::Scratch& scratch) {
  for (auto entry = entries_.rbegin(); entry != entries_.rend() && entry->first > after; ++entry) {
    auto* proved = std::get_if<Proved>(&entry->second);
    auto found = proved != nullptr ? try_proved(entry->first, *proved, datagram, scratch)
                                   : try_secret(entry->first, entry->second, datagram, scratch);
    if (found) return found;
  }
  return std::nullopt;
}

std::optional<SrtcpKeys::Found> SrtcpKeys::try_secret(AssociationId id, Entry& entry, Bytes datagram,
                                                      srtp::SrtcpContext::Scratch& scratch) {
  const auto& secret = std::get<srtp::KeyingMaterial>(entry);
  for (const srtp::Profile profile : srtp::profiles_of_length(secret.size())) {
    for (const srtp::Writer writer : kWriters) {
      auto own = srtp::SrtcpContext::create(secret, profile, writer);
      if (!own) continue;
      const auto clear = own->open(datagram, scratch);
      if (!clear) continue;
      const SrtcpWriter who{id, writer};
      auto peers = srtp::SrtcpContext::create(secret, profile, peer_of(who).writer);
      if (!peers) return std::nullopt;
      if (writer == srtp::Writer::kDtlsServer) std::swap(*own, *peers);
      // The secret ends here: its destructor wipes it.
      entry = Proved{{*std::move(own), *std::move(peers)}, 0, {}};
      secrets_ -= 1;
      counters_.proved += 1;
      return Found{who, *clear};
    }
  }
  return std::nullopt;
}

std::optional<SrtcpKeys::Found> SrtcpKeys::try_proved(AssociationId id, Proved& proved, Bytes datagram,
                                                      srtp::SrtcpContext::Scratch& scratch) {
  for (const srtp::Writer writer : kWriters) {
    const auto clear = proved.contexts[index(writer)].open(datagram, scratch);
    if (clear) return Found{{id, writer}, *clear};
  }
  return std::nullopt;
}

Result<Bytes, srtp::SrtcpError> SrtcpKeys::open(SrtcpWriter writer, Bytes datagram,
                                                srtp::SrtcpContext::Scratch& scratch) {
  const auto entry = entries_.find(writer.association);
  Proved* proved = entry == entries_.end() ? nullptr : std::get_if<Proved>(&entry->second);
  if (proved == nullptr) return Unexpected{srtp::SrtcpError{srtp::SrtcpErrc::kNotAuthentic, 0}};
  return proved->contexts[index(writer.writer)].open(datagram, scratch);
}

void SrtcpKeys::hold(AssociationId association) {
  const auto entry = entries_.find(association);
  if (entry == entries_.end()) return;
  if (auto* proved = std::get_if<Proved>(&entry->second)) proved->users += 1;
}

void SrtcpKeys::release(AssociationId association, UtcTime now) {
  const auto entry = entries_.find(association);
  Proved* proved = entry == entries_.end() ? nullptr : std::get_if<Proved>(&entry->second);
  if (proved != nullptr && --proved->users == 0) proved->unused_since = now;
  forget_unused(now);
}

void SrtcpKeys::displace_oldest(bool secret) {
  const auto oldest = std::find_if(entries_.begin(), entries_.end(), [&](const auto& entry) {
    return std::holds_alternative<srtp::KeyingMaterial>(entry.second) == secret;
  });
  if (oldest == entries_.end()) return;
  entries_.erase(oldest);
  secrets_ -= secret ? 1 : 0;
  (secret ? counters_.secrets_displaced : counters_.associations_displaced) += 1;
}

void SrtcpKeys::forget_unused(UtcTime now) {
  for (auto entry = entries_.begin(); entry != entries_.end();) {
    const auto* proved = std::get_if<Proved>(&entry->second);
    const bool unused = proved != nullptr && proved->users == 0 && proved->unused_since + kUnusedFor <= now;
    entry = unused ? entries_.erase(entry) : std::next(entry);
  }
}

}  // namespace rtcscope::flows
