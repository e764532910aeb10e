#include "correlator/timeline.hpp"

#include <type_traits>

#include "flows/names.hpp"

namespace rtcscope::correlator {
namespace {

using Line = std::optional<TimelineText>;

std::string subject(const std::string& who) {
  return who.empty() ? "a participant" : who;
}

/// Each publisher once.
std::string feeds_of(const std::vector<feeds::RoomStream>& streams) {
  std::string names;
  for (const feeds::RoomStream& stream : streams) {
    const std::string& name = stream.feed_display.empty() ? stream.feed_id : stream.feed_display;
    if (names.find(name) == std::string::npos) names += (names.empty() ? "" : ", ") + name;
  }
  return names;
}

struct FactText {
  const std::string& who;

  Line operator()(const feeds::ServerStarted& f) const {
    return TimelineText{"server_started", f.product + " " + f.version + " started", ""};
  }
  Line operator()(const feeds::ServerStopped& f) const {
    return TimelineText{"server_stopped", "the media server stopped: " + f.reason, ""};
  }
  Line operator()(const feeds::SessionEnded& f) const {
    if (f.reason != "timeout") return std::nullopt;
    return TimelineText{"session_timeout", subject(who) + "'s signalling session timed out", ""};
  }
  Line operator()(const feeds::IceStateChanged& f) const {
    if (f.state != "connected" && f.state != "disconnected" && f.state != "failed") return std::nullopt;
    return TimelineText{"ice_" + f.state, "ICE " + f.state, ""};
  }
  Line operator()(const feeds::DtlsStateChanged& f) const {
    if (f.state != "connected" && f.state != "failed") return std::nullopt;
    return TimelineText{"dtls_" + f.state, "DTLS " + f.state, ""};
  }
  Line operator()(const feeds::PeerConnectionUp&) const {
    return TimelineText{"media_up", "the media server calls the connection up", ""};
  }
  Line operator()(const feeds::PeerConnectionDown& f) const {
    return TimelineText{"hangup", "the media server closed the connection: " + f.reason, ""};
  }
  Line operator()(const feeds::MediaReceiving& f) const {
    const std::string what = f.kind + (f.mid.empty() ? "" : " (mid " + f.mid + ")");
    if (f.receiving) return TimelineText{"media_started", "the media server receives " + what, ""};
    return TimelineText{"media_stopped", "the media server receives no " + what, ""};
  }
  Line operator()(const feeds::SlowLink& f) const {
    const std::string way = f.server_to_client ? "to the client" : "from the client";
    return TimelineText{
        "slow_link",
        "the media server counts " + std::to_string(f.lost) + " lost " + f.kind + " packets " + way, ""};
  }
  Line operator()(const feeds::RoomJoined& f) const {
    return TimelineText{"joined", subject(who) + " joined room " + f.room, ""};
  }
  Line operator()(const feeds::RoomPublished& f) const {
    std::string media;
    for (const feeds::RoomStream& stream : f.streams) {
      media += (media.empty() ? "" : ", ") + stream.kind + (stream.codec.empty() ? "" : " " + stream.codec);
    }
    return TimelineText{"published", subject(who) + " publishes " + (media.empty() ? "media" : media), ""};
  }
  Line operator()(const feeds::RoomNotice& f) const { return TimelineText{f.name, f.text, ""}; }
  Line operator()(const feeds::RoomUnpublished&) const {
    return TimelineText{"unpublished", subject(who) + " stopped publishing", ""};
  }
  Line operator()(const feeds::RoomSubscribed& f) const {
    if (f.is_update || f.streams.empty()) return std::nullopt;
    return TimelineText{"subscribed", subject(who) + " subscribes to " + feeds_of(f.streams), ""};
  }
  Line operator()(const feeds::RoomSwitched& f) const {
    const std::string to = f.streams.empty() ? "another publisher" : feeds_of(f.streams);
    return TimelineText{"subscription_switched", subject(who) + "'s subscription was switched to " + to, ""};
  }
  Line operator()(const feeds::RoomLeft& f) const {
    return TimelineText{
        f.reason == "kicked" ? "kicked" : "left",
        subject(who) + (f.reason == "kicked" ? " was removed from" : " left") + " room " + f.room, ""};
  }
  Line operator()(const feeds::OtherEvent& f) const {
    const bool is_sip = f.name.starts_with("sip received: ") || f.name.starts_with("sip sent: ");
    return TimelineText{is_sip ? "sip_message" : "other", f.name, f.json};
  }
  template <class Silent>
  Line operator()(const Silent&) const {
    return std::nullopt;
  }
};

const char* sender_text(std::optional<bool> from_server) {
  if (!from_server) return "one side";
  return *from_server ? "the media server" : "the client";
}

const char* failure_text(std::uint32_t code) {
  const auto failure = static_cast<flows::IceFailure>(code);
  if (failure == flows::IceFailure::kErrorResponse) return "an ICE pair failed: its checks were refused";
  return "an ICE pair failed: nobody answered its checks";
}

}  // namespace

std::optional<TimelineText> describe(const feeds::FactBody& fact, const std::string& who) {
  return std::visit(FactText{who}, fact);
}

TimelineText describe(const flows::FlowEvent& event, std::optional<bool> from_server) {
  using Kind = flows::FlowEventKind;
  const std::string sender = sender_text(from_server);
  const std::string kind = flows::to_string(event.kind);
  switch (event.kind) {
    case Kind::kIceFirstCheck:
      return {kind, sender + " sent the first ICE check", ""};
    case Kind::kIceConnected:
      return {kind, "the first ICE check was answered", ""};
    case Kind::kIceNominated:
      return {kind, "ICE nominated this pair", ""};
    case Kind::kIceErrorResponse:
      return {kind, sender + " answered an ICE check with error " + std::to_string(event.code), ""};
    case Kind::kIceRestarted:
      return {kind, "ICE was restarted: both sides have new credentials", ""};
    case Kind::kIceFailed:
      return {kind, failure_text(event.code), ""};
    case Kind::kIceConsentLost:
      return {kind, "for 30 s the other side answered no check of " + sender, ""};
    case Kind::kIcePairSwitched:
      return {kind, "media moved to another ICE pair", ""};
    case Kind::kDtlsHelloVerify:
      return {kind, sender + " asked for a DTLS cookie (HelloVerifyRequest)", ""};
    case Kind::kDtlsHelloRetry:
      return {kind, sender + " asked for another key share (HelloRetryRequest)", ""};
    case Kind::kTurnAllocated:
      return {kind, "the TURN server allocated an address", ""};
    case Kind::kTurnError:
      return {kind, "the TURN server refused with error " + std::to_string(event.code), ""};
    case Kind::kTurnReleased:
      return {kind, "the TURN allocation was given up", ""};
    case Kind::kDtlsClientHello:
      return {kind, sender + " sent the DTLS ClientHello", ""};
    case Kind::kDtlsConnected:
      return {kind, "the DTLS handshake is done", ""};
    case Kind::kDtlsAlert:
      return {kind,
              sender + " sent the DTLS alert " +
                  flows::dtls_alert_name(static_cast<std::uint8_t>(event.code & 0xff)),
              ""};
    case Kind::kDtlsClosed:
      return {kind, sender + " closed the DTLS association", ""};
    case Kind::kStreamStarted:
      return {kind, sender + " started a stream", ""};
    case Kind::kFlowEnded:
      return {kind, "the flow ended", ""};
  }
  return {kind, kind, ""};
}

}  // namespace rtcscope::correlator
