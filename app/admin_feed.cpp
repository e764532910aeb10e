#include "app/admin_feed.hpp"

#include <stdexcept>

#include "app/host.hpp"

namespace rtcscope::app {

AdminFeed::AdminFeed(AdminFeedOptions options, Enqueue enqueue)
    : FeedThread("janus_admin", options.url, "Admin API " + options.url, std::move(enqueue)),
      options_(std::move(options)),
      address_(feeds::janus::parse_admin_address(options_.url)) {
  start();
}

Duration AdminFeed::attempt() {
  try {
    if (!transport_) transport_ = feeds::janus::connect_admin(address_, options_.ca_file);
    ask_all();
  } catch (...) {
    transport_.reset();
    throw;
  }
  return options_.interval;
}

void AdminFeed::ask_all() {
  const UtcTime begin = utc_now();
  const Duration gap = std::chrono::nanoseconds{std::chrono::seconds{1}} / options_.requests_per_second;
  sweep_.begin(begin);
  for (;;) {
    const std::string transaction = "rtcscope-" + std::to_string(++transactions_);
    const auto request = sweep_.next(transaction, options_.secret);
    if (!request) break;
    const UtcTime asked = utc_now();
    std::string answer = transport_->exchange(*request, transaction);
    if (sweep_.answer(answer, asked)) deliver_answer(std::move(answer), asked);
    if (!sleep(gap)) return;
  }
  if (!sweep_.failure().empty()) throw std::runtime_error(sweep_.failure());
  deliver_answer(sweep_.inventory(), begin);
  set_connected("is " + sweep_.server() + " with " + std::to_string(sweep_.sessions()) + " sessions, " +
                std::to_string(sweep_.handles()) + " handles");
}

void AdminFeed::deliver_answer(std::string json, UtcTime asked) {
  deliver({utc_now(), std::move(json), feeds::AdminQuestion{sweep_.server(), asked}});
}

}  // namespace rtcscope::app
