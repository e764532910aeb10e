#include "app/owt_broker_feed.hpp"

#include <stdexcept>
#include <vector>

#include "app/host.hpp"
#include "feeds/wire/io/broker_url.hpp"

namespace rtcscope::app {
namespace {

/// How long a stop may have to wait for a broker that says nothing.
constexpr std::chrono::milliseconds kPatience{200};
/// Between two questions for new workers and the nodes of new rooms.
constexpr Duration kAskInterval = std::chrono::seconds{2};

/// One connection, from the first question to the loss of the broker.
class Tap {
 public:
  explicit Tap(const OwtBrokerOptions& options)
      : connection_(options.address),
        queue_(connection_.declare_own_queue()),
        nodes_(options.cluster, queue_) {
    // The exchange is the cluster's: where it is not there yet, the broker says so.
    connection_.bind(queue_, feeds::owt::kRpcExchange, queue_);
    connection_.consume(queue_);
  }

  void ask(const std::set<std::string>& rooms) { send(nodes_.ask(rooms)); }

  /// A message of a media agent and the room it is about; nothing when none came in time.
  std::optional<std::pair<std::string, std::string>> next() {
    auto message = connection_.next(kPatience);
    if (!message) return std::nullopt;
    if (message->routing_key == queue_) {
      const std::uint64_t malformed = nodes_.malformed();
      send(nodes_.take_reply(message->body));
      bind_new_nodes();
      if (nodes_.malformed() == malformed) return std::nullopt;
      return std::pair{std::move(message->body), std::string()};  // for the parser to count
    }
    nodes_.heard(message->routing_key);
    bind_new_nodes();
    return std::pair{std::move(message->body), nodes_.room_of(message->routing_key)};
  }

  [[nodiscard]] std::size_t workers() const noexcept { return nodes_.workers(); }

 private:
  void send(const std::vector<feeds::owt::NodeWatch::Call>& calls) {
    for (const auto& call : calls) connection_.publish("", call.queue, call.json);
  }
  void bind_new_nodes() {
    for (const std::string& node : nodes_.take_new_nodes()) {
      connection_.bind(queue_, feeds::owt::kRpcExchange, node);
    }
  }

  feeds::AmqpConnection connection_;
  std::string queue_;
  feeds::owt::NodeWatch nodes_;
};

}  // namespace

OwtBrokerFeed::OwtBrokerFeed(OwtBrokerOptions options, std::shared_ptr<ActiveRooms> rooms, Enqueue enqueue)
    : FeedThread("owt_amqp", options.url, "OWT broker " + options.url, std::move(enqueue)),
      options_(std::move(options)),
      rooms_(std::move(rooms)) {
  start();
}

Duration OwtBrokerFeed::attempt() {
  Tap tap(options_);
  UtcTime next_ask{};
  while (!stopping()) {
    if (const UtcTime now = utc_now(); now >= next_ask) {
      tap.ask(rooms_->get());
      next_ask = now + kAskInterval;
    }
    if (auto message = tap.next()) {
      deliver({utc_now(), std::move(message->first), feeds::OwtCast{options_.server, message->second}});
    }
    if (tap.workers() != 0)
      set_connected("listens to " + std::to_string(tap.workers()) + " conference workers");
  }
  return {};
}

feeds::AmqpAddress parse_owt_broker(const std::string& url) {
  const auto parts = feeds::split_broker_url(url);
  const bool amqp = parts && (parts->scheme == "amqp" || parts->scheme == "amqps");
  if (!amqp || parts->has_login || !parts->parameters.empty()) {
    throw std::runtime_error(
        "\"" + feeds::without_login(url) +
        "\" is no address of an OWT broker: write amqp://HOST:5672/VHOST (amqps: over TLS), "
        "without user and password: they are read from --owt-amqp-credentials");
  }
  feeds::AmqpAddress address;
  address.tls = parts->scheme == "amqps";
  address.host = parts->host;
  address.port = parts->port;
  if (!parts->path.empty()) address.virtual_host = parts->path;
  return address;
}

}  // namespace rtcscope::app
