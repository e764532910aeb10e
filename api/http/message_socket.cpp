#include "api/http/message_socket.hpp"

#include <Poco/Buffer.h>
#include <Poco/Net/HTTPServerRequest.h>
#include <Poco/Net/HTTPServerResponse.h>
#include <Poco/Net/NetException.h>
#include <Poco/Net/WebSocket.h>

namespace rtcscope::api::http {
namespace {

using Poco::Net::WebSocket;

class MessageReader {
 public:
  MessageReader(const MessageTarget& target, WebSocket& socket) : target_(target), socket_(socket) {}

  void run() {
    Poco::Buffer<char> frame(0);
    int flags = 0;
    do {
      frame.resize(0);
      // 0 octets and no flags: the peer closed the connection without a Close frame.
      if (socket_.receiveFrame(frame, flags) == 0 && flags == 0) return;
    } while (take({frame.begin(), frame.size()}, flags));
  }

 private:
  bool take(std::string_view payload, int flags) {
    switch (flags & WebSocket::FRAME_OP_BITMASK) {
      case WebSocket::FRAME_OP_PING:
        socket_.sendFrame(payload.data(), static_cast<int>(payload.size()),
                          static_cast<int>(WebSocket::FRAME_FLAG_FIN) | WebSocket::FRAME_OP_PONG);
        return true;
      case WebSocket::FRAME_OP_PONG:
        return true;
      case WebSocket::FRAME_OP_TEXT:
      case WebSocket::FRAME_OP_CONT:
        return take_text(payload, (flags & WebSocket::FRAME_FLAG_FIN) != 0);
      case WebSocket::FRAME_OP_CLOSE:
        socket_.shutdown();
        return false;
      default:
        return end(WebSocket::WS_PAYLOAD_NOT_ACCEPTABLE, "text messages only");
    }
  }

  bool take_text(std::string_view part, bool last) {
    if (message_.size() + part.size() > target_.max_message_bytes) {
      return end(WebSocket::WS_PAYLOAD_TOO_BIG, "the message is too large");
    }
    message_.append(part);
    if (!last) return true;
    const bool go_on = target_.take(message_);
    message_.clear();
    return go_on || end(WebSocket::WS_POLICY_VIOLATION, "not taken");
  }

  bool end(int status, const char* why) {
    socket_.shutdown(static_cast<Poco::UInt16>(status), why);
    return false;
  }

  const MessageTarget& target_;
  WebSocket& socket_;
  std::string message_;
};

}  // namespace

void serve_messages(const MessageTarget& target, GuardedSocket& guard, Poco::Net::HTTPServerRequest& received,
                    Poco::Net::HTTPServerResponse& sent) {
  sent.setVersion(Poco::Net::HTTPMessage::HTTP_1_1);
  if (!target.subprotocol.empty()) sent.set("Sec-WebSocket-Protocol", target.subprotocol);
  WebSocket socket(received, sent);
  // A feed may have nothing to say for hours; a peer that is gone is found out by TCP.
  guard.set_deadline(GuardedSocket::Clock::time_point::max());
  socket.setKeepAlive(true);
  socket.setMaxPayloadSize(static_cast<int>(target.max_message_bytes));
  try {
    MessageReader(target, socket).run();
  } catch (const Poco::Net::WebSocketException& error) {
    // Thrown for a frame over the bound before it is read, and for frames that break the protocol.
    const bool too_big = error.code() == WebSocket::WS_ERR_PAYLOAD_TOO_BIG;
    socket.shutdown(
        static_cast<Poco::UInt16>(too_big ? WebSocket::WS_PAYLOAD_TOO_BIG : WebSocket::WS_PROTOCOL_ERROR));
  }
}

}  // namespace rtcscope::api::http
