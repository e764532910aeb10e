#include "app/metrics.hpp"

#include <prometheus/text_serializer.h>

#include <initializer_list>
#include <utility>

namespace rtcscope::app {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

using Label = std::pair<const char*, std::string>;

/// One family after the other, each with its host.
class Families {
 public:
  explicit Families(const std::string& host) : host_(host) {}

  Families& counter(const char* name, const char* help) { return begin(name, help, MetricType::Counter); }
  Families& gauge(const char* name, const char* help) { return begin(name, help, MetricType::Gauge); }

  /// One series of the family that was begun last.
  template <class Number>
  Families& add(Number value, std::initializer_list<Label> labels = {}) {
    ClientMetric metric;
    metric.label.push_back({"host", host_});
    for (const Label& label : labels) metric.label.push_back({label.first, label.second});
    metric.counter.value = metric.gauge.value = static_cast<double>(value);
    families_.back().metric.push_back(std::move(metric));
    return *this;
  }

  [[nodiscard]] std::vector<MetricFamily> take() { return std::move(families_); }

 private:
  Families& begin(const char* name, const char* help, MetricType type) {
    families_.push_back({name, help, type, {}});
    return *this;
  }

  const std::string& host_;
  std::vector<MetricFamily> families_;
};

double epoch_seconds(UtcTime time) {
  return std::chrono::duration<double>(time.time_since_epoch()).count();
}

void add_process(Families& families, const api::Stats& stats) {
  families.gauge("rtcscope_build_info", "Always 1; the version stands in the label.")
      .add(1, {{"version", stats.version}, {"mode", stats.mode}});
  families.gauge("rtcscope_start_timestamp_seconds", "When this process started.")
      .add(epoch_seconds(stats.started_at));
  families.gauge("rtcscope_capture_up", "1 while capture works.").add(stats.capture.error.empty() ? 1 : 0);
}

void add_capture(Families& families, const api::CaptureStats& capture) {
  families.counter("rtcscope_capture_packets_total", "Frames taken from an interface.");
  for (const auto& i : capture.interfaces) families.add(i.packets, {{"interface", i.name}});
  families.counter("rtcscope_capture_bytes_total", "Octets on the wire of those frames.");
  for (const auto& i : capture.interfaces) families.add(i.bytes, {{"interface", i.name}});
  families.counter("rtcscope_capture_truncated_packets_total", "Frames cut to the snap length.");
  for (const auto& i : capture.interfaces) families.add(i.truncated, {{"interface", i.name}});
  families.counter("rtcscope_capture_dropped_packets_total",
                   "Frames lost by the capture itself, in its ring or in the network card.");
  for (const auto& i : capture.interfaces) {
    families.add(i.kernel_drops, {{"interface", i.name}, {"where", "ring"}});
    families.add(i.interface_drops, {{"interface", i.name}, {"where", "interface"}});
  }
}

void add_decode(Families& families, const api::Stats& stats) {
  const api::DecodeStats& d = stats.decode;
  families.counter("rtcscope_decode_packets_total", "Datagrams and framed units by what they are (RFC 7983).")
      .add(d.stun, {{"protocol", "stun"}})
      .add(d.dtls, {{"protocol", "dtls"}})
      .add(d.rtp, {{"protocol", "rtp"}})
      .add(d.rtcp, {{"protocol", "rtcp"}})
      .add(d.turn_channel, {{"protocol", "turn_channel"}})
      .add(d.other, {{"protocol", "other"}});
  families.counter("rtcscope_decode_errors_total", "What was refused, by protocol and reason.");
  for (const api::RefusalStats& r : stats.refusals) {
    families.add(r.count, {{"protocol", r.protocol}, {"code", r.code}});
  }
}

void add_flows(Families& families, const api::FlowStats& flows) {
  families.gauge("rtcscope_flows_active", "Flows in the table.").add(flows.active);
  families.gauge("rtcscope_flows_capacity", "Flows that the table can hold.").add(flows.capacity);
  families.gauge("rtcscope_flows_unmatched", "Live flows with RTP that no connection owns.")
      .add(flows.unmatched);
  families.counter("rtcscope_flows_created_total", "Flows that were opened.").add(flows.created);
  families.counter("rtcscope_flows_evicted_total", "Flows given up for want of room.").add(flows.evicted);
  families.gauge("rtcscope_streams_active", "Streams in the table.").add(flows.streams_active);
  families.counter("rtcscope_streams_created_total", "Streams that were opened.").add(flows.streams_created);
  families.counter("rtcscope_streams_evicted_total", "Streams given up for want of room.")
      .add(flows.streams_evicted);
  families.counter("rtcscope_streams_refused_total", "Streams over the limit of their flow.")
      .add(flows.streams_refused);
}

void add_feed(Families& families, const api::FeedStats& feed) {
  families.counter("rtcscope_feed_deliveries_total", "Deliveries of a media server's event handler.")
      .add(feed.deliveries);
  families.counter("rtcscope_feed_events_total", "Facts read from them.").add(feed.events);
  families.counter("rtcscope_feed_refused_total", "Deliveries and events that were not understood.")
      .add(feed.refused);
  families.counter("rtcscope_feed_dropped_total", "Deliveries that found the queue full.").add(feed.dropped);
  families.counter("rtcscope_feed_unauthorized_total", "Deliveries with wrong credentials.")
      .add(feed.unauthorised);
  families.gauge("rtcscope_feed_queue_depth", "Deliveries that wait.").add(feed.queue_depth);
  families.gauge("rtcscope_feed_queue_capacity", "Deliveries that can wait.").add(feed.queue_capacity);
  families.gauge("rtcscope_feed_clock_offset_seconds",
                 "Clock of a media server's feed minus that of the packets.");
  for (const auto& clock : feed.clocks) families.add(clock.offset_ms / 1000, {{"server", clock.server}});
  if (!feed.last_event_at) return;
  families.gauge("rtcscope_feed_last_event_timestamp_seconds", "When the newest event came.")
      .add(epoch_seconds(*feed.last_event_at));
}

void add_store(Families& families, const api::StoreQueueStats& store) {
  families.gauge("rtcscope_store_queue_depth", "Changes that wait for the store.").add(store.queue_depth);
  families.gauge("rtcscope_store_queue_capacity", "Changes that can wait.").add(store.queue_capacity);
  families.counter("rtcscope_store_written_total", "Changes that the store has.").add(store.written);
  families.counter("rtcscope_store_dropped_total", "Changes lost because the queue was full.")
      .add(store.dropped_samples, {{"what", "sample"}})
      .add(store.dropped_events, {{"what", "event"}})
      .add(store.dropped_entities, {{"what", "entity"}});
  families.counter("rtcscope_store_rejected_total", "Changes that the store refused.").add(store.rejected);
  families.counter("rtcscope_store_retries_total", "Batches written again.").add(store.retries);
  families.counter("rtcscope_store_outages_total", "Times that the store went away.").add(store.outages);
  families.counter("rtcscope_store_spooled_total", "Changes that went to the spool on disk.")
      .add(store.spooled);
  families.gauge("rtcscope_store_spool_changes", "Changes that wait in the spool.").add(store.spool_changes);
  families.gauge("rtcscope_store_spool_bytes", "Size of the spool.").add(store.spool_bytes);
  families.gauge("rtcscope_store_spool_capacity_bytes", "Size that the spool may have.")
      .add(store.spool_capacity_bytes);
  families
      .counter("rtcscope_store_spool_unreadable_total", "Batches of the spool that could not be read back.")
      .add(store.spool_unreadable);
}

void add_live(Families& families, const api::LiveStats& live) {
  families.gauge("rtcscope_live_clients", "Clients to whom changes are pushed.").add(live.clients);
  families.gauge("rtcscope_live_capacity", "Clients that can be.").add(live.capacity);
  families.counter("rtcscope_live_refused_total", "Clients that found no room.").add(live.refused);
  families
      .counter("rtcscope_live_expelled_total", "Clients that took nothing, or lost their right to listen.")
      .add(live.expelled);
  families.counter("rtcscope_live_published_total", "Messages made.").add(live.published);
  families.counter("rtcscope_live_missed_total", "Messages that slow clients missed, and were told of.")
      .add(live.missed);
  families.counter("rtcscope_live_dropped_total", "Changes that found no room to become messages.")
      .add(live.dropped);
}

void add_access(Families& families, const api::AccessStats& access) {
  families.counter("rtcscope_access_denied_total", "Requests that were denied, by reason.")
      .add(access.unauthenticated, {{"reason", "unauthenticated"}})
      .add(access.forbidden, {{"reason", "forbidden"}})
      .add(access.limited, {{"reason", "limited"}});
  families.counter("rtcscope_access_logins_total", "Logins to the dashboard, by result.")
      .add(access.logins, {{"result", "ok"}})
      .add(access.failed_logins, {{"result", "failed"}});
  families.gauge("rtcscope_access_sessions", "Logins that are not over.").add(access.sessions);
  families.gauge("rtcscope_access_tokens", "Tokens in the file of --tokens.").add(access.tokens);
}

void add_client_reports(Families& families, const api::ClientReportStats& reports) {
  families.counter("rtcscope_client_reports_total", "Requests of Peermetrics' API that were answered.")
      .add(reports.accepted);
  families.counter("rtcscope_client_reports_limited_total", "Those that came too often.")
      .add(reports.limited);
  families.counter("rtcscope_client_reports_failed_total", "Those that the store did not take.")
      .add(reports.failed);
  families.counter("rtcscope_client_reports_refused_total", "Those that were refused, by error code.");
  for (const auto& one : reports.refused) families.add(one.count, {{"code", one.reason}});
}

void add_capture_ring(Families& families, const api::CaptureRingStats& ring) {
  if (!ring.enabled) return;
  families.counter("rtcscope_capture_ring_packets_total", "Packets whose headers were written to the ring.")
      .add(ring.packets);
  families.counter("rtcscope_capture_ring_written_bytes_total", "Octets written to it.").add(ring.bytes);
  families.counter("rtcscope_capture_ring_dropped_total", "Packets it lost because the disk was too slow.")
      .add(ring.dropped);
  families.counter("rtcscope_capture_ring_failed_total", "Packets it could not write.").add(ring.failed);
  families.counter("rtcscope_capture_ring_removed_files_total", "Files that made room, or were too old.")
      .add(ring.files_removed);
  families.gauge("rtcscope_capture_ring_bytes", "Size of its files.").add(ring.stored_bytes);
  if (ring.oldest_at) {
    families.gauge("rtcscope_capture_ring_oldest_timestamp_seconds", "Time of the oldest packet in it.")
        .add(epoch_seconds(*ring.oldest_at));
  }
}

void add_hep(Families& families, const api::HepStats& hep) {
  if (!hep.enabled) return;
  families.gauge("rtcscope_hep_connected", "1 while the collector is connected.");
  for (const auto& t : hep.targets) families.add(t.connected ? 1 : 0, {{"target", t.target}});
  const auto each = [&](auto member) {
    for (const auto& t : hep.targets) families.add(t.*member, {{"target", t.target}});
  };
  families.counter("rtcscope_hep_sent_total", "HEP messages sent.");
  each(&api::HepTargetStats::sent);
  families.counter("rtcscope_hep_sent_bytes_total", "Octets of those.");
  each(&api::HepTargetStats::bytes);
  families.counter("rtcscope_hep_dropped_total",
                   "HEP messages lost: queue full, spool full, too big, unsent at the end, unreadable.");
  for (const auto& t : hep.targets) {
    for (const auto& drop : t.drops)
      families.add(drop.count, {{"target", t.target}, {"reason", drop.reason}});
  }
  families.counter("rtcscope_hep_reconnects_total", "Connections made anew.");
  each(&api::HepTargetStats::reconnects);
  families.counter("rtcscope_hep_failures_total", "Look-ups, connections and sends that failed.");
  each(&api::HepTargetStats::failures);
  families.gauge("rtcscope_hep_queue_depth", "HEP messages that wait in memory.");
  each(&api::HepTargetStats::queue_depth);
  families.counter("rtcscope_hep_spooled_total", "HEP messages that went to the disk.");
  each(&api::HepTargetStats::spooled);
  families.gauge("rtcscope_hep_spool_messages", "HEP messages that wait on disk.");
  each(&api::HepTargetStats::spool_messages);
  families.gauge("rtcscope_hep_spool_bytes", "Size of them on disk.");
  each(&api::HepTargetStats::spool_bytes);
  families.counter("rtcscope_hep_refused_total", "HEP messages that cannot be made, by reason.");
  for (const auto& one : hep.refused) families.add(one.count, {{"reason", one.reason}});
}

void add_hep_in(Families& families, const api::HepInStats& in) {
  if (in.listen.empty()) return;
  families.counter("rtcscope_hep_in_received_total", "HEP datagrams of other agents.").add(in.received);
  families.counter("rtcscope_hep_in_attached_total", "Those that became events of a conference.")
      .add(in.attached);
  families.gauge("rtcscope_hep_in_waiting", "Those that name what is not known yet.").add(in.waiting);
  families.counter("rtcscope_hep_in_unmatched_total", "Those that name nothing, or several things.")
      .add(in.unmatched);
  families.counter("rtcscope_hep_in_dropped_total", "Those that found the queue full.").add(in.dropped);
  families.counter("rtcscope_hep_in_refused_total", "Those that were refused, by reason.");
  for (const auto& one : in.refused) families.add(one.count, {{"reason", one.reason}});
}

void add_cdr(Families& families, const api::CdrStats& cdr) {
  if (!cdr.enabled) return;
  families.counter("rtcscope_cdr_written_total", "Call detail records written.").add(cdr.written);
  families.gauge("rtcscope_cdr_waiting", "Call detail records that the disk did not take yet.")
      .add(cdr.waiting);
  families.counter("rtcscope_cdr_write_failures_total", "Tries to write one that the disk refused.")
      .add(cdr.failures);
  families.counter("rtcscope_cdr_lost_total", "Call detail records given up, by reason.")
      .add(cdr.lost, {{"reason", "not_written"}})
      .add(cdr.refused, {{"reason", "too_many_presences"}});
}

void add_bus(Families& families, const api::BusStats& bus) {
  if (!bus.enabled) return;
  families.gauge("rtcscope_bus_connected", "1 while the queue of the probes' reports is connected.")
      .add(bus.connected ? 1 : 0);
  families.counter("rtcscope_bus_batches_total", "Batches of reports taken from it.").add(bus.batches);
  families.counter("rtcscope_bus_refused_total", "Batches that cannot be read, by reason.");
  for (const auto& one : bus.refused) families.add(one.count, {{"reason", one.reason}});
}

void add_probes(Families& families, const api::BusStats& bus) {
  if (!bus.enabled) return;
  families.gauge("rtcscope_probe_up",
                 "1 while a probe's reports come, 0 when it is silent; not there for one that said it ends.");
  for (const auto& p : bus.probes) {
    if (!p.ended) families.add(p.silent ? 0 : 1, {{"probe", p.host}});
  }
  const auto each = [&](auto member) {
    for (const auto& p : bus.probes) families.add(p.*member, {{"probe", p.host}});
  };
  families.counter("rtcscope_probe_lost_batches_total", "Batches of a probe that never came.");
  each(&api::ProbeStats::lost);
  families.counter("rtcscope_probe_unsent_batches_total", "Batches that a probe had no room to keep.");
  each(&api::ProbeStats::unsent);
  families.gauge("rtcscope_probe_waiting_batches", "Batches at a probe that the broker did not take yet.");
  each(&api::ProbeStats::waiting);
  families.counter("rtcscope_probe_packets_total", "Frames that a probe took, since its start.");
  each(&api::ProbeStats::packets);
  families.counter("rtcscope_probe_kernel_drops_total", "Frames that a probe's own capture lost.");
  each(&api::ProbeStats::kernel_drops);
}

}  // namespace

std::vector<MetricFamily> stats_families(const api::Stats& stats, const std::string& host) {
  Families families(host);
  add_process(families, stats);
  add_capture(families, stats.capture);
  add_decode(families, stats);
  add_flows(families, stats.flows);
  add_feed(families, stats.feed);
  add_store(families, stats.store);
  add_hep(families, stats.hep);
  add_hep_in(families, stats.hep_in);
  add_cdr(families, stats.cdr);
  add_access(families, stats.access);
  add_live(families, stats.live);
  add_client_reports(families, stats.client_reports);
  add_capture_ring(families, stats.capture_ring);
  add_bus(families, stats.bus);
  add_probes(families, stats.bus);
  std::vector<MetricFamily> all = families.take();
  // A family without a series is only a heading.
  std::erase_if(all, [](const MetricFamily& family) { return family.metric.empty(); });
  return all;
}

std::string exposition(const std::vector<MetricFamily>& families) {
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace rtcscope::app
