#pragma once
// HTTP and WebSocket towards a media server, as every feed needs them.

#include <Poco/Exception.h>
#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/WebSocket.h>

#include <cstdint>
#include <istream>
#include <memory>
#include <string>

namespace rtcscope::feeds {

/// What one answer or message may have: far above what media servers send.
inline constexpr std::size_t kMaxAnswerBytes = 8 * 1024 * 1024;

/// A session that connects with its first request and waits up to five seconds for each step. With `tls` the
/// server's certificate and name are checked against `ca_file` (PEM; "" = the system's). Throws
/// Poco::Exception.
std::unique_ptr<Poco::Net::HTTPClientSession> open_http_session(const std::string& host, std::uint16_t port,
                                                                bool tls, const std::string& ca_file);

/// The body to its end. Throws std::runtime_error when it is over kMaxAnswerBytes.
std::string read_body(std::istream& body);

/// As std::runtime_error with what happened in one line: Poco keeps that apart from its kind.
[[noreturn]] void rethrow(const Poco::Exception& error);

/// The next whole text message, which may have come in several frames (RFC 6455, 5.4); pings are answered.
/// Throws std::runtime_error when the other side closed or the message is over kMaxAnswerBytes,
/// Poco::Exception when nothing came in time.
std::string receive_text(Poco::Net::WebSocket& socket);

/// Throws Poco::Exception.
void send_text(Poco::Net::WebSocket& socket, const std::string& text);

}  // namespace rtcscope::feeds
