#include "app/picture.hpp"

namespace rtcscope::app {
namespace {

struct Keeper {
  Picture& picture;

  void operator()(const model::Host& host) const { picture.hosts.put(host); }
  void operator()(const model::Conference& conference) const { picture.conferences.put(conference); }
  void operator()(const model::Participant& participant) const { picture.participants.put(participant); }
  void operator()(const model::Session& session) const { picture.sessions.put(session); }
  void operator()(const model::Connection& connection) const { picture.connections.put(connection); }
  void operator()(const model::Flow& flow) const { picture.flows.put(flow); }
  void operator()(const model::Stream& stream) const { picture.streams.put(stream); }
  void operator()(const model::StreamSample&) const {}
  void operator()(const model::Event& event) const {
    if (picture.events.size() < Picture::kMaxEvents) {
      picture.events.push_back(event);
    } else {
      picture.events_not_kept += 1;
    }
  }
};

}  // namespace

void Picture::on_change(const model::Change& change) {
  std::visit(Keeper{*this}, change);
}

}  // namespace rtcscope::app
