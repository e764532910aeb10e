#include "app/feed_options.hpp"

#include <stdexcept>
#include <tuple>
#include <utility>

#include "app/secret_file.hpp"

namespace rtcscope::app {
std::vector<AdminFeedOptions> admin_feeds(const WatchOptions& options) {
  std::vector<AdminFeedOptions> feeds;
  const std::vector<std::string>& files = options.janus_admin_secret_files;
  if (files.size() > 1 && files.size() != options.janus_admin.size()) {
    throw std::runtime_error("--janus-admin-secret-file: give one file, or one for each --janus-admin");
  }
  for (std::size_t i = 0; i < options.janus_admin.size(); ++i) {
    AdminFeedOptions feed;
    feed.url = options.janus_admin[i];
    feed.ca_file = options.janus_admin_ca;
    feed.interval = std::chrono::seconds{options.janus_admin_interval};
    if (!files.empty())
      feed.secret = read_secret("--janus-admin-secret-file", files[files.size() > 1 ? i : 0]);
    feeds.push_back(std::move(feed));
  }
  return feeds;
}

std::vector<BrokerFeedOptions> broker_feeds(const WatchOptions& options) {
  feeds::janus::BrokerLogin login;
  login.ca_file = options.broker_ca;
  if (!options.broker_credentials.empty()) {
    std::tie(login.user, login.password) = read_login("--broker-credentials", options.broker_credentials);
  }
  std::vector<BrokerFeedOptions> feeds;
  for (const std::string& url : options.brokers) feeds.push_back({url, login});
  return feeds;
}

std::optional<OwtWatch> owt_watch(const WatchOptions& all) {
  const OwtCommandOptions& options = all.owt;
  if (options.url.empty()) return std::nullopt;
  OwtWatch watch;
  watch.rest.url = options.url;
  watch.rest.ca_file = options.ca;
  watch.rest.interval = std::chrono::seconds{options.interval};
  watch.rest.viewer = options.viewer_user;
  watch.rest.guess_transports = !options.portal && options.amqp.empty();
  try {
    watch.rest.service = feeds::owt::parse_service(read_secret("--owt-service-file", options.service_file));
  } catch (const std::invalid_argument& error) {
    throw std::runtime_error("--owt-service-file " + options.service_file + ": " + error.what());
  }
  if (options.portal) watch.viewer_role = options.viewer_role;
  if (options.amqp.empty()) return watch;
  OwtBrokerOptions broker{options.amqp, feeds::owt::parse_rest_address(options.url).name(), options.cluster,
                          parse_owt_broker(options.amqp)};
  broker.address.ca_file = all.broker_ca;
  if (!options.amqp_file.empty()) {
    std::tie(broker.address.user, broker.address.password) =
        read_login("--owt-amqp-credentials", options.amqp_file);
  }
  watch.broker = std::move(broker);
  return watch;
}

}  // namespace rtcscope::app
