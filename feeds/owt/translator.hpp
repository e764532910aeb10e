#pragma once
// What an OWT cluster says of itself, over its management API, its portal and its broker, as facts. OWT names
// streams in one place, their owners in another and their transports in a third: the Translator remembers
// what is needed to put them together.

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/fifo_map.hpp"
#include "feeds/facts.hpp"
#include "feeds/wire/delivery.hpp"
#include "feeds/wire/delivery_counts.hpp"

namespace rtcscope::feeds::owt {

struct Participant;
struct Stream;

/// `plugin` of all facts: OWT has one kind of conference.
inline constexpr const char* kConference = "conference";

/// One for each server. Facts of connections have the transport's id as handle and no session; facts of
/// people have the participant's id as session and no handle.
class Translator {
 public:
  /// What is remembered at most; what comes beyond is refused, or forgotten oldest first.
  static constexpr std::size_t kMaxRooms = 10'000;
  static constexpr std::size_t kMaxPeople = 100'000;
  static constexpr std::size_t kMaxStreams = 100'000;

  /// Participants of that user name are viewers like our own and no fact.
  explicit Translator(std::string viewer) : viewer_(std::move(viewer)) {}

  /// Hands every fact in the delivery to `sink`, in order. What is well-formed but says nothing is passed
  /// over; what is broken is counted.
  DeliveryCounts take(const Delivery& delivery, FactSink& sink);

 private:
  class Speaker;

  struct Published {
    std::string owner;
    std::string transport;  // "" while nobody told it
    UtcTime since{};
  };
  struct Room {
    std::map<std::string, UtcTime> people;                // id and since when
    std::map<std::string, Published> streams;             // of WebRTC
    std::map<std::string, std::set<std::string>> others;  // by resource: recordings, ...
    std::optional<UtcTime> streams_asked;
  };
  struct Place {
    std::string room, owner;
  };

  void take(const OwtAnswer& answer, Speaker& speaker);
  void take(const OwtSignal& signal, Speaker& speaker);
  void take(const OwtCast& cast, Speaker& speaker);
  void take_inventory(Speaker& speaker);
  void take_people(const std::string& room, const std::vector<Participant>& people, Speaker& speaker);
  void take_streams(const std::string& room, const std::vector<Stream>& streams, bool guess,
                    Speaker& speaker);
  void take_others(const std::string& room, const std::string& resource, std::set<std::string> ids,
                   Speaker& speaker);
  void take_participant_event(const std::string& room, Speaker& speaker);
  void take_stream_event(const std::string& room, Speaker& speaker);
  void take_progress(const std::string& transport, Speaker& speaker);
  void take_track(const std::string& room, const std::string& transport, Speaker& speaker);

  Room* room(const std::string& id, Speaker& speaker);
  void joined(const std::string& room, const Participant& who, Speaker& speaker);
  void left(Room& room, const std::string& id, Speaker& speaker);
  void published(const std::string& room, const Stream& stream, bool guess,
                 std::optional<HandleOwner::Window> began, Speaker& speaker);
  void unpublished(const std::string& room_id, Room& room, const std::string& stream, bool guess,
                   Speaker& speaker);
  [[nodiscard]] std::string guessed_transport(const Room& room, const Stream& stream) const;
  void forget_if_empty(const std::string& room);

  std::string viewer_;
  std::map<std::string, Room> rooms_;
  std::size_t people_ = 0;
  FifoMap<std::string, Place> owners_{kMaxStreams};  // by stream
  FifoMap<std::string, std::string> transports_{
      kMaxStreams};  // by stream or subscription, as the broker told
};

}  // namespace rtcscope::feeds::owt
