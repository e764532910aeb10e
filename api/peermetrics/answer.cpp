// From a transaction to an answer.

#include "api/answers.hpp"
#include "api/peermetrics/handlers.hpp"

namespace rtcscope::api::peermetrics {
namespace {

http::Response response_of(Desk& desk, const Answer& answer) {
  if (answer) {
    desk.count_accepted();
    return json_answer(*answer, http::Caching::kNever);
  }
  desk.count_refused(answer.error().code);
  return error_response(answer.error().code);
}

http::Response failure(const Services& services, const Call& call, const store::StoreError& error) {
  services.peermetrics->count_failed();
  if (services.on_error) services.on_error("api: request " + call.request.id + ": " + error.message);
  return http::problem(call.request, 503, "the store cannot answer");
}

std::optional<http::Response> turned_away(const Services& services, const Call& call) {
  if (services.peermetrics == nullptr) {
    return http::problem(call.request, 404, "reports of clients are not taken here");
  }
  if (services.peermetrics->admits(call.request.peer)) return std::nullopt;
  services.peermetrics->count_limited();
  http::Response response = http::problem(call.request, 429, "too many requests from this address");
  response.headers.push_back({"Retry-After", "1"});
  return response;
}

}  // namespace

http::Response answer_query(const Services& services, const Call& call,
                            const std::function<Answer(Rows&)>& ask) {
  if (auto response = turned_away(services, call)) return *std::move(response);
  Answer answer = refused(Code::kUnknownError);
  const auto done = services.peermetrics->reports().read([&](Rows& rows) { answer = ask(rows); });
  return done ? response_of(*services.peermetrics, answer) : failure(services, call, done.error());
}

http::Response answer_change(const Services& services, const Call& call,
                             const std::function<Answer(Rows&)>& change) {
  if (auto response = turned_away(services, call)) return *std::move(response);
  Answer answer = refused(Code::kUnknownError);
  const auto done = services.peermetrics->reports().write([&](Rows& rows) {
    answer = change(rows);
    return answer || answer.error().keep;
  });
  return done ? response_of(*services.peermetrics, answer) : failure(services, call, done.error());
}

}  // namespace rtcscope::api::peermetrics
