#include "api/live/frames.hpp"

#include <openssl/evp.h>

#include <array>
#include <stdexcept>

namespace rtcscope::api::live {
namespace {

constexpr unsigned kFinal = 0x80;
constexpr unsigned kMasked = 0x80;
constexpr std::size_t kLongestShort = 125;  // of a length in 7 bits, and of a control frame
constexpr std::uint64_t kLength16 = 126;
constexpr std::uint64_t kLength64 = 127;

void put_number(std::string& out, std::uint64_t value, int octets) {
  for (int shift = (octets - 1) * 8; shift >= 0; shift -= 8) out += static_cast<char>(value >> shift & 0xff);
}

std::uint64_t number_at(std::string_view octets, std::size_t at, std::size_t count) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < count; ++i) value = value << 8 | static_cast<unsigned char>(octets[at + i]);
  return value;
}

}  // namespace

std::string server_frame(Opcode opcode, std::string_view payload) {
  std::string frame(1, static_cast<char>(kFinal | static_cast<unsigned>(opcode)));
  if (payload.size() <= kLongestShort) {
    put_number(frame, payload.size(), 1);
  } else if (payload.size() <= 0xffff) {
    put_number(frame, kLength16, 1);
    put_number(frame, payload.size(), 2);
  } else {
    put_number(frame, kLength64, 1);
    put_number(frame, payload.size(), 8);
  }
  return frame.append(payload);
}

std::string close_frame(std::uint16_t status, std::string_view reason) {
  std::string payload;
  put_number(payload, status, 2);
  return server_frame(Opcode::kClose, payload.append(reason));
}

FrameState take_frame(std::string& octets, std::size_t max_payload, ClientFrame& frame) {
  if (octets.size() < 2) return FrameState::kNeedsMore;
  const auto first = static_cast<unsigned char>(octets[0]);
  const auto second = static_cast<unsigned char>(octets[1]);
  const unsigned opcode = first & 0x0f;
  // Final, no reserved bits, masked (RFC 6455, 5.1).
  if ((first & 0xf0) != kFinal || (second & kMasked) == 0) return FrameState::kBroken;
  std::uint64_t length = second & 0x7f;
  const std::size_t more = length == kLength16 ? 2 : length == kLength64 ? 8 : 0;
  if (opcode >= 8 && length > kLongestShort) return FrameState::kBroken;
  if (octets.size() < 2 + more) return FrameState::kNeedsMore;
  if (more > 0) length = number_at(octets, 2, more);
  if (length > max_payload) return FrameState::kTooLarge;
  const std::size_t mask = 2 + more;
  const std::size_t begin = mask + 4;
  if (octets.size() < begin + length) return FrameState::kNeedsMore;
  frame.opcode = static_cast<Opcode>(opcode);
  frame.payload = octets.substr(begin, static_cast<std::size_t>(length));
  for (std::size_t i = 0; i < frame.payload.size(); ++i) {
    frame.payload[i] = static_cast<char>(frame.payload[i] ^ octets[mask + i % 4]);
  }
  octets.erase(0, begin + static_cast<std::size_t>(length));
  return FrameState::kWhole;
}

std::string accept_of(std::string_view key) {
  const std::string text = std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  if (EVP_Digest(text.data(), text.size(), digest.data(), &length, EVP_sha1(), nullptr) != 1) {
    throw std::runtime_error("OpenSSL has no SHA-1");
  }
  std::array<unsigned char, 64> encoded{};
  const int size = EVP_EncodeBlock(encoded.data(), digest.data(), static_cast<int>(length));
  return {encoded.begin(), encoded.begin() + size};
}

}  // namespace rtcscope::api::live
