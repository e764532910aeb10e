#include "feeds/owt/translator.hpp"

#include <gtest/gtest.h>

#include "tests/unit/feeds/fact_text.hpp"

namespace rtcscope::feeds::owt {
namespace {

using namespace std::chrono_literals;

constexpr const char* kServer = "owt:3000";
constexpr const char* kRoom = "5f00000000000000000000aa";
constexpr const char* kPeople = R"([{"id": "p1", "user": "alice", "role": "presenter"},
                                    {"id": "p2", "user": "bob", "role": "presenter"},
                                    {"id": "v1", "user": "rtcscope", "role": "viewer"}])";
constexpr const char* kStreams = R"([
  {"id": "s1", "type": "forward", "media": {"audio": {"format": {"codec": "opus"}},
    "video": {"original": [{"format": {"codec": "vp8"}}]}}, "info": {"owner": "p1", "type": "webrtc"}},
  {"id": "mix", "type": "mixed", "media": {"audio": {}, "video": {}}, "info": {"label": "common"}}])";
constexpr const char* kStreamAdd = R"({"event": "stream", "data": {"id": "s1", "status": "add", "data":
  {"id": "s1", "type": "forward", "info": {"owner": "p1", "type": "webrtc"}, "media": {"tracks": [
    {"id": "t1-0", "type": "audio", "mid": "0", "format": {"codec": "opus"}},
    {"id": "t1-1:q", "type": "video", "mid": "1", "rid": "q", "format": {"codec": "vp8"}}]}}}})";
constexpr const char* kTrack =
    R"({"method": "onTrackUpdate", "args": ["t1", {"type": "track-added", "trackId": "t1-0",
  "mediaType": "audio", "direction": "in", "operationId": "s1", "mid": "0", "active": true}]})";

UtcTime at(Duration since) {
  return utc_from_ns(1'700'000'000'000'000'000) + since;
}

class OwtTranslator : public testing::Test {
 protected:
  DeliveryCounts rest(Duration when, const char* resource, const char* json, bool guess = false) {
    const std::string path = std::string("/v1/rooms/") + kRoom + "/" + resource;
    return take({at(when), json, OwtAnswer{kServer, path, at(when), guess}});
  }
  DeliveryCounts inventory(Duration when, const char* json) {
    return take({at(when), json, OwtAnswer{kServer, "inventory", at(when), false}});
  }
  DeliveryCounts signal(Duration when, const char* json) {
    return take({at(when), json, OwtSignal{kServer, kRoom}});
  }
  DeliveryCounts cast(Duration when, const std::string& json) {
    return take({at(when), json, OwtCast{kServer, kRoom}});
  }
  DeliveryCounts take(const Delivery& delivery) {
    keeper.facts.clear();
    const DeliveryCounts counts = translator.take(delivery, keeper);
    EXPECT_EQ(counts.facts, keeper.facts.size());
    return counts;
  }
  /// "session/handle fact" of each fact of the last delivery.
  std::vector<std::string> said() const {
    std::vector<std::string> lines;
    for (const Fact& fact : keeper.facts) {
      EXPECT_EQ(fact.origin.server, kServer);
      lines.push_back(fact.origin.session_key + "/" + fact.origin.handle_key + " " + describe(fact.body));
    }
    return lines;
  }

  Translator translator{"rtcscope"};
  FactKeeper keeper;
};

using Lines = std::vector<std::string>;
const std::string kId(kRoom);

TEST_F(OwtTranslator, PeopleOfARoomWithoutViewers) {
  rest(0s, "participants", kPeople);
  EXPECT_EQ(said(), (Lines{"p1/ RoomJoined|conference|" + kId + "|p1|-|alice",
                           "p2/ RoomJoined|conference|" + kId + "|p2|-|bob",
                           "/ RoomRoster|conference|" + kId + "|p1|alice|p2|bob"}));
  EXPECT_EQ(keeper.facts.front().origin.seen_at, at(0s)) << "what was asked for is no event";
}

TEST_F(OwtTranslator, GuessNamesOneTransportAnOwner) {
  rest(0s, "participants", kPeople);
  rest(0s, "streams", "[]", true);
  rest(5s, "streams", kStreams, true);
  ASSERT_EQ(said(), (Lines{"/s1 HandleOwner|conference|" + kId + "|p1|yes"}));
  const auto& owner = std::get<HandleOwner>(keeper.facts.front().body);
  ASSERT_TRUE(owner.began);
  EXPECT_EQ(owner.began->from, at(-3s)) << "the look before, and what an announcement takes";
  EXPECT_EQ(owner.began->to, at(5s));
  const std::string two = std::string(kStreams).insert(1, R"({"id": "s2", "type": "forward", "media": {},
      "info": {"owner": "p1", "type": "webrtc"}},)");
  rest(10s, "streams", two.c_str(), true);
  EXPECT_EQ(said().front(), "/s1 HandleOwner|conference|" + kId + "|p1|yes") << "s2 goes over it, too";
}

TEST_F(OwtTranslator, StreamsThatWereThereBeforeUsHaveNoBegin) {
  rest(0s, "streams", kStreams, true);
  EXPECT_FALSE(std::get<HandleOwner>(keeper.facts.front().body).began);
}

TEST_F(OwtTranslator, WithoutGuessTheTransportHasToBeTold) {
  rest(0s, "streams", kStreams);
  EXPECT_EQ(said(), Lines{});
  cast(1s, kTrack);
  EXPECT_EQ(said(), (Lines{"/t1 HandleOwner|conference|" + kId + "|p1|yes"}));
}

TEST_F(OwtTranslator, TransportToldBeforeItsOwner) {
  cast(0s, kTrack);
  EXPECT_EQ(said(), (Lines{"/t1 HandleOwner|conference|" + kId + "|-|yes"}));
  rest(1s, "streams", kStreams);
  EXPECT_EQ(said(), (Lines{"/t1 HandleOwner|conference|" + kId + "|p1|yes"}));
}

TEST_F(OwtTranslator, PortalTellsTransportsByTracks) {
  signal(0s,
         R"({"event": "participant", "data": {"action": "join", "data": {"id": "p1", "user": "alice"}}})");
  EXPECT_EQ(said(), (Lines{"p1/ RoomJoined|conference|" + kId + "|p1|-|alice"}));
  EXPECT_FALSE(keeper.facts.front().origin.seen_at) << "this is an event";
  signal(1s, kStreamAdd);
  EXPECT_EQ(said(),
            (Lines{"/t1 HandleOwner|conference|" + kId + "|p1|yes",
                   "/t1 RoomPublished|conference|" + kId + "|p1|- {0,audio,opus,,,} {1,video,vp8,,,}"}));
  signal(2s, R"({"event": "stream", "data": {"id": "s1", "status": "remove"}})");
  EXPECT_EQ(said(), (Lines{"p1/ RoomUnpublished|conference|" + kId + "|p1"}));
}

TEST_F(OwtTranslator, TransportsGoWithTheirParticipant) {
  signal(0s,
         R"({"event": "participant", "data": {"action": "join", "data": {"id": "p1", "user": "alice"}}})");
  signal(1s, kStreamAdd);
  signal(2s, R"({"event": "participant", "data": {"action": "leave", "data": "p1"}})");
  EXPECT_EQ(said(), (Lines{"/t1 PeerConnectionDown|its participant left",
                           "p1/ RoomLeft|conference|" + kId + "|p1|left"}));
  signal(3s, R"({"event": "participant", "data": {"action": "leave", "data": "p1"}})");
  EXPECT_EQ(said(), Lines{}) << "told twice";
}

TEST_F(OwtTranslator, WhoIsMissingFromAnAnswerHasLeft) {
  rest(0s, "participants", kPeople);
  rest(0s, "streams", kStreams, true);
  rest(5s, "participants", "[]");
  EXPECT_EQ(said(), (Lines{"/s1 PeerConnectionDown|its participant left", "/ RoomRoster|conference|" + kId}));
}

TEST_F(OwtTranslator, WhoCameAfterTheQuestionHasNotLeft) {
  rest(0s, "participants", kPeople);
  rest(0s, "streams", kStreams, true);
  take({at(9s), "[]", OwtAnswer{kServer, "/v1/rooms/" + kId + "/participants", at(-1s), true}});
  EXPECT_EQ(said(), (Lines{"/ RoomRoster|conference|" + kId})) << "the correlator knows when they came";
}

TEST_F(OwtTranslator, RoomThatIsNoMoreIsEmpty) {
  rest(0s, "participants", kPeople);
  inventory(5s, R"(["other"])");
  EXPECT_EQ(said(), (Lines{"/ RoomRoster|conference|" + kId}));
  inventory(10s, R"(["other"])");
  EXPECT_EQ(said(), Lines{});
}

TEST_F(OwtTranslator, ProgressOfATransport) {
  const std::string sdp =
      R"(v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n)"
      R"(a=mid:0\r\na=ice-ufrag:abcd\r\na=ice-pwd:0123456789abcdef01234567\r\n)";
  cast(0s,
       R"({"method": "onTransportProgress", "args": ["t1", {"type": "answer", "sdp": ")" + sdp + R"("}]})");
  EXPECT_EQ(said(), Lines{"/t1 Description|server|answer|1"});
  cast(1s, R"({"method": "onTransportProgress", "args": ["t1", {"type": "ready"}]})");
  EXPECT_EQ(said(), Lines{"/t1 PeerConnectionUp"});
  cast(2s, R"({"method": "onTransportProgress", "args": ["t1", {"type": "candidate",
              "candidate": "candidate:1 1 udp 2013266431 198.18.0.1 40001 typ host"}]})");
  ASSERT_EQ(keeper.facts.size(), 1U);
  EXPECT_TRUE(std::holds_alternative<Candidate>(keeper.facts.front().body));
  cast(
      3s,
      R"({"method": "onTransportProgress", "args": ["t1", {"type": "failed", "reason": "Ice procedure failed."}]})");
  EXPECT_EQ(said(), (Lines{"/t1 IceStateChanged|failed", "/t1 PeerConnectionDown|Ice procedure failed."}));
  cast(4s, R"({"method": "onTrackUpdate", "args": ["t1-0", {"type": "track-removed", "trackId": "t1-0"}]})");
  EXPECT_EQ(said(), Lines{"/t1 PeerConnectionDown|destroyed"});
  cast(5s, R"({"method": "onTrackUpdate", "args": ["t1", {"type": "track-removed", "trackId": "t1-0"}]})");
  EXPECT_EQ(said(), Lines{}) << "one track less is no end";
}

TEST_F(OwtTranslator, RecordingsThatBeginAndEndAreNoticed) {
  rest(0s, "recordings", R"([{"id": "r0"}])");
  EXPECT_EQ(said(), Lines{}) << "it was there before us";
  rest(5s, "recordings", R"([{"id": "r1"}])");
  EXPECT_EQ(said(), (Lines{"/ RoomNotice|conference|" + kId + "|recording_started|recording r1 started",
                           "/ RoomNotice|conference|" + kId + "|recording_stopped|recording r0 stopped"}));
}

TEST_F(OwtTranslator, BrokenDeliveriesAreCountedByTheirFault) {
  const auto faults = [](const DeliveryCounts& counts) {
    std::string text;
    for (std::size_t i = 0; i < kEventErrcs; ++i) {
      if (counts.refused[i] != 0) text += std::string(to_string(static_cast<EventErrc>(i))) + " ";
    }
    return text;
  };
  EXPECT_EQ(faults(rest(0s, "participants", "{")), "not_json ");
  EXPECT_EQ(faults(rest(0s, "participants", "{}")), "bad_member ");
  EXPECT_EQ(faults(rest(0s, "participants", R"([{"user": "x"}])")), "bad_member ");
  EXPECT_EQ(faults(rest(0s, "streams", R"([{"id": 7}])")), "bad_member ");
  EXPECT_EQ(faults(signal(0s, "[]")), "bad_envelope ");
  EXPECT_EQ(faults(signal(0s, R"({"event": "participant", "data": {"action": "join"}})")), "bad_member ");
  EXPECT_EQ(faults(cast(0s, R"({"method": "onTrackUpdate", "args": []})")), "bad_member ");
  EXPECT_EQ(
      faults(cast(0s, R"({"method": "onTransportProgress", "args": ["t", {"type": "answer", "sdp": "x"}]})")),
      "bad_sdp ");
  EXPECT_EQ(faults(cast(0s, R"({"method": 7, "args": []})")), "bad_envelope ");
  EXPECT_EQ(faults(cast(0s, R"({"data": {}, "corrID": 1, "type": "callback"})")), "") << "a reply is none";
  EXPECT_EQ(faults(cast(0s, std::string(30, '[') + std::string(30, ']'))), "not_json ");
}

TEST_F(OwtTranslator, MemoryIsBounded) {
  std::string people;
  for (int i = 0; i < 10'001; ++i)
    people += (people.empty() ? "" : ",") + std::string(R"({"id": "p)") + std::to_string(i) + R"("})";
  const DeliveryCounts counts = rest(0s, "participants", ("[" + people + "]").c_str());
  EXPECT_EQ(counts.refused[static_cast<std::size_t>(EventErrc::kBadMember)], 1U);
  for (std::size_t i = 0; i <= Translator::kMaxRooms; ++i) {
    const DeliveryCounts one =
        take({at(0s), R"([{"id": "p", "user": "u"}])",
              OwtAnswer{kServer, "/v1/rooms/r" + std::to_string(i) + "/participants", at(0s), false}});
    ASSERT_EQ(one.refused_total(), i < Translator::kMaxRooms ? 0U : 1U) << i;
  }
}

}  // namespace
}  // namespace rtcscope::feeds::owt
