#include "app/bus_options.hpp"

#include <spdlog/spdlog.h>

#include <tuple>

#include "app/secret_file.hpp"

namespace rtcscope::app {

bus::BusPlace bus_place(const BusOptions& options) {
  bus::BusPlace place;
  place.address = bus::parse_bus_address(options.url);
  if (!options.credentials.empty()) {
    std::tie(place.user, place.password) = read_login("--bus-credentials", options.credentials);
  }
  place.ca_file = options.ca;
  place.queue_bytes = std::uint64_t{options.queue_mebibytes} << 20U;
  return place;
}

void log_line(bool trouble, const std::string& line) {
  spdlog::log(trouble ? spdlog::level::warn : spdlog::level::info, "{}", line);
}

}  // namespace rtcscope::app
