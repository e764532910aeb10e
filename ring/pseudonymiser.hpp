#pragma once
// Frames built anew with other addresses. What is not put in on purpose is not in them.

#include <cstdint>
#include <string>

#include "decoders/link/frame.hpp"
#include "ring/pcapng_blocks.hpp"
#include "ring/pseudonyms.hpp"

namespace rtcscope::ring {

class Pseudonymiser {
 public:
  /// `key` outlives it.
  explicit Pseudonymiser(const std::string& key) : pseudonyms_(key) {}

  /// A raw IP packet (LINKTYPE_RAW) with the innermost datagram or segment of the frame `octets`: IP header
  /// with TTL, DSCP and ECN; UDP header, or the TCP header without options; what was kept of the payload,
  /// with other addresses in STUN and without names in RTCP. Lives until the next call.
  Bytes rebuild(const link::DatagramView& frame, Bytes octets);
  /// Of the packet that rebuild() made, before anything was cut off.
  [[nodiscard]] std::uint32_t wire_length() const noexcept { return wire_length_; }

 private:
  void add_ip_header(const link::DatagramView& frame, std::size_t transport_octets);
  void add_udp_header(const link::DatagramView& frame);
  void add_tcp_header(const link::DatagramView& frame, Bytes octets);
  void set_transport_checksum(const link::DatagramView& frame, std::size_t transport_start, bool whole);

  Pseudonyms pseudonyms_;
  Octets packet_;
  std::uint32_t wire_length_ = 0;
};

/// Puts other addresses into a datagram that media_cut.hpp cut: in the attributes of STUN, also of what DATA
/// and ChannelData carry. Attributes that are not known to tell nothing are zeroed, and so are integrity
/// values, which the change makes wrong; FINGERPRINT is made anew. Returns how many octets may stay: an RTCP
/// packet in clear that holds names or texts ends behind its header, and all after it.
std::size_t pseudonymise_datagram(std::span<std::byte> datagram, Pseudonyms& pseudonyms);

}  // namespace rtcscope::ring
