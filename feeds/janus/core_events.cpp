// Sessions, handles, transports and the server itself (types 1, 2, 4, 128, 256).

#include "feeds/janus/event_bodies.hpp"

namespace rtcscope::feeds::janus {
namespace {

std::string transport_key(std::string transport, const std::string& id) {
  constexpr std::string_view kPrefix = "janus.transport.";
  if (transport.starts_with(kPrefix)) transport.erase(0, kPrefix.size());
  return transport + "/" + id;
}

}  // namespace

OtherEvent other_event(std::string name, const Json& event) {
  std::string json = event.dump(-1, ' ', false, Json::error_handler_t::replace);
  // Cut JSON is no JSON: say what is missing instead.
  if (json.size() > kMaxOtherJsonBytes) json = "{\"omitted_bytes\":" + std::to_string(json.size()) + "}";
  return {clean_utf8(name), std::move(json)};
}

std::string plugin_name(std::string name) {
  constexpr std::string_view kPrefix = "janus.plugin.";
  if (name.starts_with(kPrefix)) name.erase(0, kPrefix.size());
  return name;
}

BodyResult parse_body(std::int64_t type, const Json& event) {
  switch (type) {
    case kSession:
      return parse_session(event);
    case kHandle:
      return parse_handle(event);
    case kExternal:
      return FactBody{other_event("external", event)};
    case kJsep:
      return parse_jsep(event);
    case kWebrtc:
      return parse_webrtc(event);
    case kMedia:
      return parse_media(event);
    case kPlugin:
      return parse_plugin(event);
    case kTransport:
      return parse_transport(event);
    case kCore:
      return parse_core(event);
    default:
      return FactBody{other_event("type " + std::to_string(type), event)};
  }
}

BodyResult parse_session(const Json& event) {
  Fields fields(event);
  const std::string name = fields.text("name");
  if (name == "created") {
    SessionCreated created;
    if (fields.has("transport")) {
      Fields transport(fields.object("transport"));
      created.transport_key = transport_key(transport.text("transport"), transport.id("id"));
      if (!transport.ok()) return Unexpected{EventErrc::kBadMember};
    }
    return checked(fields, std::move(created));
  }
  if (name == "destroyed" || name == "timeout") return checked(fields, SessionEnded{name});
  return checked(fields, other_event("session " + name, event));
}

BodyResult parse_handle(const Json& event) {
  Fields fields(event);
  const std::string name = fields.text("name");
  if (name == "attached") return checked(fields, HandleAttached{plugin_name(fields.text("plugin"))});
  if (name == "detached") return checked(fields, HandleDetached{});
  return checked(fields, other_event("handle " + name, event));
}

BodyResult parse_transport(const Json& event) {
  Fields fields(event);
  const std::string transport = fields.text("transport");
  const std::string key = transport_key(transport, fields.id("id"));
  Fields data(fields.object("data"));
  if (!fields.ok()) return Unexpected{EventErrc::kBadMember};
  const std::string name = data.optional_text("event");
  if (data.has("ip")) {
    const auto address = parse_ip_address(data.text("ip"));
    const bool admin = data.has("admin_api") && data.flag("admin_api");
    if (address) return checked(data, SignallingPeer{key, *address, admin});
  }
  return checked(data, other_event("transport " + name, event));
}

BodyResult parse_core(const Json& event) {
  Fields fields(event);
  const std::string status = fields.text("status");
  if (status == "started") {
    ServerStarted started{"janus", ""};
    if (fields.has("info")) {
      Fields info(fields.object("info"));
      started.version = info.optional_text("version_string");
      if (!info.ok()) return Unexpected{EventErrc::kBadMember};
    }
    return checked(fields, std::move(started));
  }
  if (status == "shutdown") {
    const auto signal = fields.optional_integer("signum");
    return checked(fields, ServerStopped{signal ? "signal " + std::to_string(*signal) : "shutdown"});
  }
  return checked(fields, other_event("server " + status, event));
}

}  // namespace rtcscope::feeds::janus
