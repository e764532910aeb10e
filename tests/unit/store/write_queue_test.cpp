#include "store/write_queue.hpp"

#include <gtest/gtest.h>

#include "tests/unit/store/entities.hpp"

namespace rtcscope::store {
namespace {

using namespace testing;

model::Host host(std::uint64_t id, const char* name = "") {
  return {{id}, name, "", {}, {}};
}
model::StreamSample sample(std::int64_t start) {
  model::StreamSample s;
  s.stream = {1};
  s.start = at(start);
  return s;
}
model::Event event(std::int64_t time) {
  model::Event e;
  e.time = at(time);
  return e;
}

std::string shape(const std::vector<model::Change>& changes) {
  std::string text;
  for (const model::Change& change : changes) {
    if (const auto* h = std::get_if<model::Host>(&change))
      text += "h" + std::to_string(h->id.value) + h->name;
    if (const auto* c = std::get_if<model::Conference>(&change)) text += "c" + std::to_string(c->id.value);
    if (const auto* s = std::get_if<model::StreamSample>(&change)) {
      text += "s" + std::to_string((s->start - at(0)) / std::chrono::milliseconds{1});
    }
    if (const auto* e = std::get_if<model::Event>(&change)) {
      text += "e" + std::to_string((e->time - at(0)) / std::chrono::milliseconds{1});
    }
    text += " ";
  }
  return text;
}

TEST(WriteQueue, GivesEntitiesThenSamplesThenEvents) {
  WriteQueue queue(10);
  for (const model::Change& change :
       std::vector<model::Change>{event(1), sample(1), host(2), event(2), host(1)}) {
    queue.push(change);
  }
  EXPECT_EQ(queue.size(), 5U);
  EXPECT_EQ(shape(queue.take(4)), "h2 h1 s1 e1 ");
  EXPECT_EQ(shape(queue.take(4)), "e2 ");
  EXPECT_EQ(queue.size(), 0U);
}

TEST(WriteQueue, ReplacesAWaitingStateInItsPlace) {
  WriteQueue queue(10);
  queue.push(host(1, "a"));
  queue.push(host(2, "a"));
  EXPECT_EQ(queue.push(host(1, "b")).coalesced, 1U);
  model::Conference same_id;
  same_id.id = {1};  // of another kind
  EXPECT_EQ(queue.push(same_id).coalesced, 0U);
  EXPECT_EQ(shape(queue.take(1)), "h1b ");
  EXPECT_EQ(queue.push(host(1, "c")).coalesced, 0U);  // the one before is on its way
  EXPECT_EQ(queue.push(host(2, "d")).coalesced, 1U);
  EXPECT_EQ(shape(queue.take(9)), "h2d c1 h1c ");
}

TEST(WriteQueue, WhenFullKeepsEntitiesBeforeEventsBeforeSamples) {
  WriteQueue queue(4);
  for (std::int64_t i = 1; i <= 3; ++i) queue.push(sample(i));
  queue.push(event(1));
  EXPECT_EQ(queue.push(sample(9)).dropped_samples, 1U);
  EXPECT_EQ(queue.push(event(2)).dropped_samples, 1U);
  EXPECT_EQ(queue.push(host(1)).dropped_samples, 1U);
  EXPECT_EQ(queue.push(host(2)).dropped_samples, 1U);
  EXPECT_EQ(queue.push(event(3)).dropped_events, 1U);
  EXPECT_EQ(queue.push(host(3)).dropped_events, 1U);
  EXPECT_EQ(queue.push(host(4)).dropped_events, 1U);
  EXPECT_EQ(queue.push(host(5)).dropped_entities, 1U);
  EXPECT_EQ(queue.push(host(4, "x")).coalesced, 1U);  // always fits
  EXPECT_EQ(shape(queue.take(9)), "h1 h2 h3 h4x ");
}

TEST(WriteQueue, CountsWhatIsElsewhereAsWaiting) {
  WriteQueue queue(4);
  EXPECT_EQ(queue.push(sample(1), 3).dropped_samples, 0U);
  EXPECT_EQ(queue.push(sample(2), 3).dropped_samples, 1U);
}

}  // namespace
}  // namespace rtcscope::store
