// Input: one datagram, as another agent may send it.

#include <nlohmann/json.hpp>

#include "feeds/hep/hep_message.hpp"
#include "tests/fuzz/fuzz_input.hpp"

using namespace rtcscope;
using namespace rtcscope::feeds;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes input = fuzz::bytes_of(data, size);
  const auto view = hep::parse_hep(input);
  const auto message = hep::read_hep(input, "");
  if (!view) {
    fuzz::check(!message, "what cannot be parsed is not taken");
    fuzz::check(std::string_view(to_string(view.error())) != "", "a refusal has a name");
    return 0;
  }
  fuzz::check(view->source.address.family == view->destination.address.family, "ends are of one family");
  for (const std::string_view part : {view->auth_key, view->correlation_id, view->node, view->payload}) {
    fuzz::check(fuzz::inside(part, input), "texts are parts of the input");
  }
  if (!message) return 0;
  fuzz::check(!message->correlation_id.empty() && message->correlation_id.size() <= hep::kMaxCorrelationId,
              "what is taken has a bounded name");
  fuzz::check(message->text.size() <= 512, "the line is bounded");
  const auto detail = nlohmann::json::parse(message->detail, nullptr, false);
  fuzz::check(detail.is_object(), "the detail is JSON");
  fuzz::check(detail.contains(message->kind == AgentMessageKind::kSip ? "sip" : "rtcp"),
              "and has the payload");
  fuzz::check(!hep::read_hep(input, "another key than any input's").has_value(), "the key is asked for");
  return 0;
}
