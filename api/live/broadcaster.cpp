#include "api/live/broadcaster.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

#include "api/entity_json.hpp"
#include "base/text.hpp"

namespace rtcscope::api::live {
namespace {

constexpr std::size_t kMostHosts = 100'000;  // conferences whose host is known

const char* type_of(Kind kind) {
  // Of those that are told of as changed.
  constexpr std::array<const char*, 4> kTypes{"conference", "participant", "connection", "stream"};
  return kTypes[static_cast<std::size_t>(kind)];
}

Json id_or_null(std::uint64_t id) {
  return id == 0 ? Json(nullptr) : Json(hex_id(id));
}

int make_wake() {
  const int descriptor = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (descriptor < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
  return descriptor;
}

}  // namespace

Broadcaster::Broadcaster(const BroadcasterOptions& options)
    : options_(options), wake_(make_wake()), thread_([this] { run(); }) {}

Broadcaster::~Broadcaster() {
  stop();
  ::close(wake_);
}

void Broadcaster::stop() {
  if (stopping_.exchange(true)) return;
  wake();
  thread_.join();
  const std::lock_guard lock(newcomers_mutex_);
  newcomers_.clear();
}

void Broadcaster::wake() const noexcept {
  const std::uint64_t one = 1;
  // An eventfd below its maximum always takes a write.
  [[maybe_unused]] const auto written = ::write(wake_, &one, sizeof(one));
}

bool Broadcaster::reserve() {
  std::uint64_t taken = places_.load();
  while (taken < options_.most_clients && !stopping_) {
    if (places_.compare_exchange_weak(taken, taken + 1)) return true;
  }
  refused_.fetch_add(1);
  return false;
}

void Broadcaster::give_back() {
  places_.fetch_sub(1);
}

void Broadcaster::adopt(Listener&& listener) {
  {
    const std::lock_guard lock(newcomers_mutex_);
    newcomers_.push_back(std::move(listener));
  }
  wake();
}

LiveCounts Broadcaster::counts() const {
  return {places_.load(),    options_.most_clients, refused_.load(), expelled_.load(),
          published_.load(), missed_.load(),        dropped_.load()};
}

void Broadcaster::run() {
  auto next_period = Clock::now() + options_.period;
  auto next_beat = Clock::now() + options_.heartbeat;
  while (!stopping_) {
    wait_until(next_period);
    take_newcomers();
    const auto now = Clock::now();
    if (now < next_period) continue;
    next_period = now + options_.period;
    publish();
    const bool beat = now >= next_beat;
    if (beat) next_beat = now + options_.heartbeat;
    sweep(now, beat);
  }
  take_newcomers();
  clients_.clear();
}

void Broadcaster::wait_until(Clock::time_point next) {
  std::vector<pollfd> watched{{wake_, POLLIN, 0}};
  for (const auto& client : clients_) {
    // A negative descriptor is passed over.
    const auto events = static_cast<short>(POLLIN | (client && client->waits() ? POLLOUT : 0));
    watched.push_back({client ? client->descriptor() : -1, events, 0});
  }
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(next - Clock::now());
  const int timeout = static_cast<int>(std::max<std::int64_t>(0, left.count()));
  if (::poll(watched.data(), watched.size(), timeout) <= 0) return;
  std::uint64_t raised = 0;
  if (watched[0].revents != 0) [[maybe_unused]]
    const auto taken = ::read(wake_, &raised, sizeof(raised));
  for (std::size_t i = 0; i < clients_.size(); ++i) {
    if (watched[i + 1].revents != 0) serve(i, watched[i + 1].revents);
  }
}

void Broadcaster::serve(std::size_t index, short events) {
  auto& client = clients_[index];
  const bool broken = (events & (POLLERR | POLLNVAL)) != 0;
  const bool lives = !broken && client->read() && client->flush(newest_, Clock::now());
  missed_.fetch_add(client->take_missed_count());
  if (lives) return;
  client.reset();
  give_back();
}

void Broadcaster::take_newcomers() {
  std::vector<Listener> newcomers;
  {
    const std::lock_guard lock(newcomers_mutex_);
    newcomers.swap(newcomers_);
  }
  for (Listener& listener : newcomers) {
    auto client = std::make_unique<Client>(std::move(listener), options_.client_bytes, Clock::now());
    catch_up(*client);
    clients_.push_back(std::move(client));
    serve(clients_.size() - 1, POLLIN);
  }
}

void Broadcaster::catch_up(Client& client) const {
  const std::uint64_t last = client.last_number();
  // A number that is not ours yet is of a run before this one: what lies between nobody knows.
  if (last == 0) return;
  const std::uint64_t oldest = kept_.empty() ? newest_ + 1 : kept_.front()->number;
  if (last > newest_ || last + 1 < oldest) {
    client.add_missed(last > newest_ ? 1 : oldest - last - 1);
    client.flush(oldest - 1, Clock::now());  // told before what follows
  }
  for (const MessagePtr& message : kept_) {
    if (message->number > last || last > newest_) client.tell(*message);
  }
}

void Broadcaster::publish() {
  const Inbox::Content content = inbox_.take();
  dropped_.fetch_add(content.dropped);
  for (const model::Event& event : content.events) publish_event(event);
  for (const auto& [id, issue] : content.issues) {
    send(Kind::kIssue, issue.conference, issue.host, "issue", to_text(issue_json(issue)));
  }
  publish_changes(content);
}

HostId Broadcaster::host_of(ConferenceId conference, HostId known) {
  if (!known.valid()) {
    const auto found = hosts_.find(conference);
    return found == hosts_.end() ? HostId{} : found->second;
  }
  if (hosts_.size() >= kMostHosts) hosts_.clear();
  hosts_[conference] = known;
  return known;
}

void Broadcaster::publish_changes(const Inbox::Content& content) {
  for (const auto& [key, place] : content.changed) {
    const HostId host = host_of(place.conference, place.host);
    const Json data{{"type", type_of(key.first)},
                    {"id", hex_id(key.second)},
                    {"conference_id", id_or_null(place.conference.value)},
                    {"host_id", id_or_null(host.value)}};
    send(key.first, place.conference, host, "changed", to_text(data));
  }
}

void Broadcaster::publish_event(const model::Event& event) {
  Json data = event_json({0, event});
  data.erase("id");  // the store gives it
  send(event.kind == "audit" ? Kind::kAudit : Kind::kEvent, event.conference, event.host, "event",
       to_text(data));
}

void Broadcaster::send(Kind kind, ConferenceId conference, HostId host, std::string_view name,
                       const std::string& data) {
  ++newest_;
  published_.fetch_add(1);
  const auto message = std::make_shared<const Message>(Message{newest_, kind, conference, host,
                                                               event_stream_text(newest_, name, data),
                                                               socket_text(newest_, name, data)});
  kept_.push_back(message);
  if (kept_.size() > options_.most_kept) kept_.pop_front();
  for (const auto& client : clients_) {
    if (client) client->tell(*message);
  }
}

void Broadcaster::sweep(Clock::time_point now, bool beat) {
  for (auto& client : clients_) {
    if (!client) continue;
    if (beat) client->beat();
    const bool stuck = client->waits() && now - client->stuck_since() > options_.patience;
    const bool expelled = stuck || (beat && !client->allowed());
    if (expelled) expelled_.fetch_add(1);
    const bool lives = !expelled && client->flush(newest_, now);
    missed_.fetch_add(client->take_missed_count());
    if (lives) continue;
    client.reset();
    give_back();
  }
  std::erase_if(clients_, [](const auto& client) { return client == nullptr; });
}

}  // namespace rtcscope::api::live
