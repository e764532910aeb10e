#pragma once
// Changes of the model in, encoded HEP messages out: when a report is due, and what it says. Pure: time
// comes in with the changes, so a replayed capture gives the same messages.

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>

#include "correlator/model.hpp"
#include "export/hep/bounded_map.hpp"
#include "export/hep/correlation_template.hpp"
#include "export/hep/encoder.hpp"
#include "export/hep/message_types.hpp"
#include "export/hep/payload.hpp"
#include "export/hep/rtcp_payload.hpp"
#include "export/hep/session_names.hpp"

namespace rtcscope::export_hep {

struct MakerOptions {
  std::uint32_t capture_id = 1;
  std::string auth_key;   // as valid_auth_key() wants it
  std::string node_name;  // as safe_node_name() makes it
  CorrelationTemplate correlation;
  Duration report_period = std::chrono::seconds{10};
  MessageTypes types{};
  std::size_t max_entities = 65536;  // of each kind; those not heard of for longest are forgotten
};

class MessageMaker {
 public:
  using Output = std::function<void(std::span<const std::byte> message)>;

  MessageMaker(MakerOptions options, Output output);

  /// RTP reports: PERIODIC for each stream as its samples fill `report_period`, FINAL when it ends. A log
  /// line for each event, and for each issue when it begins, changes its severity and ends; of an event that
  /// is a SIP message the message. The correlation id is the SIP call's Call-ID where there is one, else the
  /// template's; where none of its placeholders is known it
  /// is "conference:", "connection:", "flow:" or "host:" and our own id, because collectors drop messages
  /// without one.
  void take(const model::Change& change);
  /// A message for the report block.
  void take(const RtcpReport& report);

  /// Messages that encode() refused, by EncodeErrc. From any thread.
  [[nodiscard]] std::array<std::uint64_t, kEncodeErrcs> refused() const noexcept;
  /// Entities that were forgotten because there were too many. From any thread.
  [[nodiscard]] std::uint64_t forgotten() const noexcept {
    return forgotten_.load(std::memory_order_relaxed);
  }

 private:
  struct FlowEntry {
    Endpoint client, server;
    Transport transport = Transport::kUdp;
    ConnectionId connection;
  };
  struct IssueEntry {
    std::string severity;
    bool ended = false;
  };
  /// The two ends of a SIP call, as far as its messages told.
  struct SipEnds {
    std::optional<Endpoint> server, peer;
  };
  struct StreamEntry {
    model::Stream stream;  // id invalid: only samples came so far
    ReportPeriod period;
    bool final_sent = false;
  };

  void on(const model::Flow& flow);
  void on(const model::Stream& stream);
  void on(const model::StreamSample& sample);
  void on(const model::Event& event);
  void on(const model::Issue& issue);
  void on(const model::Host&) {}
  template <class Named>
  void on(const Named& named) {
    names_.remember(named);
  }

  void send_periodic(StreamEntry& entry);
  void send_report(const model::Stream& stream, ReportType type, const ReportFigures& figures);
  void send_log(const model::Event& subject, const std::string& payload, const Names& names);
  void send_sip(const model::Event& event);
  void send(HepMessage message);
  [[nodiscard]] std::string correlation_id(const Names& names, const std::string& fallback) const;
  [[nodiscard]] FlowEntry flow_of(const model::Event& event, const Names& names) const;

  MakerOptions options_;
  Output output_;
  SessionNames names_;
  BoundedMap<FlowId, FlowEntry> flows_;
  BoundedMap<ConnectionId, FlowId> flow_of_connection_;  // the one heard of last
  BoundedMap<StreamId, StreamEntry> streams_;
  BoundedMap<IssueId, IssueEntry> issues_;
  BoundedMap<std::string, SipEnds> sip_ends_;  // by Call-ID
  std::array<std::atomic<std::uint64_t>, kEncodeErrcs> refused_{};
  std::atomic<std::uint64_t> forgotten_{0};
};

}  // namespace rtcscope::export_hep
