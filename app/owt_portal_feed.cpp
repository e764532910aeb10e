#include "app/owt_portal_feed.hpp"

#include <nlohmann/json.hpp>
#include <stdexcept>
#include <vector>

#include "app/host.hpp"

namespace rtcscope::app {
namespace {

/// How long a stop may have to wait, and a room that is in use.
constexpr int kPatience_ms = 200;
/// The server has this long to let a viewer in.
constexpr Duration kLoginPatience = std::chrono::seconds{10};
constexpr Duration kRetry = std::chrono::seconds{30};

}  // namespace

OwtPortalFeed::OwtPortalFeed(OwtOptions options, std::string role, std::shared_ptr<ActiveRooms> rooms,
                             Enqueue enqueue)
    : FeedThread("owt_portal", options.url, "OWT portal of " + options.url, std::move(enqueue)),
      options_(std::move(options)),
      role_(std::move(role)),
      address_(feeds::owt::parse_rest_address(options_.url)),
      client_(address_, options_.service, options_.ca_file),
      rooms_(std::move(rooms)) {
  start();
}

Duration OwtPortalFeed::attempt() {
  try {
    while (!stopping()) {
      follow_rooms();
      listen();
      leave_finished();
    }
    while (!viewers_.empty()) leave(viewers_.begin()->first);
  } catch (...) {
    viewers_.clear();
    throw;
  }
  return {};
}

void OwtPortalFeed::follow_rooms() {
  const std::set<std::string> wanted = rooms_->get();
  const UtcTime now = utc_now();
  std::erase_if(not_before_, [&](const auto& entry) { return entry.second < now; });
  for (const std::string& room : wanted) {
    if (stopping() || viewers_.size() >= kMaxRooms) return;
    if (viewers_.count(room) != 0 || not_before_.count(room) != 0) continue;
    guard(room, [&] { enter(room); });
  }
  std::vector<std::string> idle;
  for (const auto& [room, viewer] : viewers_) {
    // The list may be older than the viewer.
    if (wanted.count(room) == 0 && now - viewer.since > 2 * options_.interval) idle.push_back(room);
  }
  for (const std::string& room : idle) leave(room);
  if (wanted.empty()) set_connected("waits for a room in use");
}

void OwtPortalFeed::enter(const std::string& room) {
  const nlohmann::json request{
      {"user", options_.viewer}, {"role", role_}, {"preference", {{"isp", "isp"}, {"region", "region"}}}};
  const feeds::owt::RestAnswer answer = client_.post("/v1/rooms/" + room + "/tokens", request.dump());
  const auto address = answer.status == 200 ? feeds::owt::parse_token(answer.body) : std::nullopt;
  if (!address) {
    not_before_[room] = utc_now() + kRetry;
    set_trouble("no token for room " + room + ": HTTP status " + std::to_string(answer.status) +
                "; does the role " + role_ + " exist?");
    return;
  }
  auto socket = std::make_unique<feeds::owt::PortalSocket>(*address, options_.ca_file);
  viewers_.insert_or_assign(
      room, Viewer{std::move(socket), feeds::owt::PortalSession(answer.body, options_.viewer), utc_now()});
}

void OwtPortalFeed::listen() {
  std::vector<std::string> rooms;
  std::vector<feeds::owt::PortalSocket*> sockets;
  for (const auto& [room, viewer] : viewers_) {
    rooms.push_back(room);
    sockets.push_back(viewer.socket.get());
  }
  if (sockets.empty()) {
    (void)sleep(std::chrono::milliseconds{kPatience_ms});
    return;
  }
  for (const std::size_t i : feeds::owt::readable(sockets, kPatience_ms)) {
    guard(rooms[i], [&] { hear(rooms[i], viewers_.at(rooms[i])); });
  }
}

// A cluster may have several portals: what is wrong with one says nothing of the rooms of another.
void OwtPortalFeed::guard(const std::string& room, const std::function<void()>& step) {
  try {
    step();
  } catch (const std::runtime_error& error) {
    viewers_.erase(room);
    if (viewers_.empty()) throw;
    not_before_[room] = utc_now() + kRetry;
    set_trouble("room " + room + ": " + error.what());
  }
}

void OwtPortalFeed::hear(const std::string& room, Viewer& viewer) {
  const bool was_in = viewer.session.in_room();
  const std::uint64_t malformed = viewer.session.malformed();
  std::string message = viewer.socket->receive();
  feeds::owt::PortalSession::Reaction reaction = viewer.session.take(message);
  // Whoever parses what is handed on counts it as refused.
  if (viewer.session.malformed() != malformed) reaction.signals.push_back(std::move(message));
  for (const std::string& text : reaction.send) viewer.socket->send(text);
  for (std::string& signal : reaction.signals) {
    deliver({utc_now(), std::move(signal), feeds::OwtSignal{address_.name(), room}});
  }
  if (!was_in && viewer.session.in_room()) set_connected("has a viewer in room " + room);
}

void OwtPortalFeed::leave(const std::string& room) {
  const auto viewer = viewers_.find(room);
  try {
    for (const std::string& text : viewer->second.session.leave()) viewer->second.socket->send(text);
  } catch (const std::exception&) {
    // It is gone already, and that is all that was wanted.
  }
  viewers_.erase(viewer);
}

void OwtPortalFeed::leave_finished() {
  const UtcTime now = utc_now();
  std::vector<std::string> finished;
  for (const auto& [room, viewer] : viewers_) {
    const bool late = !viewer.session.in_room() && now - viewer.since > kLoginPatience;
    if (!viewer.session.over() && !late) continue;
    finished.push_back(room);
    const std::string& why = viewer.session.failure();
    if (late || !why.empty()) {
      set_trouble("room " + room + ": " + (why.empty() ? "the portal does not let the viewer in" : why));
    }
    // A room that was left because nobody is there is listed as in use until the next look at it.
    not_before_[room] = now + (why.empty() && !late ? 2 * options_.interval : kRetry);
  }
  for (const std::string& room : finished) leave(room);
}

}  // namespace rtcscope::app
