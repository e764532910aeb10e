#include "export/hep/hep_sender.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "collector.hpp"

namespace rtcscope::export_hep {
namespace {

SenderLimits quick(std::size_t queue_messages = 4096) {
  SenderLimits limits;
  limits.queue_messages = queue_messages;
  limits.first_wait = std::chrono::milliseconds{10};
  limits.longest_wait = std::chrono::milliseconds{40};
  return limits;
}

std::span<const std::byte> bytes(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

std::string numbered(int number) {
  const std::string digits = std::to_string(number);
  return "message " + std::string(4 - digits.size(), '0') + digits;
}

/// Sends until the kernel's buffers are full and nothing moves any more; the number of messages sent.
std::uint64_t send_until_stuck(HepSender& sender, const std::string& message) {
  std::uint64_t taken = 0;
  std::uint64_t sent_before = 0;
  int rounds_without_progress = 0;
  const bool stuck = eventually([&] {
    for (int i = 0; i < 20; ++i) sender.send(bytes(message));
    taken += 20;
    const std::uint64_t sent = sender.stats().sent;
    rounds_without_progress = sent == sent_before ? rounds_without_progress + 1 : 0;
    sent_before = sent;
    return rounds_without_progress == 60;
  });
  EXPECT_TRUE(stuck);
  return taken;
}

/// Everything that was taken is accounted for.
std::uint64_t total(const HepTargetStats& stats) {
  return stats.sent + stats.dropped_queue_full + stats.dropped_unsent + stats.depth;
}

TEST(HepSender, UdpIsOneMessageADatagram) {
  Collector collector(HepTransport::kUdp);
  HepSender sender(collector.target(), quick());
  sender.send(bytes("first"));
  sender.send(bytes("second one"));
  EXPECT_EQ(collector.datagram(), "first");
  EXPECT_EQ(collector.datagram(), "second one");
  sender.stop();
  const HepTargetStats stats = sender.stats();
  EXPECT_EQ(stats.sent, 2U);
  EXPECT_EQ(stats.bytes, 15U);
  EXPECT_EQ(stats.failures, 0U);
  EXPECT_EQ(stats.state, SenderState::kStopped);
}

TEST(HepSender, TcpIsBackToBack) {
  Collector collector(HepTransport::kTcp);
  collector.listen();
  HepSender sender(collector.target(), quick());
  sender.send(bytes("first"));
  sender.send(bytes("second"));
  const Descriptor connection = collector.accept();
  EXPECT_EQ(Collector::take(connection, 11), "firstsecond");
}

TEST(HepSender, StopSendsWhatIsQueued) {
  for (const HepTransport transport : {HepTransport::kUdp, HepTransport::kTcp}) {
    Collector collector(transport);
    if (transport == HepTransport::kTcp) collector.listen();
    SenderLimits limits = quick();
    limits.stop_within = std::chrono::seconds{60};  // what a busy machine may need
    HepSender sender(collector.target(), limits);
    for (int i = 0; i < 20; ++i) sender.send(bytes(numbered(i)));
    sender.stop();
    const HepTargetStats stats = sender.stats();
    EXPECT_EQ(stats.sent, 20U) << to_string(transport) << ": " << stats.last_error;
    EXPECT_EQ(stats.dropped_unsent, 0U);
    sender.send(bytes("too late"));
    EXPECT_EQ(sender.stats().dropped_unsent, 1U);
  }
}

TEST(HepSender, APeerThatDoesNotReadIsCountedAndBlocksNobody) {
  Collector collector(HepTransport::kTcp);
  collector.listen();
  HepSender sender(collector.target(), quick(8));
  const Descriptor connection = collector.accept();
  const std::uint64_t taken = send_until_stuck(sender, std::string(65'000, 'x'));
  EXPECT_GE(sender.stats().dropped_queue_full, 1000U);
  EXPECT_EQ(sender.stats().depth, 8U);
  EXPECT_EQ(sender.stats().capacity, 8U);
  EXPECT_EQ(total(sender.stats()), taken);
  sender.stop();
  const HepTargetStats stats = sender.stats();
  EXPECT_EQ(stats.depth, 0U);
  EXPECT_EQ(stats.dropped_unsent, 8U);
  EXPECT_EQ(total(stats), taken);
}

TEST(HepSender, KeepsTryingUntilTheCollectorIsThere) {
  Collector collector(HepTransport::kTcp);  // bound, but not listening: connections are refused
  HepSender sender(collector.target(), quick());
  sender.send(bytes("patience"));
  ASSERT_TRUE(eventually([&] { return sender.stats().failures >= 3; }));
  EXPECT_EQ(sender.stats().last_error, "connect: Connection refused");
  EXPECT_EQ(sender.stats().depth, 1U);
  collector.listen();
  const Descriptor connection = collector.accept();
  EXPECT_EQ(Collector::take(connection, 8), "patience");
  ASSERT_TRUE(eventually([&] { return sender.stats().state == SenderState::kConnected; }));
  EXPECT_EQ(sender.stats().reconnects, 0U);
}

TEST(HepSender, ReconnectsWhenTheCollectorEndsTheConnection) {
  Collector collector(HepTransport::kTcp);
  collector.listen();
  HepSender sender(collector.target(), quick());
  sender.send(bytes("one"));
  Descriptor connection = collector.accept();
  EXPECT_EQ(Collector::take(connection, 3), "one");
  connection.reset();
  // The end is noticed without anything to send: the next message goes to the new connection, not away.
  const Descriptor again = collector.accept();
  ASSERT_TRUE(eventually([&] { return sender.stats().reconnects == 1; }));
  sender.send(bytes("two"));
  EXPECT_EQ(Collector::take(again, 3), "two");
  EXPECT_EQ(sender.stats().failures, 1U);
  EXPECT_FALSE(sender.stats().last_error.empty());
}

TEST(HepSender, AMessageCutOffByTheEndIsSentAgainWhole) {
  Collector collector(HepTransport::kTcp);
  collector.listen();
  HepSender sender(collector.target(), quick(4));
  Descriptor connection = collector.accept();
  const std::string big = "HEAD" + std::string(64'000, 'x') + "TAIL";
  (void)send_until_stuck(sender, big);
  connection.reset();  // in the middle of some message, with unread octets
  const Descriptor again = collector.accept();
  for (int i = 0; i < 4; ++i) ASSERT_EQ(Collector::take(again, big.size()), big) << i;
}

TEST(HepSender, ARefusedDatagramIsAFailureAndSendingGoesOn) {
  auto collector = std::make_unique<Collector>(HepTransport::kUdp);
  const HepTarget target = collector->target();
  collector.reset();  // nobody is there now
  HepSender sender(target, quick());
  int number = 0;
  ASSERT_TRUE(eventually([&] {
    sender.send(bytes(numbered(number++)));
    return sender.stats().reconnects >= 2;
  }));
  EXPECT_GE(sender.stats().failures, 2U);
}

TEST(HepSender, ANameThatCannotBeLookedUpIsAFailureThatSaysSo) {
  // A label has at most 63 octets (RFC 1035, 2.3.4): no resolver is asked.
  HepSender sender({HepTransport::kUdp, std::string(64, 'a') + ".invalid", 9060}, quick());
  ASSERT_TRUE(eventually([&] { return sender.stats().failures >= 2; }));
  EXPECT_EQ(sender.stats().last_error.rfind("looking up aaaa", 0), 0U) << sender.stats().last_error;
  sender.send(bytes("waits"));
  sender.stop();
  EXPECT_EQ(sender.stats().dropped_unsent, 1U);
}

}  // namespace
}  // namespace rtcscope::export_hep
