#pragma once
// A tap at our end of a wire.

#include <bpf/bpf.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>

#include <map>
#include <vector>

#include "capture/tap.hpp"
#include "tests/integration/capture_live/live_test.hpp"
#include "tests/support/packet_builder.hpp"

namespace rtcscope {

class TapLive : public LiveTest {
 protected:
  static constexpr int kIngress = 46, kEgress = 47;  // BPF_TCX_INGRESS, BPF_TCX_EGRESS

  /// Links at tc came with Linux 6.6.
  static bool has_tcx() {
    std::uint32_t id = 0;
    std::uint32_t count = 1;
    const int index = static_cast<int>(if_nametoindex("lo"));
    return bpf_prog_query(index, static_cast<bpf_attach_type>(kIngress), 0, nullptr, &id, &count) == 0;
  }
  static std::vector<TapAttach> ways_to_attach() {
    if (!has_tcx()) return {TapAttach::kClsact};
    return {TapAttach::kTcx, TapAttach::kClsact};
  }
  static TapOptions options_for(const std::string& interface) {
    TapOptions options;
    options.live.interfaces = {interface};
    return options;
  }
  [[nodiscard]] std::unique_ptr<TapSource> tapped(const TapOptions& options) const {
    auto tap = host().within([&] { return open_tap(options); });
    if (tap) return *std::move(tap);
    ADD_FAILURE() << tap.error().message;
    return nullptr;
  }

  /// The tap's meters by SSRC and direction. Where its interfaces are: others have other numbers.
  [[nodiscard]] std::map<std::pair<std::uint32_t, PacketDirection>, MeterReading> meters(
      TapSource& tap) const {
    std::map<std::pair<std::uint32_t, PacketDirection>, MeterReading> found;
    host().within([&] {
      tap.read_meters([&](const MeterReading& reading) {
        found[{reading.ssrc, reading.direction}] = reading;
        return true;
      });
    });
    return found;
  }

  /// A datagram socket bound to `address` and connected to the other end.
  class Datagrams {
   public:
    Datagrams(const NetworkNamespace& where, const char* address, const char* to)
        : fd_(where.within([] { return socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0); })) {
      const sockaddr_in own = address_of(address);
      const sockaddr_in other = address_of(to);
      EXPECT_EQ(bind(fd_, reinterpret_cast<const sockaddr*>(&own), sizeof own), 0) << std::strerror(errno);
      EXPECT_EQ(::connect(fd_, reinterpret_cast<const sockaddr*>(&other), sizeof other), 0);
      const timeval limit{30, 0};
      setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    }
    ~Datagrams() { close(fd_); }
    Datagrams(const Datagrams&) = delete;
    Datagrams& operator=(const Datagrams&) = delete;

    [[nodiscard]] int fd() const { return fd_; }
    void send(const testing::Octets& octets) const {
      ASSERT_EQ(::send(fd_, octets.data(), octets.size(), 0), static_cast<ssize_t>(octets.size()))
          << std::strerror(errno);
    }
    [[nodiscard]] testing::Octets receive() const {
      testing::Octets octets(65536);
      const ssize_t size = recv(fd_, octets.data(), octets.size(), 0);
      octets.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
      return octets;
    }

   private:
    static sockaddr_in address_of(const char* address) {
      sockaddr_in result{};
      result.sin_family = AF_INET;
      result.sin_port = htons(kPort);
      inet_pton(AF_INET, address, &result.sin_addr);
      return result;
    }
    int fd_;
  };
};

}  // namespace rtcscope
