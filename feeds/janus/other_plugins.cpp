// Plugin events (type 64) of the plugins beside the VideoRoom: who is with whom, as far as they say it.

#include <utility>

#include "base/text.hpp"
#include "feeds/janus/event_bodies.hpp"
#include "feeds/wire/sip_secrets.hpp"

namespace rtcscope::feeds::janus {
namespace {

/// What a plugin calls the event; a few stand under the plugin's own name, the Streaming plugin's under
/// `status`.
std::string event_name(const std::string& plugin, Fields& data) {
  for (const char* key : {"event", plugin.c_str(), "status"}) {
    if (data.has(key)) return data.optional_text(key);
  }
  return {};
}

BodyResult parse_audiobridge(const std::string& name, Fields& data, const Json& event) {
  constexpr const char* kPlugin = "audiobridge";
  if (name == "created") return checked(data, RoomCreated{kPlugin, data.id("room")});
  if (name == "destroyed") return checked(data, RoomDestroyed{kPlugin, data.id("room")});
  if (name == "joined") {
    RoomJoined joined{kPlugin, data.id("room"), data.id("id"), "", data.optional_text("display")};
    return checked(data, std::move(joined));
  }
  if (name == "left" || name == "kicked") {
    RoomLeft left{kPlugin, data.id("room"), data.id("id"), name == "left" ? "leaving" : name};
    return checked(data, std::move(left));
  }
  return checked(data, other_event(std::string(kPlugin) + " " + name, event));
}

BodyResult parse_textroom(const std::string& name, Fields& data, const Json& event) {
  constexpr const char* kPlugin = "textroom";
  if (name == "created") return checked(data, RoomCreated{kPlugin, data.id("room")});
  if (name == "destroyed") return checked(data, RoomDestroyed{kPlugin, data.id("room")});
  if (name == "join") {
    RoomJoined joined{kPlugin, data.id("room"), data.id("username"), "", data.optional_text("display")};
    return checked(data, std::move(joined));
  }
  if (name == "leave" || name == "kicked") {
    RoomLeft left{kPlugin, data.id("room"), data.id("username"), name == "leave" ? "leaving" : name};
    return checked(data, std::move(left));
  }
  return checked(data, other_event(std::string(kPlugin) + " " + name, event));
}

/// A mountpoint and who watches it: viewers have no name, the handle stands for them.
BodyResult parse_streaming(const std::string& name, Fields& data, const Json& event) {
  constexpr const char* kPlugin = "streaming";
  if (name == "created") return checked(data, RoomCreated{kPlugin, data.id("id")});
  if (name == "destroyed") return checked(data, RoomDestroyed{kPlugin, data.id("id")});
  if ((name == "starting" || name == "started") && data.has("id")) {
    return checked(data, RoomJoined{kPlugin, data.id("id"), "", "", ""});
  }
  if (name == "stopping" && data.has("id")) {
    return checked(data, RoomLeft{kPlugin, data.id("id"), "", "stopped"});
  }
  return checked(data, other_event(std::string(kPlugin) + " " + name, event));
}

/// The message as it was sent or received, for the timeline and for HEP, without its secrets.
BodyResult sip_message(const std::string& name, const Json& text) {
  if (!text.is_string()) return Unexpected{EventErrc::kBadMember};
  std::string sip = text.get<std::string>();
  blot_sip_secrets(sip);
  const std::string direction = name == "sip-in" ? "received" : "sent";
  const std::string start_line = clean_utf8(sip.substr(0, sip.find_first_of("\r\n")), 200);
  const Json detail{{"direction", direction}, {"sip", std::move(sip)}};
  std::string json = detail.dump(-1, ' ', false, Json::error_handler_t::replace);
  if (json.size() > kMaxSipJsonBytes) {
    json = Json{{"direction", direction}, {"omitted_bytes", json.size()}}.dump();
  }
  return FactBody{OtherEvent{"sip " + direction + ": " + start_line, std::move(json)}};
}

/// A call is a room named by its Call-ID (RFC 3261, 8.1.1.4): the key by which SIP traces know it, too.
BodyResult parse_sip(const std::string& name, Fields& data, const Json& event) {
  constexpr const char* kPlugin = "sip";
  const bool begins =
      name == "calling" || name == "incomingcall" || name == "accepting" || name == "accepted";
  if (begins && data.has("call-id")) {
    std::string display = data.optional_text("displayname");
    if (display.empty()) display = data.optional_text(name == "calling" ? "callee" : "username");
    return checked(data, RoomJoined{kPlugin, data.text("call-id"), "", "", std::move(display)});
  }
  if (const Json* text = data.find("sip"); text != nullptr && (name == "sip-in" || name == "sip-out")) {
    return sip_message(name, *text);
  }
  if (name == "hangup" && data.has("call-id")) {
    const std::string reason = data.optional_text("reason");
    return checked(data, RoomLeft{kPlugin, data.text("call-id"), "", reason.empty() ? "hang-up" : reason});
  }
  return checked(data, other_event(std::string(kPlugin) + " " + name, event));
}

/// VideoCall does not say who calls whom, RecordPlay and NoSIP have nobody else: each handle is by itself.
BodyResult parse_alone(const std::string& plugin, const std::string& name, Fields& data, const Json& event) {
  if (plugin == "echotest" && name.empty()) return checked(data, SoloActivity{plugin, ""});
  const bool call =
      plugin == "videocall" && (name == "registered" || name == "calling" || name == "accepted");
  if (call) return checked(data, SoloActivity{plugin, data.optional_text("username")});
  const bool record =
      plugin == "recordplay" && (name == "recording" || name == "playout" || name == "playing");
  const bool nosip = plugin == "nosip" && (name == "generated" || name == "processed");
  if (record || nosip) return checked(data, SoloActivity{plugin, ""});
  return checked(data, other_event(plugin + " " + name, event));
}

}  // namespace

BodyResult parse_other_plugin(const std::string& plugin, Fields& data, const Json& event) {
  const std::string name = event_name(plugin, data);
  if (!data.ok()) return Unexpected{EventErrc::kBadMember};
  if (plugin == "audiobridge") return parse_audiobridge(name, data, event);
  if (plugin == "textroom") return parse_textroom(name, data, event);
  if (plugin == "streaming") return parse_streaming(name, data, event);
  if (plugin == "sip") return parse_sip(name, data, event);
  return parse_alone(plugin, name, data, event);
}

}  // namespace rtcscope::feeds::janus
