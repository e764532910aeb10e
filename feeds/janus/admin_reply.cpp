#include "feeds/janus/admin_reply.hpp"

#include "base/json_depth.hpp"
#include "feeds/janus/event_bodies.hpp"
#include "feeds/janus/handle_info.hpp"

namespace rtcscope::feeds::janus {
namespace {

// An inventory lists every handle of a server that may have tens of thousands.
constexpr std::size_t kMaxInventory = 200'000;
constexpr std::size_t kMaxRoster = 10'000;
constexpr std::int64_t kSessionNotFound = 458;
constexpr std::int64_t kHandleNotFound = 459;

/// One answer's way through the parser.
class Reply {
 public:
  Reply(const AdminQuestion& question, UtcTime received, FactSink& sink)
      : question_(question), received_(received), sink_(sink) {
    origin_.server = question.server;
    origin_.time = received;
    origin_.seen_at = question.asked;
  }

  void read(const Json& json) {
    Fields fields(json);
    const std::string kind = fields.text("janus");
    if (!fields.ok()) return refuse(EventErrc::kBadMember);
    if (kind == "error") return error(fields);
    if (kind == "server_info") return server(fields);
    if (kind == "inventory") return inventory(fields);
    if (fields.has("info")) return handle(fields);
    if (fields.has("response")) return plugin(fields);
  }

  void refuse(EventErrc code) noexcept { counts.refused[static_cast<std::size_t>(code)] += 1; }

  DeliveryCounts counts;

 private:
  void say(FactBody body) {
    counts.facts += 1;
    sink_.on_fact({origin_, std::move(body)});
  }

  void error(Fields& fields) {
    Fields error(fields.object("error"));
    const std::int64_t code = error.integer("code");
    if (code != kSessionNotFound && code != kHandleNotFound) refuse(EventErrc::kBadMember);
  }

  void server(Fields& fields) {
    ServerSeen seen{"janus", fields.optional_text("version_string")};
    if (!fields.ok()) return refuse(EventErrc::kBadMember);
    say(std::move(seen));
  }

  void handle(Fields& fields) {
    HandleInfo info(question_, received_, sink_);
    info.read(fields.object("info"));
    counts += info.counts;
  }

  void plugin(Fields& fields) {
    Fields response(fields.object("response"));
    if (response.optional_text("videoroom") != "participants") return;
    RoomRoster roster{"videoroom", response.id("room"), {}};
    const Json& users = response.array("participants");
    if (!response.ok() || users.size() > kMaxRoster) return refuse(EventErrc::kBadMember);
    for (const Json& json : users) {
      Fields user(json);
      roster.users.push_back({user.id("id"), user.optional_text("display")});
      if (!user.ok()) return refuse(EventErrc::kBadMember);
    }
    say(std::move(roster));
  }

  void inventory(Fields& fields) {
    ServerInventory inventory;
    std::size_t total = 0;
    for (const auto& [session, handles] : fields.object("handles").items()) {
      if (!handles.is_array()) return refuse(EventErrc::kBadMember);
      std::set<std::string>& listed = inventory.handles[clean_utf8(session)];
      for (const Json& handle : handles) listed.insert(id_text(handle));
      total += 1 + listed.size();
      if (total > kMaxInventory) return refuse(EventErrc::kTooManyEvents);
    }
    if (!fields.ok()) return refuse(EventErrc::kBadMember);
    say(std::move(inventory));
  }

  const AdminQuestion& question_;
  UtcTime received_;
  FactSink& sink_;
  FactOrigin origin_;
};

}  // namespace

DeliveryCounts parse_admin_reply(std::string_view json, const AdminQuestion& question, UtcTime received,
                                 FactSink& sink) {
  Reply reply(question, received, sink);
  if (json.size() > kMaxDeliveryBytes) {
    reply.refuse(EventErrc::kTooLarge);
  } else if (deeper_than(json, kMaxDepth)) {
    reply.refuse(EventErrc::kTooDeep);
  } else if (const Json parsed = Json::parse(json, nullptr, /*allow_exceptions=*/false);
             parsed.is_discarded()) {
    reply.refuse(EventErrc::kNotJson);
  } else {
    reply.read(parsed);
  }
  return reply.counts;
}

Result<std::string, EventErrc> server_name(std::string_view json) {
  const Json parsed = json.size() <= kMaxDeliveryBytes && !deeper_than(json, kMaxDepth)
                          ? Json::parse(json, nullptr, /*allow_exceptions=*/false)
                          : Json(Json::value_t::discarded);
  if (parsed.is_discarded()) return Unexpected{EventErrc::kNotJson};
  Fields fields(parsed);
  std::string name = fields.text("server-name");
  if (!fields.ok()) return Unexpected{EventErrc::kBadMember};
  return name;
}

}  // namespace rtcscope::feeds::janus
