#pragma once
// The whole API as one function from request to answer. http::Server calls it.

#include "api/access/guard.hpp"
#include "api/answer_cache.hpp"
#include "api/http/server.hpp"
#include "api/routes.hpp"
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
  [[nodiscard]] http::Response dispatch(const http::Request& request, const Target& target);
  /// From the cache where the answer is the same for everybody and the rows have not changed.
  [[nodiscard]] http::Response answer(const Route& route, const Call& call);
  /// As Peermetrics' own API: identifiers are UUIDs, and unknown parameters are left aside.
  [[nodiscard]] http::Response respond_to_theirs(const http::Request& request, const Route& route,
                                                 std::string_view id, const access::Caller& caller);

  Services services_;
  access::Guard open_guard_;
  access::Guard& guard_;
  StaticFiles files_;
  AnswerCache answers_;
};

}  // namespace rtcscope::api
