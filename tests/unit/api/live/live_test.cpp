// Messages, frames, clients and the broadcaster, over socket pairs.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

#include "api/live/broadcaster.hpp"
#include "api/live/frames.hpp"

namespace rtcscope::api::live {
namespace {

using namespace std::chrono_literals;

constexpr ConferenceId kRoom{0xc0};
constexpr ConferenceId kOther{0xc1};
constexpr HostId kHost{0xa1};

class PairPeer : public http::Peer {
 public:
  explicit PairPeer(int descriptor) : descriptor_(descriptor) {}
  ~PairPeer() override { ::close(descriptor_); }
  int descriptor() const override { return descriptor_; }
  long send(std::string_view octets) override {
    const auto sent = ::send(descriptor_, octets.data(), octets.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    return sent >= 0 ? sent : errno == EAGAIN ? 0 : -1;
  }
  long receive(char* octets, std::size_t size) override {
    const auto got = ::recv(descriptor_, octets, size, MSG_DONTWAIT);
    return got > 0 ? got : got < 0 && errno == EAGAIN ? 0 : -1;
  }

 private:
  int descriptor_;
};

/// The far end of a peer.
class FarEnd {
 public:
  FarEnd() {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
      throw std::runtime_error("socketpair");
    descriptor_ = ends[0];
    peer_ = std::make_unique<PairPeer>(ends[1]);
  }
  ~FarEnd() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  void close() { ::close(std::exchange(descriptor_, -1)); }
  std::unique_ptr<http::Peer> peer() { return std::move(peer_); }
  void say(const std::string& octets) {
    ASSERT_EQ(::write(descriptor_, octets.data(), octets.size()), static_cast<long>(octets.size()));
  }
  /// What came until `wanted` is in it; gives up after 20 s.
  std::string until(const std::string& wanted) {
    for (int i = 0; i < 2000 && text.find(wanted) == std::string::npos; ++i) {
      pollfd watched{descriptor_, POLLIN, 0};
      if (::poll(&watched, 1, 10) <= 0) continue;
      std::array<char, 65536> chunk;
      const auto size = ::read(descriptor_, chunk.data(), chunk.size());
      if (size <= 0) break;
      text.append(chunk.data(), static_cast<std::size_t>(size));
    }
    return text;
  }
  void read_some() {
    std::array<char, 65536> chunk;
    const auto size = ::recv(descriptor_, chunk.data(), chunk.size(), MSG_DONTWAIT);
    if (size > 0) text.append(chunk.data(), static_cast<std::size_t>(size));
  }
  std::string text;

 private:
  int descriptor_ = -1;
  std::unique_ptr<http::Peer> peer_;
};

std::string masked(std::string_view payload, unsigned first = 0x81) {
  std::string frame{static_cast<char>(first), static_cast<char>(0x80 | payload.size()), 1, 2, 3, 4};
  for (std::size_t i = 0; i < payload.size(); ++i) frame += static_cast<char>(payload[i] ^ (1 + i % 4));
  return frame;
}

// RFC 6455, 1.3 and 5.7.
TEST(Frames, AreThoseOfTheStandardsExamples) {
  EXPECT_EQ(accept_of("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  EXPECT_EQ(server_frame(Opcode::kText, "Hello"), "\x81\x05Hello");
  std::string octets("\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58");
  ClientFrame frame;
  for (std::size_t cut = 0; cut < octets.size(); ++cut) {
    std::string part = octets.substr(0, cut);
    EXPECT_EQ(take_frame(part, 100, frame), FrameState::kNeedsMore) << cut;
  }
  octets += "x";
  EXPECT_EQ(take_frame(octets, 100, frame), FrameState::kWhole);
  EXPECT_EQ(frame.payload, "Hello");
  EXPECT_EQ(octets, "x");
}

TEST(Frames, LengthsTakeTwoOrEightOctets) {
  EXPECT_EQ(server_frame(Opcode::kText, std::string(126, 'x')).substr(0, 4),
            std::string("\x81\x7e\x00\x7e", 4));
  EXPECT_EQ(server_frame(Opcode::kText, std::string(65536, 'x')).substr(0, 10),
            std::string("\x81\x7f\0\0\0\0\0\x01\0\0", 10));
}

TEST(Frames, WhatAClientMayNotSendIsRefused) {
  ClientFrame frame;
  std::string unmasked = server_frame(Opcode::kText, "x");
  EXPECT_EQ(take_frame(unmasked, 100, frame), FrameState::kBroken);
  std::string fragment = masked("x", 0x01);
  EXPECT_EQ(take_frame(fragment, 100, frame), FrameState::kBroken);
  std::string reserved = masked("x", 0xc1);
  EXPECT_EQ(take_frame(reserved, 100, frame), FrameState::kBroken);
  std::string long_ping("\x89\xfe", 2);
  EXPECT_EQ(take_frame(long_ping, 1000, frame), FrameState::kBroken);
  std::string large("\x81\xff\xff\xff\xff\xff\xff\xff\xff\xff", 10);
  EXPECT_EQ(take_frame(large, 1000, frame), FrameState::kTooLarge);
}

TEST(Topics, SelectWhatTheyName) {
  const Message room{1, Kind::kConference, kRoom, kHost, "", ""};
  const Message stream{2, Kind::kStream, kRoom, kHost, "", ""};
  const Message event{3, Kind::kEvent, kOther, kHost, "", ""};
  const auto wants = [&](const char* list) {
    const Topics topics = *parse_topics(list);
    return std::string(topics.want(room) ? "r" : "-") + (topics.want(stream) ? "s" : "-") +
           (topics.want(event) ? "e" : "-");
  };
  EXPECT_EQ(wants("conferences"), "r--");
  EXPECT_EQ(wants("events"), "--e");
  EXPECT_EQ(wants("conference=00000000000000c0"), "rs-");
  EXPECT_EQ(wants("conference=00000000000000c1"), "--e");
  EXPECT_EQ(wants("host=00000000000000a1"), "r-e");
  EXPECT_EQ(wants("events,conference=00000000000000c0"), "rse");
  std::string many = "events";
  for (int i = 0; i < 32; ++i) many += ",events";
  for (const std::string& wrong : {std::string(), std::string("x"), std::string("host="),
                                   std::string("host=0"), std::string("conference=0000000000000000"), many}) {
    EXPECT_FALSE(parse_topics(wrong)) << wrong;
  }
}

TEST(Topics, IssuesAreOneAndTheAuditIsForAdmins) {
  const Message issue{1, Kind::kIssue, kRoom, kHost, "", ""};
  const Message audit{2, Kind::kAudit, {}, {}, "", ""};
  EXPECT_TRUE(parse_topics("issues")->want(issue));
  EXPECT_TRUE(parse_topics("conference=00000000000000c0")->want(issue));
  EXPECT_TRUE(parse_topics("host=00000000000000a1")->want(issue));
  EXPECT_FALSE(parse_topics("conferences,events")->want(issue));
  Topics topics = *parse_topics("events,issues");
  EXPECT_FALSE(topics.want(audit));
  topics.audit = true;
  EXPECT_TRUE(topics.want(audit));
  topics.events = false;
  EXPECT_FALSE(topics.want(audit));
}

TEST(Inbox, AnIssueIsThereOnceAsItIsNow) {
  Inbox inbox;
  model::Issue issue;
  issue.id = {1};
  inbox.on_change(issue);
  issue.text = "over";
  inbox.on_change(issue);
  const auto content = inbox.take();
  ASSERT_EQ(content.issues.size(), 1U);
  EXPECT_EQ(content.issues.begin()->second.text, "over");
  EXPECT_TRUE(inbox.take().issues.empty());
}

TEST(Client, ASlowOneIsToldHowManyItMissed) {
  FarEnd far;
  Listener listener;
  listener.peer = far.peer();
  listener.topics.events = true;
  Client client(std::move(listener), 100'000, {});
  const std::string padding(1000, 'x');
  std::uint64_t number = 0;
  const auto tell = [&] {
    ++number;
    client.tell({number, Kind::kEvent, {}, {}, event_stream_text(number, "event", '"' + padding + '"'), ""});
  };
  for (int i = 0; i < 2000; ++i) {
    tell();
    ASSERT_TRUE(client.flush(number, {}));
  }
  ASSERT_TRUE(client.waits());
  // It reads again: the rest comes, then the count, then what is new.
  for (int i = 0; i < 2000 && client.waits(); ++i) {
    far.read_some();
    ASSERT_TRUE(client.flush(number, {}));
  }
  tell();
  ASSERT_TRUE(client.flush(number, {}));
  const std::string last = "id: " + std::to_string(number) + "\nevent: event\n";
  const std::string text = far.until(last);
  const std::size_t at = text.find("event: overflow\ndata: {\"missed\":");
  ASSERT_NE(at, std::string::npos);
  const std::uint64_t missed = std::stoull(text.substr(at + 32));
  std::uint64_t got = 0;
  for (std::size_t i = text.find("event: event"); i != std::string::npos;
       i = text.find("event: event", i + 1))
    ++got;
  EXPECT_EQ(got + missed, number);
  EXPECT_EQ(client.take_missed_count(), missed);
}

class BroadcasterTest : public testing::Test {
 protected:
  BroadcasterTest() { options.period = 10ms; }

  static model::Event event(const std::string& text, ConferenceId conference = kRoom) {
    model::Event event;
    event.conference = conference;
    event.kind = "joined";
    event.text = text;
    return event;
  }
  static void listen(Broadcaster& broadcaster, FarEnd& far, const char* topics,
                     Protocol protocol = Protocol::kEventStream, std::uint64_t last = 0) {
    ASSERT_TRUE(broadcaster.reserve());
    Listener listener;
    listener.peer = far.peer();
    listener.topics = *parse_topics(topics);
    listener.protocol = protocol;
    listener.last_number = last;
    broadcaster.adopt(std::move(listener));
  }
  template <class Holds>
  static bool eventually(Holds holds) {
    for (int i = 0; i < 2000; ++i) {
      if (holds()) return true;
      std::this_thread::sleep_for(10ms);
    }
    return false;
  }
  BroadcasterOptions options;
};

TEST_F(BroadcasterTest, EntitiesAreToldOfAndTheConferenceWithThem) {
  Broadcaster broadcaster(options);
  FarEnd all, one;
  listen(broadcaster, all, "conferences");
  listen(broadcaster, one, "conference=00000000000000c0");
  all.until("retry");
  model::Conference room;
  room.id = kRoom;
  room.host = kHost;
  broadcaster.on_change(room);
  EXPECT_NE(all.until("\n\nid: ").find("retry: 3000"), std::string::npos);
  model::Stream stream;
  stream.id = StreamId{5};
  stream.conference = kRoom;
  broadcaster.on_change(stream);
  const std::string seen = one.until(R"("type":"stream")");
  EXPECT_NE(
      seen.find(R"("id":"0000000000000005","conference_id":"00000000000000c0","host_id":"00000000000000a1")"),
      std::string::npos)
      << seen;
  broadcaster.on_change(event("bob", kOther));
  broadcaster.on_change(room);
  EXPECT_EQ(all.text.find("stream"), std::string::npos);
  EXPECT_EQ(broadcaster.counts().clients, 2U);
  broadcaster.stop();
  EXPECT_EQ(one.until("never").find("bob"), std::string::npos);
}

TEST_F(BroadcasterTest, WhoComesAgainGetsWhatWasKeptOrHearsWhatWasNot) {
  options.most_kept = 3;
  Broadcaster broadcaster(options);
  FarEnd first;
  listen(broadcaster, first, "events");
  for (const char* name : {"one", "two", "three", "four", "five"}) broadcaster.on_change(event(name));
  first.until("five");
  FarEnd near, far, stranger;
  listen(broadcaster, near, "events", Protocol::kEventStream, 4);
  EXPECT_EQ(near.until("five").find("four"), std::string::npos);
  EXPECT_EQ(near.text.find("overflow"), std::string::npos);
  listen(broadcaster, far, "events", Protocol::kEventStream, 1);
  const std::string seen = far.until("five");
  EXPECT_LT(seen.find("data: {\"missed\":1}"), seen.find("three")) << seen;
  EXPECT_EQ(seen.find("two"), std::string::npos);
  listen(broadcaster, stranger, "events", Protocol::kEventStream, 99);  // of a run before
  EXPECT_LT(stranger.until("five").find("overflow"), stranger.text.find("three")) << stranger.text;
}

TEST_F(BroadcasterTest, AWebSocketChoosesAnew) {
  Broadcaster broadcaster(options);
  FarEnd far;
  listen(broadcaster, far, "conferences", Protocol::kWebSocket);
  far.say(masked(R"({"subscribe":["events"]})"));
  far.say(masked("ping", 0x89));
  far.until("\x8a\x04ping");
  broadcaster.on_change(event("alice"));
  EXPECT_NE(far.until("alice").find(R"({"id":1,"event":"event","data":{)"), std::string::npos);
  far.say(masked(R"({"subscribe":["everything"]})"));
  EXPECT_NE(far.until("expected").find("\x88"), std::string::npos);
  EXPECT_TRUE(eventually([&] { return broadcaster.counts().clients == 0; }));
}

TEST_F(BroadcasterTest, PlacesAreBoundedAndComeBack) {
  options.most_clients = 1;
  Broadcaster broadcaster(options);
  FarEnd far;
  listen(broadcaster, far, "events");
  EXPECT_FALSE(broadcaster.reserve());
  EXPECT_EQ(broadcaster.counts().refused, 1U);
  far.close();
  EXPECT_TRUE(eventually([&] { return broadcaster.counts().clients == 0; }));
  EXPECT_TRUE(broadcaster.reserve());
}

TEST_F(BroadcasterTest, WhoLosesItsRightIsExpelled) {
  options.heartbeat = 10ms;
  Broadcaster broadcaster(options);
  std::atomic<bool> allowed{true};
  FarEnd far;
  ASSERT_TRUE(broadcaster.reserve());
  Listener listener;
  listener.peer = far.peer();
  listener.topics.events = true;
  listener.still_allowed = [&] { return allowed.load(); };
  broadcaster.adopt(std::move(listener));
  EXPECT_NE(far.until(": still here").find(": still here"), std::string::npos);
  allowed = false;
  EXPECT_TRUE(eventually([&] { return broadcaster.counts().expelled == 1; }));
}

}  // namespace
}  // namespace rtcscope::api::live
