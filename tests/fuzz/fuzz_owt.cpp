// Input: one octet that chooses the way a message came, then the message.

#include "feeds/owt/node_watch.hpp"
#include "feeds/owt/portal_session.hpp"
#include "feeds/owt/rest_sweep.hpp"
#include "feeds/owt/translator.hpp"
#include "tests/fuzz/fuzz_input.hpp"

using namespace rtcscope;
using namespace rtcscope::feeds;

namespace {

constexpr std::size_t kMaxName = 256;  // of clean_utf8()
const char* const kResources[] = {"participants", "streams", "recordings", "sipcalls"};

struct Counter : FactSink {
  std::uint64_t facts = 0;

  void on_fact(const Fact& fact) override {
    facts += 1;
    fuzz::check(fact.origin.session_key.size() <= kMaxName, "ids are bounded");
    fuzz::check(fact.origin.handle_key.size() <= kMaxName, "ids are bounded");
    fuzz::check(fact.origin.session_key.empty() || fact.origin.handle_key.empty(),
                "a person is no transport");
  }
};

Delivery delivery(std::uint8_t way, const std::string& json) {
  const UtcTime now = utc_from_ns(1'700'000'000'000'000'000);
  Delivery delivery{now, json};
  if (way < 8) {
    const std::string path = std::string("/v1/rooms/r/") + kResources[way % 4];
    delivery.what = OwtAnswer{"s", path, now, way < 4};
  } else if (way == 8) {
    delivery.what = OwtAnswer{"s", "inventory", now, false};
  } else if (way < 12) {
    delivery.what = OwtSignal{"s", "r"};
  } else {
    delivery.what = OwtCast{"s", "r"};
  }
  return delivery;
}

/// Twice: what was remembered meets the same again.
void translate(std::uint8_t way, const std::string& json) {
  owt::Translator translator("rtcscope");
  for (int i = 0; i < 2; ++i) {
    Counter sink;
    const DeliveryCounts counts = translator.take(delivery(way, json), sink);
    fuzz::check(counts.facts == sink.facts, "every fact is counted");
  }
}

void converse(std::string_view text) {
  owt::PortalSession session("t", "rtcscope");
  for (const std::string_view message : {std::string_view("40{}"), text, text}) {
    for (const std::string& signal : session.take(message).signals) translate(9, signal);
  }
  (void)owt::parse_token(text);
  owt::NodeWatch nodes("c", "q");
  (void)nodes.ask({"r"});
  (void)nodes.take_reply(text);
  fuzz::check(nodes.workers() <= owt::NodeWatch::kMaxWorkers, "workers are bounded");
}

void sweep(std::string_view text) {
  owt::RestSweep sweep("5e1a2b3c4d5e6f7081920a1b");
  sweep.begin();
  for (int i = 0; i < 20; ++i) {
    const auto path = sweep.next();
    if (!path) return;
    fuzz::check(path->find("..") == std::string::npos && path->find(' ') == std::string::npos,
                "paths are plain");
    (void)sweep.answer(200, text);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto way = static_cast<std::uint8_t>(data[0] % 18);
  if (way == 16) {
    converse(text);
  } else if (way == 17) {
    sweep(text);
  } else {
    translate(way, text);
  }
  return 0;
}
