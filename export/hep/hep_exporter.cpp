#include "export/hep/hep_exporter.hpp"

#include <algorithm>
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
          MessageTypes(options.types),
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
  start(targets, options);
}

void HepExporter::start(const std::vector<HepTarget>& targets, const HepOptions& options) {
  for (auto target = targets.begin(); target != targets.end(); ++target) {
    if (std::find(targets.begin(), target, *target) == target) continue;
    throw std::invalid_argument("HEP target \"" + to_string(*target) + "\": it is there twice");
  }
  const auto over_tls = [](const HepTarget& t) { return t.transport == HepTransport::kTls; };
  if (std::any_of(targets.begin(), targets.end(), over_tls)) {
    tls_ = std::make_unique<TlsContext>(options.ca_file);
  }
  for (const HepTarget& target : targets) {
    std::unique_ptr<MessageSpool> spool;
    // UDP never knows that nobody is there.
    if (!options.spool.empty() && target.transport != HepTransport::kUdp) {
      spool = std::make_unique<MessageSpool>(options.spool, target, options.spool_bytes);
    }
    senders_.push_back(std::make_unique<HepSender>(target, options.sender, tls_.get(), std::move(spool)));
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
