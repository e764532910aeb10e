// Input: one message from the bus, as whoever may write to it can send it; played to a correlator.

#include <string_view>

#include "bus/batch.hpp"
#include "correlator/correlator.hpp"
#include "feeds/feed_parser.hpp"
#include "tests/fuzz/fuzz_input.hpp"

using namespace rtcscope;

namespace {

struct NoChanges final : model::ChangeSink {
  void on_change(const model::Change& /*change*/) override {}
};

class Probe final : public bus::BatchSink {
 public:
  correlator::Intake& intake() override { return correlator_; }
  void on_delivery(const feeds::Delivery& delivery) override { parser_.parse(delivery, correlator_); }

 private:
  NoChanges changes_;
  correlator::Correlator correlator_{{"probe"}, {}, 1, changes_};
  feeds::FeedParser parser_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes input = fuzz::bytes_of(data, size);
  Probe probe;
  const auto head = bus::read_head(input);
  const auto last = bus::play(input, probe);
  if (!last) fuzz::check(std::string_view(to_string(last.error())) != "", "a refusal has a name");
  if (head) {
    fuzz::check(!head->host.empty() && head->host.size() <= 255, "a host's name is bounded");
  } else {
    fuzz::check(!last && last.error() == head.error(), "without a head nothing is played");
  }
  return 0;
}
