#pragma once
// Messages of socket.io 5 over engine.io 4 as text: what the portal sends, and what a client answers.

#include <cstdint>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace rtcscope::feeds::owt {

/// One message of the server. Its forms: "0{...}" open, "1" close, "2" ping, "40{...}" connected, "41"
/// disconnected, "42[name, ...]" event, "43ID[...]" acknowledgement, "44{...}" refused.
struct SocketIoMessage {
  enum class Kind : std::uint8_t {
    kOpen,
    kClose,
    kPing,
    kConnected,
    kDisconnected,
    kEvent,
    kAcknowledgement,
    kRefused,
    kOther
  };
  Kind kind = Kind::kOther;
  std::uint64_t id = 0;  // of an acknowledgement: the request's
  std::string event;     // name of an event
  nlohmann::json data;   // kEvent: what follows the name, kAcknowledgement: the whole list, else the payload
  bool malformed = false;  // it should be of `kind` but its JSON is broken, too deep or too large
};

/// Never fails: what is of no known form is kOther.
SocketIoMessage parse_socket_io(std::string_view text);

/// An event that asks for an acknowledgement; `data` may be null for none.
std::string socket_io_request(std::uint64_t id, const char* event, const nlohmann::json& data);

inline constexpr const char* kSocketIoConnect = "40";  // to the default namespace
inline constexpr const char* kSocketIoPong = "3";
/// Engine.io 4, no polling before.
inline constexpr const char* kSocketIoPath = "/socket.io/?EIO=4&transport=websocket";

}  // namespace rtcscope::feeds::owt
