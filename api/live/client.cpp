#include "api/live/client.hpp"

#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "api/live/frames.hpp"

namespace rtcscope::api::live {
namespace {

constexpr std::size_t kMostSaid = 4096;  // octets of one message of a client

/// The topics of {"subscribe":[...]}.
std::optional<Topics> subscription_of(const std::string& text) {
  constexpr int kDepth = 3;
  const auto shallow = [](int depth, nlohmann::json::parse_event_t, nlohmann::json&) {
    return depth <= kDepth;
  };
  const auto json = nlohmann::json::parse(text, shallow, false);
  if (!json.is_object() || json.size() != 1 || !json.contains("subscribe")) return std::nullopt;
  const auto& list = json.at("subscribe");
  if (!list.is_array()) return std::nullopt;
  std::string topics;
  for (const auto& topic : list) {
    if (!topic.is_string()) return std::nullopt;
    topics += (topics.empty() ? "" : ",") + topic.get<std::string>();
  }
  return parse_topics(topics);
}

}  // namespace

Client::Client(Listener&& listener, std::size_t most_bytes, Time now)
    : listener_(std::move(listener)), most_bytes_(most_bytes), progress_(now) {
  // How long a browser waits before it comes again.
  if (!socket()) pending_ = "retry: 3000\n\n";
}

void Client::tell(const Message& message) {
  if (ending_ || !listener_.topics.want(message)) return;
  // Once something was missed, nothing more goes before that was told: the order would say otherwise.
  if (missed_ > 0 || pending_.size() >= most_bytes_) {
    ++missed_;
    return;
  }
  pending_ += socket() ? message.frame : message.event_stream;
}

void Client::beat() {
  if (pending_.size() < most_bytes_)
    pending_ += socket() ? server_frame(Opcode::kPing, "") : ": still here\n\n";
}

bool Client::flush(std::uint64_t newest, Time now) {
  while (true) {
    if (pending_.empty() && missed_ > 0) {
      counted_missed_ += missed_;
      const std::string data = "{\"missed\":" + std::to_string(std::exchange(missed_, 0)) + "}";
      pending_ =
          socket() ? socket_text(newest, "overflow", data) : event_stream_text(newest, "overflow", data);
    }
    if (pending_.empty()) {
      progress_ = now;
      return !ending_;
    }
    const long sent = listener_.peer->send(pending_);
    if (sent < 0) return false;
    if (sent == 0) return true;
    progress_ = now;
    pending_.erase(0, static_cast<std::size_t>(sent));
  }
}

bool Client::read() {
  std::array<char, 4096> chunk;
  while (true) {
    const long size = listener_.peer->receive(chunk.data(), chunk.size());
    if (size < 0) return false;
    if (size == 0) return true;
    if (!socket()) continue;  // whoever listens to an event stream has nothing to say
    listener_.early.append(chunk.data(), static_cast<std::size_t>(size));
    if (!take_frames()) return false;
  }
}

bool Client::take_frames() {
  ClientFrame frame;
  while (!ending_) {
    switch (take_frame(listener_.early, kMostSaid, frame)) {
      case FrameState::kNeedsMore:
        return true;
      case FrameState::kBroken:
        end(1002, "this is no frame");  // RFC 6455, 7.4.1
        return true;
      case FrameState::kTooLarge:
        end(1009, "the message is too large");
        return true;
      case FrameState::kWhole:
        break;
    }
    if (frame.opcode == Opcode::kClose) end(1000, "");
    if (frame.opcode == Opcode::kPing && pending_.size() < most_bytes_) {
      pending_ += server_frame(Opcode::kPong, frame.payload);
    }
    if (frame.opcode == Opcode::kText && !take_text(frame.payload)) {
      end(1008, "expected {\"subscribe\":[topics]}");
    } else if (frame.opcode == Opcode::kBinary || frame.opcode == Opcode::kContinuation) {
      end(1003, "whole text messages only");
    }
  }
  listener_.early.clear();
  return true;
}

bool Client::take_text(const std::string& text) {
  const auto topics = subscription_of(text);
  if (topics) listener_.topics = *topics;
  return topics.has_value();
}

void Client::end(std::uint16_t status, const char* why) {
  pending_ += close_frame(status, why);
  ending_ = true;
}

std::uint64_t Client::take_missed_count() {
  return std::exchange(counted_missed_, 0);
}

}  // namespace rtcscope::api::live
