#include "feeds/owt/portal_session.hpp"

#include <charconv>

#include "base/base64.hpp"
#include "feeds/owt/rest_answers.hpp"

namespace rtcscope::feeds::owt {
namespace {

using Kind = SocketIoMessage::Kind;

constexpr std::uint64_t kLogin = 1;
constexpr std::uint64_t kLogout = 2;

std::string signal(const std::string& event, const Json& data) {
  return Json{{"event", event}, {"data", data}}.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

std::optional<PortalAddress> parse_token(std::string_view token) {
  const auto text = decode_base64(token);
  if (!text) return std::nullopt;
  const Json json = parse_bounded(*text);
  Fields fields(json);
  const std::string host = fields.text("host");
  const bool secure = fields.has("secure") && fields.flag("secure");
  const std::size_t colon = host.rfind(':');
  if (!fields.ok() || colon == std::string::npos || colon == 0) return std::nullopt;
  PortalAddress address{host.substr(0, colon), 0, secure};
  const char* const end = host.data() + host.size();
  const auto [stop, error] = std::from_chars(host.data() + colon + 1, end, address.port);
  if (error != std::errc{} || stop != end || address.port == 0) return std::nullopt;
  return address;
}

PortalSession::Reaction PortalSession::take(std::string_view text) {
  Reaction reaction;
  const SocketIoMessage message = parse_socket_io(text);
  if (message.malformed) {
    malformed_ += 1;
    return reaction;
  }
  switch (message.kind) {
    case Kind::kOpen:
      reaction.send.emplace_back(kSocketIoConnect);
      break;
    case Kind::kPing:
      reaction.send.emplace_back(kSocketIoPong);
      break;
    case Kind::kConnected:
      log_in(reaction);
      break;
    case Kind::kAcknowledgement:
      if (message.id == kLogin && !in_room_) take_login(message.data, reaction);
      break;
    case Kind::kEvent:
      take_event(message, reaction);
      break;
    case Kind::kClose:
    case Kind::kDisconnected:
      fail("the portal ended the session");
      break;
    case Kind::kRefused:
      fail("the portal refused the session");
      break;
    case Kind::kOther:
      break;
  }
  return reaction;
}

std::vector<std::string> PortalSession::leave() const {
  if (!in_room_) return {};
  return {socket_io_request(kLogout, "logout", nullptr), "41"};
}

// A client of a type that the portal does not know is not waited for when its connection is lost: it leaves
// at once.
void PortalSession::log_in(Reaction& reaction) {
  const Json sdk{{"type", "rtcscope"}, {"version", "1"}};
  reaction.send.push_back(socket_io_request(
      kLogin, "login",
      {{"token", token_}, {"userAgent", {{"sdk", sdk}}}, {"protocol", "1.2"}, {"reconnection", false}}));
}

void PortalSession::take_login(const nlohmann::json& answer, Reaction& reaction) {
  const bool accepted = !answer.empty() && answer[0] == "ok" && answer.size() > 1;
  if (!accepted) {
    const bool told = answer.size() > 1 && answer[1].is_string();
    return fail("login: " + (told ? clean_utf8(answer[1].get_ref<const std::string&>()) : "refused"));
  }
  const Json& data = answer[1];
  Fields fields(data);
  Fields room(fields.object("room"));
  const auto people = parse_list<Participant>(room.array("participants"), parse_participant);
  if (!people || !room.ok()) return fail("login: the answer names no room");
  in_room_ = true;
  for (const Participant& who : *people) {
    if (who.user != viewer_) people_.insert(who.id);
  }
  over_ = people_.empty();
  reaction.signals.push_back(signal("login", data));
}

void PortalSession::take_event(const SocketIoMessage& message, Reaction& reaction) {
  if (!in_room_) return;
  if (message.event == "drop") return fail("the viewer was dropped from the room");
  if (message.event == "participant") count_people(message.data);
  reaction.signals.push_back(signal(message.event, message.data));
}

void PortalSession::count_people(const nlohmann::json& event) {
  Fields fields(event);
  const std::string action = fields.text("action");
  if (action == "join" && people_.size() < kMaxListed) {
    const auto who = parse_participant(fields.object("data"));
    if (who && who->user != viewer_) people_.insert(who->id);
  }
  if (action != "leave") return;
  people_.erase(fields.optional_text("data"));
  over_ = over_ || people_.empty();
}

void PortalSession::fail(std::string why) {
  over_ = true;
  failure_ = std::move(why);
}

}  // namespace rtcscope::feeds::owt
