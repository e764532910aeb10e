#include "flows/dtls_tracker.hpp"

#include <algorithm>

#include "decoders/dtls/fingerprint.hpp"

namespace rtcscope::flows {

using dtls::ContentType;
using dtls::HandshakeType;

DtlsTracker::Changes DtlsTracker::add(UtcTime time, Bytes datagram, Side sender, PathTallies& tallies) {
  Changes changes;
  dtls::RecordReader records(datagram);
  while (const auto record = records.next()) add_record(time, *record, sender, tallies, changes);
  if (const auto error = records.error()) tallies.dtls.add(error->code);
  return changes;
}

// Epoch 0 is in clear; a record of a later epoch proves that its sender has keys (RFC 6347, 4.1). In DTLS
// 1.3 epoch 2 protects the handshake, 3 and more the data (RFC 9147, 4).
void DtlsTracker::add_record(UtcTime time, const dtls::RecordView& record, Side sender, PathTallies& tallies,
                             Changes& changes) {
  if (record.epoch != 0) {
    if (record.content_type == ContentType::kApplicationData) facts_.application_records += 1;
    // The alert itself is encrypted; after the handshake it is close_notify in all but broken stacks.
    if (record.content_type == ContentType::kAlert && facts_.state == DtlsState::kConnected) {
      facts_.state = DtlsState::kClosed;
      facts_.closed = time;
      changes.closed = changes.state = true;
    }
    if (!record.unified || record.epoch == 3) note_protected(time, sender, changes);
    return;
  }
  if (record.content_type == ContentType::kHandshake)
    add_handshake(time, record.fragment, sender, tallies, changes);
  if (record.content_type == ContentType::kAlert) add_alert(time, record, tallies, changes);
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
  if (!reassembler) reassembler = std::make_unique<dtls::HandshakeReassembler>();
  ByteReader reader(fragments);
  while (!reader.empty()) {
    const auto fragment = dtls::take_fragment(reader);
    if (!fragment) {
      tallies.dtls.add(fragment.error().code);
      return;
    }
    const auto message = reassembler->add(*fragment);
    if (!message) {
      tallies.dtls.add(message.error().code);
      return;
    }
    if (*message) add_message(time, **message, sender, tallies, changes);
  }
}

void DtlsTracker::add_message(UtcTime time, const dtls::HandshakeMessageView& message, Side sender,
                              PathTallies& tallies, Changes& changes) {
  switch (message.msg_type) {
    case HandshakeType::kClientHello:
      add_client_hello(time, message.body, sender, tallies, changes);
      break;
    case HandshakeType::kServerHello:
      add_server_hello(message.body, tallies, changes);
      break;
    case HandshakeType::kCertificate:
      add_certificate(time, message.body, sender, tallies, changes);
      break;
    default:
      break;
  }
}

void DtlsTracker::start_association(UtcTime time, Side client) {
  const std::uint64_t application_records = facts_.application_records;
  facts_ = DtlsFacts{};
  facts_.application_records = application_records;
  facts_.state = DtlsState::kHandshaking;
  facts_.client_hello = time;
  facts_.client = client;
  protected_ = {};
  if (auto& answers = reassemblers_[index(other(client))]) answers->reset();
}

// The same random is a retransmission, or the answer to a cookie (RFC 6347, 4.2.1); another one is a new
// association on the same five-tuple.
void DtlsTracker::add_client_hello(UtcTime time, Bytes body, Side sender, PathTallies& tallies,
                                   Changes& changes) {
  const auto hello = dtls::parse_client_hello(body);
  if (!hello) {
    tallies.dtls.add(hello.error().code);
    return;
  }
  if (!facts_.client_hello ||
      !std::equal(hello->random.begin(), hello->random.end(), client_random_.begin())) {
    start_association(time, sender);
    std::copy(hello->random.begin(), hello->random.end(), client_random_.begin());
    changes.client_hello = changes.state = true;
  }
  facts_.client_hellos += 1;
  changes.offers_srtp = hello->has_use_srtp;
}

void DtlsTracker::add_server_hello(Bytes body, PathTallies& tallies, Changes& changes) {
  const auto hello = dtls::parse_server_hello(body);
  if (!hello) {
    tallies.dtls.add(hello.error().code);
    return;
  }
  if (hello->is_hello_retry_request) return;
  facts_.version = hello->version;
  facts_.cipher_suite = hello->cipher_suite;
  facts_.srtp_profile = hello->srtp_profile;
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

void DtlsTracker::add_alert(UtcTime time, const dtls::RecordView& record, PathTallies& tallies,
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
