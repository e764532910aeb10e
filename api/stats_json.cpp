#include "api/stats_json.hpp"

#include <algorithm>
#include <numeric>

namespace rtcscope::api {
namespace {

Json time_or_null(const std::optional<UtcTime>& time) {
  return time ? Json(to_rfc3339(*time)) : Json(nullptr);
}

template <class Item>
std::uint64_t sum(const std::vector<Item>& items, std::uint64_t Item::*member) {
  return std::accumulate(items.begin(), items.end(), std::uint64_t{0},
                         [&](std::uint64_t total, const Item& item) { return total + item.*member; });
}

Json tap_json(const TapStats& tap) {
  Json losses = Json::array();
  for (const TapLossStats& one : tap.losses) {
    losses.push_back({{"interface", one.interface}, {"reason", one.reason}, {"count", one.count}});
  }
  Json left_alone = Json::array();
  for (const LeftAloneStats& one : tap.left_alone) {
    left_alone.push_back({{"reason", one.reason}, {"count", one.count}});
  }
  return {{"kind", tap.kind},
          {"note", tap.note},
          {"attached_by", tap.attached_by},
          {"streams", tap.streams},
          {"max_streams", tap.max_streams},
          {"forgotten", tap.forgotten},
          {"attach_failures", tap.attach_failures},
          {"clock_steps", tap.clock_steps},
          {"losses", std::move(losses)},
          {"left_alone", std::move(left_alone)}};
}

Json capture_json(const CaptureStats& capture) {
  Json interfaces = Json::array();
  for (const InterfaceStats& one : capture.interfaces) {
    interfaces.push_back({{"name", one.name},
                          {"packets", one.packets},
                          {"bytes", one.bytes},
                          {"truncated", one.truncated},
                          {"kernel_drops", one.kernel_drops},
                          {"interface_drops", one.interface_drops}});
  }
  return {{"packets", sum(capture.interfaces, &InterfaceStats::packets)},
          {"bytes", sum(capture.interfaces, &InterfaceStats::bytes)},
          {"truncated", sum(capture.interfaces, &InterfaceStats::truncated)},
          {"kernel_drops", sum(capture.interfaces, &InterfaceStats::kernel_drops)},
          {"interface_drops", sum(capture.interfaces, &InterfaceStats::interface_drops)},
          {"interfaces", std::move(interfaces)},
          {"tap", capture.tap ? tap_json(*capture.tap) : Json(nullptr)},
          {"error", capture.error}};
}

Json decode_json(const DecodeStats& decode) {
  return {{"frames", decode.frames},
          {"datagrams", decode.datagrams},
          {"tcp_segments", decode.tcp_segments},
          {"stun", decode.stun},
          {"dtls", decode.dtls},
          {"rtp", decode.rtp},
          {"rtcp", decode.rtcp},
          {"turn_channel", decode.turn_channel},
          {"other", decode.other},
          {"ssrc_zero", decode.ssrc_zero},
          {"seen_elsewhere", decode.seen_elsewhere}};
}

Json refusals_json(const std::vector<RefusalStats>& refusals) {
  Json list = Json::array();
  for (const RefusalStats& one : refusals) {
    list.push_back({{"protocol", one.protocol}, {"code", one.code}, {"count", one.count}});
  }
  return list;
}

Json flows_json(const FlowStats& flows) {
  return {{"active", flows.active},
          {"capacity", flows.capacity},
          {"created", flows.created},
          {"evicted", flows.evicted},
          {"unmatched", flows.unmatched},
          {"streams_active", flows.streams_active},
          {"streams_created", flows.streams_created},
          {"streams_evicted", flows.streams_evicted},
          {"streams_refused", flows.streams_refused},
          {"identities_refused", flows.identities_refused}};
}

Json source_json(const FeedSourceStats& source) {
  return {{"kind", source.kind},
          {"address", source.address},
          {"connected", source.connected},
          {"deliveries", source.deliveries},
          {"dropped", source.dropped},
          {"reconnects", source.reconnects},
          {"last_error", source.last_error},
          {"last_delivery_at", time_or_null(source.last_delivery_at)}};
}

Json live_json(const LiveStats& live) {
  return {{"clients", live.clients},   {"capacity", live.capacity},   {"refused", live.refused},
          {"expelled", live.expelled}, {"published", live.published}, {"missed", live.missed},
          {"dropped", live.dropped}};
}

Json access_json(const AccessStats& access) {
  return {{"required", access.required},           {"tokens", access.tokens},
          {"sessions", access.sessions},           {"logins", access.logins},
          {"failed_logins", access.failed_logins}, {"unauthenticated", access.unauthenticated},
          {"forbidden", access.forbidden},         {"limited", access.limited}};
}

Json feed_json(const FeedStats& feed) {
  Json sources = Json::array();
  for (const FeedSourceStats& source : feed.sources) sources.push_back(source_json(source));
  Json clocks = Json::array();
  for (const FeedClockStats& clock : feed.clocks) {
    clocks.push_back({{"server", clock.server},
                      {"offset_ms", clock.offset_ms},
                      {"connections", clock.connections},
                      {"measured_at", to_rfc3339(clock.measured_at)}});
  }
  return {{"deliveries", feed.deliveries},
          {"events", feed.events},
          {"refused", feed.refused},
          {"dropped", feed.dropped},
          {"unauthorised", feed.unauthorised},
          {"queue_depth", feed.queue_depth},
          {"queue_capacity", feed.queue_capacity},
          {"last_event_at", time_or_null(feed.last_event_at)},
          {"sources", std::move(sources)},
          {"clocks", std::move(clocks)}};
}

Json store_json(const StoreQueueStats& store) {
  return {{"queue_depth", store.queue_depth},
          {"queue_capacity", store.queue_capacity},
          {"queued", store.queued},
          {"written", store.written},
          {"coalesced", store.coalesced},
          {"dropped_samples", store.dropped_samples},
          {"dropped_events", store.dropped_events},
          {"dropped_entities", store.dropped_entities},
          {"rejected", store.rejected},
          {"retries", store.retries},
          {"outages", store.outages},
          {"spooled", store.spooled},
          {"spool_changes", store.spool_changes},
          {"spool_bytes", store.spool_bytes},
          {"spool_capacity_bytes", store.spool_capacity_bytes},
          {"spool_unreadable", store.spool_unreadable},
          {"last_error", store.last_error},
          {"last_write_at", time_or_null(store.last_write_at)}};
}

Json by_reason(const std::vector<LeftAloneStats>& counts) {
  Json list = Json::array();
  for (const LeftAloneStats& one : counts) list.push_back({{"reason", one.reason}, {"count", one.count}});
  return list;
}

Json client_reports_json(const ClientReportStats& reports) {
  return {{"accepted", reports.accepted},
          {"limited", reports.limited},
          {"failed", reports.failed},
          {"refused", by_reason(reports.refused)}};
}

std::uint64_t dropped(const HepTargetStats& target) {
  std::uint64_t total = 0;
  for (const LeftAloneStats& one : target.drops) total += one.count;
  return total;
}

Json capture_ring_json(const CaptureRingStats& ring) {
  return {{"enabled", ring.enabled},
          {"packets", ring.packets},
          {"bytes", ring.bytes},
          {"dropped", ring.dropped},
          {"failed", ring.failed},
          {"files_removed", ring.files_removed},
          {"stored_bytes", ring.stored_bytes},
          {"capacity_bytes", ring.capacity_bytes},
          {"oldest_at", time_or_null(ring.oldest_at)},
          {"last_error", ring.last_error}};
}

Json hep_json(const HepStats& hep) {
  Json targets = Json::array();
  std::uint64_t all_dropped = 0;
  for (const HepTargetStats& one : hep.targets) {
    all_dropped += dropped(one);
    targets.push_back({{"target", one.target},
                       {"connected", one.connected},
                       {"sent", one.sent},
                       {"bytes", one.bytes},
                       {"dropped", dropped(one)},
                       {"drops", by_reason(one.drops)},
                       {"reconnects", one.reconnects},
                       {"failures", one.failures},
                       {"queue_depth", one.queue_depth},
                       {"queue_capacity", one.queue_capacity},
                       {"spooled", one.spooled},
                       {"spool_messages", one.spool_messages},
                       {"spool_bytes", one.spool_bytes},
                       {"spool_capacity_bytes", one.spool_capacity_bytes},
                       {"last_error", one.last_error}});
  }
  return {{"enabled", hep.enabled},     {"sent", sum(hep.targets, &HepTargetStats::sent)},
          {"dropped", all_dropped},     {"refused", by_reason(hep.refused)},
          {"forgotten", hep.forgotten}, {"targets", std::move(targets)}};
}

Json hep_in_json(const HepInStats& in) {
  return {{"listen", in.listen},
          {"received", in.received},
          {"attached", in.attached},
          {"waiting", in.waiting},
          {"unmatched", in.unmatched},
          {"dropped", in.dropped},
          {"refused", by_reason(in.refused)}};
}

Json cdr_json(const CdrStats& cdr) {
  return {{"enabled", cdr.enabled},      {"written", cdr.written}, {"waiting", cdr.waiting},
          {"failures", cdr.failures},    {"lost", cdr.lost},       {"refused", cdr.refused},
          {"last_error", cdr.last_error}};
}

Json probe_json(const ProbeStats& probe) {
  return {{"host", probe.host},
          {"version", probe.version},
          {"source", probe.source},
          {"silent", probe.silent},
          {"ended", probe.ended},
          {"last_batch_at", to_rfc3339(probe.last_batch_at)},
          {"clock", time_or_null(probe.clock)},
          {"batches", probe.batches},
          {"bytes", probe.bytes},
          {"lost", probe.lost},
          {"repeated", probe.repeated},
          {"restarts", probe.restarts},
          {"packets", probe.packets},
          {"kernel_drops", probe.kernel_drops},
          {"waiting", probe.waiting},
          {"waiting_bytes", probe.waiting_bytes},
          {"unsent", probe.unsent},
          {"error", probe.error}};
}

Json bus_json(const BusStats& bus) {
  Json probes = Json::array();
  for (const ProbeStats& probe : bus.probes) probes.push_back(probe_json(probe));
  return {{"enabled", bus.enabled},
          {"address", bus.address},
          {"connected", bus.connected},
          {"batches", bus.batches},
          {"bytes", bus.bytes},
          {"reconnects", bus.reconnects},
          {"refused", by_reason(bus.refused)},
          {"probes_forgotten", bus.probes_forgotten},
          {"last_error", bus.last_error},
          {"probes", std::move(probes)}};
}

}  // namespace

Json stats_json(const Stats& stats, const store::LiveCounts& live) {
  return {{"version", stats.version},
          {"mode", stats.mode},
          {"source", stats.source},
          {"started_at", to_rfc3339(stats.started_at)},
          {"now", to_rfc3339(stats.now)},
          {"uptime_s", stats.uptime_s},
          {"clock", time_or_null(stats.clock)},
          {"finished", stats.finished},
          {"live_conferences", live.conferences},
          {"live_participants", live.participants},
          {"capture", capture_json(stats.capture)},
          {"decode", decode_json(stats.decode)},
          {"refusals", refusals_json(stats.refusals)},
          {"flows", flows_json(stats.flows)},
          {"feed", feed_json(stats.feed)},
          {"store", store_json(stats.store)},
          {"hep", hep_json(stats.hep)},
          {"hep_in", hep_in_json(stats.hep_in)},
          {"cdr", cdr_json(stats.cdr)},
          {"access", access_json(stats.access)},
          {"live", live_json(stats.live)},
          {"client_reports", client_reports_json(stats.client_reports)},
          {"capture_ring", capture_ring_json(stats.capture_ring)},
          {"bus", bus_json(stats.bus)}};
}

Json readiness_json(const std::vector<ReadinessCheck>& checks) {
  Json list = Json::array();
  for (const ReadinessCheck& check : checks) {
    list.push_back({{"name", check.name},
                    {"ready", check.ready},
                    {"required", check.required},
                    {"detail", check.detail}});
  }
  const bool ready = std::all_of(checks.begin(), checks.end(),
                                 [](const ReadinessCheck& check) { return check.ready || !check.required; });
  return {{"ready", ready}, {"checks", std::move(list)}};
}

}  // namespace rtcscope::api
