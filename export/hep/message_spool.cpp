#include "export/hep/message_spool.hpp"

#include <algorithm>
#include <optional>

#include "base/byte_reader.hpp"

namespace rtcscope::export_hep {
namespace {

// Messages, each after its length (4).
constexpr std::uint64_t kFormat = 0x4845'5000'0000'0001;
constexpr std::size_t kLengthOctets = 4;
// What is read back at once.
constexpr std::size_t kRecordOctets = 1U << 20U;

std::string file_name(const HepTarget& target) {
  std::string name = to_string(target);
  std::replace_if(
      name.begin(), name.end(), [](char c) { return c == ':' || c == '/' || c == '[' || c == ']'; }, '_');
  return name;
}

void put(std::string& record, const Message& message) {
  for (int shift = 24; shift >= 0; shift -= 8) record += static_cast<char>(message.size() >> shift & 0xff);
  for (const std::byte octet : message) record += static_cast<char>(octet);
}

std::optional<std::deque<Message>> unpack(const std::string& record) {
  std::deque<Message> messages;
  ByteReader in(std::as_bytes(std::span(record)));
  while (in.ok() && in.remaining() > 0) {
    const Bytes message = in.take(in.u32());
    messages.emplace_back(message.begin(), message.end());
  }
  if (!in.ok() || messages.empty()) return std::nullopt;
  return messages;
}

}  // namespace

MessageSpool::MessageSpool(const std::string& folder, const HepTarget& target, std::uint64_t max_bytes)
    : queue_({folder, file_name(target), max_bytes, disk::RecordQueueOptions{}.file_bytes, kFormat}) {}

SpoolCounts MessageSpool::counts() const noexcept {
  const disk::RecordQueueCounts& counts = queue_.counts();
  return {counts.items - sent_of_batch_, counts.bytes, queue_.capacity_bytes(), counts.unreadable,
          counts.lost_items};
}

std::size_t MessageSpool::append(std::deque<Message>& messages) {
  std::size_t taken = 0;
  while (!messages.empty()) {
    std::string record;
    std::size_t count = 0;
    while (count < messages.size() &&
           (count == 0 || record.size() + kLengthOctets + messages[count].size() <= kRecordOctets)) {
      put(record, messages[count++]);
    }
    if (!queue_.append(record, static_cast<std::uint32_t>(count))) break;
    messages.erase(messages.begin(), messages.begin() + static_cast<std::ptrdiff_t>(count));
    taken += count;
  }
  return taken;
}

const Message* MessageSpool::front() {
  while (batch_.empty()) {
    const auto record = queue_.oldest();
    if (!record) return nullptr;
    if (auto messages = unpack(*record)) {
      batch_ = *std::move(messages);
    } else {
      queue_.skip();
    }
  }
  return &batch_.front();
}

void MessageSpool::pop() {
  if (batch_.empty()) return;
  batch_.pop_front();
  ++sent_of_batch_;
  if (!batch_.empty()) return;
  queue_.pop();
  sent_of_batch_ = 0;
}

}  // namespace rtcscope::export_hep
