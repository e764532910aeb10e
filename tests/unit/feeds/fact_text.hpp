#pragma once
// Facts in one line of text each, so that a table can say what it wants, and a sink that keeps them.

#include <string>
#include <variant>
#include <vector>

#include "feeds/facts.hpp"

namespace rtcscope::feeds {

/// Joins its arguments with "|"; what a fact does not have is "-".
class FactText {
 public:
  explicit FactText(std::string name) : text_(std::move(name)) {}

  FactText& add(const std::string& value) {
    text_ += "|" + (value.empty() ? "-" : value);
    return *this;
  }
  FactText& add(const char* value) { return add(std::string(value)); }
  FactText& add(bool value) { return add(value ? "yes" : "no"); }
  template <class Number>
  requires std::is_arithmetic_v<Number> FactText& add(Number value) { return add(std::to_string(value)); }
  template <class Number>
  FactText& add(const std::optional<Number>& value) {
    return value ? add(*value) : add("-");
  }
  FactText& add(DescriptionOwner owner) {
    return add(owner == DescriptionOwner::kServer ? "server" : "client");
  }
  FactText& add(const std::vector<RoomStream>& streams) {
    for (const RoomStream& s : streams) {
      text_ += " {" + s.mid + "," + s.kind + "," + s.codec + "," + s.feed_id + "," + s.feed_display + "," +
               s.feed_mid + "}";
    }
    return *this;
  }

  [[nodiscard]] std::string text() const { return text_; }

 private:
  std::string text_;
};

struct FactDescriber {
  using T = FactText;
  T operator()(const ServerStarted& f) const { return T("ServerStarted").add(f.product).add(f.version); }
  T operator()(const ServerStopped& f) const { return T("ServerStopped").add(f.reason); }
  T operator()(const ServerSeen& f) const { return T("ServerSeen").add(f.product).add(f.version); }
  T operator()(const SessionCreated& f) const { return T("SessionCreated").add(f.transport_key); }
  T operator()(const SessionEnded& f) const { return T("SessionEnded").add(f.reason); }
  T operator()(const SignallingPeer& f) const {
    return T("SignallingPeer").add(f.transport_key).add(to_string(f.address)).add(f.admin);
  }
  T operator()(const HandleAttached& f) const { return T("HandleAttached").add(f.plugin); }
  T operator()(const HandleDetached&) const { return T("HandleDetached"); }
  T operator()(const Description& f) const {
    return T("Description").add(f.owner).add(f.type).add(f.sdp.media.size());
  }
  T operator()(const Candidate& f) const {
    const sdp::Candidate& c = f.candidate;
    return T("Candidate").add(f.owner).add(c.transport).add(c.address).add(c.port).add(c.type).add(c.ufrag);
  }
  T operator()(const MediaSsrcs& f) const {
    T text("MediaSsrcs");
    text.add(f.owner).add(f.mid).add(f.kind);
    for (const MediaSsrcs::Use& use : f.ssrcs) text.add(use.ssrc).add(use.rtx_of_ssrc);
    return text;
  }
  T operator()(const SelectedPair& f) const {
    T text("SelectedPair");
    text.add(to_string(f.local)).add(f.local_type).add(to_string(f.remote)).add(f.remote_type);
    return text.add(to_string(f.transport));
  }
  T operator()(const IceStateChanged& f) const { return T("IceStateChanged").add(f.state); }
  T operator()(const DtlsStateChanged& f) const { return T("DtlsStateChanged").add(f.state); }
  T operator()(const PeerConnectionUp&) const { return T("PeerConnectionUp"); }
  T operator()(const PeerConnectionDown& f) const { return T("PeerConnectionDown").add(f.reason); }
  T operator()(const MediaReceiving& f) const {
    return T("MediaReceiving").add(f.mid).add(f.kind).add(f.receiving);
  }
  T operator()(const SlowLink& f) const {
    return T("SlowLink").add(f.mid).add(f.kind).add(f.server_to_client ? "down" : "up").add(f.lost);
  }
  T operator()(const MediaStatistics& f) const {
    T text("MediaStatistics");
    text.add(f.mid).add(f.media).add(f.codec).add(f.clock_rate_hz).add(f.lost).add(f.lost_by_remote);
    text.add(f.packets_received).add(f.packets_sent).add(f.bytes_received).add(f.bytes_sent);
    text.add(f.jitter_local_ms).add(f.jitter_remote_ms).add(f.rtt_ms);
    return text.add(f.nacks_received).add(f.nacks_sent);
  }
  T operator()(const RoomCreated& f) const { return T("RoomCreated").add(f.plugin).add(f.room); }
  T operator()(const RoomDestroyed& f) const { return T("RoomDestroyed").add(f.plugin).add(f.room); }
  T operator()(const RoomJoined& f) const {
    T text("RoomJoined");
    return text.add(f.plugin).add(f.room).add(f.user_id).add(f.private_id).add(f.display);
  }
  T operator()(const RoomPublished& f) const {
    return T("RoomPublished").add(f.plugin).add(f.room).add(f.user_id).add(f.display).add(f.streams);
  }
  T operator()(const RoomUnpublished& f) const {
    return T("RoomUnpublished").add(f.plugin).add(f.room).add(f.user_id);
  }
  T operator()(const RoomSubscribed& f) const {
    return T("RoomSubscribed").add(f.plugin).add(f.room).add(f.private_id).add(f.streams);
  }
  T operator()(const RoomSwitched& f) const {
    return T("RoomSwitched").add(f.plugin).add(f.room).add(f.streams);
  }
  T operator()(const RoomLeft& f) const {
    return T("RoomLeft").add(f.plugin).add(f.room).add(f.user_id).add(f.reason);
  }
  T operator()(const RoomRoster& f) const {
    T text("RoomRoster");
    text.add(f.plugin).add(f.room);
    for (const RoomRoster::User& user : f.users) text.add(user.user_id).add(user.display);
    return text;
  }
  T operator()(const ServerInventory& f) const {
    T text("ServerInventory");
    for (const auto& [session, handles] : f.handles) {
      text.add(session);
      for (const std::string& handle : handles) text.add(handle);
    }
    return text;
  }
  T operator()(const HandleOwner& f) const {
    return T("HandleOwner").add(f.plugin).add(f.room).add(f.user_id).add(f.publishes);
  }
  T operator()(const RoomNotice& f) const {
    return T("RoomNotice").add(f.plugin).add(f.room).add(f.name).add(f.text);
  }
  T operator()(const SoloActivity& f) const { return T("SoloActivity").add(f.plugin).add(f.name); }
  T operator()(const OtherEvent& f) const { return T("OtherEvent").add(f.name); }
};

inline std::string describe(const FactBody& body) {
  return std::visit(FactDescriber{}, body).text();
}
/// The first word of describe(): what kind of fact it is.
inline std::string kind_of(const FactBody& body) {
  const std::string text = describe(body);
  return text.substr(0, text.find('|'));
}

struct FactKeeper : FactSink {
  std::vector<Fact> facts;
  void on_fact(const Fact& fact) override { facts.push_back(fact); }
};

}  // namespace rtcscope::feeds
