#pragma once
// The whole API as one function from request to answer. http::Server calls it.

#include "api/access/guard.hpp"
#include "api/http/server.hpp"
#include "api/services.hpp"
#include "api/static_files.hpp"

namespace rtcscope::api {

class Service : public http::Application {
 public:
  /// What `services` refers to must outlive this.
  explicit Service(Services services);

  [[nodiscard]] std::size_t max_body_bytes(const http::Request& request) const override;
  [[nodiscard]] std::optional<http::MessageTarget> message_target(const http::Request& request) override;
  [[nodiscard]] std::optional<http::HandOver> hand_over(const http::Request& request) override;
  [[nodiscard]] http::Response respond(const http::Request& request) override;

 private:
  [[nodiscard]] http::Response dispatch(const http::Request& request);

  Services services_;
  access::Guard open_guard_;
  access::Guard& guard_;
  StaticFiles files_;
};

}  // namespace rtcscope::api
