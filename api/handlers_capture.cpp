#include <algorithm>

#include "api/answers.hpp"
#include "api/handlers.hpp"
#include "base/text.hpp"

namespace rtcscope::api {
namespace {

/// What belongs to a connection though it was not seen as its beginning or end: clocks of feeds differ.
constexpr Duration kMargin = std::chrono::seconds{5};

FiveTuple five_tuple(const model::Flow& flow) {
  return {flow.client_endpoint, flow.server_endpoint,
          flow.transport == to_string(Transport::kTcp) ? Transport::kTcp : Transport::kUdp};
}

/// The flows' own times: another connection may have had their addresses before or after.
CaptureQuestion question_of(const store::ConnectionDetail& detail, const Call& call) {
  CaptureQuestion question;
  question.from = UtcTime::max();
  for (const store::FlowRow& row : detail.flows) {
    const model::Flow& flow = row.flow;
    question.flows.push_back(five_tuple(flow));
    question.from = std::min(question.from, flow.first_packet - kMargin);
    question.to = std::max(question.to, flow.ended ? flow.last_packet + kMargin : UtcTime::max());
  }
  const store::TimeRange range = call.arguments.time_range();
  if (range.from) question.from = std::max(question.from, *range.from);
  if (range.to) question.to = std::min(question.to, *range.to);
  question.pseudonymise = call.arguments.value<bool>("pseudonymise").value_or(false);
  question.comment = "rtcscope: connection " + hex_id(detail.connection.connection.id.value) + " from " +
                     to_rfc3339(question.from);
  if (question.to != UtcTime::max()) question.comment += " to " + to_rfc3339(question.to);
  question.comment += '.';
  return question;
}

http::Response without_packets(const Call& call, const CaptureAnswer& answer) {
  std::string detail = "no packet of this connection and time is kept";
  if (answer.oldest) detail += "; the oldest one that is kept is of " + to_rfc3339(*answer.oldest);
  return http::problem(call.request, 404, detail);
}

std::string described(const CaptureQuestion& question, const CaptureAnswer& answer, ConnectionId id) {
  return "downloaded " + std::to_string(answer.packets) + " packets of connection " + hex_id(id.value) +
         (question.pseudonymise ? ", addresses pseudonymised," : "");
}

}  // namespace

http::Response show_connection_capture(const Services& services, const Call& call) {
  const auto id = call.arguments.path_id<ConnectionId>();
  const auto detail = services.store.connection(id);
  if (!detail) return store_failure(services, call, detail.error());
  if (!detail->has_value()) return not_found(call, "connection");
  if (!services.capture) {
    return http::problem(call.request, 409, "rtcscope keeps no packets (--capture-ring)");
  }
  const CaptureQuestion question = question_of(**detail, call);
  auto answer = services.capture(question);
  if (!answer) {
    http::Response busy = http::problem(call.request, 503, "another capture is being read; try again");
    busy.headers.push_back({"Retry-After", "2"});
    return busy;
  }
  if (answer->packets == 0) return without_packets(call, *answer);
  audit(services, call, "capture_downloaded", described(question, *answer, id));
  http::Response response;
  response.media_type = "application/x-pcapng";
  response.headers.push_back(
      {"Content-Disposition", "attachment; filename=\"rtcscope-" + hex_id(id.value) + ".pcapng\""});
  response.headers.push_back({"X-Rtcscope-Packets", std::to_string(answer->packets)});
  if (answer->ended_early) {
    response.headers.push_back({"X-Rtcscope-Ended-Early", to_rfc3339(*answer->ended_early)});
  }
  response.body = std::move(answer->pcapng);
  return response;
}

}  // namespace rtcscope::api
