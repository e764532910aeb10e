#include "api/owt/handlers.hpp"

#include <algorithm>
#include <charconv>

#include "api/answers.hpp"
#include "api/owt/shapes.hpp"

namespace rtcscope::api::owt {
namespace {

constexpr std::size_t kMostRooms = 10'000;

Version version_of(const Call& call) {
  return call.request.path().starts_with("/owt/v1.1/") ? Version::kV11 : Version::kV1;
}

/// Absent: go on.
std::optional<http::Response> turned_away(const Services& services, const Call& call) {
  if (services.owt == nullptr) return error_response(404, 1001, "Resource not found");
  const auto service = authenticate(call.request.header("Authorization"), services.owt->services());
  if (service) return std::nullopt;
  return error_response(service.error().status, service.error().code, service.error().message);
}

http::Response failure(const Services& services, const Call& call, const store::StoreError& error) {
  if (services.on_error) services.on_error("api: request " + call.request.id + ": " + error.message);
  return error_response(500, 2001, "the store cannot answer");
}

/// As its middleware does: what is no number is left aside.
std::size_t number_of(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(pair.size() + 1, query.size()));
    const std::size_t equals = pair.find('=');
    if (equals == std::string_view::npos || pair.substr(0, equals) != name) continue;
    std::size_t number = 0;
    std::from_chars(pair.data() + equals + 1, pair.data() + pair.size(), number);
    return number;
  }
  return 0;
}

/// Calls `use(conference)` for the room of the path; 404 where there is none now.
template <class Use>
http::Response in_room(const Services& services, const Call& call, Use use) {
  if (auto refused = turned_away(services, call)) return *std::move(refused);
  const auto room = room_in_use(services.store, call.arguments.text("{room}").value_or(""));
  if (!room) return failure(services, call, room.error());
  if (!room->has_value()) return error_response(404, 1003, "Room not found");
  return use(**room);
}

template <class Items, class ToJson>
http::Response list_answer(const Items& items, ToJson to_json) {
  return json_answer(json_list(items, to_json), http::Caching::kNever);
}

}  // namespace

http::Response list_rooms(const Services& services, const Call& call) {
  if (auto refused = turned_away(services, call)) return *std::move(refused);
  const std::size_t size = number_of(call.request.query(), "per_page");
  const std::size_t page = std::max<std::size_t>(number_of(call.request.query(), "page"), 1);
  const bool paged = size > 0 && size < kMostRooms && page <= kMostRooms / size;
  const std::size_t end = paged ? page * size : kMostRooms;
  auto rooms = rooms_in_use(services.store, end);
  if (!rooms) return failure(services, call, rooms.error());
  const std::size_t begin = std::min(paged ? end - size : 0, rooms->size());
  rooms->erase(rooms->begin(), rooms->begin() + static_cast<std::ptrdiff_t>(begin));
  return list_answer(*rooms, room_json);
}

http::Response show_room(const Services& services, const Call& call) {
  return in_room(services, call, [](const model::Conference& room) {
    return json_answer(room_json(room), http::Caching::kNever);
  });
}

http::Response list_participants(const Services& services, const Call& call) {
  return in_room(services, call, [&](const model::Conference& room) {
    const auto people = people_in(services.store, room.id);
    return people ? list_answer(*people, participant_json) : failure(services, call, people.error());
  });
}

http::Response show_participant(const Services& services, const Call& call) {
  return in_room(services, call, [&](const model::Conference& room) {
    const auto people = people_in(services.store, room.id);
    if (!people) return failure(services, call, people.error());
    const auto found = std::find_if(people->begin(), people->end(), [&](const Person& person) {
      return person_id(person.participant) == call.arguments.text("{participant}");
    });
    if (found == people->end()) return error_response(404, 1005, "Participant not found");
    return json_answer(participant_json(*found), http::Caching::kNever);
  });
}

http::Response list_streams(const Services& services, const Call& call) {
  return in_room(services, call, [&](const model::Conference& room) {
    const auto published = publications_in(services.store, room.id);
    if (!published) return failure(services, call, published.error());
    return list_answer(*published,
                       [&](const Publication& one) { return stream_json(one, version_of(call)); });
  });
}

http::Response show_stream(const Services& services, const Call& call) {
  return in_room(services, call, [&](const model::Conference& room) {
    const auto published = publications_in(services.store, room.id);
    if (!published) return failure(services, call, published.error());
    const auto found = std::find_if(published->begin(), published->end(), [&](const Publication& one) {
      return one.id == call.arguments.text("{stream}");
    });
    if (found == published->end()) return error_response(404, 1004, "Stream not found");
    return json_answer(stream_json(*found, version_of(call)), http::Caching::kNever);
  });
}

http::Response refuse_change(const Services& services, const Call& call) {
  if (auto refused = turned_away(services, call)) return *std::move(refused);
  return error_response(403, 1102, "Permission denied: rtcscope only observes");
}

}  // namespace rtcscope::api::owt
