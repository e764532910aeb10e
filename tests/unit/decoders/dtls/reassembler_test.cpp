// decoders/dtls/reassembler.hpp (RFC 6347, 4.2.3): any order, any overlap, and bounds.

#include "decoders/dtls/reassembler.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "tests/support/hex.hpp"

namespace rtcscope::dtls {
namespace {

using testing::hex;
using testing::Octets;

Octets numbered(std::size_t size) {
  Octets octets;
  for (std::size_t i = 0; i < size; ++i) octets.push_back(static_cast<std::byte>(i * 7));
  return octets;
}

class Reassembler : public ::testing::Test {
 protected:
  /// What add() answers: "" while pieces are missing, "seq:octets" or the fault.
  std::string add(unsigned seq, const Octets& message, std::size_t offset, std::size_t size,
                  HandshakeType type = HandshakeType::kCertificate) {
    HandshakeFragmentView fragment;
    fragment.msg_type = type;
    fragment.length = static_cast<std::uint32_t>(message.size());
    fragment.message_seq = static_cast<std::uint16_t>(seq);
    fragment.fragment_offset = static_cast<std::uint32_t>(offset);
    fragment.bytes = Bytes(message).subspan(offset, size);
    const auto answer = reassembler.add(fragment);
    if (!answer) return to_string(answer.error().code);
    if (!*answer) return "";
    return std::to_string((*answer)->message_seq) + ((*answer)->repeated ? " again:" : ":") +
           testing::hex_of((*answer)->body);
  }

  PieceBudget budget;
  HandshakeReassembler reassembler{budget};
  const Octets ten = numbered(10);
  const std::string ten_text = testing::hex_of(ten);
};

TEST_F(Reassembler, WholeMessagePassesThrough) {
  EXPECT_EQ(add(3, ten, 0, 10), "3:" + ten_text);
}

TEST_F(Reassembler, MessageWithoutBodyPassesThrough) {
  EXPECT_EQ(add(3, {}, 0, 0, HandshakeType::kServerHelloDone), "3:");
}

TEST_F(Reassembler, TwoPiecesInOrder) {
  EXPECT_EQ(add(0, ten, 0, 4), "");
  EXPECT_EQ(add(0, ten, 4, 6), "0:" + ten_text);
}

TEST_F(Reassembler, TwoPiecesInReverse) {
  EXPECT_EQ(add(0, ten, 4, 6), "");
  EXPECT_EQ(add(0, ten, 0, 4), "0:" + ten_text);
}

TEST_F(Reassembler, OverlapsCountOnce) {
  EXPECT_EQ(add(0, ten, 0, 6), "");
  EXPECT_EQ(add(0, ten, 3, 4), "");
  EXPECT_EQ(add(0, ten, 0, 6), "");
  EXPECT_EQ(add(0, ten, 5, 5), "0:" + ten_text);
}

TEST_F(Reassembler, EmptyFragmentAddsNothing) {
  EXPECT_EQ(add(0, ten, 10, 0), "");
  EXPECT_EQ(add(0, ten, 0, 9), "");
  EXPECT_EQ(add(0, ten, 9, 1), "0:" + ten_text);
}

// One octet each, in any order, with repetitions: the message is the same.
TEST_F(Reassembler, AnyOrderOfOctetsGivesTheMessage) {
  const Octets message = numbered(300);
  std::vector<std::size_t> order(300);
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::mt19937 random(1);
  for (unsigned seq = 0; seq < 20; ++seq) {
    std::shuffle(order.begin(), order.end(), random);
    for (std::size_t i = 0; i + 1 < order.size(); ++i) {
      ASSERT_EQ(add(seq, message, order[i], 1), "");
      ASSERT_EQ(add(seq, message, order[i / 2], 1), "");
    }
    ASSERT_EQ(add(seq, message, order.back(), 1), std::to_string(seq) + ":" + testing::hex_of(message));
  }
}

TEST_F(Reassembler, MessagesInterleave) {
  const Octets other = numbered(7);
  EXPECT_EQ(add(1, ten, 0, 5), "");
  EXPECT_EQ(add(2, other, 0, 3), "");
  EXPECT_EQ(add(1, ten, 5, 5), "1:" + ten_text);
  EXPECT_EQ(add(2, other, 3, 4), "2:" + testing::hex_of(other));
}

TEST_F(Reassembler, RetransmissionIsToldAsSuch) {
  EXPECT_EQ(add(1, ten, 0, 10), "1:" + ten_text);
  EXPECT_EQ(add(1, ten, 0, 10), "1 again:" + ten_text);
  EXPECT_EQ(add(1, ten, 0, 5), "");
  EXPECT_EQ(add(1, ten, 5, 5), "1 again:" + ten_text);
}

TEST_F(Reassembler, ResetForgetsWhatWasDelivered) {
  add(1, ten, 0, 10);
  reassembler.reset();
  EXPECT_EQ(add(1, ten, 0, 10), "1:" + ten_text);
}

TEST_F(Reassembler, ResetForgetsPieces) {
  add(1, ten, 0, 5);
  reassembler.reset();
  EXPECT_EQ(add(1, ten, 5, 5), "");
}

TEST_F(Reassembler, TwoLengthsForOneMessageAreRefused) {
  EXPECT_EQ(add(1, ten, 0, 5), "");
  EXPECT_EQ(add(1, numbered(11), 5, 5), "bad_fragment");
  EXPECT_EQ(add(1, ten, 5, 5), "1:" + ten_text);
}

TEST_F(Reassembler, TwoTypesForOneMessageAreRefused) {
  EXPECT_EQ(add(1, ten, 0, 5), "");
  EXPECT_EQ(add(1, ten, 5, 5, HandshakeType::kClientHello), "bad_fragment");
}

TEST_F(Reassembler, LongestMessageIsReadAndOneOctetMoreIsRefused) {
  const Octets longest = numbered(HandshakeReassembler::kMaxMessage);
  EXPECT_EQ(add(1, longest, 0, longest.size()).size(), 2 + 2 * longest.size());
  EXPECT_EQ(add(2, numbered(HandshakeReassembler::kMaxMessage + 1), 0, 1), "message_too_long");
}

TEST_F(Reassembler, SeventhIncompleteMessageIsRefused) {
  for (unsigned seq = 0; seq < HandshakeReassembler::kMaxIncomplete; ++seq)
    EXPECT_EQ(add(seq, ten, 0, 5), "");
  EXPECT_EQ(add(100, ten, 0, 5), "too_many_messages");
  EXPECT_EQ(add(0, ten, 5, 5), "0:" + ten_text);
  EXPECT_EQ(add(100, ten, 0, 5), "");
}

TEST_F(Reassembler, RoomIsSharedAndComesBack) {
  while (budget.left() > 2 * HandshakeReassembler::kMaxMessage) {
    ASSERT_TRUE(budget.take(HandshakeReassembler::kMaxMessage));
  }
  const std::size_t little = budget.left();
  const Octets longest = numbered(HandshakeReassembler::kMaxMessage);
  EXPECT_EQ(add(1, longest, 0, 1), "");
  EXPECT_LT(budget.left(), little);
  EXPECT_EQ(add(2, longest, 0, 1), "too_many_messages");
  reassembler.reset();
  EXPECT_EQ(budget.left(), little);
  EXPECT_EQ(add(0, ten, 0, 5), "");
  EXPECT_EQ(add(0, ten, 5, 5), "0:" + ten_text);
  reassembler.release();
  EXPECT_EQ(budget.left(), little);
}

// A message may come in pieces first and whole when it is sent again: its pieces must not stay for good.
TEST_F(Reassembler, WholeMessageTakesTheRoomOfItsPieces) {
  for (unsigned seq = 0; seq < HandshakeReassembler::kMaxIncomplete; ++seq) {
    add(seq, ten, 0, 5);
    EXPECT_EQ(add(seq, ten, 0, 10), std::to_string(seq) + ":" + ten_text);
  }
  EXPECT_EQ(add(100, ten, 0, 5), "");
}

}  // namespace
}  // namespace rtcscope::dtls
