#pragma once
// Deliveries of whatever server and way in, facts out.

#include <map>
#include <string>

#include "feeds/facts.hpp"
#include "feeds/owt/rest_sweep.hpp"
#include "feeds/owt/translator.hpp"
#include "feeds/wire/delivery.hpp"
#include "feeds/wire/delivery_counts.hpp"

namespace rtcscope::feeds {

class FeedParser {
 public:
  /// `owt_viewer`: the user name of viewers in OWT rooms, ours and other observers'.
  explicit FeedParser(std::string owt_viewer = owt::kDefaultViewer) : owt_viewer_(std::move(owt_viewer)) {}

  /// Hands every fact in the delivery to `sink`, in order, and says what became of it.
  DeliveryCounts parse(const Delivery& delivery, FactSink& sink);

 private:
  static constexpr std::size_t kMaxServers = 64;  // a recorded log may name any number

  owt::Translator* translator(const Delivery& delivery);

  std::string owt_viewer_;
  std::map<std::string, owt::Translator> translators_;  // by server
};

}  // namespace rtcscope::feeds
