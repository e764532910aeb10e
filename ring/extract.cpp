#include "ring/extract.hpp"

#include <algorithm>

#include "decoders/link/frame.hpp"

namespace rtcscope::ring {

Extractor::Extractor(const Question& question, const std::string& pseudonym_key)
    : question_(question), pseudonymiser_(pseudonym_key) {
  for (const FiveTuple& flow : question.flows) {
    wanted_.insert(flow);
    wanted_.insert({flow.destination, flow.source, flow.transport});
  }
}

bool Extractor::read(const OpenSegment& segment) {
  constexpr std::size_t kPiece = 1024 * 1024;
  Octets octets;
  interfaces_.clear();
  for (std::uint64_t at = 0; at < segment.bytes;) {
    const std::size_t old = octets.size();
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(kPiece, segment.bytes - at));
    octets.resize(old + size);
    const std::size_t done = segment.file.read_at(at, octets.data() + old, size);
    octets.resize(old + done);
    at += done;
    Bytes rest{octets};
    while (const auto block = first_block(rest)) {
      if (!take(*block)) return false;
      rest = rest.subspan(block->octets.size());
    }
    // A block that is not whole yet; one that is broken would make the rest grow for ever.
    if (done == 0 || rest.size() > kPiece) return true;
    octets.erase(octets.begin(), octets.end() - static_cast<std::ptrdiff_t>(rest.size()));
  }
  return true;
}

bool Extractor::take(const Block& block) {
  if (const auto interface = read_interface(block)) {
    interfaces_.push_back({interface->link_type, std::string(interface->name)});
  } else if (const auto packet = read_packet(block)) {
    return take_packet(*packet);
  }
  return true;
}

bool Extractor::take_packet(const PacketBlock& packet) {
  if (packet.time < question_.from || packet.time >= question_.to) return true;
  if (packet.interface >= interfaces_.size()) return true;
  const Interface& interface = interfaces_[packet.interface];
  const auto frame = link::parse_frame(interface.link_type, packet.octets, packet.wire_length);
  if (!frame || wanted_.find(frame->five_tuple) == wanted_.end()) return true;
  PacketBlock kept = packet;
  LinkType link_type = interface.link_type;
  if (question_.pseudonymise) {
    kept.octets = pseudonymiser_.rebuild(*frame, packet.octets);
    kept.wire_length = pseudonymiser_.wire_length();
    link_type = LinkType::kRaw;
  }
  const std::size_t octets = packet_blocks_.size() + interface_blocks_.size();
  if (octets + packet_block_size(kept.octets.size()) > question_.most_octets) {
    extract_.ended_early = packet.time;
    return false;
  }
  kept.interface = number_of(link_type, interface.name);
  add_packet(packet_blocks_, kept);
  extract_.packets += 1;
  return true;
}

std::uint32_t Extractor::number_of(LinkType link_type, const std::string& name) {
  const auto [place, is_new] =
      numbers_.try_emplace({name, link_type}, static_cast<std::uint32_t>(numbers_.size()));
  if (is_new) add_interface(interface_blocks_, link_type, name);
  return place->second;
}

std::string Extractor::comment() const {
  std::string text = question_.comment;
  text +=
      "\nPayload was cut: RTP behind its header and extensions, DTLS application data behind its record "
      "header, "
      "TCP behind whole units. STUN, DTLS handshakes and (S)RTCP are whole, as encrypted as they were.";
  if (question_.pseudonymise) {
    text +=
        "\nAddresses are pseudonyms, the same in each capture of this rtcscope: IPv4 in 10.0.0.0/8, IPv6 in "
        "fd00::/8. Frames were built anew from what was read of them: no link layer, no tunnels, no IP or "
        "TCP "
        "options. STUN MESSAGE-INTEGRITY is zeroed, FINGERPRINT is right again. A UDP or TCP checksum is "
        "there where the whole payload is.";
  }
  if (extract_.ended_early) {
    text += "\nIt ends at its size limit: later packets begin at " + to_rfc3339(*extract_.ended_early) + ".";
  }
  return text;
}

Extract Extractor::finish(const std::string& application) {
  Octets head;
  add_section(head, application, comment());
  std::string& out = extract_.pcapng;
  out.reserve(head.size() + interface_blocks_.size() + packet_blocks_.size());
  for (const Octets* part : {&head, &interface_blocks_, &packet_blocks_}) {
    out.append(reinterpret_cast<const char*>(part->data()), part->size());  // a body of HTTP is text
  }
  return std::move(extract_);
}

}  // namespace rtcscope::ring
