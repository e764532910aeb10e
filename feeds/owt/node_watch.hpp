#pragma once
// Where conferences run, as the cluster answers over its broker: which processes to listen to, and which room
// is whose. No I/O: who has the connection hands the replies in.

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/fifo_map.hpp"

namespace rtcscope::feeds::owt {

/// The exchange over which media agents tell conferences of their transports.
inline constexpr const char* kRpcExchange = "owtRpc";

/// A conference's process is "<worker>_<n>", n counts up with each room: listening to a few more than there
/// are means that a room's first transport is heard, too, whose answer is sent once.
class NodeWatch {
 public:
  static constexpr std::uint64_t kAhead = 32;
  static constexpr std::size_t kMaxWorkers = 64;
  static constexpr std::size_t kMaxNodes = 10'000;

  explicit NodeWatch(std::string cluster, std::string reply_queue)
      : cluster_(std::move(cluster)), reply_queue_(std::move(reply_queue)) {}

  struct Call {
    std::string queue;
    std::string json;
  };
  /// What to ask now, to learn of new workers and of the nodes of these rooms.
  std::vector<Call> ask(const std::set<std::string>& rooms);
  /// Takes a reply; returns what to ask in turn.
  std::vector<Call> take_reply(std::string_view json);
  /// A message came by this routing key.
  void heard(const std::string& node);
  /// Routing keys to bind to since the last call.
  [[nodiscard]] std::vector<std::string> take_new_nodes();
  /// The room of a node; "" while it is not known or when it has several.
  [[nodiscard]] std::string room_of(const std::string& node) const;
  [[nodiscard]] std::size_t workers() const noexcept { return next_.size(); }
  [[nodiscard]] std::uint64_t malformed() const noexcept { return malformed_; }

 private:
  enum class Kind : std::uint8_t { kWorkers, kScheduled, kNode };
  struct Question {
    Kind kind{};
    std::string room;
  };

  Call call(Kind kind, const std::string& room, const std::string& queue);
  void add_worker(const std::string& worker);
  void reach(const std::string& worker, std::uint64_t number);
  void place(const std::string& room, const std::string& node);

  std::string cluster_, reply_queue_;
  std::uint64_t questions_ = 0;
  FifoMap<std::uint64_t, Question> asked_{4096};
  std::map<std::string, std::uint64_t> next_;  // by worker: the first number that is not listened to
  std::vector<std::string> new_nodes_;
  std::map<std::string, std::set<std::string>> rooms_of_node_;
  std::uint64_t malformed_ = 0;
};

}  // namespace rtcscope::feeds::owt
