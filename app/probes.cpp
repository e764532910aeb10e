#include "app/probes.hpp"

#include <algorithm>
#include <utility>

namespace rtcscope::app {

class Probes::Probe final : public bus::BatchSink {
 public:
  explicit Probe(Probes& owner, const bus::BatchHead& head) : owner_(owner) {
    stats_.host = head.host;
    begin(head, head.sequence);  // what it sent before we came is not lost
  }

  /// False: this batch, or what came after it, was taken already.
  bool expects(const bus::BatchHead& head) {
    if (head.run != run_) {
      if (head.run == run_before_) return false;
      end();
      begin(head, 0);  // we were here when it began: all of it is ours
      stats_.restarts += 1;
    }
    if (head.sequence < next_ || !correlator_) return false;
    stats_.lost += head.sequence - next_;
    next_ = head.sequence + 1;
    return true;
  }

  void tell(const bus::BatchHead& head, std::size_t bytes, UtcTime now) {
    const bus::ProbeStatus& status = head.status;
    stats_.version = status.version;
    stats_.source = status.source;
    stats_.error = status.error;
    stats_.packets = status.packets;
    stats_.kernel_drops = status.kernel_drops;
    stats_.waiting = status.waiting;
    stats_.waiting_bytes = status.waiting_bytes;
    stats_.unsent = status.unsent;
    refusals_ = status.refusals;
    stats_.clock = head.written;
    stats_.last_batch_at = now;
    stats_.batches += 1;
    stats_.bytes += bytes;
  }
  void count_repeated() noexcept { stats_.repeated += 1; }

  correlator::Intake& intake() override { return *correlator_; }
  void on_delivery(const feeds::Delivery& delivery) override {
    owner_.options_.on_delivery(delivery, parser_.parse(delivery, *correlator_));
  }

  /// It said that it stops.
  void on_last_batch() {
    correlator_.reset();
    stats_.ended = true;
  }
  void end() {
    if (correlator_) correlator_->finish({});  // at the newest time that it knows
    correlator_.reset();
  }

  [[nodiscard]] api::ProbeStats stats(UtcTime now) const {
    api::ProbeStats stats = stats_;
    stats.silent = !stats.ended && now - stats.last_batch_at > kSilence;
    return stats;
  }
  [[nodiscard]] const std::vector<bus::ProbeRefusal>& refusals() const noexcept { return refusals_; }
  [[nodiscard]] bool ended() const noexcept { return stats_.ended; }
  [[nodiscard]] UtcTime last_batch_at() const noexcept { return stats_.last_batch_at; }
  [[nodiscard]] const correlator::Correlator* correlator() const noexcept { return correlator_.get(); }

 private:
  void begin(const bus::BatchHead& head, std::uint64_t first) {
    run_before_ = std::exchange(run_, head.run);
    next_ = first;
    correlator_ = std::make_unique<correlator::Correlator>(correlator::HostIdentity{head.host},
                                                           owner_.options_.correlator,
                                                           owner_.options_.hash_seed, owner_.changes_);
    parser_ = feeds::FeedParser(head.owt_viewer);
    stats_.ended = false;
  }

  Probes& owner_;
  std::uint64_t run_ = 0, run_before_ = 0;
  std::uint64_t next_ = 0;
  std::unique_ptr<correlator::Correlator> correlator_;  // null: the run is over
  feeds::FeedParser parser_;
  api::ProbeStats stats_;
  std::vector<bus::ProbeRefusal> refusals_;
};

Probes::Probes(Options options, model::ChangeSink& changes)
    : options_(std::move(options)), changes_(changes) {}

Probes::~Probes() = default;

void Probes::take(Bytes batch, UtcTime now) {
  batches_ += 1;
  bytes_ += batch.size();
  const auto head = bus::read_head(batch);
  if (!head) return refuse(head.error());
  Probe& probe = probe_of(*head);
  if (!probe.expects(*head)) return probe.count_repeated();
  probe.tell(*head, batch.size(), now);
  const auto last = bus::play(batch, probe);
  if (!last) return refuse(last.error());
  if (*last) probe.on_last_batch();
}

Probes::Probe& Probes::probe_of(const bus::BatchHead& head) {
  const auto found = probes_.find(head.host);
  if (found != probes_.end()) return *found->second;
  if (probes_.size() >= kMaxProbes) {
    const auto longest_silent =
        std::min_element(probes_.begin(), probes_.end(), [](const auto& one, const auto& other) {
          return one.second->last_batch_at() < other.second->last_batch_at();
        });
    forget(longest_silent, "there are more than " + std::to_string(kMaxProbes));
    forgotten_ += 1;
  }
  options_.log(false, "probe " + head.host + ": its reports come (" + head.status.source + ")");
  return *probes_.emplace(head.host, std::make_unique<Probe>(*this, head)).first->second;
}

Probes::ByHost::iterator Probes::forget(ByHost::iterator place, const std::string& why) {
  options_.log(true, "probe " + place->first + ": forgotten, " + why);
  place->second->end();
  return probes_.erase(place);
}

void Probes::advance(UtcTime now) {
  for (auto place = probes_.begin(); place != probes_.end();) {
    const Duration since = now - place->second->last_batch_at();
    if (place->second->ended() && since > kShowEnded) {
      place = forget(place, "it said that it ends");
    } else if (since > kShowSilent) {
      place = forget(place, "nothing came for a day");
    } else {
      ++place;
    }
  }
}

void Probes::refuse(bus::BatchErrc code) {
  // Once for each reason: a probe of another version would fill the log.
  if (refused_[code]++ == 0)
    options_.log(true, std::string("a batch from the bus is refused: ") + to_string(code));
}

void Probes::finish() {
  for (auto& [host, probe] : probes_) probe->end();
}

api::BusStats Probes::stats(UtcTime now) const {
  api::BusStats stats;
  stats.batches = batches_;
  stats.bytes = bytes_;
  stats.probes_forgotten = forgotten_;
  for (const auto& [code, count] : refused_) stats.refused.push_back({to_string(code), count});
  for (const auto& [host, probe] : probes_) stats.probes.push_back(probe->stats(now));
  return stats;
}

std::vector<api::RefusalStats> Probes::refusals() const {
  std::map<std::pair<std::string, std::string>, std::uint64_t> sums;
  for (const auto& [host, probe] : probes_) {
    for (const bus::ProbeRefusal& refusal : probe->refusals()) {
      sums[{refusal.protocol, refusal.code}] += refusal.count;
    }
  }
  std::vector<api::RefusalStats> list;
  for (const auto& [what, count] : sums) list.push_back({what.first, what.second, count});
  return list;
}

std::vector<const correlator::Correlator*> Probes::correlators() const {
  std::vector<const correlator::Correlator*> list;
  for (const auto& [host, probe] : probes_) {
    if (probe->correlator() != nullptr) list.push_back(probe->correlator());
  }
  return list;
}

}  // namespace rtcscope::app
