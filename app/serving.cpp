#include "app/serving.hpp"

#include <spdlog/spdlog.h>

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "api/line_limiter.hpp"
#include "api/owt/view.hpp"
#include "api/routes.hpp"
#include "app/host.hpp"
#include "app/metrics.hpp"
#include "app/secret_file.hpp"
#include "app/version.hpp"
#include "store/postgres_store.hpp"
#include "store/sqlite_store.hpp"

namespace rtcscope::app {
namespace {

store::StoreResult<std::unique_ptr<store::Store>> open_by_url(const std::string& url) {
  constexpr std::string_view kSqlite = "sqlite:";
  const bool names_file = url.starts_with(kSqlite) && url.size() > kSqlite.size();
  if (names_file) return store::open_sqlite(url.substr(kSqlite.size()));
  if (url.starts_with("postgresql://") || url.starts_with("postgres://")) return store::open_postgres(url);
  throw std::runtime_error(
      "--store \"" + url +
      "\" names no store that is known; write sqlite:PATH or postgresql://USER@HOST/NAME");
}

std::unique_ptr<store::spool::Spool> open_spool(const ServeOptions& options) {
  if (options.spool.empty()) return nullptr;
  const std::uint64_t bytes = std::uint64_t{options.spool_mebibytes} << 20U;
  return std::make_unique<store::spool::Spool>(store::spool::SpoolOptions{options.spool, bytes});
}

/// What an earlier run could not write comes before anything that this one finds.
void write_back(store::Store& store, store::spool::Spool& spool) {
  const std::uint64_t waiting = spool.counts().changes;
  while (const auto batch = spool.oldest()) {
    const store::Applied applied = store::apply_what_can_be(store, *batch);
    if (applied.failure) throw std::runtime_error(applied.failure->message);
    if (applied.rejected > 0) spdlog::warn("spool: {} were left out: {}", applied.rejected, applied.refusal);
    spool.pop();
  }
  if (waiting > 0) spdlog::info("spool: {} changes of an earlier run are in the store now", waiting);
}

std::unique_ptr<store::Store> open_store(const std::string& url, store::spool::Spool* spool) {
  auto store = open_by_url(url);
  if (!store) throw std::runtime_error(store.error().message);
  if (spool != nullptr) write_back(**store, *spool);
  // What an earlier run that was killed left open must not look alive.
  if (const auto done = (*store)->end_unfinished(); !done) throw std::runtime_error(done.error().message);
  return *std::move(store);
}

std::unique_ptr<export_hep::HepExporter> make_exporter(const ServeOptions& options) {
  if (options.hep.empty()) return nullptr;
  export_hep::HepOptions hep;
  hep.targets = options.hep;
  hep.ca_file = options.hep_ca;
  if (!options.hep_key_file.empty()) hep.auth_key = read_secret("--hep-key-file", options.hep_key_file);
  hep.spool = options.hep_spool;
  hep.spool_bytes = std::uint64_t{options.hep_spool_mebibytes} << 20U;
  hep.node_name = options.hep_node;
  hep.types = options.hep_types;
  hep.capture_id = options.hep_capture_id;
  hep.correlation = options.hep_correlation;
  return std::make_unique<export_hep::HepExporter>(hep);
}

std::unique_ptr<ring::HeaderRing> open_ring(const ServeOptions& options, bool live) {
  if (options.capture_ring.empty()) return nullptr;
  ring::RingOptions ring;
  ring.folder = options.capture_ring;
  ring.capacity_bytes = std::uint64_t{options.capture_ring_mebibytes} << 20U;
  ring.application = "rtcscope " + version();
  ring.log = [](const std::string& line) { spdlog::warn("capture ring: {}", line); };
  ring.may_wait = !live;
  if (live) {  // a recording is older than the clock
    ring.max_age = std::chrono::hours{24} * options.retention_days;
    ring.clock = utc_now;
  }
  return std::make_unique<ring::HeaderRing>(ring);
}

std::optional<api::CaptureAnswer> capture_of(ring::HeaderRing& ring, const api::CaptureQuestion& question) {
  auto extract =
      ring.extract({question.flows, question.from, question.to, question.pseudonymise, question.comment});
  if (!extract) return std::nullopt;
  return api::CaptureAnswer{std::move(extract->pcapng), extract->packets, extract->ended_early,
                            ring.counts().oldest};
}

api::CaptureRingStats ring_stats(const ring::RingCounts& c) {
  return {true,           c.packets,        c.bytes,  c.dropped,   c.failed, c.files_removed,
          c.stored_bytes, c.capacity_bytes, c.oldest, c.last_error};
}

api::HepTargetStats hep_target(const export_hep::HepTargetStats& target) {
  return {target.target,
          target.state == export_hep::SenderState::kConnected,
          target.sent,
          target.bytes,
          target.reconnects,
          target.failures,
          {{"queue_full", target.dropped_queue_full},
           {"spool_full", target.dropped_spool_full},
           {"too_big", target.dropped_too_big},
           {"unsent", target.dropped_unsent},
           {"unreadable", target.spool.lost}},
          target.depth,
          target.capacity,
          target.spooled,
          target.spool.messages,
          target.spool.bytes,
          target.spool.capacity_bytes,
          target.last_error};
}

api::HepStats hep_stats(const export_hep::HepStats& hep) {
  api::HepStats out;
  out.enabled = true;
  for (const export_hep::HepTargetStats& target : hep.targets) out.targets.push_back(hep_target(target));
  for (std::size_t i = 0; i < hep.refused.size(); ++i) {
    if (hep.refused[i] == 0) continue;
    out.refused.push_back({to_string(static_cast<export_hep::EncodeErrc>(i)), hep.refused[i]});
  }
  out.forgotten = hep.forgotten;
  return out;
}

api::StoreQueueStats store_stats(const store::WriterCounts& c) {
  return {c.queue_depth,      c.queue_capacity, c.queued,           c.written,     c.coalesced,
          c.dropped_samples,  c.dropped_events, c.dropped_entities, c.rejected,    c.retries,
          c.outages,          c.spooled,        c.spool.changes,    c.spool.bytes, c.spool_capacity_bytes,
          c.spool.unreadable, c.last_error,     c.last_write_at};
}

api::CdrStats cdr_stats(const export_cdr::CdrCounts& c) {
  return {true, c.written, c.waiting, c.failures, c.lost, c.refused, c.last_error};
}

api::LiveStats live_stats(const api::live::LiveCounts& c) {
  return {c.clients, c.capacity, c.refused, c.expelled, c.published, c.missed, c.dropped};
}

api::AccessStats access_stats(const api::access::Guard& guard) {
  const api::access::GuardCounts c = guard.counts();
  const std::size_t tokens = guard.open() ? 0 : guard.tokens()->all().size();
  return {!guard.open(),     tokens,      c.sessions, c.logins, c.failed_logins,
          c.unauthenticated, c.forbidden, c.limited};
}

std::unique_ptr<api::http::Server> listen(const ServeOptions& options, api::Service& service,
                                          const std::function<void(const std::string&)>& log) {
  api::http::ServerOptions server;
  server.listen = options.listen;
  server.loopback_only = options.tokens.empty() && !options.allow_remote;
  server.host_names = options.api_hosts;
  server.tls_certificate = options.tls_cert;
  server.tls_key = options.tls_key;
  server.on_error = log;
  try {
    return std::make_unique<api::http::Server>(server, service);
  } catch (const std::runtime_error& error) {
    throw std::runtime_error(std::string(error.what()) +
                             "; give --tokens FILE (rtcscope token create makes it), or choose another "
                             "--listen; --allow-remote is the insecure way");
  }
}

}  // namespace

correlator::CorrelatorOptions correlator_options(const ServeOptions& options) {
  return {.cascade_rooms = options.cascade_rooms, .issues = options.issues};
}

Serving::Serving(const ServeOptions& options, const std::string& mode)
    : host_name_(host_name(options.host_name)),
      board_(mode, utc_now()),
      media_metrics_({.host = host_name_}) {
  spool_ = open_spool(options);
  store_ = open_store(options.store, spool_.get());
  store::WriterOptions writer;
  writer.spool = spool_.get();
  writer.log = [](const std::string& line) { spdlog::warn("store: {}", line); };
  writer.clock = utc_now;
  // By the wall clock: a replay of an old call would delete itself.
  const bool live = mode != "replay";
  if (live) {
    constexpr std::chrono::hours kDay{24};
    writer.retention.age = kDay * options.retention_days;
    writer.retention.samples_1s = kDay * options.samples_1s_days;
    writer.retention.samples_10s = kDay * options.samples_10s_days;
  }
  writer_ = std::make_unique<store::Writer>(*store_, writer);
  hep_ = make_exporter(options);
  if (hep_) rtcp_export_ = std::make_unique<RtcpExport>(*hep_);
  if (!options.hep_listen.empty()) {
    const std::string& key = options.hep_listen_key_file;
    hep_feed_ = std::make_unique<HepFeed>(options.hep_listen,
                                          key.empty() ? key : read_secret("--hep-listen-key-file", key));
  }
  if (!options.cdr.empty())
    cdr_ = std::make_unique<export_cdr::CdrRecorder>(export_cdr::CdrOptions{options.cdr});
  ring_ = open_ring(options, live);
  feeds::janus::IngestOptions ingest;
  if (!options.ingest_credentials.empty()) {
    const auto [user, password] = read_login("--ingest-credentials", options.ingest_credentials);
    ingest.credentials = user + ':' + password;
  }
  ingest.max_body_bytes = ingest.max_json_bytes = api::kMaxIngestBytes;
  ingest_ = std::make_unique<feeds::janus::Ingest>(
      ingest, [this, mode](feeds::Delivery&& delivery) { return take_event(mode, std::move(delivery)); });
  board_.ask_others = [this](api::Stats& stats) { ask_others(stats); };
  open_api(options);
}

bool Serving::take_event(const std::string& mode, feeds::Delivery&& delivery) {
  if (mode == "observe") return feeds_.push(std::move(delivery));
  // A replay has its own event log, and probes pass on what their media servers say.
  if (!told_no_events_.exchange(true)) {
    spdlog::warn("events come to /ingest/janus, where {} takes none: they count as dropped{}", mode,
                 mode == "serve"
                     ? "; give them to the probe (capture --janus-admin, --janus-amqp, --janus-mqtt)"
                     : "");
  }
  return false;
}

void Serving::open_api(const ServeOptions& options) {
  // Each request can be one line.
  const auto limiter = std::make_shared<api::LineLimiter>(20, std::chrono::seconds{10});
  const auto log = [limiter](const std::string& line) {
    if (const auto text = limiter->admit(line, std::chrono::steady_clock::now())) spdlog::warn("{}", *text);
  };
  const auto take = [this](const api::IngestDelivery& d) {
    return http_status(ingest_->take({utc_now(), d.content_encoding, d.authorization, d.body, d.authorised}));
  };
  if (!options.tokens.empty()) {
    tokens_ = std::make_unique<api::access::TokenList>(options.tokens, utc_now, log);
  }
  guard_ = std::make_unique<api::access::Guard>(api::access::GuardOptions{
      tokens_.get(), !options.ingest_credentials.empty(), options.rate_limit, {}, utc_now});
  live_ = std::make_unique<api::live::Broadcaster>(api::live::BroadcasterOptions{});
  desk_ = std::make_unique<api::peermetrics::Desk>(
      store_->client_reports(),
      api::peermetrics::DeskOptions{utc_now, options.peermetrics_open, options.peermetrics_domain});
  if (!options.owt_view.empty()) {
    owt_view_ = std::make_unique<api::owt::View>(api::owt::read_services(options.owt_view), utc_now);
  }
  api::CaptureSource capture;
  if (ring_) capture = [this](const api::CaptureQuestion& question) { return capture_of(*ring_, question); };
  service_ = std::make_unique<api::Service>(
      api::Services{*store_, board_, take, version(), options.web_root, log, [this] { return metrics(); },
                    guard_.get(), [this](const api::AuditEntry& entry) { audit(entry); }, live_.get(),
                    options.cors_origins, desk_.get(), capture, owt_view_.get()});
  server_ = listen(options, *service_, log);
}

Serving::~Serving() {
  stop_listening();
  finish();
}

void Serving::on_change(const model::Change& change) {
  board_.on_change(change);
  media_metrics_.on_change(change);
  writer_->on_change(change);
  live_->on_change(change);
  if (hep_) hep_->on_change(change);
  if (hep_feed_) hep_feed_->learn(change);
  if (cdr_) cdr_->on_change(change);
}

void Serving::audit(const api::AuditEntry& entry) {
  const nlohmann::ordered_json detail{{"action", entry.action},
                                      {"actor", entry.actor},
                                      {"token_id", entry.token_id},
                                      {"address", entry.address}};
  model::Event event;
  event.time = utc_now();
  event.source = model::Source::kObserver;
  event.kind = "audit";
  event.text = entry.actor + ' ' + entry.what + " from " + entry.address;
  event.detail = detail.dump();
  writer_->on_change(event);
  live_->on_change(event);
}

std::string Serving::metrics() const {
  std::vector<prometheus::MetricFamily> families = stats_families(board_.stats(), host_name_);
  for (prometheus::MetricFamily& family : media_metrics_.collect()) families.push_back(std::move(family));
  return exposition(families);
}

void Serving::allow_changes(api::owt::Actor actor) {
  owt_view_->allow_changes(std::move(actor));
}

void Serving::drain_feed(feeds::FactSink& facts) {
  feeds_.drain(facts, board_);
  if (hep_feed_) hep_feed_->drain(utc_now(), *this);
}

void Serving::reload() {
  const std::size_t tokens = tokens_ ? tokens_->all().size() : 0;
  server_->reload();
  spdlog::info("SIGHUP: {} tokens in force; a new certificate is served to new connections", tokens);
}

void Serving::stop_listening() {
  live_->stop();
  server_->stop();
  feeds_.stop();
}

void Serving::finish() {
  writer_->flush_and_stop();
  if (ring_) ring_->flush_and_stop();
  if (cdr_) finish_records();
  if (hep_) hep_->stop();
}

void Serving::finish_records() {
  cdr_->finish();
  const export_cdr::CdrCounts counts = cdr_->counts();
  if (counts.lost + counts.refused == 0) return;
  spdlog::warn("call detail records: {} written, {} could not be written ({}), {} presences were too many",
               counts.written, counts.lost, counts.last_error, counts.refused);
}

void Serving::ask_others(api::Stats& stats) const {
  const feeds::janus::IngestCounts ingest = ingest_->counts();
  stats.feed.deliveries = ingest.accepted;
  stats.feed.refused += ingest.corrupt_encoding + ingest.unsupported_encoding + ingest.too_large;
  stats.feed.dropped = ingest.queue_full;
  stats.feed.unauthorised = ingest.unauthorized;
  feeds_.add_to(stats.feed);
  stats.access = access_stats(*guard_);
  stats.live = live_stats(live_->counts());
  stats.client_reports = desk_->stats();
  stats.store = store_stats(writer_->counts());
  if (ring_) stats.capture_ring = ring_stats(ring_->counts());
  if (cdr_) stats.cdr = cdr_stats(cdr_->counts());
  if (hep_) stats.hep = hep_stats(hep_->stats());
  if (hep_feed_) stats.hep_in = hep_feed_->stats();
}

}  // namespace rtcscope::app
