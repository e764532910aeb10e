// Pages without gap or repeat, their bounds, and cursors that are not ours.

#include <gtest/gtest.h>

#include <set>

#include "tests/unit/store/lists.hpp"

namespace rtcscope::store {
namespace {

using namespace testing;

using Paging = Lists;

TEST_F(Paging, PagesHaveNeitherGapNorRepeatWhileRowsComeAndGo) {
  std::vector<model::Change> changes;
  for (std::uint64_t id = 1; id <= 50; ++id)
    changes.emplace_back(stream(id, 1, 100, 0.0));  // one start for all
  put(*store_, changes);
  StreamQuery query;
  query.page.limit = 7;
  std::set<std::uint64_t> seen;
  std::uint64_t extra = 1000;
  while (true) {
    const auto page = value(store_->streams(query));
    for (const auto& row : page.items) EXPECT_TRUE(seen.insert(id_of(row)).second) << id_of(row);
    put(*store_, {stream(extra++, 1, 200, 0.0), stream(*seen.begin(), 1, 100, 0.5)});
    if (!page.next) break;
    query.page.cursor = *page.next;
  }
  EXPECT_EQ(seen.size(), 50U);
}

TEST_F(Paging, TheLimitIsHeldWithinBounds) {
  std::vector<model::Change> changes;
  for (std::uint64_t id = 1; id <= kMaxPage + 1; ++id) changes.emplace_back(stream(id, 1, 100, 0.0));
  put(*store_, changes);
  StreamQuery query;
  query.page.limit = 0;
  EXPECT_EQ(value(store_->streams(query)).items.size(), 1U);
  query.page.limit = 1'000'000;
  EXPECT_EQ(value(store_->streams(query)).items.size(), kMaxPage);
}

TEST_F(Paging, ForeignCursorsAreRefused) {
  put(*store_, {conference(1, 1), conference(2, 2)});
  ConferenceQuery newest;
  newest.sort = ConferenceSort::kNewest;
  newest.page.limit = 1;
  const std::string cursor = value(store_->conferences(newest)).next.value();
  for (const std::string& wrong :
       {cursor + ".1", cursor + " ", cursor.substr(0, cursor.rfind('.')), "p" + cursor.substr(1),
        std::string("c"), std::string("c.1.99999999999999999999"), std::string("c..1"), std::string("c.1.x"),
        std::string("' OR 1=1"), std::string(512, '9')}) {
    newest.page.cursor = wrong;
    const auto result = store_->conferences(newest);
    ASSERT_FALSE(result.has_value()) << wrong;
    EXPECT_EQ(result.error().code, StoreErrc::kBadCursor) << wrong;
  }
  ConferenceQuery worst;
  worst.page.cursor = cursor;
  EXPECT_FALSE(store_->conferences(worst).has_value());
}

}  // namespace
}  // namespace rtcscope::store
