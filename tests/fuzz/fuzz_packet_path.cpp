// Input: records, each a kind, milliseconds since the one before (16 bits), a length (16 bits) and octets.
// The kind is a link type with a whole frame, or says that the octets are the payload of a datagram or a
// segment between two of a few known ends: so the parsers behind the addresses are reached without luck.

#include "flows/packet_path.hpp"
#include "tests/fuzz/fuzz_input.hpp"
#include "tests/support/packet_builder.hpp"

using namespace rtcscope;

namespace {

constexpr LinkType kLinkTypes[] = {LinkType::kEthernet, LinkType::kRaw,  LinkType::kLinuxSll,
                                   LinkType::kNull,     LinkType::kLoop, LinkType::kLinuxSll2};
constexpr std::uint8_t kDatagram = 6;       // client to server; 7: back
constexpr std::uint8_t kOtherDatagram = 8;  // another client; 9: back
constexpr std::uint8_t kSegment = 10;       // on TCP; 11: back
constexpr std::uint8_t kKinds = 12;

struct Sink : flows::FlowSink {
  void on_flow(const flows::FlowSnapshot& flow) override {
    fuzz::check(flow.streams.size() <= 64, "a flow has no more streams than allowed");
    fuzz::check(flow.ice_usernames.size() <= 16 && flow.fingerprints.size() <= 8, "identities are bounded");
    fuzz::check(flow.first_packet <= flow.last_packet, "time goes forward");
  }
  void on_stream_report(const flows::StreamReport& report) override {
    fuzz::check(report.start <= report.end, "an interval has no negative length");
    fuzz::check(report.total.packets >= report.total.duplicates, "duplicates are packets");
  }
  void on_flow_event(const flows::FlowEvent& event) override {
    fuzz::check(std::string_view(flows::to_string(event.kind)) != "unknown", "an event has a name");
  }
};

class Player {
 public:
  Player() {
    path_.add_ice_password("SRVU", "password of the server");
    // Each id has a kind, in both media.
    flows::ExtensionTable table;
    for (unsigned id = 1; id < 16; ++id) {
      table.put(flows::MediaKind::kAudio, id, static_cast<rtp::ExtensionKind>(id % 14));
      table.put(flows::MediaKind::kVideo, id, static_cast<rtp::ExtensionKind>(id % 14));
    }
    path_.add_extensions("SRVU", table);
  }

  void play(ByteReader& input) {
    const std::uint8_t kind = input.u8() % kKinds;
    time_ += std::chrono::milliseconds{input.u16()};
    const Bytes octets = input.take(std::min<std::size_t>(input.u16(), input.remaining()));
    if (!input.ok()) return;
    if (kind < kDatagram) {
      add(kLinkTypes[kind], octets);
    } else {
      add(LinkType::kEthernet, wrapped(kind, testing::Octets(octets.begin(), octets.end())));
    }
  }
  void finish() {
    path_.finish();
    for (const flows::RefusalCount& refusal : path_.refusals()) {
      fuzz::check(refusal.count != 0 && refusal.reason != "unknown", "a refusal has a reason");
    }
  }

 private:
  static flows::FlowOptions bounds() {
    flows::FlowOptions small;
    small.max_flows = 8;
    small.max_streams = 128;
    small.max_streams_per_flow = 64;
    return small;
  }

  void add(LinkType link_type, Bytes frame) {
    PacketRecord record;
    record.time = time_;
    record.link_type = link_type;
    record.wire_length = static_cast<std::uint32_t>(frame.size());
    record.bytes = frame;
    path_.add(record);
    fuzz::check(path_.table().flows() <= options_.max_flows, "the flow table is bounded");
    fuzz::check(path_.table().streams() <= options_.max_streams, "streams are bounded");
  }

  testing::Octets wrapped(std::uint8_t kind, const testing::Octets& payload) {
    const Endpoint& client = kind >= kOtherDatagram && kind < kSegment ? other_ : client_;
    const bool back = kind % 2 == 1;
    const Endpoint& from = back ? server_ : client;
    const Endpoint& to = back ? client : server_;
    if (kind < kSegment) return testing::udp_frame(from, to, payload);
    std::uint32_t& sequence = sequence_[back ? 1 : 0];
    testing::Writer tcp;
    tcp.u16(from.port).u16(to.port).u32(sequence).u32(0).u8(0x50).u8(0x18).zeros(6).bytes(payload);
    sequence += static_cast<std::uint32_t>(payload.size());
    testing::Writer frame;
    frame.zeros(12).u16(0x0800).u8(0x45).u8(0).u16(static_cast<unsigned>(20 + tcp.octets.size())).zeros(4);
    frame.u8(64).u8(6).u16(0);
    for (const Endpoint* end : {&from, &to}) {
      for (std::size_t i = 0; i < 4; ++i) frame.u8(end->address.octets[i]);
    }
    return frame.bytes(tcp.octets).octets;
  }

  const Endpoint client_ = testing::endpoint("198.18.0.11", 40000);
  const Endpoint other_ = testing::endpoint("198.18.0.12", 41000);
  const Endpoint server_ = testing::endpoint("198.18.0.1", 3478);
  std::uint32_t sequence_[2] = {4'294'967'000U, 77};
  UtcTime time_ = utc_from_ns(1'795'225'174'000'000'000);
  Sink sink_;
  const flows::FlowOptions options_ = bounds();
  flows::PacketPath path_{options_, 1, sink_};
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ByteReader input(fuzz::bytes_of(data, size));
  Player player;
  while (!input.empty()) player.play(input);
  player.finish();
  return 0;
}
