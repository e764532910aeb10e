#pragma once
// Rooms and what is in them now, read from the store.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/store.hpp"

namespace rtcscope::api::owt {

/// One who is in a room.
struct Person {
  model::Participant participant;
  bool publishes_audio = false, publishes_video = false;
  bool receives_audio = false, receives_video = false;
};

/// What one connection publishes: OWT's forward stream.
struct Publication {
  std::string id;
  std::string owner;                    // "" nobody knows
  std::vector<store::StreamRow> audio;  // without retransmissions
  std::vector<store::StreamRow> video;  // one a simulcast layer
};

template <class T>
using Found = store::StoreResult<T>;

/// Of a room of OWT its own; of another server's the conference's, with eight zeros before it: 24 hex digits.
std::string room_id(const model::Conference& conference);
/// By which a participant is known to its server; where it has none, ours.
std::string person_id(const model::Participant& participant);

/// Rooms that are not over, newest first, up to so many.
Found<std::vector<model::Conference>> rooms_in_use(const store::StoreReader& store, std::size_t most);
/// Absent: there is no such room now.
Found<std::optional<model::Conference>> room_in_use(const store::StoreReader& store, std::string_view id);
Found<std::vector<Person>> people_in(const store::StoreReader& store, ConferenceId conference);
Found<std::vector<Publication>> publications_in(const store::StoreReader& store, ConferenceId conference);

}  // namespace rtcscope::api::owt
