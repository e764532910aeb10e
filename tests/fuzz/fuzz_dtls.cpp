// Input: datagrams of one direction, each with two octets of length before it.

#include <algorithm>

#include "decoders/dtls/fingerprint.hpp"
#include "decoders/dtls/reassembler.hpp"
#include "tests/fuzz/fuzz_input.hpp"

using namespace rtcscope;

namespace {

void check_error(const dtls::DtlsError& error, std::size_t size) {
  fuzz::check(error.offset <= size, "an error lies in what was parsed");
  fuzz::check(std::string_view(dtls::to_string(error.code)) != "unknown", "an error has a name");
}

void check_client_hello(Bytes body) {
  const auto hello = dtls::parse_client_hello(body);
  if (!hello) return check_error(hello.error(), body.size());
  fuzz::check(hello->random.size() == 32 && fuzz::inside(hello->random, body), "32 octets of random");
  fuzz::check(fuzz::inside(hello->session_id, body) && fuzz::inside(hello->cookie, body),
              "views lie in the body");
  fuzz::check(fuzz::inside(hello->cipher_suites, body), "the suites lie in the body");
  fuzz::check(hello->srtp_profile_count <= hello->srtp_profiles.size(), "profiles are bounded");
}

void check_server_hello(Bytes body) {
  const auto hello = dtls::parse_server_hello(body);
  if (!hello) return check_error(hello.error(), body.size());
  fuzz::check(hello->random.size() == 32 && fuzz::inside(hello->random, body), "32 octets of random");
  (void)dtls::version_name(hello->version);
  (void)dtls::cipher_suite_name(hello->cipher_suite);
  (void)dtls::srtp_profile_name(hello->srtp_profile);
}

void check_certificate(Bytes body) {
  const auto leaf = dtls::leaf_certificate(body);
  if (!leaf) return check_error(leaf.error(), body.size());
  fuzz::check(!leaf->empty() && fuzz::inside(*leaf, body), "the leaf lies in the body");
  fuzz::check(dtls::to_string(dtls::certificate_sha256(*leaf)).size() == 95, "a fingerprint has 32 octets");
}

/// Every parser on every body: which one is to be used is the peer's word only.
void check_message(const dtls::HandshakeMessageView& message) {
  fuzz::check(message.body.size() <= dtls::HandshakeReassembler::kMaxMessage, "a message is bounded");
  check_client_hello(message.body);
  check_server_hello(message.body);
  check_certificate(message.body);
}

void check_handshake(Bytes record, dtls::HandshakeReassembler& reassembler) {
  ByteReader reader(record);
  while (!reader.empty()) {
    const auto fragment = dtls::take_fragment(reader);
    if (!fragment) return check_error(fragment.error(), record.size());
    fuzz::check(fuzz::inside(fragment->bytes, record), "a fragment lies in its record");
    const auto message = reassembler.add(*fragment);
    if (!message) return check_error(message.error(), record.size());
    if (*message) check_message(**message);
  }
}

void check_datagram(Bytes datagram, dtls::HandshakeReassembler& reassembler) {
  dtls::RecordReader records(datagram);
  while (const auto record = records.next()) {
    fuzz::check(fuzz::inside(record->fragment, datagram), "a record lies in its datagram");
    check_handshake(record->fragment, reassembler);
    const auto alert = dtls::parse_alert(record->fragment);
    if (alert) fuzz::check(!dtls::alert_name(alert->description).empty(), "an alert has a name");
  }
  if (records.error()) check_error(*records.error(), datagram.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ByteReader input(fuzz::bytes_of(data, size));
  dtls::PieceBudget budget;
  dtls::HandshakeReassembler reassembler(budget);
  while (input.remaining() > 2) {
    const std::size_t length = input.u16();
    check_datagram(input.take(std::min(length, input.remaining())), reassembler);
  }
  return 0;
}
