// A sender whose broker is not there, or is none.

#include "bus/io/bus_sender.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <atomic>
#include <fstream>
#include <vector>

#include "base/owned_fd.hpp"
#include "tests/support/temp_folder.hpp"

namespace rtcscope::bus {
namespace {

using std::chrono::milliseconds;

/// Waits for what must come; a limit only so that a broken build ends.
bool eventually(const std::function<bool()>& condition) {
  const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds{60};
  while (std::chrono::steady_clock::now() < limit) {
    if (condition()) return true;
    std::this_thread::sleep_for(milliseconds{5});
  }
  return false;
}

/// A port of loopback that is ours. Without listen() connections are refused; with it they are taken, and
/// nobody says anything.
class Port {
 public:
  Port() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    auto* any = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(bind(socket_.value(), any, size), 0);
    EXPECT_EQ(getsockname(socket_.value(), any, &size), 0);
    number_ = ntohs(address.sin_port);
  }
  void listen() const { EXPECT_EQ(::listen(socket_.value(), 8), 0); }
  [[nodiscard]] std::uint16_t number() const { return number_; }

 private:
  OwnedFd socket_;
  std::uint16_t number_ = 0;
};

class BusSenderTest : public ::testing::Test {
 protected:
  SenderOptions options() {
    SenderOptions options;
    options.place.address.host = "127.0.0.1";
    options.place.address.port = port_.number();
    options.memory_bytes = 1000;
    options.first_wait = milliseconds{10};
    options.longest_wait = milliseconds{40};
    options.connect_within = milliseconds{200};
    options.log = [this](bool, const std::string& line) {
      const std::lock_guard lock(mutex_);
      lines_.push_back(line);
    };
    return options;
  }

  std::vector<std::string> lines() {
    const std::lock_guard lock(mutex_);
    return lines_;
  }

  const rtcscope::testing::TempFolder temp_;
  const Port port_;
  std::mutex mutex_;
  std::vector<std::string> lines_;
};

TEST_F(BusSenderTest, ABrokerThatIsAwayIsToldOnce) {
  Sender sender(options());
  ASSERT_TRUE(eventually([&] { return sender.counts().failures >= 4; }));
  const SenderCounts counts = sender.counts();
  EXPECT_FALSE(counts.connected);
  EXPECT_NE(counts.last_error, "");
  EXPECT_EQ(counts.reconnects, 0U);
  const auto told = lines();
  ASSERT_EQ(told.size(), 1U);
  EXPECT_NE(told.front().find("trying again until it answers"), std::string::npos);
}

TEST_F(BusSenderTest, MemoryIsBoundedAndTheNewestStay) {
  Sender sender(options());
  for (int i = 0; i < 25; ++i) sender.send(std::string(100, 'x'));
  const SenderCounts counts = sender.counts();
  EXPECT_EQ(counts.waiting, 10U);
  EXPECT_EQ(counts.waiting_bytes, 1000U);
  EXPECT_EQ(counts.lost, 15U);
  sender.stop(milliseconds{50});
  EXPECT_EQ(sender.counts().lost, 25U);
  EXPECT_EQ(sender.counts().waiting, 0U);
  sender.send("too late");
  EXPECT_EQ(sender.counts().lost, 26U);
}

TEST_F(BusSenderTest, TheSpoolTakesOverAndIsThereForTheNextRun) {
  SenderOptions with_spool = options();
  with_spool.spool_folder = temp_.file("spool");
  {
    Sender sender(with_spool);
    for (int i = 0; i < 50; ++i) {
      ASSERT_TRUE(eventually([&] { return sender.counts().waiting < 9; }));
      sender.send(std::string(100, 'x'));
    }
    ASSERT_TRUE(eventually([&] { return sender.counts().spool_batches >= 44; }));
    sender.stop(milliseconds{50});
    const SenderCounts counts = sender.counts();
    EXPECT_EQ(counts.spool_batches, 50U);
    EXPECT_EQ(counts.spooled, 50U);
    EXPECT_EQ(counts.lost, 0U);
  }
  const Sender sender(with_spool);
  EXPECT_EQ(sender.counts().spool_batches, 50U);
  EXPECT_EQ(sender.counts().spooled, 0U);
}

TEST_F(BusSenderTest, ASpoolThatIsNoneEndsTheStart) {
  SenderOptions broken = options();
  broken.spool_folder = temp_.file("file");
  std::ofstream(broken.spool_folder) << "not a folder";
  EXPECT_THROW(Sender{broken}, std::runtime_error);
}

TEST_F(BusSenderTest, StopDoesNotWaitForTheNextAttempt) {
  SenderOptions patient = options();
  patient.first_wait = std::chrono::minutes{5};
  patient.longest_wait = std::chrono::minutes{5};
  Sender sender(patient);
  sender.send("batch");
  ASSERT_TRUE(eventually([&] { return sender.counts().failures == 1; }));
  const auto begin = std::chrono::steady_clock::now();
  sender.stop(std::chrono::minutes{5});
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds{30});
  EXPECT_EQ(sender.counts().failures, 2U);  // one more, at once
  EXPECT_EQ(sender.counts().lost, 1U);
}

TEST_F(BusSenderTest, AnswersNobodyGivesAreNotWaitedForAtTheEnd) {
  port_.listen();
  Sender sender(options());
  sender.send("batch");
  std::this_thread::sleep_for(milliseconds{50});  // it is in the middle of logging in, most likely
  const auto begin = std::chrono::steady_clock::now();
  sender.stop(milliseconds{10});
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds{30});
  EXPECT_EQ(sender.counts().lost, 1U);
}

TEST_F(BusSenderTest, ManyThreadsMaySend) {
  Sender sender(options());
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 200; ++i) sender.send(std::string(10, 'x'));
    });
  }
  for (std::thread& thread : threads) thread.join();
  const SenderCounts counts = sender.counts();
  EXPECT_EQ(counts.waiting + counts.lost, 800U);
  EXPECT_LE(counts.waiting_bytes, 1000U);
}

}  // namespace
}  // namespace rtcscope::bus
