#include "feeds/owt/node_watch.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "feeds/owt/rest_answers.hpp"

namespace rtcscope::feeds::owt {
namespace {

constexpr const char* kPurpose = "conference";
constexpr std::size_t kMaxRoomsOfNode = 16;

struct NodeName {
  std::string worker;
  std::uint64_t number = 0;
};

std::optional<NodeName> parse_node(const std::string& node) {
  const std::size_t line = node.rfind('_');
  if (line == std::string::npos || line == 0) return std::nullopt;
  NodeName name{node.substr(0, line), 0};
  const char* const end = node.data() + node.size();
  const auto [stop, error] = std::from_chars(node.data() + line + 1, end, name.number);
  if (error != std::errc{} || stop != end || name.number > UINT32_MAX) return std::nullopt;
  return name;
}

}  // namespace

std::vector<NodeWatch::Call> NodeWatch::ask(const std::set<std::string>& rooms) {
  std::vector<Call> calls{call(Kind::kWorkers, "", cluster_)};
  std::set<std::string> placed;
  for (auto node = rooms_of_node_.begin(); node != rooms_of_node_.end();) {
    std::erase_if(node->second, [&](const std::string& room) { return rooms.count(room) == 0; });
    placed.insert(node->second.begin(), node->second.end());
    node = node->second.empty() ? rooms_of_node_.erase(node) : std::next(node);
  }
  for (const std::string& room : rooms) {
    if (placed.count(room) == 0) calls.push_back(call(Kind::kScheduled, room, cluster_));
  }
  return calls;
}

NodeWatch::Call NodeWatch::call(Kind kind, const std::string& room, const std::string& queue) {
  const std::uint64_t id = ++questions_;
  asked_.put(id, {kind, room});
  Json message{{"corrID", id}, {"replyTo", reply_queue_}};
  switch (kind) {
    case Kind::kWorkers:
      message.update({{"method", "getWorkers"}, {"args", {kPurpose}}});
      break;
    case Kind::kScheduled:
      message.update({{"method", "getScheduled"}, {"args", {kPurpose, room}}});
      break;
    case Kind::kNode:
      message.update({{"method", "queryNode"}, {"args", {room}}});
      break;
  }
  return {queue, message.dump()};
}

std::vector<NodeWatch::Call> NodeWatch::take_reply(std::string_view text) {
  const Json json = parse_bounded(text);
  Fields fields(json);
  const auto id = fields.optional_integer("corrID");
  const Question* question = id && *id > 0 ? asked_.find(static_cast<std::uint64_t>(*id)) : nullptr;
  if (!fields.ok() || question == nullptr) {
    malformed_ += 1;
    return {};
  }
  const Json* data = fields.find("data");
  if (question->kind == Kind::kWorkers) {
    const bool list = data != nullptr && data->is_array() && data->size() <= kMaxListed;
    malformed_ += list ? 0 : 1;
    for (const Json& worker : list ? *data : Json::array()) add_worker(id_text(worker));
    return {};
  }
  // "error" instead of a name: the room went idle meanwhile.
  const std::string name = data == nullptr ? "" : id_text(*data);
  if (name.empty() || name == "error") return {};
  if (question->kind == Kind::kScheduled) return {call(Kind::kNode, question->room, name)};
  place(question->room, name);
  return {};
}

void NodeWatch::add_worker(const std::string& worker) {
  if (worker.empty() || next_.count(worker) != 0 || next_.size() >= kMaxWorkers) return;
  next_[worker] = 0;
  reach(worker, 0);
}

// Everything up to `number`, and kAhead more. An observer that comes late does not listen to what is long
// gone.
void NodeWatch::reach(const std::string& worker, std::uint64_t number) {
  const auto known = next_.find(worker);
  if (known == next_.end()) return;
  std::uint64_t first = std::max(known->second, number > kAhead ? number - kAhead : 0);
  for (; first <= number + kAhead; ++first) new_nodes_.push_back(worker + "_" + std::to_string(first));
  known->second = std::max(known->second, first);
}

void NodeWatch::place(const std::string& room, const std::string& node) {
  const auto name = parse_node(node);
  if (!name || rooms_of_node_.size() >= kMaxNodes) return;
  add_worker(name->worker);
  reach(name->worker, name->number);
  std::set<std::string>& rooms = rooms_of_node_[node];
  if (rooms.size() < kMaxRoomsOfNode) rooms.insert(room);
}

void NodeWatch::heard(const std::string& node) {
  if (const auto name = parse_node(node)) reach(name->worker, name->number);
}

std::vector<std::string> NodeWatch::take_new_nodes() {
  return std::exchange(new_nodes_, {});
}

std::string NodeWatch::room_of(const std::string& node) const {
  const auto known = rooms_of_node_.find(node);
  return known == rooms_of_node_.end() || known->second.size() != 1 ? "" : *known->second.begin();
}

}  // namespace rtcscope::feeds::owt
