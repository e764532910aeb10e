#include "app/pipeline.hpp"

#include <algorithm>
#include <set>

namespace rtcscope::app {

namespace {

/// The sections of a BUNDLE group share one transport (RFC 9143); without one each ufrag has its own.
void learn_extensions(const sdp::OwnedSdp& sdp, flows::PacketPath& path) {
  flows::ExtensionTable table;
  bool any = false;
  for (const sdp::Media& media : sdp.media) {
    const bool audio = media.kind == "audio";
    for (const sdp::ExtMap& map : media.extmaps) {
      table.put(audio ? flows::MediaKind::kAudio : flows::MediaKind::kVideo, map.id,
                rtp::extension_kind(map.uri));
      any = true;
    }
  }
  if (!any) return;
  std::set<std::string> ufrags{sdp.transport.ice_ufrag};
  for (const sdp::Media& media : sdp.media) ufrags.insert(media.transport.ice_ufrag);
  for (const std::string& ufrag : ufrags) {
    if (!ufrag.empty()) path.add_extensions(ufrag, table);
  }
}

}  // namespace

Pipeline::Pipeline(std::uint64_t hash_seed, correlator::Intake& intake)
    : intake_(intake), path_(flows::FlowOptions{}, hash_seed, intake) {}

void Pipeline::Facts::on_fact(const feeds::Fact& fact) {
  if (const auto* description = std::get_if<feeds::Description>(&fact.body)) {
    const auto learn = [&](const sdp::TransportAttributes& transport) {
      if (transport.ice_ufrag.empty() || transport.ice_pwd.empty()) return;
      pipeline_.path_.add_ice_password(transport.ice_ufrag, transport.ice_pwd);
    };
    learn(description->sdp.transport);
    for (const sdp::Media& media : description->sdp.media) learn(media.transport);
    learn_extensions(description->sdp, pipeline_.path_);
  }
  pipeline_.intake_.on_fact(fact);
}

void Pipeline::follow_clock(UtcTime time) {
  if (time + kClockBack < newest_) {
    path_.begin_anew();
    intake_.clock_went_back(time);
    next_advance_ = newest_ = UtcTime{};
  }
  newest_ = std::max(newest_, time);
}

void Pipeline::add(const PacketRecord& record) {
  if (ring_ != nullptr) ring_->add(record);
  follow_clock(record.time);
  path_.add(record);
  if (record.time >= next_advance_) advance(record.time);
}

void Pipeline::follow(PacketSource& source) {
  std::vector<std::string> names;
  for (const InterfaceInfo& interface : source.interfaces()) names.push_back(interface.name);
  if (ring_ != nullptr) ring_->set_interface_names(names);
  path_.set_interface_names(std::move(names));
  const std::vector<CaptureCounters> counters = source.counters();
  drops_seen_.resize(counters.size(), 0);
  for (std::uint32_t i = 0; i < counters.size(); ++i) {
    const std::uint64_t drops = counters[i].kernel_drops + counters[i].interface_drops;
    path_.add_capture_drops(i, drops - drops_seen_[i]);
    capture_drops_ += drops - drops_seen_[i];
    drops_seen_[i] = drops;
  }
}

void Pipeline::advance(UtcTime now) {
  follow_clock(now);
  path_.advance(now);
  intake_.advance(now);
  next_advance_ = std::chrono::floor<std::chrono::seconds>(now) + std::chrono::seconds{1};
}

void Pipeline::finish() {
  const UtcTime last = path_.newest_packet();
  path_.finish();
  intake_.finish(last);
}

}  // namespace rtcscope::app
