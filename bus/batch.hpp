#pragma once
// What a probe tells in about a second, as one message: the calls that its packets and feeds would have made
// on a correlator, in their order. A correlator elsewhere that gets them says what one on the probe's host
// would.

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/byte_reader.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "correlator/intake.hpp"
#include "feeds/wire/delivery.hpp"

namespace rtcscope::bus {

/// Of the octets: another one is not read.
inline constexpr std::uint64_t kBatchFormat = 4;

/// What a probe did not read, or gave up, since its start.
struct ProbeRefusal {
  std::string protocol;  // or part: "flows", "tap"
  std::string code;
  std::uint64_t count = 0;
};

/// How the probe is, since its start.
struct ProbeStatus {
  std::string version;
  std::string source;  // what it watches, in plain English
  std::string error;   // what does not work; "" when all does
  std::uint64_t packets = 0;
  std::uint64_t kernel_drops = 0;  // frames that its own capture lost
  std::uint64_t waiting = 0;       // batches that the broker did not take yet
  std::uint64_t waiting_bytes = 0;
  std::uint64_t unsent = 0;  // batches that it had no room for
  std::vector<ProbeRefusal> refusals;
};

struct BatchHead {
  std::string host;            // of the probe
  std::uint64_t run = 0;       // random, another one with each start of the probe
  std::uint64_t sequence = 0;  // from 0 in each run
  UtcTime written{};           // by the probe's clock
  std::string owt_viewer;      // user name of its viewers in OWT rooms, who are no participants
  ProbeStatus status;
};

enum class BatchErrc : std::uint8_t { kNoBatch, kOtherFormat, kBadHead, kBadItem };
/// "no_batch"
const char* to_string(BatchErrc code) noexcept;

/// Makes batches of what a Pipeline says. For one thread.
class BatchWriter final : public correlator::Intake {
 public:
  struct Options {
    std::string host;
    std::string owt_viewer;
    std::uint64_t run = 0;
    std::function<UtcTime()> clock;
    std::function<ProbeStatus()> status;      // asked for each batch
    std::function<void(std::string&&)> send;  // gets each batch
    std::size_t batch_bytes = 256U << 10U;    // one that is larger is sent before its second is over
  };
  explicit BatchWriter(Options options) : options_(std::move(options)) {}

  void on_flow(const flows::FlowSnapshot& flow) override;
  void on_stream_report(const flows::StreamReport& report) override;
  void on_flow_event(const flows::FlowEvent& event) override;
  void on_remote_report(const flows::RemoteReport& report) override;
  /// Nothing: facts travel as the delivery that they were read from.
  void on_fact(const feeds::Fact& fact) override;
  /// False: it is too large to be sent.
  bool on_delivery(const feeds::Delivery& delivery);
  /// Sends what was said since the last time, and how the probe is.
  void advance(UtcTime now) override;
  void clock_went_back(UtcTime now) override;
  /// The last batch: the observation is over.
  void finish(UtcTime now) override;

 private:
  template <class T>
  void add(std::uint64_t tag, const T& value);
  void send();

  Options options_;
  std::uint64_t sequence_ = 0;
  std::string items_;
};

/// Who sent the batch and how the probe is; kNoBatch, kOtherFormat or kBadHead.
Result<BatchHead, BatchErrc> read_head(Bytes batch);

/// What a batch is played to.
class BatchSink {
 public:
  virtual ~BatchSink() = default;
  [[nodiscard]] virtual correlator::Intake& intake() = 0;
  virtual void on_delivery(const feeds::Delivery& delivery) = 0;
};

/// Plays what the batch tells; true if it is the last one of its run. At kBadItem what came before the fault
/// has been played.
Result<bool, BatchErrc> play(Bytes batch, BatchSink& sink);

}  // namespace rtcscope::bus
