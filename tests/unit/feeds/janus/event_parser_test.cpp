// feeds/janus/event_parser.hpp: every kind of event that Janus 0.x and 1.x send, as one fact each.

#include "feeds/janus/event_parser.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/named_case.hpp"
#include "tests/unit/feeds/fact_text.hpp"

namespace rtcscope::feeds::janus {
namespace {

using ::testing::ElementsAre;

/// An event as Janus sends it, without what most kinds do not have.
std::string envelope(int type, const std::string& event) {
  return R"({"emitter":"media1","type":)" + std::to_string(type) +
         R"(,"timestamp":1795226111283339,"session_id":11,"handle_id":22,"event":)" + event + "}";
}

struct EventCase : testing::NamedCase {
  int type;
  const char* event;
  const char* want;  // in the words of fact_text.hpp
};

class JanusEvent : public ::testing::TestWithParam<EventCase> {};

TEST_P(JanusEvent, BecomesThisFact) {
  FactKeeper sink;
  parse_delivery(envelope(GetParam().type, GetParam().event), sink);
  ASSERT_EQ(sink.facts.size(), 1U);
  EXPECT_EQ(describe(sink.facts[0].body), GetParam().want);
}

const EventCase kServerEvents[] = {
    {"Started", 256, R"({"status":"started","info":{"janus":"server_info","version_string":"1.1.2"}})",
     "ServerStarted|janus|1.1.2"},
    {"StartedWithoutInfo", 256, R"({"status":"started"})", "ServerStarted|janus|-"},
    {"Update", 256, R"({"status":"update","info":{"sessions":1,"handles":2,"peerconnections":2}})",
     "OtherEvent|server update"},
    {"Shutdown", 256, R"({"status":"shutdown","signum":2})", "ServerStopped|signal 2"},
    {"ShutdownWithoutSignal", 256, R"({"status":"shutdown"})", "ServerStopped|shutdown"},
    {"SessionCreated", 1,
     R"({"name":"created","transport":{"transport":"janus.transport.websockets","id":"351"}})",
     "SessionCreated|websockets/351"},
    {"SessionCreatedWithoutTransport", 1, R"({"name":"created"})", "SessionCreated|-"},
    {"SessionDestroyed", 1, R"({"name":"destroyed"})", "SessionEnded|destroyed"},
    {"SessionTimeout", 1, R"({"name":"timeout"})", "SessionEnded|timeout"},
    {"SessionOfALaterKind", 1, R"({"name":"claimed"})", "OtherEvent|session claimed"},
    {"HandleAttached", 2, R"({"name":"attached","plugin":"janus.plugin.videoroom","opaque_id":"u"})",
     "HandleAttached|videoroom"},
    {"HandleDetached", 2, R"({"name":"detached","plugin":"janus.plugin.videoroom"})", "HandleDetached"},
    {"External", 4, R"({"schema":"my.app","data":{"x":1}})", "OtherEvent|external"},
    {"TransportHttp", 128,
     R"({"transport":"janus.transport.http","id":"96","data":{"event":"request","admin_api":true,)"
     R"("ip":"::ffff:127.0.0.1","port":39246}})",
     "SignallingPeer|http/96|127.0.0.1|yes"},
    {"TransportWebSocket", 128,
     R"({"transport":"janus.transport.websockets","id":"35","data":{"event":"connected",)"
     R"("admin_api":false,"ip":"2001:db8::11"}})",
     "SignallingPeer|websockets/35|2001:db8::11|no"},
    {"TransportClosed", 128,
     R"({"transport":"janus.transport.websockets","id":"35","data":{"event":"disconnected"}})",
     "OtherEvent|transport disconnected"},
    {"TransportUnixSocket", 128,
     R"({"transport":"janus.transport.pfunix","id":"7","data":{"event":"connected","fd":12}})",
     "OtherEvent|transport connected"},
    {"TransportMqttFailed", 128,
     R"({"transport":"janus.transport.mqtt","id":"7","data":{"event":"failed","code":-1}})",
     "OtherEvent|transport failed"},
    {"UnknownType", 512, R"({"name":"news"})", "OtherEvent|type 512"},
};
INSTANTIATE_TEST_SUITE_P(Server, JanusEvent, ::testing::ValuesIn(kServerEvents), testing::CaseName());

const EventCase kPeerEvents[] = {
    {"LocalOffer", 8, R"({"owner":"local","jsep":{"type":"offer","sdp":"v=0\r\nm=audio 9 RTP/SAVPF 0\r\n"}})",
     "Description|server|offer|1"},
    {"RemoteAnswer", 8, R"({"owner":"remote","jsep":{"type":"answer","sdp":"v=0\r\n"}})",
     "Description|client|answer|0"},
    {"Ice", 16, R"({"ice":"connected","stream_id":1,"component_id":1})", "IceStateChanged|connected"},
    {"LocalCandidate", 16,
     R"({"local-candidate":"1 1 udp 2015363327 198.18.0.1 42599 typ host","stream_id":1,"component_id":0})",
     "Candidate|server|udp|198.18.0.1|42599|host|-"},
    {"RemoteCandidate", 16,
     R"({"remote-candidate":"277 1 udp 2122194687 198.18.0.11 47752 typ host generation 0 ufrag EEQV )"
     R"(network-id 1","stream_id":1,"component_id":1})",
     "Candidate|client|udp|198.18.0.11|47752|host|EEQV"},
    {"RemoteCandidateMdns", 16,
     R"({"remote-candidate":"candidate:1 1 udp 21 9b36eaac-bb2e-49bb-bb78-21c41c499900.local 9 typ host"})",
     "Candidate|client|udp|9b36eaac-bb2e-49bb-bb78-21c41c499900.local|9|host|-"},
    {"PairText", 16,
     R"({"selected-pair":"198.18.0.1:36874 [host,udp] <-> 198.18.0.12:45188 [prflx,udp]","stream_id":1})",
     "SelectedPair|198.18.0.1:36874|host|198.18.0.12:45188|prflx|udp"},
    {"PairTextIpv6", 16, R"({"selected-pair":"fd77::1:36874 [host,udp] <-> fd77::c:45188 [host,udp]"})",
     "SelectedPair|[fd77::1]:36874|host|[fd77::c]:45188|host|udp"},
    {"PairTextTcp", 16, R"({"selected-pair":"198.18.0.1:9 [host,tcp] <-> 198.18.0.12:4 [host,tcp]"})",
     "SelectedPair|198.18.0.1:9|host|198.18.0.12:4|host|tcp"},
    {"PairCandidatesWin", 16,
     R"({"selected-pair":"nonsense","candidates":{)"
     R"("local":{"address":"fd77::1","port":36874,"type":"host","transport":"udp","family":6},)"
     R"("remote":{"address":"fd77::c","port":45188,"type":"relay","transport":"udp","family":6}}})",
     "SelectedPair|[fd77::1]:36874|host|[fd77::c]:45188|relay|udp"},
    {"PairCandidatesBroken", 16,
     R"({"selected-pair":"198.18.0.1:1 [host,udp] <-> 198.18.0.12:2 [host,udp]","candidates":{)"
     R"("local":{"address":"x"},"remote":{"address":"y"}}})",
     "SelectedPair|198.18.0.1:1|host|198.18.0.12:2|host|udp"},
    {"Dtls", 16, R"({"dtls":"trying","stream_id":1,"component_id":1,"retransmissions":0})",
     "DtlsStateChanged|trying"},
    {"Up", 16, R"({"connection":"webrtcup"})", "PeerConnectionUp"},
    {"Hangup", 16, R"({"connection":"hangup","reason":"ICE failed"})", "PeerConnectionDown|ICE failed"},
    {"HangupWithoutReason", 16, R"({"connection":"hangup"})", "PeerConnectionDown|-"},
    {"ConnectionOfALaterKind", 16, R"({"connection":"paused"})", "OtherEvent|connection paused"},
    {"WebrtcOfALaterKind", 16, R"({"sctp":"up"})", "OtherEvent|webrtc"},
};
INSTANTIATE_TEST_SUITE_P(Peer, JanusEvent, ::testing::ValuesIn(kPeerEvents), testing::CaseName());

const EventCase kMediaEvents[] = {
    {"Receiving", 32, R"({"media":"audio","mid":"0","receiving":true})", "MediaReceiving|0|audio|yes"},
    {"NotReceiving", 32, R"({"media":"video","mid":"1","substream":2,"receiving":false,"seconds":1})",
     "MediaReceiving|1|video|no"},
    {"ReceivingIn0x", 32, R"({"media":"audio","receiving":true})", "MediaReceiving|-|audio|yes"},
    // Janus' own uplink is the way to the client.
    {"SlowUplink", 32, R"({"mid":"0","media":"audio","slow_link":"uplink","lost_lastsec":7})",
     "SlowLink|0|audio|down|7"},
    {"SlowDownlink", 32, R"({"mid":"1","media":"video","slow_link":"downlink","lost_lastsec":3})",
     "SlowLink|1|video|up|3"},
    {"SlowNeitherWay", 32, R"({"mid":"1","media":"video","slow_link":"sideways","lost_lastsec":3})",
     "OtherEvent|media slow_link"},
    {"Statistics", 32,
     R"({"mid":"0","mindex":0,"media":"audio","codec":"opus","base":48000,"rtt":34,)"
     R"("rtt-values":{"ntp":1,"lsr":2,"dlsr":3},"lost":2,"lost-by-remote":1,"jitter-local":3,)"
     R"("jitter-remote":4,"in-link-quality":100,"packets-received":1500,"packets-sent":1498,)"
     R"("bytes-received":120000,"bytes-sent":119000,"nacks-received":5,"nacks-sent":6})",
     "MediaStatistics|0|audio|opus|48000|2|1|1500|1498|120000|119000|3|4|34|5|6"},
    {"StatisticsOfALayer", 32,
     R"({"mid":"1","mindex":1,"media":"video-sim1","codec":"vp8","base":90000,"lost":-3})",
     "MediaStatistics|1|video-sim1|vp8|90000|-3|-|-|-|-|-|-|-|-|-|-"},
    {"StatisticsOfData", 32,
     R"({"mid":"2","mindex":2,"media":"data","packets-received":13,"packets-sent":14,"bytes-received":2,)"
     R"("bytes-sent":3})",
     "MediaStatistics|2|data|-|-|-|-|13|14|2|3|-|-|-|-|-"},
    {"StatisticsIn0x", 32, R"({"media":"audio","base":48000,"audio-codec":"opus","lost":1})",
     "MediaStatistics|-|audio|opus|48000|1|-|-|-|-|-|-|-|-|-|-"},
    {"StatisticsOf0xLayer", 32, R"({"media":"video-sim2","base":90000,"video-codec":"vp9"})",
     "MediaStatistics|-|video-sim2|vp9|90000|-|-|-|-|-|-|-|-|-|-|-"},
    {"StatisticsWithoutRate", 32, R"({"media":"audio","base":0,"packets-sent":1})",
     "MediaStatistics|-|audio|-|-|-|-|-|1|-|-|-|-|-|-|-"},
    {"MediaOfALaterKind", 32, R"({"media":"audio","level":3})", "OtherEvent|media"},
};
INSTANTIATE_TEST_SUITE_P(Media, JanusEvent, ::testing::ValuesIn(kMediaEvents), testing::CaseName());

#define VIDEOROOM(data) R"({"plugin":"janus.plugin.videoroom","data":)" data "}"

const EventCase kRoomEvents[] = {
    {"Created", 64, VIDEOROOM(R"({"event":"created","room":1234})"), "RoomCreated|videoroom|1234"},
    {"CreatedWithStringId", 64, VIDEOROOM(R"({"event":"created","room":"daily"})"),
     "RoomCreated|videoroom|daily"},
    {"Edited", 64, VIDEOROOM(R"({"event":"edited","room":1234})"), "OtherEvent|videoroom edited"},
    {"Destroyed", 64, VIDEOROOM(R"({"event":"destroyed","room":1234})"), "RoomDestroyed|videoroom|1234"},
    {"Joined", 64,
     VIDEOROOM(R"({"event":"joined","room":1234,"id":2655025748307713,"private_id":155,"display":"alice"})"),
     "RoomJoined|videoroom|1234|2655025748307713|155|alice"},
    {"JoinedWithoutName", 64, VIDEOROOM(R"({"event":"joined","room":1234,"id":"u-1","private_id":155})"),
     "RoomJoined|videoroom|1234|u-1|155|-"},
    {"Configured", 64, VIDEOROOM(R"({"event":"configured","room":1234,"id":9,"bitrate":250000})"),
     "OtherEvent|videoroom configured"},
    {"Published", 64,
     VIDEOROOM(R"({"event":"published","room":1234,"id":35,"display":"bob","streams":[)"
               R"({"type":"audio","mindex":0,"mid":"0","codec":"opus"},)"
               R"({"type":"video","mindex":1,"mid":"1","codec":"vp8","simulcast":true},)"
               R"({"type":"data","mindex":2,"mid":"2"}]})"),
     "RoomPublished|videoroom|1234|35|bob {0,audio,opus,,,} {1,video,vp8,,,} {2,data,,,,}"},
    {"PublishedIn0x", 64, VIDEOROOM(R"({"event":"published","room":1234,"id":35})"),
     "RoomPublished|videoroom|1234|35|-"},
    {"PublisherUpdated", 64,
     VIDEOROOM(R"({"event":"updated","room":1234,"id":35,"streams":[{"type":"audio","mid":"0"}]})"),
     "RoomPublished|videoroom|1234|35|- {0,audio,,,,}"},
    {"Subscribing", 64,
     VIDEOROOM(R"({"event":"subscribing","room":1234,"private_id":77,"streams":[{"type":"audio",)"
               R"("active":true,"mindex":0,"mid":"0","feed_id":35,"feed_display":"bob","feed_mid":"4"}]})"),
     "RoomSubscribed|videoroom|1234|77 {0,audio,,35,bob,4}"},
    {"SubscribingAsAsked", 64,
     VIDEOROOM(R"({"event":"subscribing","room":1234,"streams":[{"feed":35,"mid":"4"}]})"),
     "RoomSubscribed|videoroom|1234|- {,,,35,,4}"},
    {"SubscribingIn0x", 64, VIDEOROOM(R"({"event":"subscribing","room":1234,"feed":35,"private_id":7})"),
     "RoomSubscribed|videoroom|1234|7 {,,,35,,}"},
    {"Subscribed", 64, VIDEOROOM(R"({"event":"subscribed","room":1234})"), "RoomSubscribed|videoroom|1234|-"},
    {"SubscriberUpdated", 64,
     VIDEOROOM(R"({"event":"updated","room":1234,"private_id":77,"streams":[{"type":"video","mid":"1",)"
               R"("active":false}]})"),
     "RoomSubscribed|videoroom|1234|77 {1,video,,,,}"},
    {"Unsubscribed", 64, VIDEOROOM(R"({"event":"unsubscribed","room":1234,"feed":35,"mid":"0"})"),
     "OtherEvent|videoroom unsubscribed"},
    {"Switched", 64, VIDEOROOM(R"({"event":"switched","room":1234})"), "RoomSwitched|videoroom|1234"},
    {"SwitchedIn0x", 64, VIDEOROOM(R"({"event":"switched","room":1234,"feed":36})"),
     "RoomSwitched|videoroom|1234 {,,,36,,}"},
    {"Unpublished", 64, VIDEOROOM(R"({"event":"unpublished","room":1234,"id":35})"),
     "RoomUnpublished|videoroom|1234|35"},
    {"Leaving", 64, VIDEOROOM(R"({"event":"leaving","room":1234,"id":35,"display":"bob"})"),
     "RoomLeft|videoroom|1234|35|leaving"},
    {"Kicked", 64, VIDEOROOM(R"({"event":"kicked","room":1234,"id":35})"),
     "RoomLeft|videoroom|1234|35|kicked"},
    {"RtpForward", 64, VIDEOROOM(R"({"event":"rtp_forward","room":1234,"publisher_id":35})"),
     "OtherEvent|videoroom rtp_forward"},
    {"Moderated", 64,
     VIDEOROOM(R"({"videoroom":"moderated","room":1234,"id":35,"mid":"0","moderation":"muted"})"),
     "OtherEvent|videoroom moderated"},
    {"Talking", 64, VIDEOROOM(R"({"videoroom":"talking","room":1234,"id":35,"audio-level-dBov-avg":20.5})"),
     "OtherEvent|videoroom talking"},
};
INSTANTIATE_TEST_SUITE_P(VideoRoom, JanusEvent, ::testing::ValuesIn(kRoomEvents), testing::CaseName());

#define PLUGIN(name, data) R"({"plugin":"janus.plugin.)" name R"(","data":)" data "}"

const EventCase kOtherPlugins[] = {
    {"EchoTest", 64, PLUGIN("echotest", R"({"audio_active":true,"video_active":true,"bitrate":0})"),
     "SoloActivity|echotest|-"},
    {"AudioBridge", 64, PLUGIN("audiobridge", R"({"event":"joined","room":1,"id":2,"display":"x"})"),
     "RoomJoined|audiobridge|1|2|-|x"},
    {"AudioBridgeStringIds", 64, PLUGIN("audiobridge", R"({"event":"joined","room":"a","id":"b"})"),
     "RoomJoined|audiobridge|a|b|-|-"},
    {"AudioBridgeLeft", 64, PLUGIN("audiobridge", R"({"event":"left","room":1,"id":2})"),
     "RoomLeft|audiobridge|1|2|leaving"},
    {"AudioBridgeKicked", 64, PLUGIN("audiobridge", R"({"event":"kicked","room":1,"id":2})"),
     "RoomLeft|audiobridge|1|2|kicked"},
    {"AudioBridgeCreated", 64, PLUGIN("audiobridge", R"({"event":"created","room":1})"),
     "RoomCreated|audiobridge|1"},
    {"AudioBridgeDestroyed", 64, PLUGIN("audiobridge", R"({"event":"destroyed","room":1})"),
     "RoomDestroyed|audiobridge|1"},
    {"AudioBridgeTalking", 64, PLUGIN("audiobridge", R"({"audiobridge":"talking","room":1,"id":2})"),
     "OtherEvent|audiobridge talking"},
    {"StreamingStarted", 64, PLUGIN("streaming", R"({"status":"started","id":1})"),
     "RoomJoined|streaming|1|-|-|-"},
    {"StreamingStopping", 64, PLUGIN("streaming", R"({"status":"stopping","id":1})"),
     "RoomLeft|streaming|1|-|stopped"},
    {"StreamingEdited", 64, PLUGIN("streaming", R"({"event":"edited","id":1})"),
     "OtherEvent|streaming edited"},
    {"SipMessage", 64, PLUGIN("sip", R"({"event":"sip-in","sip":"SIP/2.0 200 OK"})"),
     "OtherEvent|sip received: SIP/2.0 200 OK"},
    {"SipCalling", 64,
     PLUGIN("sip", R"({"event":"calling","callee":"sip:bob@host","call-id":"c1@h","sdp":true})"),
     "RoomJoined|sip|c1@h|-|-|sip:bob@host"},
    {"SipIncoming", 64,
     PLUGIN("sip", R"({"event":"incomingcall","call-id":"c1@h","username":"sip:al@h","displayname":"Al"})"),
     "RoomJoined|sip|c1@h|-|-|Al"},
    {"SipHangup", 64,
     PLUGIN("sip", R"({"event":"hangup","call-id":"c1@h","code":200,"reason":"Session Terminated"})"),
     "RoomLeft|sip|c1@h|-|Session Terminated"},
    {"SipRegistered", 64, PLUGIN("sip", R"({"event":"registered","identity":"sip:a@h"})"),
     "OtherEvent|sip registered"},
    {"VideoCall", 64, PLUGIN("videocall", R"({"event":"registered","username":"al"})"),
     "SoloActivity|videocall|al"},
    {"VideoCallHangup", 64, PLUGIN("videocall", R"({"event":"hangup","reason":"x"})"),
     "OtherEvent|videocall hangup"},
    {"TextRoom", 64, PLUGIN("textroom", R"({"event":"join","room":1,"username":"x","display":"X"})"),
     "RoomJoined|textroom|1|x|-|X"},
    {"TextRoomKicked", 64, PLUGIN("textroom", R"({"textroom":"kicked","room":1,"username":"x"})"),
     "RoomLeft|textroom|1|x|kicked"},
    {"RecordPlay", 64, PLUGIN("recordplay", R"({"event":"playing","id":1})"), "SoloActivity|recordplay|-"},
    {"NoSip", 64, PLUGIN("nosip", R"({"event":"generated","type":"offer","sdp":"v=0"})"),
     "SoloActivity|nosip|-"},
    {"OwnPlugin", 64, R"({"plugin":"com.example.mixer","data":{"event":"tick"}})",
     "OtherEvent|com.example.mixer tick"},
};
INSTANTIATE_TEST_SUITE_P(Plugin, JanusEvent, ::testing::ValuesIn(kOtherPlugins), testing::CaseName());

TEST(JanusEnvelope, OriginIsTakenOver) {
  FactKeeper sink;
  parse_delivery(R"({"emitter":"media1","type":2,"timestamp":1795226111283339,"session_id":3772647243374466,)"
                 R"("handle_id":"h-2","opaque_id":"alice-pub","event":{"name":"detached"}})",
                 sink);
  ASSERT_EQ(sink.facts.size(), 1U);
  const FactOrigin& o = sink.facts[0].origin;
  EXPECT_EQ(std::tie(o.server, o.session_key, o.handle_key, o.opaque_id),
            std::make_tuple("media1", "3772647243374466", "h-2", "alice-pub"));
  EXPECT_EQ(ns_since_epoch(o.time), 1'795'226'111'283'339'000);
}

TEST(JanusEnvelope, EmitterSessionAndHandleMayBeMissing) {
  FactKeeper sink;
  parse_delivery(R"({"type":2,"timestamp":1,"event":{"name":"detached"}})", sink);
  ASSERT_EQ(sink.facts.size(), 1U);
  const FactOrigin& o = sink.facts[0].origin;
  EXPECT_TRUE(o.server.empty() && o.session_key.empty() && o.handle_key.empty() && o.opaque_id.empty());
}

TEST(JanusEnvelope, UnknownMembersAreIgnored) {
  FactKeeper sink;
  parse_delivery(R"({"type":2,"subtype":9,"timestamp":1,"later":[1],"event":{"name":"detached","x":{}}})",
                 sink);
  EXPECT_EQ(sink.facts.size(), 1U);
}

TEST(JanusDelivery, GroupKeepsItsOrder) {
  FactKeeper sink;
  parse_delivery(
      "[" + envelope(16, R"({"ice":"gathering"})") + "," + envelope(16, R"({"ice":"ready"})") + "]", sink);
  ASSERT_EQ(sink.facts.size(), 2U);
  EXPECT_EQ(describe(sink.facts[0].body), "IceStateChanged|gathering");
  EXPECT_EQ(describe(sink.facts[1].body), "IceStateChanged|ready");
}

TEST(JanusDelivery, EmptyGroupIsNothing) {
  FactKeeper sink;
  const DeliveryCounts counts = parse_delivery("[]", sink);
  EXPECT_EQ(counts.facts + counts.refused_total(), 0U);
}

// combine_media_stats: one event, its `event` an array with one object per medium.
TEST(JanusDelivery, CombinedStatisticsAreOneFactPerMedium) {
  FactKeeper sink;
  parse_delivery(envelope(32, R"([{"mid":"0","media":"audio","base":48000},)"
                              R"({"mid":"1","media":"video","base":90000}])"),
                 sink);
  std::vector<std::string> mids;
  for (const Fact& fact : sink.facts) mids.push_back(std::get<MediaStatistics>(fact.body).mid);
  EXPECT_THAT(mids, ElementsAre("0", "1"));
}

TEST(JanusDelivery, BrokenEventDoesNotTakeItsNeighboursAlong) {
  FactKeeper sink;
  const DeliveryCounts counts = parse_delivery(
      "[" + envelope(1, R"({"name":"timeout"})") + ",7," + envelope(1, R"({"name":"destroyed"})") + "]",
      sink);
  EXPECT_EQ(counts.facts, 2U);
  EXPECT_EQ(counts.refused[static_cast<std::size_t>(EventErrc::kNotObject)], 1U);
}

TEST(JanusDelivery, UnknownEventsAreCountedApart) {
  FactKeeper sink;
  const DeliveryCounts counts = parse_delivery(
      "[" + envelope(4, R"({"schema":"x"})") + "," + envelope(1, R"({"name":"timeout"})") + "]", sink);
  EXPECT_EQ(counts.facts, 2U);
  EXPECT_EQ(counts.unknown, 1U);
}

TEST(JanusDelivery, OtherEventKeepsItsJson) {
  FactKeeper sink;
  parse_delivery(envelope(4, R"({ "schema" : "my.app" })"), sink);
  ASSERT_EQ(sink.facts.size(), 1U);
  EXPECT_EQ(std::get<OtherEvent>(sink.facts[0].body).json, R"({"schema":"my.app"})");
}

// What goes to the timeline and to collectors: the message, but neither media keys nor answers to challenges.
TEST(JanusDelivery, SipMessagesAreKeptWithoutTheirSecrets) {
  FactKeeper sink;
  parse_delivery(
      envelope(
          64,
          PLUGIN("sip", R"({"event":"sip-out","sip":"INVITE sip:b@h SIP/2.0\r\nCall-ID: c1\r\n)"
                        R"(Authorization: Digest username=\"a\", response=\"0123abcd\"\r\n\r\n)"
                        R"(a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:c2VjcmV0|2^20\r\nk=base64:aGkx\r\n"})")),
      sink);
  ASSERT_EQ(sink.facts.size(), 1U);
  const auto& kept = std::get<OtherEvent>(sink.facts[0].body);
  EXPECT_EQ(kept.name, "sip sent: INVITE sip:b@h SIP/2.0");
  EXPECT_EQ(kept.json, R"({"direction":"sent","sip":"INVITE sip:b@h SIP/2.0\r\nCall-ID: c1\r\n)"
                       R"(Authorization: Digest username=\"a\", response=\"xxxxxxxx\"\r\n\r\n)"
                       R"(a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:xxxxxxxx|2^20\r\nk=xxxxxxxxxxx\r\n"})");
}

TEST(JanusDelivery, CountsAddUp) {
  DeliveryCounts sum;
  DeliveryCounts more;
  more.facts = 2;
  more.unknown = 1;
  more.refused[3] = 4;
  sum += more;
  sum += more;
  EXPECT_EQ(std::make_tuple(sum.facts, sum.unknown, sum.refused_total()), std::make_tuple(4U, 2U, 8U));
}

TEST(JanusEventErrc, EachHasItsOwnName) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < kEventErrcs; ++i) names.emplace_back(to_string(static_cast<EventErrc>(i)));
  std::sort(names.begin(), names.end());
  EXPECT_EQ(std::adjacent_find(names.begin(), names.end()), names.end());
  EXPECT_EQ(std::count(names.begin(), names.end(), "unknown"), 0);
}

}  // namespace
}  // namespace rtcscope::feeds::janus
