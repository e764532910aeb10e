#include "export/hep/hep_exporter.hpp"

#include <stdexcept>

#include "export/hep/correlation_template.hpp"
#include "export/hep/hep_target.hpp"

namespace rtcscope::export_hep {
namespace {

MakerOptions checked(const HepOptions& options) {
  if (!valid_auth_key(options.auth_key)) {
    throw std::invalid_argument(
        "HEP key: at most 255 printable ASCII characters without blanks, quotes and backslashes");
  }
  if (options.report_period < std::chrono::seconds{1}) {
    throw std::invalid_argument("HEP report period: at least 1 second");
  }
  return {options.capture_id,
          options.auth_key,
          safe_node_name(options.node_name),
          CorrelationTemplate(options.correlation),
          options.report_period,
          options.max_entities};
}

HepTarget checked_target(const std::string& text) {
  const auto target = parse_hep_target(text);
  if (!target) throw std::invalid_argument("HEP target \"" + text + "\": " + to_string(target.error()));
  return *target;
}

}  // namespace

HepExporter::HepExporter(const HepOptions& options)
    : maker_(checked(options), [this](std::span<const std::byte> message) {
        for (const auto& sender : senders_) sender->send(message);
      }) {
  std::vector<HepTarget> targets;
  for (const std::string& text : options.targets) targets.push_back(checked_target(text));
  for (const HepTarget& target : targets) {
    senders_.push_back(std::make_unique<HepSender>(target, options.sender));
  }
}

HepStats HepExporter::stats() const {
  HepStats out;
  for (const auto& sender : senders_) out.targets.push_back(sender->stats());
  out.refused = maker_.refused();
  out.forgotten = maker_.forgotten();
  return out;
}

void HepExporter::stop() {
  for (const auto& sender : senders_) sender->request_stop();
  for (const auto& sender : senders_) sender->stop();
}

}  // namespace rtcscope::export_hep
