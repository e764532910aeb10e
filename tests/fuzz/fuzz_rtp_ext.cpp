// Input: one octet that shifts the ids, then an RTP packet. Every kind of extension is mapped to many ids.

#include "decoders/rtp/extensions.hpp"
#include "tests/fuzz/fuzz_input.hpp"
#include "tests/support/extension_uris.hpp"

using namespace rtcscope;

namespace {

using testing::kExtensionUris;

rtp::ExtensionMap shifted_map(std::uint8_t shift) {
  rtp::ExtensionMap map;
  for (unsigned id = 0; id < 256; ++id) {
    const unsigned place = (id + shift) % (std::size(kExtensionUris) + 1);
    const bool assigned =
        map.assign(id, place < std::size(kExtensionUris) ? kExtensionUris[place] : "urn:example:unknown");
    fuzz::check(assigned == (id != 0), "ids 1 to 255 can be carried");
  }
  return map;
}

void check_values(const rtp::RtpExtensions& extensions, Bytes block) {
  for (const auto& text : {extensions.mid, extensions.rid, extensions.repaired_rid}) {
    if (!text) continue;
    fuzz::check(!text->empty() && text->size() <= 255, "a text has 1 to 255 octets");
    fuzz::check(fuzz::inside(*text, block), "a text lies in the block");
    for (const char c : *text) fuzz::check(c > ' ' && c < 0x7f, "a text is printable ASCII");
  }
  if (extensions.audio_level) fuzz::check(extensions.audio_level->level <= 127, "a level has seven bits");
  if (extensions.abs_send_time) {
    const Duration time = rtp::abs_send_time_duration(*extensions.abs_send_time);
    fuzz::check(time >= Duration::zero() && time < std::chrono::seconds(64), "a send time lies in its 64 s");
  }
  if (extensions.video_orientation) {
    fuzz::check(extensions.video_orientation->rotation_degrees % 90 == 0, "a quarter turn or more");
  }
  if (extensions.playout_delay) {
    fuzz::check(extensions.playout_delay->min <= extensions.playout_delay->max, "delays are in order");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto packet = rtp::parse_rtp(fuzz::bytes_of(data + 1, size - 1));
  if (!packet) return 0;
  const rtp::RtpExtensions extensions = rtp::read_extensions(*packet, shifted_map(data[0]));
  fuzz::check(extensions.faults <= extensions.elements, "only elements are at fault");
  fuzz::check((extensions.faults != 0) == extensions.first_fault.has_value(), "a counted fault is named");
  if (extensions.first_fault) {
    fuzz::check(extensions.first_fault->offset <= packet->extension.size(), "a fault lies in the block");
    fuzz::check(std::string_view(rtp::to_string(extensions.first_fault->code)) != "unknown",
                "a fault has a name");
  }
  check_values(extensions, packet->extension);
  return 0;
}
