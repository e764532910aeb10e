#include "flows/dtls_tracker.hpp"

#include <algorithm>
#include <string_view>

#include "base/stable_hash.hpp"
#include "decoders/dtls/fingerprint.hpp"

namespace rtcscope::flows {

using dtls::ContentType;
using dtls::HandshakeType;

namespace {

template <std::size_t N>
void fill(CodeList<N>& list, Bytes codes) noexcept {
  list = {};
  for (ByteReader reader(codes); reader.remaining() >= 2;) list.add(reader.u16());
}

DtlsOffer offer_of(const dtls::ClientHelloView& hello) noexcept {
  DtlsOffer offer;
  fill(offer.versions, hello.supported_versions);
  // RFC 5246, E.1: without the extension the field names the newest version; what is older is implied.
  if (offer.versions.count == 0) offer.versions.add(hello.legacy_version);
  fill(offer.cipher_suites, hello.cipher_suites);
  fill(offer.groups, hello.supported_groups);
  for (std::size_t i = 0; i < hello.srtp_profile_count; ++i) offer.srtp_profiles.add(hello.srtp_profiles[i]);
  return offer;
}

bool same_random(Bytes random, const std::array<std::byte, 32>& known) noexcept {
  return std::equal(random.begin(), random.end(), known.begin(), known.end());
}

}  // namespace

DtlsTracker::Changes DtlsTracker::add(UtcTime time, Bytes datagram, Side sender, bool in_stun,
                                      PathTallies& tallies) {
  Changes changes;
  if (in_stun) facts_.in_stun = true;
  if (facts_.in_stun && seen_before(datagram)) return changes;
  dtls::RecordReader records(datagram, connection_id_length_[index(other(sender))]);
  while (const auto record = records.next()) add_record(time, *record, sender, tallies, changes);
  if (const auto error = records.error()) tallies.dtls.add(error->code);
  return changes;
}

// The same octets again: a true retransmission has a new record sequence number (RFC 6347, 4.1).
bool DtlsTracker::seen_before(Bytes datagram) noexcept {
  const std::string_view octets(reinterpret_cast<const char*>(datagram.data()), datagram.size());
  const std::uint64_t hash = StableHash{}.add(octets).value();
  const bool known =
      std::find(recent_datagrams_.begin(), recent_datagrams_.end(), hash) != recent_datagrams_.end();
  if (!known) recent_datagrams_[next_recent_++ % recent_datagrams_.size()] = hash;
  return known;
}

// Epoch 0 is in clear; a record of a later epoch proves that its sender has keys (RFC 6347, 4.1).
void DtlsTracker::add_record(UtcTime time, const dtls::RecordView& record, Side sender, PathTallies& tallies,
                             Changes& changes) {
  if (record.has_connection_id) facts_.connection_ids = true;
  answered_ = answered_ || (facts_.client && sender != *facts_.client);
  if (record.epoch != 0 || record.unified) {
    add_protected(time, record, sender, changes);
    return;
  }
  if (record.content_type == ContentType::kHandshake)
    add_handshake(time, record.fragment, sender, tallies, changes);
  if (record.content_type == ContentType::kAlert) add_alert(time, record, sender, tallies, changes);
}

// In DTLS 1.3 epoch 2 protects the handshake, 3 and more the data (RFC 9147, 4.2.1); only two bits show.
void DtlsTracker::add_protected(UtcTime time, const dtls::RecordView& record, Side sender, Changes& changes) {
  constexpr std::uint16_t kHandshakeEpoch = 2;
  const bool handshaking = facts_.state == DtlsState::kHandshaking;
  const bool is_data = record.unified ? record.epoch != kHandshakeEpoch || !handshaking
                                      : record.content_type == ContentType::kApplicationData;
  // Under DTLS 1.3 the last flight's acknowledgements have the data's epoch too, and their type is hidden.
  if (is_data) {
    facts_.application_records += 1;
    facts_.application_packets[index(sender)] += 1;
    facts_.application_bytes[index(sender)] += record.fragment.size();
  }
  // The alert itself is encrypted; after the handshake it is close_notify in all but broken stacks.
  if (record.content_type == ContentType::kAlert && facts_.state == DtlsState::kConnected) {
    facts_.state = DtlsState::kClosed;
    facts_.closed = time;
    changes.closed = changes.state = true;
  }
  if (!record.unified || record.epoch == 3) note_protected(time, sender, changes);
}

void DtlsTracker::note_protected(UtcTime time, Side sender, Changes& changes) {
  protected_[index(sender)] = true;
  if (!protected_[0] || !protected_[1]) return;
  if (facts_.state != DtlsState::kHandshaking && facts_.state != DtlsState::kNone) return;
  facts_.state = DtlsState::kConnected;
  // Attached in mid-call: when the handshake was done is not known.
  if (facts_.client_hello) facts_.connected = time;
  changes.connected = changes.state = true;
}

void DtlsTracker::add_handshake(UtcTime time, Bytes fragments, Side sender, PathTallies& tallies,
                                Changes& changes) {
  auto& reassembler = reassemblers_[index(sender)];
  if (!reassembler) reassembler = std::make_unique<dtls::HandshakeReassembler>(pieces_);
  ByteReader reader(fragments);
  while (!reader.empty()) {
    const auto fragment = dtls::take_fragment(reader);
    if (!fragment) {
      tallies.dtls.add(fragment.error().code);
      return;
    }
    const bool piece = fragment->bytes.size() != fragment->length;
    if (piece && fragment->msg_type == HandshakeType::kClientHello && !hello_began_) hello_began_ = time;
    const auto message = reassembler->add(*fragment);
    if (!message) {
      tallies.dtls.add(message.error().code);
      return;
    }
    if (!*message) continue;
    add_message(time, **message, sender, tallies, changes);
    reassembler->release();
  }
}

void DtlsTracker::add_message(UtcTime time, const dtls::HandshakeMessageView& message, Side sender,
                              PathTallies& tallies, Changes& changes) {
  // A ClientHello may be of no association of this flow.
  if (message.msg_type != HandshakeType::kClientHello) count(message, sender);
  switch (message.msg_type) {
    case HandshakeType::kClientHello:
      add_client_hello(time, message, sender, tallies, changes);
      break;
    case HandshakeType::kHelloVerifyRequest:
      if (!message.repeated) add_hello_verify(sender, changes);
      break;
    case HandshakeType::kServerHello:
      add_server_hello(message, sender, tallies, changes);
      break;
    case HandshakeType::kServerKeyExchange:
      facts_.group = dtls::server_key_exchange_group(message.body);
      break;
    case HandshakeType::kCertificate:
      add_certificate(time, message.body, sender, tallies, changes);
      break;
    default:
      break;
  }
}

void DtlsTracker::count(const dtls::HandshakeMessageView& message, Side sender) noexcept {
  facts_.fragmented_messages += message.in_pieces ? 1 : 0;
  facts_.repeated_messages[index(sender)] += message.repeated ? 1 : 0;
}

void DtlsTracker::start_association(UtcTime time, Side client) {
  DtlsFacts fresh;
  fresh.application_records = facts_.application_records;
  fresh.application_packets = facts_.application_packets;
  fresh.application_bytes = facts_.application_bytes;
  fresh.in_stun = facts_.in_stun;
  facts_ = fresh;
  connection_id_length_ = {};
  facts_.state = DtlsState::kHandshaking;
  facts_.client_hello = time;
  facts_.client = client;
  protected_ = {};
  answered_ = false;
  if (auto& answers = reassemblers_[index(other(client))]) answers->reset();
}

// The same random is a retransmission, or the answer to a cookie (RFC 6347, 4.2.1).
bool DtlsTracker::is_of_this_association(const dtls::ClientHelloView& hello, Side sender) const noexcept {
  return facts_.client_hello && facts_.client == sender && same_random(hello.random, client_random_);
}

void DtlsTracker::add_client_hello(UtcTime time, const dtls::HandshakeMessageView& message, Side sender,
                                   PathTallies& tallies, Changes& changes) {
  const auto hello = dtls::parse_client_hello(message.body);
  if (!hello) {
    tallies.dtls.add(hello.error().code);
    return;
  }
  const UtcTime began = hello_began_.value_or(time);
  hello_began_.reset();
  changes.offers_srtp = hello->has_use_srtp;
  const bool again = is_of_this_association(*hello, sender);
  // Another random is a new association on the same five-tuple, or made up.
  const bool stands = facts_.state != DtlsState::kNone && (answered_ || !facts_.client);
  if (!again && stands) {
    set_aside(began, *hello, sender, tallies);
    return;
  }
  if (!again) {
    start_association(began, sender);
    reassemblers_[index(sender)]->reset_but(0);
    std::copy(hello->random.begin(), hello->random.end(), client_random_.begin());
    changes.client_hello = changes.state = true;
    facts_.fragmented_messages += message.in_pieces ? 1 : 0;
  } else {
    count(message, sender);
  }
  facts_.client_hellos += 1;
  facts_.offer = offer_of(*hello);
  if (hello->offers_connection_id) connection_id_length_[index(sender)] = hello->connection_id_length;
}

void DtlsTracker::set_aside(UtcTime time, const dtls::ClientHelloView& hello, Side sender,
                            PathTallies& tallies) {
  const bool again = rival_ && rival_->client == sender && same_random(hello.random, rival_->random);
  if (rival_ && !again) tallies.counters.identities_refused += 1;
  if (!again) {
    if (!rival_) rival_ = std::make_unique<Rival>();
    *rival_ = {};
    rival_->client = sender;
    rival_->time = time;
    std::copy(hello.random.begin(), hello.random.end(), rival_->random.begin());
  }
  rival_->hellos += 1;
  rival_->offer = offer_of(hello);
  if (hello.offers_connection_id) rival_->connection_id_length = hello.connection_id_length;
}

void DtlsTracker::take_up_rival(std::uint16_t server_hello_seq, Changes& changes) {
  const std::unique_ptr<Rival> rival = std::move(rival_);
  const Side client = rival->client;
  start_association(rival->time, client);
  reassemblers_[index(other(client))]->reset_but(server_hello_seq);
  if (auto& hellos = reassemblers_[index(client)]) hellos->reset_but(0);
  client_random_ = rival->random;
  connection_id_length_[index(client)] = rival->connection_id_length;
  facts_.client_hellos = rival->hellos;
  facts_.hello_verify_requests = rival->verify_requests;
  facts_.offer = rival->offer;
  changes.client_hello = changes.state = true;
}

// Servers answer any hello with a cookie, and keep no state about it (RFC 6347, 4.2.1).
void DtlsTracker::add_hello_verify(Side sender, Changes& changes) noexcept {
  if (rival_ && sender != rival_->client) {
    rival_->verify_requests += 1;
    return;
  }
  facts_.hello_verify_requests += 1;
  changes.hello_verify = changes.state = true;
}

void DtlsTracker::add_server_hello(const dtls::HandshakeMessageView& message, Side sender,
                                   PathTallies& tallies, Changes& changes) {
  const auto hello = dtls::parse_server_hello(message.body);
  if (!hello) {
    tallies.dtls.add(hello.error().code);
    return;
  }
  const bool is_new = !same_random(hello->random, server_random_);
  if (is_new && rival_ && sender != rival_->client) take_up_rival(message.message_seq, changes);
  answered_ = true;
  if (hello->is_hello_retry_request) {
    facts_.hello_retry_requests += 1;
    changes.hello_retry = changes.state = true;
    return;
  }
  std::copy(hello->random.begin(), hello->random.end(), server_random_.begin());
  facts_.version = hello->version;
  facts_.cipher_suite = hello->cipher_suite;
  facts_.srtp_profile = hello->srtp_profile;
  if (hello->group != 0) facts_.group = hello->group;
  // Ids are used only if both have named theirs (RFC 9146, 3).
  if (hello->connection_id_length && connection_id_length_[index(other(sender))]) {
    connection_id_length_[index(sender)] = hello->connection_id_length;
  } else {
    connection_id_length_ = {};
  }
  changes.state = true;
}

void DtlsTracker::add_certificate(UtcTime time, Bytes body, Side sender, PathTallies& tallies,
                                  Changes& changes) {
  const auto leaf = dtls::leaf_certificate(body);
  if (!leaf) {
    tallies.dtls.add(leaf.error().code);
    return;
  }
  const dtls::Sha256 digest = dtls::certificate_sha256(*leaf);
  const auto same = [&](const CertificateFingerprint& f) { return f.sender == sender && f.sha256 == digest; };
  if (std::any_of(fingerprints_.begin(), fingerprints_.end(), same)) return;
  if (fingerprints_.size() >= max_fingerprints_) {
    tallies.counters.identities_refused += 1;
    return;
  }
  fingerprints_.push_back({digest, sender, time});
  changes.identity = true;
}

void DtlsTracker::add_alert(UtcTime time, const dtls::RecordView& record, Side sender, PathTallies& tallies,
                            Changes& changes) {
  const auto alert = dtls::parse_alert(record.fragment);
  if (!alert) {
    tallies.dtls.add(alert.error().code);
    return;
  }
  constexpr std::uint8_t kFatal = 2;
  constexpr std::uint8_t kCloseNotify = 0;
  facts_.alert_level = alert->level;
  facts_.alert_description = alert->description;
  facts_.alert_sender = sender;
  changes.alert = static_cast<std::uint16_t>(alert->level << 8 | alert->description);
  changes.state = true;
  if (facts_.state == DtlsState::kConnected) {
    // In clear after the handshake: anybody may have sent it (RFC 6347, 4.1.2.7). Shown, not believed.
    return;
  }
  if (alert->level == kFatal) facts_.state = DtlsState::kFailed;
  if (alert->description == kCloseNotify) {
    facts_.state = DtlsState::kClosed;
    facts_.closed = time;
    changes.closed = true;
  }
}

}  // namespace rtcscope::flows
