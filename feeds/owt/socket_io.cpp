#include "feeds/owt/socket_io.hpp"

#include <charconv>

#include "feeds/owt/rest_answers.hpp"

namespace rtcscope::feeds::owt {
namespace {

using Kind = SocketIoMessage::Kind;

/// The number in front of a payload; the payload is what is left of `text`.
std::uint64_t take_id(std::string_view& text) {
  std::uint64_t id = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return error == std::errc{} ? id : 0;
}

void take_payload(SocketIoMessage& message, std::string_view text) {
  if (text.empty()) return;
  message.data = parse_bounded(text);
  message.malformed = message.data.is_discarded();
}

void take_event(SocketIoMessage& message) {
  const bool formed = message.data.is_array() && !message.data.empty() && message.data[0].is_string();
  if (!formed) {
    message.malformed = true;
    return;
  }
  message.event = clean_utf8(message.data[0].get_ref<const std::string&>());
  // The portal's events have one argument, or none.
  Json argument = message.data.size() > 1 ? message.data[1] : Json(nullptr);
  message.data = std::move(argument);
}

Kind kind_of(char type) {
  switch (type) {
    case '0':
      return Kind::kConnected;
    case '1':
      return Kind::kDisconnected;
    case '2':
      return Kind::kEvent;
    case '3':
      return Kind::kAcknowledgement;
    case '4':
      return Kind::kRefused;
    default:
      return Kind::kOther;
  }
}

}  // namespace

SocketIoMessage parse_socket_io(std::string_view text) {
  SocketIoMessage message;
  if (text.empty()) return message;
  const char type = text.front();
  text.remove_prefix(1);
  if (type == '0') message.kind = Kind::kOpen;
  if (type == '1') message.kind = Kind::kClose;
  if (type == '2') message.kind = Kind::kPing;
  if (type == '0') take_payload(message, text);
  if (type != '4' || text.empty()) return message;
  message.kind = kind_of(text.front());
  text.remove_prefix(1);
  if (message.kind == Kind::kOther) return message;
  if (message.kind == Kind::kEvent || message.kind == Kind::kAcknowledgement) message.id = take_id(text);
  take_payload(message, text);
  if (message.kind == Kind::kEvent && !message.malformed) take_event(message);
  if (message.kind == Kind::kAcknowledgement && !message.data.is_array()) message.malformed = true;
  return message;
}

std::string socket_io_request(std::uint64_t id, const char* event, const nlohmann::json& data) {
  Json message = Json::array({event});
  if (!data.is_null()) message.push_back(data);
  return "42" + std::to_string(id) + message.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace rtcscope::feeds::owt
