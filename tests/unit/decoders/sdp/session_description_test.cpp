// parse_sdp() of decoders/sdp (RFC 8866 and the documents of each attribute).

#include "decoders/sdp/session_description.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <set>

#include "tests/support/hex.hpp"
#include "tests/support/named_case.hpp"

namespace rtcscope::sdp {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

/// A description with one medium that has these lines.
Media medium(const std::string& lines) {
  auto sdp = parse_sdp("v=0\r\nm=video 9 UDP/TLS/RTP/SAVPF 96 97\r\n" + lines);
  EXPECT_TRUE(sdp && sdp->media.size() == 1);
  return sdp && sdp->media.size() == 1 ? sdp->media.front() : Media{};
}

TEST(SdpMediaLine, Rtp) {
  const auto sdp = parse_sdp("v=0\r\nm=audio 50000 UDP/TLS/RTP/SAVPF 111 63 0\r\n");
  ASSERT_TRUE(sdp.has_value());
  const Media& m = sdp->media.at(0);
  EXPECT_EQ(std::tie(m.kind, m.protocol), std::make_tuple("audio", "UDP/TLS/RTP/SAVPF"));
  EXPECT_EQ(m.port, 50000);
  EXPECT_THAT(m.payload_types, ElementsAre(111, 63, 0));
}

TEST(SdpMediaLine, DataChannelHasNoPayloadTypes) {
  const auto sdp = parse_sdp("v=0\r\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n");
  ASSERT_TRUE(sdp.has_value());
  EXPECT_EQ(sdp->media.at(0).kind, "application");
  EXPECT_TRUE(sdp->media.at(0).payload_types.empty());
}

TEST(SdpMediaLine, NumberOfPortsIsCut) {
  const auto sdp = parse_sdp("v=0\r\nm=audio 5004/2 RTP/AVP 0\r\n");
  ASSERT_TRUE(sdp.has_value());
  EXPECT_EQ(sdp->media.at(0).port, 5004);
}

TEST(SdpMediaLine, PayloadTypesOver7BitsAreSkipped) {
  const auto sdp = parse_sdp("v=0\r\nm=audio 9 RTP/AVP 127 128 255 256 x 96\r\n");
  ASSERT_TRUE(sdp.has_value());
  EXPECT_THAT(sdp->media.at(0).payload_types, ElementsAre(127, 96));
}

TEST(SdpLines, EndInLineFeedAlone) {
  const auto sdp = parse_sdp("v=0\nm=audio 9 RTP/AVP 0\na=mid:0\n");
  ASSERT_TRUE(sdp.has_value());
  EXPECT_EQ(sdp->media.at(0).mid, "0");
}

TEST(SdpLines, LastNeedsNoEnd) {
  const auto sdp = parse_sdp("v=0\r\nm=audio 9 RTP/AVP 0\r\na=mid:0");
  ASSERT_TRUE(sdp.has_value());
  EXPECT_EQ(sdp->media.at(0).mid, "0");
}

TEST(SdpLines, UnknownOnesAreSkipped) {
  const auto sdp =
      parse_sdp("v=0\r\n\r\nz\r\nzz\r\n=\r\nq=1\r\na\r\na=\r\na=x\r\na=x:y\r\nm=audio 9 RTP/AVP 0\r\n");
  ASSERT_TRUE(sdp.has_value());
  EXPECT_EQ(sdp->media.size(), 1U);
}

TEST(SdpTransport, OfTheSession) {
  const auto sdp = parse_sdp(
      "v=0\r\na=ice-ufrag:abcd\r\na=ice-pwd:secret\r\na=setup:actpass\r\na=fingerprint:SHA-256 ab:cd\r\n"
      "m=audio 9 RTP/AVP 0\r\n");
  ASSERT_TRUE(sdp.has_value());
  const TransportAttributes& t = sdp->transport;
  EXPECT_EQ(std::tie(t.ice_ufrag, t.ice_pwd, t.setup), std::make_tuple("abcd", "secret", "actpass"));
  EXPECT_TRUE(sdp->media.at(0).transport.ice_ufrag.empty());
}

TEST(SdpTransport, OfAMedium) {
  const Media m = medium("a=ice-ufrag:ab/+\r\na=ice-pwd:p\r\na=setup:passive\r\n");
  EXPECT_EQ(std::tie(m.transport.ice_ufrag, m.transport.setup), std::make_tuple("ab/+", "passive"));
}

// RFC 8122, 5: the name of the hash in any case; hex digits in upper case.
TEST(SdpTransport, FingerprintsAreOfOneSpelling) {
  const Media m = medium("a=fingerprint:SHA-256 ab:cd\r\na=fingerprint:sha-1 01:EF\r\n");
  ASSERT_EQ(m.transport.fingerprints.size(), 2U);
  EXPECT_EQ(m.transport.fingerprints[0].algorithm + " " + m.transport.fingerprints[0].value, "sha-256 AB:CD");
  EXPECT_EQ(m.transport.fingerprints[1].algorithm + " " + m.transport.fingerprints[1].value, "sha-1 01:EF");
}

TEST(SdpSession, Bundle) {
  const auto sdp = parse_sdp("v=0\r\na=group:LS x y\r\na=group:BUNDLE 0 audio 2\r\n");
  ASSERT_TRUE(sdp.has_value());
  EXPECT_THAT(sdp->bundle, ElementsAre("0", "audio", "2"));
}

TEST(SdpMedia, DirectionIsSendrecvUnlessSaid) {
  EXPECT_EQ(medium("").direction, "sendrecv");
  EXPECT_EQ(medium("a=recvonly\r\n").direction, "recvonly");
  EXPECT_EQ(medium("a=inactive\r\n").direction, "inactive");
}

TEST(SdpMedia, Flags) {
  const Media m = medium("a=rtcp-mux\r\na=rtcp-rsize\r\n");
  EXPECT_TRUE(m.rtcp_mux && m.rtcp_rsize);
  EXPECT_FALSE(medium("").rtcp_mux);
}

TEST(SdpMedia, MidMsidAndSimulcast) {
  const Media m = medium("a=mid:1\r\na=msid:stream track\r\na=simulcast:send h;m;l\r\n");
  EXPECT_EQ(std::tie(m.mid, m.msid, m.simulcast), std::make_tuple("1", "stream track", "send h;m;l"));
}

TEST(SdpMedia, RtpMaps) {
  const Media m = medium("a=rtpmap:111 opus/48000/2\r\na=rtpmap:96 VP8/90000\r\n");
  ASSERT_EQ(m.rtpmaps.size(), 2U);
  EXPECT_EQ(m.rtpmaps.at(111).encoding, "opus");
  EXPECT_EQ(m.rtpmaps.at(111).clock_rate_hz, 48000U);
  EXPECT_EQ(m.rtpmaps.at(111).channels, 2U);
  EXPECT_EQ(m.rtpmaps.at(96).channels, 1U);
}

TEST(SdpMedia, BrokenRtpMapsAreSkipped) {
  const Media m = medium(
      "a=rtpmap:128 x/1\r\na=rtpmap:x y/1\r\na=rtpmap:96\r\na=rtpmap:97 VP8\r\na=rtpmap:98 VP8/0\r\n"
      "a=rtpmap:99 /90000\r\na=rtpmap:100 VP8/4294967296\r\n");
  EXPECT_TRUE(m.rtpmaps.empty());
}

TEST(SdpMedia, FormatParameters) {
  const Media m = medium("a=fmtp:111 minptime=10;useinbandfec=1\r\na=fmtp:200 x\r\n");
  EXPECT_THAT(m.fmtps, ElementsAre(Pair(111, "minptime=10;useinbandfec=1")));
}

// RFC 4588, 8.6; RFC 2198's list of payload types is no apt.
TEST(SdpMedia, RepairedPayloadTypes) {
  const Media m = medium(
      "a=fmtp:97 apt=96\r\na=fmtp:99 rtx-time=200;apt=98\r\na=fmtp:101 rtx-time=200; apt=100; x=1\r\n"
      "a=fmtp:102 myapt=5\r\na=fmtp:103 apt=128\r\na=fmtp:63 111/111\r\n");
  EXPECT_THAT(m.apt, ElementsAre(Pair(97, 96), Pair(99, 98), Pair(101, 100)));
}

// RFC 2198, 5.
TEST(SdpMedia, PrimaryBlockOfRed) {
  const Media m = medium(
      "a=fmtp:63 111/112/113\r\na=rtpmap:63 red/48000/2\r\na=rtpmap:64 RED/8000\r\na=fmtp:64 0\r\n"
      "a=rtpmap:65 red/8000\r\na=fmtp:65 128/0\r\na=rtpmap:66 red/8000\r\na=fmtp:66 0x/0\r\n"
      "a=rtpmap:67 red/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0\r\na=fmtp:102 0/0\r\n");
  EXPECT_EQ(red_primary_block(m, 63), 111);
  EXPECT_EQ(red_primary_block(m, 64), 0);
  for (const std::uint8_t other : std::array<std::uint8_t, 6>{65, 66, 67, 101, 102, 103}) {
    EXPECT_EQ(red_primary_block(m, other), std::nullopt) << int{other};
  }
}

TEST(SdpMedia, HeaderExtensions) {
  const Media m = medium(
      "a=extmap:1 urn:ietf:params:rtp-hdrext:sdes:mid\r\na=extmap:14/sendonly urn:x attributes\r\n"
      "a=extmap:256 urn:y\r\na=extmap:x urn:z\r\n");
  std::vector<std::string> all;
  for (const ExtMap& e : m.extmaps) all.push_back(std::to_string(e.id) + " " + e.uri);
  EXPECT_THAT(all, ElementsAre("1 urn:ietf:params:rtp-hdrext:sdes:mid", "14 urn:x"));
}

TEST(SdpMedia, RtcpFeedback) {
  EXPECT_THAT(medium("a=rtcp-fb:96 nack pli\r\na=rtcp-fb:* ccm fir\r\n").rtcp_feedback,
              ElementsAre("96 nack pli", "* ccm fir"));
}

TEST(SdpMedia, Ssrcs) {
  const Media m = medium(
      "a=ssrc:4294967295 cname:c\r\na=ssrc:4294967295 msid:s t\r\na=ssrc:1 label:x\r\na=ssrc:4294967296 "
      "cname:d\r\n");
  ASSERT_EQ(m.ssrcs.size(), 2U);
  EXPECT_EQ(m.ssrcs.at(4294967295).cname + "/" + m.ssrcs.at(4294967295).msid, "c/s t");
  EXPECT_EQ(m.ssrcs.count(1), 1U);
}

TEST(SdpMedia, SsrcGroups) {
  const Media m = medium("a=ssrc-group:FID 1 2\r\na=ssrc-group:SIM 1 3 5\r\n");
  ASSERT_EQ(m.ssrc_groups.size(), 2U);
  EXPECT_EQ(m.ssrc_groups[0].semantics, "FID");
  EXPECT_THAT(m.ssrc_groups[1].ssrcs, ElementsAre(1, 3, 5));
}

TEST(SdpMedia, Rids) {
  const Media m = medium("a=rid:h send pt=96;max-width=1280\r\na=rid:l recv\r\n");
  ASSERT_EQ(m.rids.size(), 2U);
  EXPECT_EQ(m.rids[0].id + " " + m.rids[0].direction + " " + m.rids[0].parameters,
            "h send pt=96;max-width=1280");
  EXPECT_EQ(m.rids[1].parameters, "");
}

TEST(SdpMedia, BrokenCandidatesAreSkipped) {
  const Media m = medium("a=candidate:1 1 udp 1 192.0.2.1 5 typ host\r\na=candidate:hello\r\n");
  ASSERT_EQ(m.candidates.size(), 1U);
  EXPECT_EQ(m.candidates[0].address, "192.0.2.1");
}

TEST(SdpMedia, AttributesBelongToTheMediumAboveThem) {
  const auto sdp = parse_sdp(
      "v=0\r\nm=audio 9 RTP/AVP 0\r\na=mid:a\r\nm=video 9 RTP/AVP 96\r\na=mid:v\r\na=ssrc:7 cname:c\r\n");
  ASSERT_TRUE(sdp && sdp->media.size() == 2);
  EXPECT_EQ(sdp->media[0].mid + sdp->media[1].mid, "av");
  EXPECT_TRUE(sdp->media[0].ssrcs.empty());
}

std::string repeated(const std::string& head, const std::string& piece, std::size_t times) {
  std::string text = head;
  for (std::size_t i = 0; i < times; ++i) text += piece;
  return text;
}

struct RefusedCase : testing::NamedCase {
  std::string text;
  const char* want;
};

class RefusedSdp : public ::testing::TestWithParam<RefusedCase> {};

TEST_P(RefusedSdp, IsRefusedByNameAndPlace) {
  const auto sdp = parse_sdp(GetParam().text);
  ASSERT_FALSE(sdp.has_value());
  EXPECT_EQ(testing::text_of(sdp.error()), GetParam().want);
}

const std::string kMedium = "m=audio 9 RTP/AVP 0\n";
const RefusedCase kRefused[] = {
    {{"Nothing"}, "", "not_sdp@0"},
    {{"Text"}, "hello", "not_sdp@0"},
    {{"VersionNotFirst"}, "s=-\r\nv=0\r\n", "not_sdp@0"},
    {{"TooLong"}, "v=0\r\n" + std::string(kMaxLength, ' '), "too_long@0"},
    {{"MediaWithoutAnything"}, "v=0\nm=\n", "bad_media_line@4"},
    {{"MediaWithoutProtocol"}, "v=0\nm=audio 9\n", "bad_media_line@4"},
    {{"MediaPortIsText"}, "v=0\ns=-\nm=audio x RTP/AVP 0\n", "bad_media_line@8"},
    {{"MediaPortOver16Bits"}, "v=0\nm=audio 65536 RTP/AVP 0\n", "bad_media_line@4"},
    {{"TooManyMedia"}, repeated("v=0\n", kMedium, kMaxMedia + 1), "too_many_media@5124"},
    {{"TooManyPayloadTypes"},
     "v=0\nm=audio 9 RTP/AVP" + repeated("", " 0", kMaxValues + 1),
     "too_many_values@4"},
    {{"TooManyCandidates"},
     repeated("v=0\n" + kMedium, "a=candidate:1 1 udp 1 192.0.2.1 5 typ host\n", kMaxValues + 1),
     "too_many_values@44056"},
    {{"TooManyBundled"}, "v=0\na=group:BUNDLE" + repeated("", " 0", kMaxValues + 1), "too_many_values@4"},
    {{"TooManyFingerprints"},
     repeated("v=0\n", "a=fingerprint:x y\n", kMaxValues + 1),
     "too_many_values@18436"},
    {{"TooManyGroupedSsrcs"},
     "v=0\n" + kMedium + "a=ssrc-group:SIM" + repeated("", " 1", kMaxValues + 1),
     "too_many_values@24"},
};
INSTANTIATE_TEST_SUITE_P(Bounds, RefusedSdp, ::testing::ValuesIn(kRefused), testing::CaseName());

TEST(SdpBounds, AsManySsrcsAsAllowedAreRead) {
  std::string text = "v=0\n" + kMedium;
  for (std::size_t i = 0; i < kMaxValues; ++i) text += "a=ssrc:" + std::to_string(i) + " cname:c\n";
  const auto sdp = parse_sdp(text);
  ASSERT_TRUE(sdp.has_value());
  EXPECT_EQ(sdp->media.at(0).ssrcs.size(), kMaxValues);
  EXPECT_FALSE(parse_sdp(text + "a=ssrc:99999 cname:c\n").has_value());
}

TEST(SdpBounds, RepeatedSsrcsAreOne) {
  const auto sdp = parse_sdp(repeated("v=0\n" + kMedium, "a=ssrc:1 cname:c\n", 2 * kMaxValues));
  ASSERT_TRUE(sdp.has_value());
  EXPECT_EQ(sdp->media.at(0).ssrcs.size(), 1U);
}

TEST(SdpErrc, EachHasItsOwnName) {
  std::set<std::string> names;
  for (int i = 0; i <= static_cast<int>(SdpErrc::kBadCandidate); ++i) names.insert(to_string(SdpErrc(i)));
  EXPECT_EQ(names.size(), 6U);
  EXPECT_EQ(names.count("unknown"), 0U);
}

}  // namespace
}  // namespace rtcscope::sdp
