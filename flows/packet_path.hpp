#pragma once
// From a captured frame to flow state: link layer, demultiplexing, flow table. One thread feeds it.

#include <cstdint>
#include <string>
#include <vector>

#include "base/packet_record.hpp"
#include "decoders/link/frame.hpp"
#include "flows/flow_table.hpp"
#include "flows/fragment_table.hpp"
#include "flows/options.hpp"
#include "flows/report.hpp"
#include "flows/tallies.hpp"
#include "flows/tcp_framing.hpp"

namespace rtcscope::flows {

class PacketPath {
 public:
  PacketPath(const FlowOptions& options, std::uint64_t hash_seed, FlowSink& sink)
      : table_(options, hash_seed, sink, tallies_), fragments_(hash_seed), tcp_(hash_seed) {}

  void set_interface_names(std::vector<std::string> names) { table_.set_interface_names(std::move(names)); }
  void add_capture_drops(std::uint32_t interface_index, std::uint64_t frames) {
    table_.add_capture_drops(interface_index, frames);
  }

  /// One frame, in order of time. The record's bytes are not kept.
  void add(const PacketRecord& record);
  /// The state of one stream as the tap metered it; see FlowTable::add_meter. A round of readings, one of
  /// each stream, begins with begin_readings().
  void begin_readings() noexcept;
  bool add_meter(const MeterReading& reading);
  /// See FlowTable::advance and FlowTable::finish.
  void advance(UtcTime now) { table_.advance(now); }
  void finish() { table_.finish(); }
  /// See FlowTable::begin_anew.
  void begin_anew() {
    table_.begin_anew();
    newest_packet_ = UtcTime{};
  }

  /// One exported DTLS-SRTP secret: RTCP of the flow it belongs to becomes readable from here on.
  void add_key(srtp::KeyingMaterial&& key) { table_.add_key(std::move(key)); }
  /// One master secret from a key log: likewise, from the handshake it belongs to on.
  void add_logged(srtp::LoggedSecret&& secret) { table_.add_logged(std::move(secret)); }
  /// See RtcpReader::expect_keys.
  void expect_keys() noexcept { table_.expect_keys(); }
  /// See FlowTable::set_rtcp_listener.
  void set_rtcp_listener(RtcpListener* listener) noexcept { table_.set_rtcp_listener(listener); }

  /// See FlowTable::add_extensions.
  void add_extensions(const std::string& ufrag, const ExtensionTable& table) {
    table_.add_extensions(ufrag, table);
  }
  /// See FlowTable::add_ice_password.
  void add_ice_password(const std::string& ufrag, const std::string& password) {
    table_.add_ice_password(ufrag, password);
  }

  /// Time of the newest packet; the epoch before the first one.
  [[nodiscard]] UtcTime newest_packet() const noexcept { return newest_packet_; }
  [[nodiscard]] const PathTallies& tallies() const noexcept { return tallies_; }
  [[nodiscard]] const FlowTable& table() const noexcept { return table_; }
  /// What was not read, by protocol and reason.
  [[nodiscard]] std::vector<RefusalCount> refusals() const {
    return tallies_.refusals(tcp_.counters(), table_.rtcp_counters(), fragments_.counters());
  }
  [[nodiscard]] const FragmentTable& fragments() const noexcept { return fragments_; }

 private:
  Result<link::DatagramView, link::LinkError> parse(const PacketRecord& record);
  void add_udp(Datagram datagram, const link::DatagramView& frame, const PacketRecord& record);
  void add_datagram(Datagram datagram, Bytes payload, std::uint32_t wire_bytes);
  void count(demux::PacketClass packet_class) noexcept;

  PathTallies tallies_;
  FlowTable table_;
  FragmentTable fragments_;
  TcpTable tcp_;
  UtcTime newest_packet_{};
  std::uint64_t metered_and_gone_ = 0;  // RTP packets in meters that the tap has forgotten
};

}  // namespace rtcscope::flows
