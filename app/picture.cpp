#include "app/picture.hpp"

namespace rtcscope::app {
namespace {

class Keeper {
 public:
  explicit Keeper(Picture& kept) : picture_(kept) {}

  void operator()(const model::Host& host) const { put(picture_.hosts, host); }
  void operator()(const model::Conference& conference) const { put(picture_.conferences, conference); }
  void operator()(const model::Participant& participant) const { put(picture_.participants, participant); }
  void operator()(const model::Session& session) const { put(picture_.sessions, session); }
  void operator()(const model::Connection& connection) const { put(picture_.connections, connection); }
  void operator()(const model::Flow& flow) const { put(picture_.flows, flow); }
  void operator()(const model::Stream& stream) const { put(picture_.streams, stream); }
  void operator()(const model::Issue& issue) const { put(picture_.issues, issue); }
  void operator()(const model::StreamSample& sample) const {
    if (!picture_.keep_samples) return;
    if (picture_.samples.size() < Picture::kMaxSamples) {
      picture_.samples.push_back(sample);
    } else {
      picture_.samples_not_kept += 1;
    }
  }
  void operator()(const model::Event& event) const {
    if (picture_.events.size() < Picture::kMaxEvents) {
      picture_.events.push_back(event);
    } else {
      picture_.events_not_kept += 1;
    }
  }

 private:
  template <class Table, class Entity>
  void put(Table& table, const Entity& entity) const {
    if (!table.put(entity)) picture_.states_not_kept += 1;
  }

  Picture& picture_;
};

}  // namespace

void Picture::on_change(const model::Change& change) {
  std::visit(Keeper(*this), change);
}

void Picture::sort() {
  connections.sort(&model::Connection::started_at);
  flows.sort(&model::Flow::first_packet);
  streams.sort(&model::Stream::first_packet);
  std::sort(samples.begin(), samples.end(), [](const model::StreamSample& x, const model::StreamSample& y) {
    return std::tie(x.start, x.stream) < std::tie(y.start, y.stream);
  });
}

}  // namespace rtcscope::app
