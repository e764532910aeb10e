#pragma once
// The probes whose batches come over the bus: a correlator for each, in whose time it lives.

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "api/stats.hpp"
#include "bus/batch.hpp"
#include "correlator/correlator.hpp"
#include "feeds/feed_parser.hpp"

namespace rtcscope::app {

/// For one thread.
class Probes {
 public:
  static constexpr std::size_t kMaxProbes = 64;
  /// A probe tells of itself each second, of whatever it sees.
  static constexpr Duration kSilence = std::chrono::seconds{15};
  /// What said that it ends is shown so long, what is silent so long.
  static constexpr Duration kShowEnded = std::chrono::minutes{10};
  static constexpr Duration kShowSilent = std::chrono::hours{24};

  struct Options {
    correlator::CorrelatorOptions correlator;
    std::uint64_t hash_seed = 0;
    /// What became of a delivery that a probe passed on.
    std::function<void(const feeds::Delivery&, const feeds::DeliveryCounts&)> on_delivery;
    std::function<void(bool trouble, const std::string&)> log;
  };
  /// `changes` outlives this.
  Probes(Options options, model::ChangeSink& changes);
  ~Probes();

  /// One message from the bus, which may be anything; `now` is our clock.
  void take(Bytes batch, UtcTime now);
  /// About once a second, by our clock.
  void advance(UtcTime now);
  /// Nothing more will come: what every probe watches is over, as far as we know.
  void finish();

  /// The part of the bus's figures that batches are counted in.
  [[nodiscard]] api::BusStats stats(UtcTime now) const;
  /// What all probes did not read or gave up, summed.
  [[nodiscard]] std::vector<api::RefusalStats> refusals() const;
  [[nodiscard]] std::vector<const correlator::Correlator*> correlators() const;

 private:
  class Probe;

  using ByHost = std::map<std::string, std::unique_ptr<Probe>>;

  Probe& probe_of(const bus::BatchHead& head);
  ByHost::iterator forget(ByHost::iterator place, const std::string& why);
  void refuse(bus::BatchErrc code);

  Options options_;
  model::ChangeSink& changes_;
  ByHost probes_;
  std::map<bus::BatchErrc, std::uint64_t> refused_;
  std::uint64_t batches_ = 0, bytes_ = 0;
  std::uint64_t forgotten_ = 0;
};

}  // namespace rtcscope::app
