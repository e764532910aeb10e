#include "api/answers.hpp"

#include "base/text.hpp"

namespace rtcscope::api {

http::Response json_answer(const Json& json, http::Caching caching) {
  http::Response response;
  response.media_type = "application/json";
  response.body = to_text(json);
  response.caching = caching;
  return response;
}

http::Response store_failure(const Services& services, const Call& call, const store::StoreError& error) {
  using store::StoreErrc;
  if (error.code == StoreErrc::kBadCursor) {
    return http::problem(call.request, 400, "parameter \"cursor\" is not the cursor of a page of this list");
  }
  if (error.code == StoreErrc::kRejected) return http::problem(call.request, 400, error.message);
  if (services.on_error) services.on_error("api: request " + call.request.id + ": " + error.message);
  const int status = error.code == StoreErrc::kInternal ? 500 : 503;
  return http::problem(call.request, status,
                       std::string("the store cannot answer: ") + store::to_string(error.code));
}

http::Response not_found(const Call& call, const std::string& kind) {
  const auto id = call.arguments.path_id<StrongId<struct AnyTag>>();
  return http::problem(call.request, 404, "there is no " + kind + ' ' + hex_id(id.value));
}

void audit(const Services& services, const Call& call, const char* action, const std::string& what) {
  if (!services.audit) return;
  const bool known = !call.caller.token_id.empty();
  services.audit(
      {action, known ? call.caller.name : "somebody", call.caller.token_id, call.request.peer, what});
}

}  // namespace rtcscope::api
