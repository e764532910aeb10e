#pragma once
// Puts handshake messages together from fragments that come in any order, twice, or overlapping
// (RFC 6347, 4.2.3), within fixed bounds.

#include <cstdint>
#include <optional>
#include <vector>

#include "decoders/dtls/handshake.hpp"

namespace rtcscope::dtls {

/// A whole message; `body` lives until the next call of add().
struct HandshakeMessageView {
  HandshakeType msg_type{};
  std::uint16_t message_seq = 0;
  bool repeated = false;   // this message_seq was delivered before: a retransmission
  bool in_pieces = false;  // more than one fragment made it
  Bytes body;
};

/// Room for the pieces of all associations together: a message may claim 16 KiB with its first octet, and
/// anybody can send that from any address.
class PieceBudget {
 public:
  static constexpr std::size_t kOctets = 16 * 1024 * 1024;

  [[nodiscard]] bool take(std::size_t octets) noexcept {
    if (octets > left_) return false;
    left_ -= octets;
    return true;
  }
  void give_back(std::size_t octets) noexcept { left_ += octets; }
  [[nodiscard]] std::size_t left() const noexcept { return left_; }

 private:
  std::size_t left_ = kOctets;
};

/// One direction of one association. Allocates when a message comes in pieces; a message in one fragment
/// passes through without a copy.
class HandshakeReassembler {
 public:
  // Certificate chains of WebRTC endpoints are one certificate below 2 KiB; 16 KiB leaves room for a chain.
  static constexpr std::uint32_t kMaxMessage = 16 * 1024;
  // A flight has at most six messages; more incomplete ones at a time are an attack.
  static constexpr std::size_t kMaxIncomplete = 6;

  /// `budget` outlives this.
  explicit HandshakeReassembler(PieceBudget& budget) noexcept : budget_(budget) {}
  ~HandshakeReassembler();
  HandshakeReassembler(const HandshakeReassembler&) = delete;
  HandshakeReassembler& operator=(const HandshakeReassembler&) = delete;

  /// The message that this fragment completes, nothing while pieces are missing, or why it was refused.
  Result<std::optional<HandshakeMessageView>, DtlsError> add(const HandshakeFragmentView& fragment);

  /// A new association starts: message numbers begin again.
  void reset() noexcept;
  /// The same with a message that was just delivered as its first: pieces are forgotten, its body stays.
  void reset_but(std::uint16_t message_seq) noexcept;
  /// The body of the last message was read.
  void release() noexcept;

 private:
  struct Message {
    HandshakeType msg_type{};
    std::uint16_t message_seq = 0;
    std::uint32_t received = 0;  // octets that came, each counted once
    std::vector<std::byte> body;
    std::vector<bool> have;  // by octet: fragments may overlap in any way
  };

  Message* find_or_create(const HandshakeFragmentView& fragment);
  void forget_pieces(std::uint16_t message_seq) noexcept;
  bool note_delivered(std::uint16_t message_seq) noexcept;
  void drop(std::vector<Message>::iterator message) noexcept;

  PieceBudget& budget_;
  std::vector<Message> incomplete_;
  std::vector<std::byte> delivered_body_;
  std::uint64_t delivered_ = 0;  // bit n: message_seq n was delivered; higher numbers are not remembered
};

}  // namespace rtcscope::dtls
