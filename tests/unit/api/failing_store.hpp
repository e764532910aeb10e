#pragma once
// A store that cannot answer.

#include "store/store.hpp"

namespace rtcscope::api {

class FailingStore : public store::StoreReader {
 public:
  explicit FailingStore(store::StoreError error) : error_(std::move(error)) {}

  template <class T>
  using R = store::StoreResult<T>;
  template <class T>
  using P = store::StoreResult<store::Page<T>>;
  template <class T>
  using O = store::StoreResult<std::optional<T>>;

  P<store::ConferenceRow> conferences(const store::ConferenceQuery&) const override { return fail(); }
  P<store::ParticipantRow> participants(const store::ParticipantQuery&) const override { return fail(); }
  P<model::Session> sessions(const store::SessionQuery&) const override { return fail(); }
  P<store::ConnectionRow> connections(const store::ConnectionQuery&) const override { return fail(); }
  P<store::FlowRow> flows(const store::FlowQuery&) const override { return fail(); }
  P<store::StreamRow> streams(const store::StreamQuery&) const override { return fail(); }
  P<model::Issue> issues(const store::IssueQuery&) const override { return fail(); }
  P<store::EventRow> events(const store::EventQuery&) const override { return fail(); }
  P<model::Host> hosts(const store::PageRequest&) const override { return fail(); }
  P<model::StreamSample> samples(const store::SampleQuery&) const override { return fail(); }
  O<store::ConferenceDetail> conference(ConferenceId) const override { return fail(); }
  O<store::ParticipantDetail> participant(ParticipantId) const override { return fail(); }
  O<store::SessionDetail> session(SessionId) const override { return fail(); }
  O<store::ConnectionDetail> connection(ConnectionId) const override { return fail(); }
  O<store::FlowRow> flow(FlowId) const override { return fail(); }
  O<store::StreamRow> stream(StreamId) const override { return fail(); }
  O<store::SampleSpan> sample_span(std::span<const StreamId>, const store::TimeRange&) const override {
    return fail();
  }
  R<std::vector<store::SeriesPoint>> series(StreamId, const store::TimeRange&, Duration) const override {
    return fail();
  }
  R<std::vector<store::SearchHit>> search(const std::string&, std::uint32_t) const override { return fail(); }
  R<store::Overview> overview(const store::OverviewQuery&) const override { return fail(); }
  std::uint64_t version() const noexcept override { return 1; }
  R<store::LiveCounts> live_counts() const override { return fail(); }
  R<Done> check() const override { return fail(); }

 private:
  [[nodiscard]] Unexpected<store::StoreError> fail() const { return Unexpected{error_}; }

  store::StoreError error_;
};

}  // namespace rtcscope::api
