#include "store/sql/row_codec.hpp"

#include <arpa/inet.h>

#include <nlohmann/json.hpp>

namespace rtcscope::store::sql {

model::Source source_of(const std::string& text) noexcept {
  if (text == "feed") return model::Source::kFeed;
  return text == "packets" ? model::Source::kPackets : model::Source::kObserver;
}

std::string evidence_text(const std::vector<model::Evidence>& evidence) {
  auto list = nlohmann::json::array();
  for (const auto& [kind, detail] : evidence) list.push_back({kind, detail});
  return list.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string list_text(const std::vector<std::string>& list) {
  return nlohmann::json(list).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::vector<std::string> list_of(const std::string& text) {
  const nlohmann::json list = nlohmann::json::parse(text, nullptr, false);
  std::vector<std::string> values;
  if (!list.is_array()) return values;
  for (const nlohmann::json& value : list) {
    if (value.is_string()) values.push_back(value.get<std::string>());
  }
  return values;
}

std::vector<model::Evidence> evidence_of(const std::string& text) {
  const auto list = nlohmann::json::parse(text, nullptr, false);
  std::vector<model::Evidence> evidence;
  if (!list.is_array()) return evidence;
  for (const auto& pair : list) {
    const bool readable = pair.is_array() && pair.size() == 2 && pair[0].is_string() && pair[1].is_string();
    if (readable) evidence.push_back({pair[0].get<std::string>(), pair[1].get<std::string>()});
  }
  return evidence;
}

IpAddress address_of(const std::string& text) noexcept {
  // Not parse_ip_address: that makes an IPv4-mapped IPv6 address IPv4, and what is read must be what was
  // written.
  IpAddress address;
  if (inet_pton(AF_INET, text.c_str(), address.octets.data()) == 1) {
    address.family = IpFamily::kV4;
  } else if (inet_pton(AF_INET6, text.c_str(), address.octets.data()) == 1) {
    address.family = IpFamily::kV6;
  }
  return address;
}

void Binder::ending(const char*, const char*, const char*, const std::optional<model::Ending>& ending) {
  if (!ending) {
    statement_.bind_null().bind_null().bind_null();
    return;
  }
  statement_.bind(ns_since_epoch(ending->time));
  statement_.bind(std::string_view(ending->reason));
  statement_.bind(std::string_view(to_string(ending->source)));
}

void Binder::endpoint(const char*, const char*, const Endpoint& endpoint) {
  statement_.bind(to_string(endpoint.address)).bind(std::int64_t{endpoint.port});
}

void Reader::ending(const char*, const char*, const char*, std::optional<model::Ending>& ending) {
  ending = read_ending(statement_);
}

void Reader::endpoint(const char*, const char*, Endpoint& endpoint) {
  endpoint.address = address_of(statement_.text());
  endpoint.port = static_cast<std::uint16_t>(statement_.integer());
}

std::optional<model::Ending> read_ending(Statement& row) {
  if (row.null_next()) {
    row.skip();
    row.skip();
    row.skip();
    return std::nullopt;
  }
  model::Ending ending;
  ending.time = utc_from_ns(row.integer());
  ending.reason = row.text();
  ending.source = source_of(row.text());
  return ending;
}

}  // namespace rtcscope::store::sql
