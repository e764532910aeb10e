#pragma once
// What the header extensions of one side of a flow are, by how their values behave: without SDP an id is just
// a number. One id has one meaning for a whole transport under BUNDLE (RFC 9143, 9.2).

#include <array>
#include <cstdint>
#include <optional>

#include "decoders/rtp/extensions.hpp"
#include "decoders/rtp/rtp_packet.hpp"
#include "flows/report.hpp"

namespace rtcscope::flows {

class ExtensionIds {
 public:
  /// What one packet carries of the kinds that are known by now.
  struct Values {
    std::optional<rtp::AudioLevel> audio_level;       // RFC 6464
    std::optional<std::uint16_t> transport_sequence;  // transport-wide-cc-extensions-01, 2
  };
  Values read(const rtp::RtpPacketView& packet, MediaKind kind) noexcept;

  [[nodiscard]] bool knows_audio_level() const noexcept { return audio_level_ != 0; }
  [[nodiscard]] bool knows_transport_sequence() const noexcept { return transport_sequence_ != 0; }

 private:
  struct Behaviour {
    std::uint16_t last = 0;
    std::uint16_t seen = 0;
    std::uint16_t fits = 0;
  };

  void watch_level(std::uint8_t id, std::uint8_t value) noexcept;
  void watch_sequence(std::uint8_t id, std::uint16_t value) noexcept;

  std::array<Behaviour, 15> behaviour_{};  // one-byte ids; two-byte headers are read with them, too
  std::uint8_t audio_level_ = 0;           // 0: not known
  std::uint8_t transport_sequence_ = 0;
};

}  // namespace rtcscope::flows
