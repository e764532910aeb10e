#pragma once
// What the header extensions of one side of a flow are: by the descriptions that name the flow's ufrags, else
// by how their values behave, else by the ids that browsers give them. One id has one meaning for a whole
// transport under BUNDLE (RFC 9143, 9.2), but some stacks have one for audio and one for video.

#include <array>
#include <cstdint>
#include <string>

#include "decoders/rtp/extensions.hpp"
#include "decoders/rtp/rtp_packet.hpp"
#include "flows/report.hpp"

namespace rtcscope::flows {

/// The ids that descriptions name (a=extmap, RFC 8285, 8), by medium.
struct ExtensionTable {
  static constexpr std::size_t kIds = 32;
  std::array<std::array<rtp::ExtensionKind, kIds>, 2> kinds{};  // audio, video

  void put(MediaKind kind, unsigned id, rtp::ExtensionKind extension) noexcept {
    if (id != 0 && id < kIds) kinds[kind == MediaKind::kAudio ? 0 : 1][id] = extension;
  }
  /// Takes over what `other` knows.
  void merge(const ExtensionTable& other) noexcept;
};

class ExtensionIds {
 public:
  enum class Source : std::uint8_t { kNone, kDescription, kBehaviour, kConvention };

  /// The elements of a packet whose kinds are known by now. `time` is its arrival.
  rtp::RtpExtensions read(const rtp::RtpPacketView& packet, MediaKind kind, UtcTime time) noexcept;
  /// From here on only what descriptions say counts.
  void describe(const ExtensionTable& table) noexcept;

  [[nodiscard]] bool knows(rtp::ExtensionKind extension, MediaKind kind) const noexcept;
  /// "1=audio-level (behaviour) 4=mid (convention)", of the medium; what was seen in packets only.
  [[nodiscard]] std::string text(MediaKind kind) const;

 private:
  struct Behaviour {
    std::uint32_t last = 0;
    std::uint16_t seen = 0;
    std::uint16_t fits = 0;
    std::int64_t last_ns = 0;
  };
  struct Entry {
    rtp::ExtensionKind kind{};
    Source source = Source::kNone;
    bool seen = false;  // in a packet
    Behaviour behaviour;
  };
  using Entries = std::array<Entry, ExtensionTable::kIds>;

  void learn(Entry& entry, std::uint8_t id, Bytes element, MediaKind kind, UtcTime time) noexcept;
  static void watch_octet(Entry& entry, std::uint8_t value) noexcept;
  static bool counts_up(Behaviour& b, std::uint16_t value) noexcept;
  static void watch_send_time(Entry& entry, std::uint32_t value, UtcTime time) noexcept;
  static void settle(Entry& entry, rtp::ExtensionKind kind, Source source) noexcept;

  std::array<Entries, 2> entries_{};                         // audio, and what is not known to be audio
  std::array<Behaviour, ExtensionTable::kIds> sequences_{};  // of both together
  bool described_ = false;
};

}  // namespace rtcscope::flows
