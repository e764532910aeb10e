#include "api/owt/view.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "tests/unit/api/owt/client.hpp"

namespace rtcscope::api::owt {
namespace {

const std::string kOwtRoom = "5f00000000000000000000aa";

class OwtView : public testing::Client {
 protected:
  http::Response ask(const std::string& method, const std::string& target,
                     const std::string& key = testing::kKey) {
    return Client::ask(method, target, key.empty() ? "" : signed_by(testing::kReader, 77, now, key));
  }
  Json json(const std::string& target) {
    const http::Response response = ask("GET", target);
    EXPECT_EQ(response.status, 200) << target << ' ' << response.body;
    return Json::parse(response.body);
  }
  /// "404 1003": status and code of an error.
  std::string fault(const std::string& method, const std::string& target,
                    const std::string& key = testing::kKey) {
    const http::Response response = ask(method, target, key);
    const Json body = Json::parse(response.body, nullptr, false);
    if (!body.is_object() || !body.contains("error")) return response.body;
    EXPECT_TRUE(body.at("error").at("message").is_string());
    return std::to_string(response.status) + ' ' + body.at("error").at("code").dump();
  }
  /// A room of an OWT server, with one who publishes.
  void add_owt_room() {
    model::Conference conference{{0xc9},   sample::kHost, "owt:3000", "conference",
                                 kOwtRoom, sample::at(1), {}};
    model::Participant participant{{0xb9}, conference.id, "Wq3x_9-aAbBcCdDeEfF1", "carol", sample::at(2)};
    model::Session session;
    session.id = {0x59};
    session.conference = conference.id;
    session.participant = participant.id;
    session.joined_at = sample::at(2);
    ASSERT_TRUE(store->apply(std::vector<model::Change>{conference, participant, session}));
  }
};

TEST_F(OwtView, RoomsAreThoseThatAreNotOver) {
  add_owt_room();
  const Json rooms = json("/owt/v1/rooms");
  ASSERT_EQ(rooms.size(), 3U);
  std::map<std::string, std::string> names;
  for (const Json& one : rooms) names[one.at("_id")] = one.at("name");
  EXPECT_EQ(names.at(kOwtRoom), "conference " + kOwtRoom + " on owt:3000");
  EXPECT_EQ(names.at("00000000" + hex_id(sample::kLiveConference.value)), "videoroom 1234 on media1");
  for (const Json& one : rooms) EXPECT_EQ(json("/owt/v1.1/rooms/" + one.at("_id").get<std::string>()), one);
  EXPECT_EQ(rooms[0].at("participantLimit"), -1);
  EXPECT_TRUE(rooms[0].at("roles").empty());
}

TEST_F(OwtView, RoomsComeInPages) {
  add_owt_room();
  const Json all = json("/owt/v1/rooms");
  EXPECT_EQ(json("/owt/v1/rooms?page=1&per_page=1")[0], all[0]);
  EXPECT_EQ(json("/owt/v1/rooms?page=2&per_page=1")[0], all[1]);
  EXPECT_TRUE(json("/owt/v1/rooms?page=4&per_page=1").empty());
  EXPECT_EQ(json("/owt/v1/rooms?page=2"), all);  // without per_page there are no pages
  EXPECT_EQ(json("/owt/v1/rooms?page=x&per_page=y&colour=blue"), all);
  EXPECT_EQ(json("/owt/v1/rooms?per_page=18446744073709551615&page=99999999"), all);
}

TEST_F(OwtView, ParticipantsHaveWhatTheyUseAsPermission) {
  const Json people = json(room + "/participants");
  ASSERT_EQ(people.size(), 2U);
  const auto alice =
      std::find_if(people.begin(), people.end(), [](const Json& one) { return one.at("user") == "alice"; });
  ASSERT_NE(alice, people.end());
  EXPECT_EQ(alice->at("role"), "presenter");
  EXPECT_EQ(alice->at("permission").dump(),
            R"({"publish":{"audio":true,"video":true},"subscribe":{"audio":false,"video":false}})");
  const std::string id = alice->at("id");
  EXPECT_EQ(json(room + "/participants/" + id), *alice);
  EXPECT_EQ(fault("GET", room + "/participants/nobody"), "404 1005");
}

TEST_F(OwtView, OwtsOwnIdsStay) {
  add_owt_room();
  const Json people = json("/owt/v1/rooms/" + kOwtRoom + "/participants");
  ASSERT_EQ(people.size(), 1U);
  EXPECT_EQ(people[0].at("id"), "Wq3x_9-aAbBcCdDeEfF1");
  EXPECT_EQ(people[0].at("user"), "carol");
  EXPECT_EQ(people[0].at("role"), "viewer");
  EXPECT_EQ(json("/owt/v1/rooms/" + kOwtRoom + "/participants/Wq3x_9%2DaAbBcCdDeEfF1"), people[0]);
  EXPECT_TRUE(json("/owt/v1/rooms/" + kOwtRoom + "/streams").empty());
}

TEST_F(OwtView, StreamsAreWhatIsPublished) {
  const Json streams = json(room + "/streams");
  ASSERT_EQ(streams.size(), 1U);
  const std::string id = std::to_string(7'000'000'000 + sample::kPublisher.value);
  EXPECT_EQ(streams[0].at("id"), id);
  EXPECT_EQ(streams[0].at("type"), "forward");
  EXPECT_EQ(streams[0].at("media").dump(),
            R"({"audio":{"status":"active","format":{"codec":"opus","sampleRate":48000,"channelNum":2}},)"
            R"("video":{"status":"active","original":[{"format":{"codec":"vp8"},)"
            R"("parameters":{"framerate":15.0,"bitrate":32.0}}]}})");
  EXPECT_EQ(streams[0].at("info").at("type"), "webrtc");
  const Json people = json(room + "/participants");
  EXPECT_TRUE(std::any_of(people.begin(), people.end(), [&](const Json& one) {
    return one.at("id") == streams[0].at("info").at("owner") && one.at("user") == "alice";
  }));
  EXPECT_EQ(json(room + "/streams/" + id), streams[0]);
  EXPECT_EQ(fault("GET", room + "/streams/1"), "404 1004");
  // The first version has the first layer only.
  std::string v1 = room + "/streams/" + id;
  v1.replace(v1.find("v1.1"), 4, "v1");
  const Json video = json(v1).at("media").at("video");
  EXPECT_EQ(video.at("format").at("codec"), "vp8");
  EXPECT_EQ(video.at("parameters").at("bitrate"), 32);
  EXPECT_FALSE(video.contains("original"));
}

TEST_F(OwtView, RoomsThatAreOverOrOthersAreNotThere) {
  const std::string ended = "00000000" + hex_id(sample::kEndedConference.value);
  for (const std::string& id : {ended, std::string("1234"), std::string("5f00000000000000000000ff"),
                                std::string("000000000000000000000000")}) {
    for (const char* part : {"", "/participants", "/streams", "/participants/x", "/streams/x"}) {
      EXPECT_EQ(fault("GET", "/owt/v1/rooms/" + id + part), "404 1003") << id << part;
    }
  }
  // A room of Janus that has the name of one of OWT's is not that room.
  EXPECT_EQ(fault("GET", "/owt/v1/rooms/1234"), "404 1003");
}

TEST_F(OwtView, WhatWouldChangeSomethingIsForbidden) {
  for (const char* method : {"POST", "PUT", "PATCH", "DELETE"}) {
    for (const std::string& path :
         {std::string("/owt/v1/rooms"), room, room + "/participants/x", room + "/streams/x", room + "/tokens",
          room + "/streaming-ins", room + "/recordings/1"}) {
      EXPECT_EQ(fault(method, path), "403 1102") << method << path;
      EXPECT_EQ(fault(method, path, "wrong"), "401 1101") << method << path;
      EXPECT_EQ(fault(method, path, ""), "401 1101") << method << path;
    }
  }
}

TEST_F(OwtView, StrangersSeeNothing) {
  for (const Route& route : routes()) {
    EXPECT_EQ(fault(route.method, route.path, "wrong"), "401 1101") << route.operation_id;
    EXPECT_EQ(fault(route.method, route.path, ""), "401 1101") << route.operation_id;
  }
}

TEST_F(OwtView, OtherPathsAreNotThere) {
  for (const char* path :
       {"/owt", "/owt/", "/owt/v1", "/owt/v2/rooms", "/owt/v1/rooms/x/recordings", "/owt/services"}) {
    EXPECT_EQ(fault("GET", path), "404 1001") << path;
  }
}

TEST_F(OwtView, WithoutItThereIsNothing) {
  api::Service without(Services{*store, counters, [](const IngestDelivery&) { return 200; }, "0.1.0", ""});
  for (const char* method : {"GET", "POST", "DELETE"}) {
    const http::Response response =
        without.respond({"1", method, "/owt/v1/rooms", {{"Host", "localhost"}}, {}, ""});
    EXPECT_EQ(response.status, 404);
    EXPECT_EQ(Json::parse(response.body).at("error").at("code"), 1001);
  }
}

}  // namespace
}  // namespace rtcscope::api::owt
