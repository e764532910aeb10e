#pragma once
// What handlers answer with.

#include <string>

#include "api/entity_json.hpp"
#include "api/routes.hpp"

namespace rtcscope::api {

http::Response json_answer(const Json& json, http::Caching caching = http::Caching::kRevalidate);

/// 400 when the question was at fault, 503 when the store is, 500 when rtcscope is. What went wrong inside
/// goes to the log, not to the client.
http::Response store_failure(const Services& services, const Call& call, const store::StoreError& error);

/// An event of the kind audit: the caller, "somebody" without a token, did `what`.
void audit(const Services& services, const Call& call, const char* action, const std::string& what);

/// "there is no conference 00000000000000ff"
http::Response not_found(const Call& call, const std::string& kind);

template <class Item, class ToJson>
Json json_list(const std::vector<Item>& items, ToJson to_json) {
  Json list = Json::array();
  for (const Item& item : items) list.push_back(to_json(item));
  return list;
}

template <class Item, class ToJson>
http::Response page_answer(const Services& services, const Call& call,
                           const store::StoreResult<store::Page<Item>>& page, ToJson to_json) {
  if (!page) return store_failure(services, call, page.error());
  Json json{{"items", json_list(page->items, to_json)}};
  json["next"] = page->next ? Json(*page->next) : Json(nullptr);
  return json_answer(json);
}

/// The thing itself, 404 with its kind when it is not there, or the store's failure.
template <class Item, class ToJson>
http::Response one_answer(const Services& services, const Call& call, const char* kind,
                          const store::StoreResult<std::optional<Item>>& item, ToJson to_json) {
  if (!item) return store_failure(services, call, item.error());
  if (!item->has_value()) return not_found(call, kind);
  return json_answer(to_json(**item));
}

}  // namespace rtcscope::api
