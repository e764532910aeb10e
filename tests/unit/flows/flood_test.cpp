// flows/packet_path.hpp under floods: memory stays bounded, and the figures of a real call stay what they
// are.

#include <malloc.h>

#include <functional>
#include <random>

#include "tests/support/named_case.hpp"
#include "tests/unit/flows/path_scene.hpp"

namespace rtcscope::flows {
namespace {

/// Keeps what is said of the real call only: a recorder of the flood would be the flood's memory.
struct CallSink : FlowSink {
  explicit CallSink(Endpoint client) : client_(client) {}

  void on_flow(const FlowSnapshot& flow) override {
    const bool mine =
        flow.key.encapsulation == Encapsulation::kNone && (flow.key.a == client_ || flow.key.b == client_);
    if (mine) last = flow;
  }
  void on_stream_report(const StreamReport& report) override {
    if (report.ssrc == 0xabc && report.flow == last.id) figures = report;
  }
  void on_flow_event(const FlowEvent&) override {}

  FlowSnapshot last;
  StreamReport figures;

 private:
  Endpoint client_;
};

using Send = std::function<void(const Endpoint& from, const Endpoint& to, const Octets& payload)>;

/// The real call and what a flood may do between its packets.
class Scene {
 public:
  static constexpr int kPackets = 203;
  static constexpr int kBegin = 3;
  const Endpoint client = endpoint("198.18.0.11", 40000);
  const Endpoint server = endpoint("198.18.0.1", 50000);
  std::mt19937 random{7};

  /// `flood` is called before each packet of the call.
  void run(const std::function<void(Scene&)>& flood) {
    for (int i = 0; i < kPackets; ++i) {
      time_ = start_ + i * 20ms;
      // A stream has to be seen twice before it is told from a flood of SSRCs.
      if (flood && i >= kBegin) flood(*this);
      if (i % 25 == 0) {
        const auto transaction = static_cast<std::uint64_t>(1000 + i);
        send(client, server, testing::stun(0x0001, transaction, testing::username("SRVU:CLIU")));
        time_ += 3ms;
        send(server, client, testing::stun(0x0101, transaction, {}));
      }
      // One in ten is lost, one in seven late: figures that a copy of another call would not have.
      if (i % 10 == 3) continue;
      const auto number = static_cast<std::uint16_t>(i);
      time_ = start_ + i * 20ms + (i % 7 == 0 ? 9ms : 4ms);
      send(client, server, testing::rtp(0xabc, number, number * 960U));
    }
    path.finish();
  }
  void send(const Endpoint& from, const Endpoint& to, const Octets& payload) {
    send_frame(testing::udp_frame(from, to, payload));
  }
  void send_frame(const Octets& frame) {
    PacketRecord record;
    record.time = time_;
    record.wire_length = static_cast<std::uint32_t>(frame.size());
    record.bytes = frame;
    path.add(record);
  }
  Endpoint somebody() {
    Endpoint spoofed = endpoint("203.0.113.1", static_cast<std::uint16_t>(random()));
    const auto bits = static_cast<std::uint32_t>(random());
    for (unsigned i = 1; i < 4; ++i) spoofed.address.octets[i] = static_cast<std::uint8_t>(bits >> 8 * i);
    return spoofed;
  }

  const FlowOptions options = bounds();
  CallSink sink{client};
  PacketPath path{options, 1, sink};

 private:
  static FlowOptions bounds() {
    FlowOptions small;
    small.max_flows = 20'000;
    small.max_streams = 20'000;
    return small;
  }

  const UtcTime start_ = utc_from_ns(1'795'225'174'000'000'000);
  UtcTime time_ = start_;
};

void expect_the_same_call(const CallSink& found, const CallSink& want) {
  const StreamFigures& f = found.figures.total;
  const StreamFigures& w = want.figures.total;
  EXPECT_EQ(f.packets, w.packets);
  EXPECT_EQ(f.bytes, w.bytes);
  EXPECT_EQ(f.lost, w.lost);
  EXPECT_EQ(f.expected, w.expected);
  EXPECT_EQ(f.duplicates, w.duplicates);
  for (std::size_t i = 0; i < kClockHypotheses; ++i) {
    EXPECT_EQ(found.figures.jitter[i].rfc3550, want.figures.jitter[i].rfc3550);
  }
  EXPECT_EQ(found.last.ice.last_round_trip, want.last.ice.last_round_trip);
  EXPECT_EQ(found.last.ice.restarts, want.last.ice.restarts);
  EXPECT_EQ(found.last.ice.state, want.last.ice.state);
}

struct Flood : testing::NamedCase {
  std::function<void(Scene&)> flood;
};

class Floods : public ::testing::TestWithParam<Flood> {};

TEST_P(Floods, LeaveTheCallAsItIsAndMemoryBounded) {
  Scene quiet;
  quiet.run(nullptr);
  ASSERT_EQ(quiet.sink.figures.total.lost, 20);
  Scene flooded;
  const std::size_t before = mallinfo2().uordblks;
  std::size_t most = 0;
  flooded.run([&](Scene& scene) {
    GetParam().flood(scene);
    const std::size_t now = mallinfo2().uordblks;
    most = std::max(most, now > before ? now - before : 0);
    ASSERT_LE(scene.path.table().flows(), scene.options.max_flows);
    ASSERT_LE(scene.path.table().streams(), scene.options.max_streams);
  });
  expect_the_same_call(flooded.sink, quiet.sink);
  // 20 000 flows of some 4 KiB are the most of it.
  EXPECT_LT(most, std::size_t{160} << 20);
}

// A million five-tuples, each with one packet that looks like RTP.
void five_tuples(Scene& scene) {
  for (int i = 0; i < 5000; ++i) {
    scene.send(scene.somebody(), scene.server,
               testing::rtp(static_cast<std::uint32_t>(scene.random()), 1, 1, 4));
  }
}

// Each proves itself to be ICE.
void five_tuples_with_checks(Scene& scene) {
  for (int i = 0; i < 500; ++i) {
    scene.send(scene.somebody(), scene.server,
               testing::stun(0x0001, scene.random(), testing::username("a:b")));
  }
}

void ssrcs_in_the_flow(Scene& scene) {
  for (int i = 0; i < 1000; ++i) {
    const auto ssrc = static_cast<std::uint32_t>(scene.random());
    scene.send(scene.client, scene.server, testing::rtp(ssrc, static_cast<std::uint16_t>(ssrc), ssrc, 4));
  }
}

// Requests that nobody answers and answers that nobody asked for, on the call's own five-tuple.
void checks_in_the_flow(Scene& scene) {
  for (int i = 0; i < 1000; ++i) {
    const std::string name = std::to_string(scene.random()) + ":" + std::to_string(scene.random());
    scene.send(scene.client, scene.server,
               testing::stun(0x0001, 5'000'000 + scene.random(), testing::username(name)));
    scene.send(scene.server, scene.client, testing::stun(0x0101, 5'000'000'000 + scene.random(), {}));
  }
}

void pieces_of_handshakes(Scene& scene) {
  for (int i = 0; i < 500; ++i) {
    const auto number = static_cast<std::uint32_t>(scene.random());
    scene.send(
        scene.client, scene.server,
        testing::dtls_handshake(1 + number % 20, number % 65'536, 16 * 1024, number % 16'000, Octets(64)));
    scene.send(scene.somebody(), scene.server,
               testing::dtls_handshake(1, number % 4, 16 * 1024, number % 16'000, Octets(64)));
  }
}

void pieces_of_packets(Scene& scene) {
  for (int i = 0; i < 1000; ++i) {
    Octets frame = testing::udp_frame(scene.client, scene.server, Octets(64));
    const auto number = static_cast<std::uint32_t>(scene.random());
    frame[18] = static_cast<std::byte>(number >> 8);
    frame[19] = static_cast<std::byte>(number);
    frame[20] = static_cast<std::byte>(0x20 | (number >> 16 & 0x1f));
    frame[21] = static_cast<std::byte>(number >> 24);
    scene.send_frame(frame);
  }
}

/// Segments behind holes, on many connections that began with a check.
void segments_out_of_order(Scene& scene) {
  for (int i = 0; i < 300; ++i) {
    const Octets check = testing::stun(0x0001, scene.random(), testing::username("a:b"));
    const Octets unit = Writer{}.u16(static_cast<unsigned>(check.size())).bytes(check).octets;
    const auto connection = static_cast<unsigned>(scene.random() % 50'000);
    const auto sequence = static_cast<std::uint32_t>(i % 2 == 0 ? 1000 : scene.random());
    const Octets payload = i % 2 == 0 ? unit : Octets(1400);
    const Octets tcp = Writer{}
                           .u16(1024 + connection)
                           .u16(443)
                           .u32(sequence)
                           .u32(0)
                           .u8(0x50)
                           .u8(0x18)
                           .zeros(6)
                           .bytes(payload)
                           .octets;
    scene.send_frame(Writer{}
                         .zeros(12)
                         .u16(0x0800)
                         .u8(0x45)
                         .u8(0)
                         .u16(static_cast<unsigned>(20 + tcp.size()))
                         .zeros(4)
                         .u8(64)
                         .u8(6)
                         .u16(0)
                         .u32(0xcb007101)
                         .u32(0xc6120001)
                         .bytes(tcp)
                         .octets);
  }
}

const Flood kFloods[] = {
    {{"FiveTuples"}, five_tuples},
    {{"FiveTuplesWithChecks"}, five_tuples_with_checks},
    {{"SsrcsInTheFlow"}, ssrcs_in_the_flow},
    {{"ChecksInTheFlow"}, checks_in_the_flow},
    {{"PiecesOfHandshakes"}, pieces_of_handshakes},
    {{"PiecesOfPackets"}, pieces_of_packets},
    {{"SegmentsOutOfOrder"}, segments_out_of_order},
};
INSTANTIATE_TEST_SUITE_P(Kinds, Floods, ::testing::ValuesIn(kFloods), testing::CaseName());

}  // namespace
}  // namespace rtcscope::flows
