#pragma once
// DTLS as the packets show it: hello parameters, certificates in clear, and when the handshake was done.

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "decoders/dtls/handshake.hpp"
#include "decoders/dtls/reassembler.hpp"
#include "decoders/dtls/record.hpp"
#include "decoders/srtp/key_log.hpp"
#include "flows/options.hpp"
#include "flows/report.hpp"
#include "flows/tallies.hpp"

namespace rtcscope::flows {

class DtlsTracker {
 public:
  /// What one datagram changed; the flow turns it into events.
  struct Changes {
    bool identity = false;  // a certificate
    bool state = false;
    bool offers_srtp = false;   // a ClientHello with use_srtp (RFC 5764): this is WebRTC
    bool client_hello = false;  // the first of an association
    bool hello_verify = false;
    bool hello_retry = false;
    bool connected = false;
    bool closed = false;
    std::uint16_t alert = 0;  // level << 8 | description, in clear
  };

  /// `pieces` is shared by all flows and outlives this.
  DtlsTracker(const FlowOptions& options, dtls::PieceBudget& pieces) noexcept
      : max_fingerprints_(options.max_fingerprints_per_flow), pieces_(pieces) {}

  /// `in_stun`: the datagram came inside a connectivity check, and may come again bare or on another pair.
  Changes add(UtcTime time, Bytes datagram, Side sender, bool in_stun, PathTallies& tallies);

  [[nodiscard]] const DtlsFacts& facts() const noexcept { return facts_; }
  /// Of the newest association; zeros where its hellos were not seen.
  [[nodiscard]] srtp::HandshakeFacts handshake() const noexcept {
    return {client_random_, server_random_, facts_.cipher_suite, facts_.srtp_profile};
  }
  [[nodiscard]] const std::vector<CertificateFingerprint>& fingerprints() const noexcept {
    return fingerprints_;
  }

 private:
  void add_record(UtcTime time, const dtls::RecordView& record, Side sender, PathTallies& tallies,
                  Changes& changes);
  void add_handshake(UtcTime time, Bytes fragment, Side sender, PathTallies& tallies, Changes& changes);
  void add_message(UtcTime time, const dtls::HandshakeMessageView& message, Side sender, PathTallies& tallies,
                   Changes& changes);
  void add_client_hello(UtcTime time, const dtls::HandshakeMessageView& message, Side sender,
                        PathTallies& tallies, Changes& changes);
  void count(const dtls::HandshakeMessageView& message, Side sender) noexcept;
  void add_hello_verify(Side sender, Changes& changes) noexcept;
  void add_server_hello(const dtls::HandshakeMessageView& message, Side sender, PathTallies& tallies,
                        Changes& changes);
  [[nodiscard]] bool is_of_this_association(const dtls::ClientHelloView& hello, Side sender) const noexcept;
  void set_aside(UtcTime time, const dtls::ClientHelloView& hello, Side sender, PathTallies& tallies);
  void take_up_rival(std::uint16_t server_hello_seq, Changes& changes);
  void add_protected(UtcTime time, const dtls::RecordView& record, Side sender, Changes& changes);
  bool seen_before(Bytes datagram) noexcept;
  void add_certificate(UtcTime time, Bytes body, Side sender, PathTallies& tallies, Changes& changes);
  void add_alert(UtcTime time, const dtls::RecordView& record, Side sender, PathTallies& tallies,
                 Changes& changes);
  void note_protected(UtcTime time, Side sender, Changes& changes);
  void start_association(UtcTime time, Side client);

  /// A ClientHello beside an association that was answered: anybody can send one (RFC 6347, 4.2.8). It counts
  /// once the other side answers it with a ServerHello of its own.
  struct Rival {
    std::array<std::byte, 32> random{};
    Side client = Side::kA;
    UtcTime time{};
    std::uint32_t hellos = 0;
    std::uint32_t verify_requests = 0;
    DtlsOffer offer;
    std::optional<std::uint8_t> connection_id_length;
  };

  std::size_t max_fingerprints_;
  dtls::PieceBudget& pieces_;
  DtlsFacts facts_;
  std::vector<CertificateFingerprint> fingerprints_;
  // Made with the first handshake fragment of a side: media-only flows carry none.
  std::array<std::unique_ptr<dtls::HandshakeReassembler>, 2> reassemblers_;
  std::array<bool, 2> protected_{};  // sides that sent a record under negotiated keys
  srtp::HelloRandom client_random_{};
  srtp::HelloRandom server_random_{};
  bool answered_ = false;  // the server said something to the newest ClientHello
  std::unique_ptr<Rival> rival_;
  std::optional<UtcTime> hello_began_;  // when the first piece of a ClientHello came
  /// Of the connection ids that a side asked to be addressed by, once both know of them (RFC 9146, 3).
  std::array<std::optional<std::uint8_t>, 2> connection_id_length_;
  // libwebrtc remembers as many datagrams of a handshake inside checks.
  std::array<std::uint64_t, 16> recent_datagrams_{};
  std::size_t next_recent_ = 0;
};

}  // namespace rtcscope::flows
