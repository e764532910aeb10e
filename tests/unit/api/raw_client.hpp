#pragma once
// A client that sends exactly the octets a test says, and reads answers by Content-Length.

#include <Poco/Net/SocketAddress.h>
#include <Poco/Net/StreamSocket.h>

#include <array>
#include <cstdint>
#include <map>
#include <string>

namespace rtcscope::api {

struct RawAnswer {
  int status = 0;  // 0: the connection ended without an answer
  std::map<std::string, std::string> headers;
  std::string body;

  [[nodiscard]] std::string header(const std::string& name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? "" : found->second;
  }
};

class RawClient {
 public:
  explicit RawClient(std::uint16_t port) : socket_(Poco::Net::SocketAddress("127.0.0.1", port)) {
    socket_.setReceiveTimeout(Poco::Timespan(20, 0));  // a test that waits this long has failed
  }

  void send(const std::string& octets) {
    for (std::size_t sent = 0; sent < octets.size();) {
      sent += static_cast<std::size_t>(
          socket_.sendBytes(octets.data() + sent, static_cast<int>(octets.size() - sent)));
    }
  }

  /// `body` false: an answer to HEAD or a 304 has none, whatever Content-Length says.
  RawAnswer receive(bool body = true) {
    RawAnswer answer;
    while (pending_.find("\r\n\r\n") == std::string::npos) {
      if (!fill()) return answer;
    }
    const std::size_t end = pending_.find("\r\n\r\n");
    parse_head(pending_.substr(0, end + 2), answer);
    pending_.erase(0, end + 4);
    const std::size_t length = body ? std::stoul("0" + answer.header("Content-Length")) : 0;
    while (pending_.size() < length && fill()) {
    }
    answer.body = pending_.substr(0, length);
    pending_.erase(0, length);
    return answer;
  }

  RawAnswer exchange(const std::string& octets, bool body = true) {
    send(octets);
    return receive(body);
  }

  /// True once the server closes; false when it sends something instead.
  bool closed() { return pending_.empty() && !fill(); }

 private:
  bool fill() {
    std::array<char, 16 * 1024> chunk;
    int n = 0;
    try {
      n = socket_.receiveBytes(chunk.data(), static_cast<int>(chunk.size()));
    } catch (const Poco::Exception&) {
      return false;  // a reset ends the connection as well
    }
    if (n <= 0) return false;
    pending_.append(chunk.data(), static_cast<std::size_t>(n));
    return true;
  }

  static void parse_head(const std::string& head, RawAnswer& answer) {
    answer.status = std::stoi(head.substr(head.find(' ') + 1));
    for (std::size_t line = head.find("\r\n") + 2; line < head.size();) {
      const std::size_t end = head.find("\r\n", line);
      const std::size_t colon = head.find(':', line);
      answer.headers[head.substr(line, colon - line)] = head.substr(colon + 2, end - colon - 2);
      line = end + 2;
    }
  }

  Poco::Net::StreamSocket socket_;
  std::string pending_;
};

inline std::string get(const std::string& target, const std::string& more_headers = "") {
  return "GET " + target + " HTTP/1.1\r\nHost: localhost\r\n" + more_headers + "\r\n";
}

}  // namespace rtcscope::api
