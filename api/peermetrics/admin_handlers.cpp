// Organizations and their apps: who may report at all.

#include <algorithm>

#include "api/peermetrics/handlers.hpp"
#include "api/peermetrics/query.hpp"
#include "api/peermetrics/shapes.hpp"

namespace rtcscope::api::peermetrics {
namespace {

constexpr std::size_t kNameCharacters = 64;
constexpr std::size_t kDomainCharacters = 256;
constexpr std::int64_t kMinInterval = 1'000, kMaxInterval = 600'000;

template <class Entity>
Result<Entity, Refusal> one_of(Rows& rows, const Call& call, Code missing) {
  auto found = rows.find<Entity>(call.arguments.text("{id}").value_or(""));
  if (!found || !found->active) return refused(missing);
  return *std::move(found);
}

/// What the timeline says of a change.
struct Deed {
  const char* action = "";
  std::string what;
};

/// A change that the timeline tells of, once it is stored.
http::Response audited_change(const Services& services, const Call& call,
                              const std::function<Answer(Rows&, Deed&)>& change) {
  Deed deed;
  http::Response response = answer_change(services, call, [&](Rows& rows) { return change(rows, deed); });
  if (response.status == 200 && services.audit) {
    services.audit({deed.action, call.caller.name, call.caller.token_id, call.request.peer, deed.what});
  }
  return response;
}

template <class Entity, class Shape>
http::Response list_all(const Services& services, const Call& call, Shape shape) {
  return answer_query(services, call, [&](Rows& rows) -> Answer {
    Json data = Json::array();
    for (const Entity& one : rows.list<Entity>({})) data.push_back(shape(one));
    return Json{{"data", std::move(data)}};
  });
}

Result<Done, Refusal> take_recording(client::App& app, const Json& body) {
  if (const Json& recording = member(body, "recording"); !recording.is_null()) {
    if (!recording.is_boolean()) return refused(Code::kInvalidParameters);
    app.recording = recording.get<bool>();
  }
  if (const Json& interval = member(body, "interval"); !interval.is_null()) {
    if (!interval.is_number_integer()) return refused(Code::kInvalidParameters);
    app.interval_ms = std::clamp(interval.get<std::int64_t>(), kMinInterval, kMaxInterval);
  }
  return Done{};
}

Result<Done, Refusal> take_app(client::App& app, const Json& body) {
  const auto name = text_field(body, "name", kNameCharacters);
  const auto domain = text_field(body, "domain", kDomainCharacters);
  if (!name || !domain) return refused(Code::kInvalidParameters);
  if (!name->empty()) app.name = *name;
  if (body.contains("domain")) app.domain = *domain;
  return take_recording(app, body);
}

}  // namespace

http::Response list_organizations(const Services& services, const Call& call) {
  return list_all<client::Organization>(services, call, organization_json);
}

http::Response create_organization(const Services& services, const Call& call) {
  const auto body = parse_body(call.request.body);
  return audited_change(services, call, [&](Rows& rows, Deed& deed) -> Answer {
    if (!body) return Unexpected{body.error()};
    const auto name = required_text(*body, "name", kNameCharacters);
    if (!name) return Unexpected{name.error()};
    const client::Organization organization{new_uuid(), services.peermetrics->now(), *name, true};
    rows.save(organization);
    deed = {"organization_created", "made the organization " + *name};
    return Json{{"data", organization_json(organization)}};
  });
}

http::Response show_organization(const Services& services, const Call& call) {
  return answer_query(services, call, [&](Rows& rows) -> Answer {
    const auto found = one_of<client::Organization>(rows, call, Code::kOrganizationNotFound);
    if (!found) return Unexpected{found.error()};
    return Json{{"data", organization_json(*found)}};
  });
}

http::Response update_organization(const Services& services, const Call& call) {
  const auto body = parse_body(call.request.body);
  return audited_change(services, call, [&](Rows& rows, Deed& deed) -> Answer {
    if (!body) return Unexpected{body.error()};
    auto found = one_of<client::Organization>(rows, call, Code::kOrganizationNotFound);
    if (!found) return Unexpected{found.error()};
    const auto name = required_text(*body, "name", kNameCharacters);
    if (!name) return Unexpected{name.error()};
    found->name = *name;
    rows.save(*found);
    deed = {"organization_changed", "changed the organization " + *name};
    return Json{{"data", organization_json(*found)}};
  });
}

http::Response delete_organization(const Services& services, const Call& call) {
  return audited_change(services, call, [&](Rows& rows, Deed& deed) -> Answer {
    auto found = one_of<client::Organization>(rows, call, Code::kOrganizationNotFound);
    if (!found) return Unexpected{found.error()};
    client::Filter filter;
    filter.organization = found->id;
    for (client::App& app : rows.list<client::App>(filter)) {
      app.active = false;
      rows.save(app);
    }
    found->active = false;
    rows.save(*found);
    deed = {"organization_deleted", "deleted the organization " + found->name};
    return Json("");
  });
}

http::Response list_apps(const Services& services, const Call& call) {
  return list_all<client::App>(services, call, app_json);
}

http::Response create_app(const Services& services, const Call& call) {
  const auto body = parse_body(call.request.body);
  return audited_change(services, call, [&](Rows& rows, Deed& deed) -> Answer {
    if (!body) return Unexpected{body.error()};
    const auto name = required_text(*body, "name", kNameCharacters);
    if (!name) return Unexpected{name.error()};
    const auto organization = rows.find<client::Organization>(text_member(*body, "organization"));
    if (!organization || !organization->active) return refused(Code::kOrganizationNotFound);
    client::App app;
    app.id = new_uuid();
    app.created_at = services.peermetrics->now();
    app.organization = organization->id;
    app.api_key = new_api_key();
    if (const auto taken = take_app(app, *body); !taken) return Unexpected{taken.error()};
    rows.save(app);
    deed = {"app_created", "made the app " + app.name};
    return Json{{"data", app_json(app)}};
  });
}

http::Response show_app(const Services& services, const Call& call) {
  return answer_query(services, call, [&](Rows& rows) -> Answer {
    const auto found = one_of<client::App>(rows, call, Code::kAppNotFound);
    if (!found) return Unexpected{found.error()};
    return Json{{"data", app_json(*found)}};
  });
}

http::Response update_app(const Services& services, const Call& call) {
  const auto body = parse_body(call.request.body);
  return audited_change(services, call, [&](Rows& rows, Deed& deed) -> Answer {
    if (!body) return Unexpected{body.error()};
    auto found = one_of<client::App>(rows, call, Code::kAppNotFound);
    if (!found) return Unexpected{found.error()};
    if (const auto taken = take_app(*found, *body); !taken) return Unexpected{taken.error()};
    rows.save(*found);
    deed = {"app_changed", "changed the app " + found->name};
    return Json{{"data", app_json(*found)}};
  });
}

http::Response delete_app(const Services& services, const Call& call) {
  return audited_change(services, call, [&](Rows& rows, Deed& deed) -> Answer {
    auto found = one_of<client::App>(rows, call, Code::kAppNotFound);
    if (!found) return Unexpected{found.error()};
    found->active = false;
    rows.save(*found);
    deed = {"app_deleted", "deleted the app " + found->name};
    return Json("");
  });
}

http::Response reset_app_key(const Services& services, const Call& call) {
  return audited_change(services, call, [&](Rows& rows, Deed& deed) -> Answer {
    auto found = one_of<client::App>(rows, call, Code::kAppNotFound);
    if (!found) return Unexpected{found.error()};
    found->api_key = new_api_key();
    rows.save(*found);
    deed = {"app_key_reset", "gave a new key to the app " + found->name};
    return Json{{"data", app_json(*found)}};
  });
}

}  // namespace rtcscope::api::peermetrics
