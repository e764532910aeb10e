#include "api/http/connection.hpp"

#include <Poco/Buffer.h>
#include <Poco/Net/HTTPServerRequestImpl.h>
#include <Poco/Net/HTTPServerResponseImpl.h>
#include <Poco/Net/HTTPServerSession.h>
#include <Poco/Net/NetException.h>

#include <algorithm>
#include <array>
#include <istream>
#include <optional>
#include <sstream>

#include "api/http/framing.hpp"
#include "api/http/message_socket.hpp"
#include "api/http/negotiation.hpp"
#include "base/text.hpp"

namespace rtcscope::api::http {
namespace {

using Poco::Net::HTTPResponse;

Poco::Net::HTTPServerParams::Ptr session_parameters(const ServerOptions& options) {
  Poco::Net::HTTPServerParams::Ptr parameters = new Poco::Net::HTTPServerParams;
  const auto timespan = [](std::chrono::milliseconds time) {
    return Poco::Timespan(std::chrono::microseconds(time).count());
  };
  parameters->setKeepAlive(true);
  parameters->setMaxKeepAliveRequests(0);  // of Poco's own count: 0 is no limit
  parameters->setTimeout(timespan(options.head_timeout));
  parameters->setKeepAliveTimeout(timespan(options.idle_timeout));
  return parameters;
}

std::vector<Header> headers_of(const Poco::Net::HTTPRequest& received) {
  std::vector<Header> headers;
  for (const auto& [name, value] : received) headers.push_back({name, value});
  return headers;
}

enum class BodyState { kWhole, kTooLarge, kCutShort };

BodyState read_body(std::istream& stream, const Framing& framing, std::size_t limit, std::string& body) {
  std::array<char, 16 * 1024> chunk;
  while (stream.read(chunk.data(), chunk.size()) || stream.gcount() > 0) {
    body.append(chunk.data(), static_cast<std::size_t>(stream.gcount()));
    if (body.size() > limit) return BodyState::kTooLarge;
  }
  // A fault of the socket or of a chunk's size shows as badbit.
  const bool whole = !stream.bad() && (framing.chunked || body.size() == framing.length);
  return whole ? BodyState::kWhole : BodyState::kCutShort;
}

void set_head(const Response& response, bool keep_alive, HTTPResponse& sent) {
  sent.setVersion(Poco::Net::HTTPMessage::HTTP_1_1);
  sent.setStatusAndReason(static_cast<HTTPResponse::HTTPStatus>(response.status),
                          std::string(status_title(response.status)));
  sent.setDate(Poco::Timestamp());
  sent.setKeepAlive(keep_alive);
  if (!response.media_type.empty()) sent.setContentType(response.media_type);
  for (const auto& [name, value] : response.headers) sent.add(name, value);
  // RFC 9110, 8.6: not in a 204; in a 304 it would have to be that of the 200 that is not sent.
  if (response.status != 304 && response.status != 204)
    sent.setContentLength64(static_cast<Poco::Int64>(response.body.size()));
}

/// Keeps the socket that its connection's thread has left.
class SocketPeer : public Peer {
 public:
  explicit SocketPeer(const Poco::Net::StreamSocket& socket) : socket_(socket) {
    // What waits for a slow client waits where it is counted.
    constexpr int kSendBuffer = 64 * 1024;
    socket_.setSendBufferSize(kSendBuffer);
  }
  [[nodiscard]] int descriptor() const override { return socket_.impl()->sockfd(); }
  long send(std::string_view octets) override { return guard().try_send(octets); }
  long receive(char* octets, std::size_t size) override { return guard().try_receive(octets, size); }

 private:
  GuardedSocket& guard() { return static_cast<GuardedSocket&>(*socket_.impl()); }
  Poco::Net::StreamSocket socket_;
};

/// "" when the client is gone already.
std::string address_of(const Poco::Net::StreamSocket& socket) {
  try {
    return socket.peerAddress().host().toString();
  } catch (const Poco::Exception&) {
    return {};
  }
}

/// What a large answer, as a capture is, may take besides: a client has at least 1 Mbit/s.
std::chrono::milliseconds send_time(std::size_t octets) {
  constexpr std::size_t kOctetsPerMs = 125;
  return std::chrono::milliseconds{octets / kOctetsPerMs};
}

}  // namespace

Connection::Connection(const Poco::Net::StreamSocket& socket, ConnectionContext& context)
    : TCPServerConnection(socket), context_(context), peer_(address_of(socket)) {}

GuardedSocket& Connection::guard() {
  // The server socket accepts nothing else.
  return static_cast<GuardedSocket&>(*socket().impl());
}

std::string Connection::new_request_id() {
  return hex_id(context_.next_request_id.fetch_add(1, std::memory_order_relaxed));
}

void Connection::run() {
  try {
    socket().setNoDelay(true);
    Poco::Net::HTTPServerSession session(socket(), session_parameters(context_.options));
    while (!context_.stopping && session.hasMoreRequests()) {
      const Next next = serve_one(session);
      if (next == Next::kLinger) linger();
      if (next != Next::kGoOn) return;
    }
  } catch (const Poco::Net::NetException&) {
    // The client is gone; there is nobody to tell.
  } catch (const Poco::TimeoutException&) {
    // Nor here: it was too slow.
  } catch (const std::exception& error) {
    context_.options.on_error(std::string("http: connection given up: ") + error.what());
  }
}

Connection::Next Connection::serve_one(Poco::Net::HTTPServerSession& session) {
  guard().set_deadline(GuardedSocket::Clock::now() + context_.options.head_timeout);
  Poco::Net::HTTPServerResponseImpl sent(session);
  std::optional<Poco::Net::HTTPServerRequestImpl> received;
  Poco::Net::HTTPServerParams::Ptr parameters = session_parameters(context_.options);
  try {
    received.emplace(sent, session, parameters.get());
  } catch (const Poco::Net::NoMessageException&) {
    return Next::kBroken;
  } catch (const Poco::Exception&) {
    const bool broken = session.networkException() != nullptr;
    const bool late =
        broken && dynamic_cast<const Poco::TimeoutException*>(session.networkException()) != nullptr;
    if (late) return refuse(session, 408, "the request did not arrive in time");
    return broken ? Next::kBroken : refuse(session, 400, "this is not an HTTP request");
  }
  return exchange(*received, sent);
}

Connection::Next Connection::exchange(Poco::Net::HTTPServerRequestImpl& received,
                                      Poco::Net::HTTPServerResponseImpl& sent) {
  Request request{new_request_id(), received.getMethod(), received.getURI(), headers_of(received), {}, peer_};
  const auto refused = [&](int status, const char* detail) {
    Response response = problem(request, status, detail);
    finish(request, response);
    return answer(response, request.method != "HEAD", Next::kLinger, sent);
  };
  Framing framing;
  if (const auto refusal = check_head(request, received.getVersion(), framing)) {
    return refused(refusal->status, refusal->detail);
  }
  if (!context_.hosts.allows(request.header("Host"))) {
    return refused(421, "this server is reached as localhost; Host names something else");
  }
  request.secure = socket().impl()->secure();
  context_.hosts.see_through_proxy(request);
  auto target = origin_form(request.target);
  if (!target) return refused(400, "the request target is neither a path nor an http URI");
  request.target = std::move(*target);

  Next next = received.getKeepAlive() ? Next::kGoOn : Next::kClose;
  const std::size_t limit = context_.application.max_body_bytes(request);
  if (framing.length > limit && limit > 0) return refused(413, "the body is too large");
  if (framing.has_body() && limit == 0) {
    next = Next::kLinger;  // nobody wants it, and what follows it could not be told from it
  } else if (framing.has_body()) {
    guard().set_deadline(GuardedSocket::Clock::now() + context_.options.body_timeout);
    if (received.getExpectContinue()) sent.sendContinue();
    const BodyState state = read_body(received.stream(), framing, limit, request.body);
    if (state == BodyState::kTooLarge) return refused(413, "the body is too large");
    if (state == BodyState::kCutShort) return refused(400, "the body ended early");
  }
  if (const auto messages = context_.application.message_target(request)) {
    serve_messages(*messages, guard(), received, sent);
    return Next::kClose;
  }
  if (auto taker = context_.application.hand_over(request)) return hand_over(*taker, received, sent);
  const Response response = context_.application.respond(request);
  return answer(response, request.method != "HEAD", next, sent);
}

Connection::Next Connection::answer(const Response& response, bool with_body, Next next,
                                    Poco::Net::HTTPServerResponseImpl& sent) {
  if (next == Next::kGoOn && (context_.stopping || context_.crowded())) next = Next::kClose;
  guard().set_deadline(GuardedSocket::Clock::now() + context_.options.send_timeout +
                       send_time(response.body.size()));
  set_head(response, next == Next::kGoOn, sent);
  std::ostream& out = sent.send();
  if (with_body) out.write(response.body.data(), static_cast<std::streamsize>(response.body.size()));
  out.flush();
  // A client that took half an answer would take the next one for its end.
  return out.good() ? next : Next::kBroken;
}

Connection::Next Connection::hand_over(HandOver& target, Poco::Net::HTTPServerRequestImpl& received,
                                       Poco::Net::HTTPServerResponseImpl& sent) {
  try {
    guard().set_deadline(GuardedSocket::Clock::now() + context_.options.send_timeout);
    set_head(target.head, false, sent);
    sent.erase("Content-Length");
    if (target.head.status == 101) sent.set("Connection", "Upgrade");
    // Not through the session's stream: that would end the connection with the answer.
    std::ostringstream head;
    sent.write(head);
    const std::string octets = head.str();
    guard().sendBytes(octets.data(), static_cast<int>(octets.size()), 0);
    Poco::Buffer<char> early(0);
    received.session().drainBuffer(early);
    auto peer = std::make_unique<SocketPeer>(received.detachSocket());
    target.take(std::move(peer), std::string(early.begin(), early.size()));
  } catch (...) {
    target.give_up();
    throw;
  }
  return Next::kClose;
}

Connection::Next Connection::refuse(Poco::Net::HTTPServerSession& session, int status, const char* detail) {
  Request request;
  request.id = new_request_id();
  Response response = problem(request, status, detail);
  finish(request, response);
  Poco::Net::HTTPServerResponseImpl sent(session);
  return answer(response, true, Next::kLinger, sent);
}

void Connection::linger() {
  constexpr auto kLongest = std::chrono::milliseconds{2000};
  constexpr std::size_t kMost = 16 * 1024 * 1024;  // a body of twice the largest that is taken
  const auto until = GuardedSocket::Clock::now() + std::min(kLongest, context_.options.send_timeout);
  guard().set_deadline(until);
  socket().shutdownSend();
  std::array<char, 16 * 1024> unread;
  std::size_t total = 0;
  try {
    while (total < kMost) {
      const int n = socket().receiveBytes(unread.data(), static_cast<int>(unread.size()));
      if (n <= 0) return;
      total += static_cast<std::size_t>(n);
    }
  } catch (const Poco::Exception&) {
    // It did not close in time, or it did with a reset: both end the connection.
  }
}

}  // namespace rtcscope::api::http
