// Input: the body of one delivery.

#include "feeds/janus/event_bodies.hpp"
#include "feeds/janus/event_parser.hpp"
#include "tests/fuzz/fuzz_input.hpp"

using namespace rtcscope;
using namespace rtcscope::feeds;

namespace {

constexpr std::size_t kMaxName = 256;  // of clean_utf8()

struct Counter : FactSink {
  std::uint64_t facts = 0;
  std::uint64_t unknown = 0;

  void on_fact(const Fact& fact) override {
    facts += 1;
    const FactOrigin& o = fact.origin;
    fuzz::check(ns_since_epoch(o.time) >= 0, "no event is from before 1970");
    fuzz::check(o.server.size() <= kMaxName && o.opaque_id.size() <= kMaxName, "names are bounded");
    fuzz::check(o.session_key.size() <= kMaxName && o.handle_key.size() <= kMaxName, "ids are bounded");
    const auto* other = std::get_if<OtherEvent>(&fact.body);
    if (other == nullptr) return;
    unknown += 1;
    fuzz::check(other->name.size() <= kMaxName, "an event's name is bounded");
    fuzz::check(other->json.size() <= janus::kMaxSipJsonBytes, "kept JSON is bounded");
    fuzz::check(other->json.starts_with('{') && other->json.ends_with('}'), "kept JSON is whole");
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  Counter sink;
  const DeliveryCounts counts = janus::parse_delivery(body, sink);
  fuzz::check(counts.facts == sink.facts, "every fact is counted");
  fuzz::check(counts.unknown == sink.unknown, "every unknown event is counted");
  fuzz::check(counts.facts + counts.refused_total() <= size + 1, "each has an octet at least");
  return 0;
}
