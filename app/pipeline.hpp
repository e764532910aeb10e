#pragma once
// Packets and facts on their way to the correlator, or to whoever passes them on to one; for one thread.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "capture/packet_source.hpp"
#include "correlator/intake.hpp"
#include "flows/packet_path.hpp"
#include "ring/header_ring.hpp"

namespace rtcscope::app {

class Pipeline {
 public:
  /// Packets of several interfaces are in order but for less than this; what is more is a clock that was set
  /// back.
  static constexpr Duration kClockBack = std::chrono::seconds{10};

  /// `hash_seed` comes from the operating system's random source; results do not depend on it. `intake`
  /// outlives this.
  Pipeline(std::uint64_t hash_seed, correlator::Intake& intake);

  /// From here on headers of packets are kept in `ring`, which outlives this.
  void keep_headers_in(ring::HeaderRing& ring) noexcept { ring_ = &ring; }
  /// RTCP of the flow that this secret belongs to becomes readable.
  void add_key(srtp::KeyingMaterial&& key) { path_.add_key(std::move(key)); }
  void add_keys(srtp::RecordedSecrets&& secrets) {
    for (srtp::KeyingMaterial& key : secrets.exported) path_.add_key(std::move(key));
    for (srtp::LoggedSecret& secret : secrets.logged) path_.add_logged(std::move(secret));
  }
  /// Secrets may come: flows without one say so.
  void expect_keys() noexcept { path_.expect_keys(); }
  /// See flows::FlowTable::set_rtcp_listener.
  void set_rtcp_listener(flows::RtcpListener* listener) noexcept { path_.set_rtcp_listener(listener); }
  /// One packet; time goes on to it.
  void add(const PacketRecord& record);
  /// A round of the tap's meters, one reading of each stream; see flows::PacketPath.
  void begin_readings() noexcept { path_.begin_readings(); }
  bool add_meter(const MeterReading& reading) { return path_.add_meter(reading); }
  /// Where feeds put their facts; time goes on to each.
  [[nodiscard]] feeds::FactSink& facts() noexcept { return facts_; }
  /// Takes names and drop counters from the source: once a second and after interfaces came.
  void follow(PacketSource& source);
  /// The source was opened anew: its counters begin at 0 again.
  void source_changed() { drops_seen_.clear(); }
  /// Time went on without a packet.
  void advance(UtcTime now);
  /// Nothing more will come: everything is reported.
  void finish();

  [[nodiscard]] const flows::PacketPath& packets() const noexcept { return path_; }
  /// Frames that our own capture lost so far.
  [[nodiscard]] std::uint64_t capture_drops() const noexcept { return capture_drops_; }

 private:
  /// Facts are for the correlator; on their way, the packet path learns the ICE passwords.
  class Facts : public feeds::FactSink {
   public:
    explicit Facts(Pipeline& pipeline) : pipeline_(pipeline) {}
    void on_fact(const feeds::Fact& fact) override;

   private:
    Pipeline& pipeline_;
  };

  correlator::Intake& intake_;
  flows::PacketPath path_;
  Facts facts_{*this};
  ring::HeaderRing* ring_ = nullptr;
  std::vector<std::uint64_t> drops_seen_;  // by interface
  std::uint64_t capture_drops_ = 0;
  /// Begins anew what counts on time that only goes on, when it went back.
  void follow_clock(UtcTime time);

  UtcTime newest_{};
  UtcTime next_advance_{};
};

}  // namespace rtcscope::app
