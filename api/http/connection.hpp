#pragma once
// One client's connection: requests are read, checked, answered, one after the other.

#include <Poco/Net/HTTPServerParams.h>
#include <Poco/Net/TCPServerConnection.h>

#include <atomic>
#include <cstdint>
#include <functional>

#include "api/http/guarded_socket.hpp"
#include "api/http/host_policy.hpp"
#include "api/http/server.hpp"

namespace Poco::Net {
class HTTPServerRequestImpl;
class HTTPServerResponseImpl;
class HTTPServerSession;
}  // namespace Poco::Net

namespace rtcscope::api::http {

/// What all connections of a server share; outlives them.
struct ConnectionContext {
  const ServerOptions& options;
  Application& application;
  HostPolicy hosts;
  const StopSignal& stop;
  std::function<bool()> crowded;  // connections wait for a thread
  std::atomic<bool> stopping{false};
  std::atomic<std::uint64_t> next_request_id;
};

class Connection : public Poco::Net::TCPServerConnection {
 public:
  Connection(const Poco::Net::StreamSocket& socket, ConnectionContext& context);
  ~Connection() override { guard().finished(); }
  void run() override;

 private:
  enum class Next {
    kGoOn,
    kClose,   // nothing more is answered
    kLinger,  // as well, and there may be input that is not read any more
    kBroken,  // nobody listens any more
  };

  Next serve_one(Poco::Net::HTTPServerSession& session);
  Next exchange(Poco::Net::HTTPServerRequestImpl& received, Poco::Net::HTTPServerResponseImpl& sent);
  Next answer(const Response& response, bool with_body, Next next, Poco::Net::HTTPServerResponseImpl& sent);
  Next hand_over(HandOver& target, Poco::Net::HTTPServerRequestImpl& received,
                 Poco::Net::HTTPServerResponseImpl& sent);
  /// Answers a request that could not be read.
  Next refuse(Poco::Net::HTTPServerSession& session, int status, const char* detail);
  /// Gives the client time to read the answer: closing with unread input would reset the connection.
  void linger();
  GuardedSocket& guard();
  std::string new_request_id();

  ConnectionContext& context_;
  const std::string peer_;
};

}  // namespace rtcscope::api::http
