#include "feeds/feed_parser.hpp"

#include "feeds/janus/admin_reply.hpp"
#include "feeds/janus/event_parser.hpp"

namespace rtcscope::feeds {
namespace {

struct ServerOf {
  std::string operator()(const JanusEvents&) const { return {}; }
  template <class Named>
  std::string operator()(const Named& named) const {
    return named.server;
  }
};

}  // namespace

DeliveryCounts FeedParser::parse(const Delivery& delivery, FactSink& sink) {
  if (std::holds_alternative<JanusEvents>(delivery.what)) return janus::parse_delivery(delivery.json, sink);
  if (const auto* question = std::get_if<AdminQuestion>(&delivery.what)) {
    return janus::parse_admin_reply(delivery.json, *question, delivery.received, sink);
  }
  if (owt::Translator* known = translator(delivery)) return known->take(delivery, sink);
  DeliveryCounts refused;
  refused.refused[static_cast<std::size_t>(EventErrc::kTooManyEvents)] = 1;
  return refused;
}

owt::Translator* FeedParser::translator(const Delivery& delivery) {
  const std::string server = std::visit(ServerOf{}, delivery.what);
  const auto known = translators_.find(server);
  if (known != translators_.end()) return &known->second;
  if (translators_.size() >= kMaxServers) return nullptr;
  return &translators_.try_emplace(server, owt_viewer_).first->second;
}

}  // namespace rtcscope::feeds
