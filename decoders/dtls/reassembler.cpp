#include "decoders/dtls/reassembler.hpp"

#include <algorithm>

namespace rtcscope::dtls {
namespace {

/// What a message of this length takes up: an octet and a bit for each, and the bookkeeping about them.
constexpr std::size_t cost_of(std::size_t length) noexcept {
  return length + length / 8 + 128;
}

}  // namespace

HandshakeReassembler::~HandshakeReassembler() {
  reset();
  release();
}

void HandshakeReassembler::release() noexcept {
  if (delivered_body_.empty()) return;
  budget_.give_back(cost_of(delivered_body_.size()));
  delivered_body_ = {};
}

void HandshakeReassembler::drop(std::vector<Message>::iterator message) noexcept {
  budget_.give_back(cost_of(message->have.size()));
  incomplete_.erase(message);
}

void HandshakeReassembler::reset() noexcept {
  while (!incomplete_.empty()) drop(incomplete_.end() - 1);
  delivered_ = 0;
}

void HandshakeReassembler::reset_but(std::uint16_t message_seq) noexcept {
  reset();
  note_delivered(message_seq);
}

void HandshakeReassembler::forget_pieces(std::uint16_t message_seq) noexcept {
  const auto stale = std::find_if(incomplete_.begin(), incomplete_.end(),
                                  [&](const Message& m) { return m.message_seq == message_seq; });
  if (stale != incomplete_.end()) drop(stale);
}

bool HandshakeReassembler::note_delivered(std::uint16_t message_seq) noexcept {
  if (message_seq >= 64) return false;
  const std::uint64_t bit = std::uint64_t{1} << message_seq;
  const bool before = (delivered_ & bit) != 0;
  delivered_ |= bit;
  return before;
}

HandshakeReassembler::Message* HandshakeReassembler::find_or_create(const HandshakeFragmentView& fragment) {
  const auto found = std::find_if(incomplete_.begin(), incomplete_.end(),
                                  [&](const Message& m) { return m.message_seq == fragment.message_seq; });
  if (found != incomplete_.end()) return &*found;
  if (incomplete_.size() == kMaxIncomplete || !budget_.take(cost_of(fragment.length))) return nullptr;
  Message& message = incomplete_.emplace_back();
  message.msg_type = fragment.msg_type;
  message.message_seq = fragment.message_seq;
  message.body.resize(fragment.length);
  message.have.resize(fragment.length);
  return &message;
}

Result<std::optional<HandshakeMessageView>, DtlsError> HandshakeReassembler::add(
    const HandshakeFragmentView& fragment) {
  using Answer = std::optional<HandshakeMessageView>;
  if (fragment.length > kMaxMessage) return Unexpected{DtlsError{DtlsErrc::kMessageTooLong, 0}};
  if (fragment.bytes.size() == fragment.length) {
    // Sent in pieces before, of which some were lost: they would take up room for good.
    forget_pieces(fragment.message_seq);
    const std::uint16_t seq = fragment.message_seq;
    return Answer{{fragment.msg_type, seq, note_delivered(seq), false, fragment.bytes}};
  }
  Message* message = find_or_create(fragment);
  if (message == nullptr) return Unexpected{DtlsError{DtlsErrc::kTooManyMessages, 0}};
  if (message->body.size() != fragment.length || message->msg_type != fragment.msg_type) {
    return Unexpected{DtlsError{DtlsErrc::kBadFragment, 0}};
  }
  for (std::size_t i = 0; i < fragment.bytes.size(); ++i) {
    const std::size_t at = fragment.fragment_offset + i;
    message->body[at] = fragment.bytes[i];
    message->received += message->have[at] ? 0 : 1;
    message->have[at] = true;
  }
  if (message->received != fragment.length) return Answer{};
  release();
  std::vector<std::byte> body = std::move(message->body);
  const HandshakeType type = message->msg_type;
  drop(incomplete_.begin() + (message - incomplete_.data()));
  // What was just given back is there again.
  static_cast<void>(budget_.take(cost_of(body.size())));
  delivered_body_ = std::move(body);
  const std::uint16_t seq = fragment.message_seq;
  return Answer{{type, seq, note_delivered(seq), true, delivered_body_}};
}

}  // namespace rtcscope::dtls
