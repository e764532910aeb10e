// Handshakes of real calls: the certificates that went by are those that the descriptions announced.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "decoders/demux/demux.hpp"
#include "decoders/dtls/fingerprint.hpp"
#include "decoders/dtls/reassembler.hpp"
#include "decoders/sdp/session_description.hpp"
#include "tests/support/capture_packets.hpp"
#include "tests/support/recordings.hpp"

namespace rtcscope::dtls {
namespace {

using Json = nlohmann::json;

/// Every handshake of a capture, by direction of a five-tuple.
struct Handshakes {
  std::set<std::string> fingerprints;
  std::set<std::uint16_t> chosen_profiles;
  std::set<std::uint16_t> versions;
  int client_hellos = 0;
  int with_use_srtp = 0;
  int fragmented = 0;  // fragments that were not the whole message
  std::vector<std::string> faults;

  void message(const HandshakeMessageView& m) {
    if (m.msg_type == HandshakeType::kClientHello) client_hello(m.body);
    if (m.msg_type == HandshakeType::kServerHello) server_hello(m.body);
    if (m.msg_type != HandshakeType::kCertificate) return;
    if (const auto der = leaf_certificate(m.body)) {
      fingerprints.insert(to_string(certificate_sha256(*der)));
    } else {
      faults.emplace_back(to_string(der.error().code));
    }
  }
  void client_hello(Bytes body) {
    const auto hello = parse_client_hello(body);
    if (!hello) return faults.emplace_back(to_string(hello.error().code)), void();
    client_hellos += 1;
    with_use_srtp += hello->srtp_profile_count > 0 ? 1 : 0;
  }
  void server_hello(Bytes body) {
    const auto hello = parse_server_hello(body);
    if (!hello) return faults.emplace_back(to_string(hello.error().code)), void();
    chosen_profiles.insert(hello->srtp_profile);
    versions.insert(hello->version);
  }
};

void read_record(const RecordView& record, HandshakeReassembler& reassembler, Handshakes& all) {
  if (record.content_type != ContentType::kHandshake || record.epoch != 0) return;
  ByteReader reader(record.fragment);
  while (!reader.empty()) {
    const auto fragment = take_fragment(reader);
    if (!fragment) return all.faults.emplace_back(to_string(fragment.error().code)), void();
    all.fragmented += fragment->bytes.size() < fragment->length ? 1 : 0;
    const auto message = reassembler.add(*fragment);
    if (!message) return all.faults.emplace_back(to_string(message.error().code)), void();
    if (*message) all.message(**message);
  }
}

Handshakes handshakes_of(const std::string& path) {
  Handshakes all;
  PieceBudget budget;
  std::map<FiveTuple, HandshakeReassembler> directions;
  testing::for_each_datagram(path, [&](const link::DatagramView& view) {
    if (demux::classify(view.payload) != demux::PacketClass::kDtls) return;
    RecordReader records(view.payload);
    HandshakeReassembler& direction = directions.try_emplace(view.five_tuple, budget).first->second;
    while (const auto record = records.next()) read_record(*record, direction, all);
  });
  return all;
}

void add_fingerprints(const sdp::TransportAttributes& transport, std::set<std::string>& all) {
  for (const sdp::Fingerprint& f : transport.fingerprints) all.insert(f.value);
}

/// Every fingerprint that either side of any PeerConnection announced.
std::set<std::string> announced(const std::filesystem::path& log) {
  std::set<std::string> all;
  std::ifstream file(log);
  for (std::string line; std::getline(file, line);) {
    const Json event = Json::parse(line).at("event");
    if (!event.is_object() || event.at("type") != 8) continue;
    const auto sdp = sdp::parse_sdp(event.at("event").at("jsep").at("sdp").get<std::string>());
    if (!sdp) continue;
    add_fingerprints(sdp->transport, all);
    for (const sdp::Media& medium : sdp->media) add_fingerprints(medium.transport, all);
  }
  return all;
}

const std::string kSample = RTCSCOPE_TEST_DATA "/sample-call/";

TEST(SampleCallDtls, CertificatesAreThoseOfTheDescriptions) {
  const Handshakes all = handshakes_of(kSample + "call.pcap");
  EXPECT_FALSE(all.fingerprints.empty());
  EXPECT_EQ(all.fingerprints, announced(kSample + "janus-events.jsonl"));
}

TEST(SampleCallDtls, HandshakesAreReadWithoutFault) {
  EXPECT_THAT(handshakes_of(kSample + "call.pcap").faults, ::testing::IsEmpty());
}

TEST(SampleCallDtls, EveryClientOffersSrtp) {
  const Handshakes all = handshakes_of(kSample + "call.pcap");
  EXPECT_GE(all.client_hellos, 4);  // one a PeerConnection
  EXPECT_EQ(all.with_use_srtp, all.client_hellos);
}

TEST(SampleCallDtls, ServerChoosesDtls12AndAProfile) {
  const Handshakes all = handshakes_of(kSample + "call.pcap");
  EXPECT_THAT(all.versions, ::testing::ElementsAre(0xfefd));
  EXPECT_THAT(all.chosen_profiles, ::testing::Not(::testing::Contains(0)));
}

// A call may have handshakes that are not here: over TCP or inside TURN. None may be of a stranger.
TEST(RecordedCallDtls, CertificatesAreOfTheDescriptions) {
  const auto files = testing::recordings(testing::kCalls, "call.pcap");
  if (files.empty()) GTEST_SKIP() << testing::kCalls << " names no folder of recorded calls";
  for (const auto& file : files) {
    const Handshakes all = handshakes_of(file);
    const auto wanted = announced(file.parent_path() / "janus-events.jsonl");
    EXPECT_TRUE(std::includes(wanted.begin(), wanted.end(), all.fingerprints.begin(), all.fingerprints.end()))
        << file;
    EXPECT_THAT(all.faults, ::testing::IsEmpty()) << file;
  }
}

TEST(PublicCaptureDtls, CertificateInFragmentsIsPutTogether) {
  const auto files = testing::recordings(testing::kPublicCaptures, "dtls_certificate_fragments.pcap");
  if (files.empty()) GTEST_SKIP() << testing::kPublicCaptures << " has no such capture";
  const Handshakes all = handshakes_of(files.front());
  EXPECT_GT(all.fragmented, 1);
  EXPECT_FALSE(all.fingerprints.empty());
}

}  // namespace
}  // namespace rtcscope::dtls
