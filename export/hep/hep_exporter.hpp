#pragma once
// What was found, sent to Homer and other HEP collectors.

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "correlator/model.hpp"
#include "export/hep/encoder.hpp"
#include "export/hep/hep_sender.hpp"
#include "export/hep/message_maker.hpp"

namespace rtcscope::export_hep {

struct HepOptions {
  std::vector<std::string> targets;  // udp://, tcp:// or tls://host:port; each gets every message
  std::string ca_file;  // certificates that tls:// collectors are held against; "" = the system's
  std::string spool;    // folder for what tcp:// and tls:// cannot take now; "" = memory only
  std::uint64_t spool_bytes = 268'435'456;  // that each of them may have there
  std::uint32_t capture_id = 1;             // chunk 0x000c
  std::string auth_key;                     // chunk 0x000e, "" = none; travels and is kept in clear
  std::string node_name = "rtcscope";
  std::string correlation = "janus:{session}/{handle}";  // see CorrelationTemplate
  std::chrono::seconds report_period{10};
  std::string types{MessageTypes::kDefault};  // see MessageTypes
  std::size_t max_entities = 65536;
  SenderLimits sender;
};

struct HepStats {
  std::vector<HepTargetStats> targets;
  std::array<std::uint64_t, kEncodeErrcs> refused{};  // messages that cannot be encoded, by EncodeErrc
  std::uint64_t forgotten = 0;                        // entities, because there were too many
};

class HepExporter final : public model::ChangeSink {
 public:
  /// Throws std::invalid_argument, one line that quotes what was wrong, for a bad or repeated target,
  /// template, period, key or CA file, and std::runtime_error for a spool that cannot be used. A collector
  /// that is not there is no error: the sender keeps trying.
  explicit HepExporter(const HepOptions& options);
  ~HepExporter() override { stop(); }

  /// On the pipeline's thread; never waits for the network.
  void on_change(const model::Change& change) override { maker_.take(change); }
  /// Likewise.
  void on_rtcp(const RtcpReport& report) { maker_.take(report); }
  /// From any thread.
  [[nodiscard]] HepStats stats() const;
  /// Sends what is queued, for at most SenderLimits::stop_within, and ends the threads. Changes that come
  /// later are counted as dropped.
  void stop();

 private:
  void start(const std::vector<HepTarget>& targets, const HepOptions& options);

  std::unique_ptr<TlsContext> tls_;  // null: no target needs it
  std::vector<std::unique_ptr<HepSender>> senders_;
  MessageMaker maker_;
};

}  // namespace rtcscope::export_hep
