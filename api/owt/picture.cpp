#include "api/owt/picture.hpp"

#include <algorithm>
#include <map>

#include "api/owt/object_id.hpp"
#include "base/text.hpp"

namespace rtcscope::api::owt {
namespace {

constexpr const char* kOwtPlugin = "conference";  // as feeds/owt names it
constexpr std::string_view kZeros = "00000000";
/// Of anything in one room.
constexpr std::size_t kMost = 20'000;

/// All pages of a list, up to `most`. `ask(page)` asks for one.
template <class Item, class Ask>
Found<std::vector<Item>> all_of(std::size_t most, Ask ask) {
  std::vector<Item> items;
  store::PageRequest page{store::kMaxPage, ""};
  while (items.size() < most) {
    auto answer = ask(page);
    if (!answer) return Unexpected{answer.error()};
    std::move(answer->items.begin(), answer->items.end(), std::back_inserter(items));
    if (!answer->next) break;
    page.cursor = *answer->next;
  }
  if (items.size() > most) items.erase(items.begin() + static_cast<std::ptrdiff_t>(most), items.end());
  return items;
}

Found<std::vector<store::StreamRow>> streams_in(const store::StoreReader& store, ConferenceId conference) {
  return all_of<store::StreamRow>(kMost, [&](const store::PageRequest& page) {
    store::StreamQuery query;
    query.conference = conference;
    query.state = store::State::kLive;
    query.page = page;
    return store.streams(query);
  });
}

}  // namespace

std::string room_id(const model::Conference& conference) {
  const bool theirs = conference.plugin == kOwtPlugin && is_object_id(conference.room);
  return theirs ? conference.room : std::string(kZeros) + hex_id(conference.id.value);
}

std::string person_id(const model::Participant& participant) {
  return participant.user_id.empty() ? hex_id(participant.id.value) : participant.user_id;
}

Found<std::vector<model::Conference>> rooms_in_use(const store::StoreReader& store, std::size_t most) {
  auto rows = all_of<store::ConferenceRow>(most, [&](const store::PageRequest& page) {
    store::ConferenceQuery query;
    query.state = store::State::kLive;
    query.sort = store::ConferenceSort::kNewest;
    query.page = page;
    return store.conferences(query);
  });
  if (!rows) return Unexpected{rows.error()};
  std::vector<model::Conference> conferences;
  for (store::ConferenceRow& row : *rows) conferences.push_back(std::move(row.conference));
  return conferences;
}

Found<std::optional<model::Conference>> room_in_use(const store::StoreReader& store, std::string_view id) {
  std::optional<model::Conference> none;
  if (!is_object_id(id)) return none;
  if (id.starts_with(kZeros)) {
    const auto detail = store.conference(ConferenceId{parse_hex_id(id.substr(kZeros.size())).value_or(0)});
    if (!detail) return Unexpected{detail.error()};
    if (!detail->has_value() || (*detail)->conference.conference.ended) return none;
    return std::optional((*detail)->conference.conference);
  }
  store::ConferenceQuery query;
  query.state = store::State::kLive;
  query.room = id;
  const auto page = store.conferences(query);
  if (!page) return Unexpected{page.error()};
  const auto found =
      std::find_if(page->items.begin(), page->items.end(),
                   [](const store::ConferenceRow& row) { return row.conference.plugin == kOwtPlugin; });
  return found == page->items.end() ? none : std::optional(found->conference);
}

Found<std::vector<Person>> people_in(const store::StoreReader& store, ConferenceId conference) {
  auto rows = all_of<store::ParticipantRow>(kMost, [&](const store::PageRequest& page) {
    store::ParticipantQuery query;
    query.conference = conference;
    query.state = store::State::kLive;
    query.page = page;
    return store.participants(query);
  });
  if (!rows) return Unexpected{rows.error()};
  const auto streams = streams_in(store, conference);
  if (!streams) return Unexpected{streams.error()};
  std::vector<Person> people;
  std::map<std::uint64_t, std::size_t> place;
  for (store::ParticipantRow& row : *rows) {
    place[row.participant.id.value] = people.size();
    people.push_back({std::move(row.participant)});
  }
  for (const store::StreamRow& row : *streams) {
    const auto found = place.find(row.stream.participant.value);
    if (found == place.end()) continue;
    Person& person = people[found->second];
    const bool up = row.stream.direction == "uplink", down = row.stream.direction == "downlink";
    person.publishes_audio |= up && row.stream.kind == "audio";
    person.publishes_video |= up && row.stream.kind == "video";
    person.receives_audio |= down && row.stream.kind == "audio";
    person.receives_video |= down && row.stream.kind == "video";
  }
  return people;
}

namespace {

Found<std::vector<store::ConnectionRow>> connections_in(const store::StoreReader& store,
                                                        ConferenceId conference) {
  return all_of<store::ConnectionRow>(kMost, [&](const store::PageRequest& page) {
    store::ConnectionQuery query;
    query.conference = conference;
    query.state = store::State::kLive;
    query.page = page;
    return store.connections(query);
  });
}

}  // namespace

Found<std::vector<Publication>> publications_in(const store::StoreReader& store, ConferenceId conference) {
  const auto people = people_in(store, conference);
  if (!people) return Unexpected{people.error()};
  const auto connections = connections_in(store, conference);
  if (!connections) return Unexpected{connections.error()};
  auto streams = streams_in(store, conference);
  if (!streams) return Unexpected{streams.error()};
  std::map<std::uint64_t, std::string> names;
  for (const Person& person : *people) names[person.participant.id.value] = person_id(person.participant);
  std::map<std::uint64_t, Publication> publications;  // by connection
  for (const store::ConnectionRow& row : *connections) {
    const model::Connection& one = row.connection;
    const auto owner = names.find(one.participant.value);
    publications[one.id.value] = {one.server_handle.empty() ? hex_id(one.id.value) : one.server_handle,
                                  owner == names.end() ? std::string() : owner->second,
                                  {},
                                  {}};
  }
  for (store::StreamRow& row : *streams) {
    const auto found = publications.find(row.stream.connection.value);
    if (found == publications.end() || row.stream.direction != "uplink" || is_repair(row.stream) ||
        row.stream.relay_leg)
      continue;
    if (row.stream.kind == "audio")
      found->second.audio.push_back(std::move(row));
    else if (row.stream.kind == "video")
      found->second.video.push_back(std::move(row));
  }
  std::vector<Publication> published;
  for (auto& [id, one] : publications) {
    if (!one.audio.empty() || !one.video.empty()) published.push_back(std::move(one));
  }
  return published;
}

}  // namespace rtcscope::api::owt
