#pragma once
// Two hosts on a wire: ours, where the tap is (rtc0, 198.18.0.1), and a client (rtc1, 198.18.0.2).

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "capture/open.hpp"
#include "decoders/link/frame.hpp"
#include "tests/support/network_namespace.hpp"

namespace rtcscope {

using testing::NetworkNamespace;

inline constexpr const char* kOurs = "198.18.0.1";
inline constexpr const char* kClients = "198.18.0.2";
inline constexpr std::uint16_t kPort = 50'000;

/// Sends numbered datagrams from where it was opened.
class Sender {
 public:
  Sender(const NetworkNamespace& where, const char* to)
      : fd_(where.within([] { return socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0); })) {
    to_.sin_family = AF_INET;
    to_.sin_port = htons(kPort);
    inet_pton(AF_INET, to, &to_.sin_addr);
  }
  ~Sender() { close(fd_); }
  Sender(const Sender&) = delete;
  Sender& operator=(const Sender&) = delete;

  void send(std::uint32_t number, std::size_t size = 100) const {
    std::string payload(size, 'x');
    std::memcpy(payload.data(), &number, sizeof number);
    const auto* address = reinterpret_cast<const sockaddr*>(&to_);
    const ssize_t sent = sendto(fd_, payload.data(), payload.size(), 0, address, sizeof to_);
    ASSERT_EQ(sent, static_cast<ssize_t>(size)) << std::strerror(errno);
  }

 private:
  int fd_;
  sockaddr_in to_{};
};

/// The number that Sender put into a datagram; nothing for other traffic.
inline std::optional<std::uint32_t> number_of(const link::DatagramView& view) {
  if (view.five_tuple.destination.port != kPort || view.payload.size() < 4) return std::nullopt;
  std::uint32_t number = 0;
  std::memcpy(&number, view.payload.data(), sizeof number);
  return number;
}

class LiveTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (geteuid() != 0) GTEST_SKIP() << "needs root: it makes network namespaces and packet sockets";
    try {
      host_ = std::make_unique<NetworkNamespace>();
      client_ = std::make_unique<NetworkNamespace>();
    } catch (const std::runtime_error& error) {
      GTEST_SKIP() << error.what() << ": needs CAP_SYS_ADMIN, which containers do not have";
    }
  }

  /// The wire, with known addresses so that nobody has to ask for them.
  void connect() const {
    host_->ip(
        "link add rtc0 address 02:00:00:00:00:01 type veth peer name rtc1 address 02:00:00:00:00:02 netns " +
        client_->path());
    set_up(*host_, "rtc0", std::string(kOurs) + "/24", kClients, "02:00:00:00:00:02");
    set_up(*client_, "rtc1", std::string(kClients) + "/24", kOurs, "02:00:00:00:00:01");
    wait_until_running(*host_, "rtc0");
    wait_until_running(*client_, "rtc1");
  }
  /// A link that was just set up drops what is sent until the kernel has noticed its carrier, up to a second
  /// later and without an error.
  static void wait_until_running(const NetworkNamespace& where, const char* link) {
    const int fd = where.within([] { return socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0); });
    ifreq request{};
    std::strncpy(request.ifr_name, link, IFNAMSIZ - 1);
    for (int i = 0; i < 1000 && (request.ifr_flags & IFF_RUNNING) == 0; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
      ASSERT_EQ(ioctl(fd, SIOCGIFFLAGS, &request), 0) << std::strerror(errno);
    }
    close(fd);
    ASSERT_NE(request.ifr_flags & IFF_RUNNING, 0) << link << " has no carrier";
  }
  static void set_up(const NetworkNamespace& where, const std::string& link, const std::string& address,
                     const std::string& peer, const std::string& peer_mac) {
    where.ip("address add " + address + " dev " + link);
    where.ip("link set " + link + " up");
    where.ip("neighbour replace " + peer + " lladdr " + peer_mac + " dev " + link + " nud permanent");
  }

  [[nodiscard]] Result<std::unique_ptr<PacketSource>, CaptureError> open_capture(
      const LiveOptions& options) const {
    return host_->within([&] { return open_live_capture(options); });
  }
  [[nodiscard]] std::unique_ptr<PacketSource> opened(const LiveOptions& options) const {
    auto source = open_capture(options);
    if (source) return *std::move(source);
    ADD_FAILURE() << source.error().message;
    return nullptr;
  }

  /// Hands on what comes until `use` returns false. Fails when that takes far longer than any machine
  /// needs, or when the source ends.
  static void read(PacketSource& source, const std::function<bool(const PacketRecord&)>& use) {
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (std::chrono::steady_clock::now() < give_up) {
      const auto batch = source.next_batch(std::chrono::milliseconds(100));
      ASSERT_TRUE(batch.has_value()) << batch.error().message;
      for (const PacketRecord& record : *batch) {
        if (!use(record)) return;
      }
    }
    FAIL() << "the packet that was waited for did not come";
  }

  [[nodiscard]] const NetworkNamespace& host() const { return *host_; }
  [[nodiscard]] const NetworkNamespace& client() const { return *client_; }

 private:
  std::unique_ptr<NetworkNamespace> host_;
  std::unique_ptr<NetworkNamespace> client_;
};

}  // namespace rtcscope
