#include "app/owt_rest_feed.hpp"

#include <stdexcept>

#include "app/host.hpp"

namespace rtcscope::app {

OwtRestFeed::OwtRestFeed(OwtOptions options, std::shared_ptr<ActiveRooms> rooms, Enqueue enqueue)
    : FeedThread("owt_rest", options.url, "OWT management API " + options.url, std::move(enqueue)),
      options_(std::move(options)),
      address_(feeds::owt::parse_rest_address(options_.url)),
      client_(address_, options_.service, options_.ca_file),
      sweep_(options_.service.id, options_.viewer),
      rooms_(std::move(rooms)) {
  start();
}

Duration OwtRestFeed::attempt() {
  const UtcTime begin = utc_now();
  const Duration gap = std::chrono::nanoseconds{std::chrono::seconds{1}} / options_.requests_per_second;
  sweep_.begin();
  while (const auto path = sweep_.next()) {
    const UtcTime asked = utc_now();
    feeds::owt::RestAnswer answer = client_.get(*path);
    if (sweep_.answer(answer.status, answer.body)) {
      deliver_answer(std::move(answer.body), path->substr(0, path->find('?')), asked);
    }
    if (!sleep(gap)) return {};
  }
  if (!sweep_.failure().empty()) throw std::runtime_error(sweep_.failure());
  deliver_answer(sweep_.inventory(), "inventory", begin);
  rooms_->set(sweep_.used_rooms());
  set_connected("answers with " + std::to_string(sweep_.rooms().size()) + " rooms, " +
                std::to_string(sweep_.used_rooms().size()) + " in use");
  return options_.interval;
}

void OwtRestFeed::deliver_answer(std::string json, std::string path, UtcTime asked) {
  deliver({utc_now(), std::move(json),
           feeds::OwtAnswer{address_.name(), std::move(path), asked, options_.guess_transports}});
}

}  // namespace rtcscope::app
