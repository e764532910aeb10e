#pragma once
// A capture file of some flows, out of the ring's files.

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/net.hpp"
#include "base/time.hpp"
#include "ring/pcapng_blocks.hpp"
#include "ring/pseudonymiser.hpp"
#include "ring/segment_folder.hpp"

namespace rtcscope::ring {

struct Question {
  std::vector<FiveTuple> flows;  // each stands for both directions
  UtcTime from{}, to{};          // without `to`
  bool pseudonymise = false;  // other addresses, and nothing that tells the real ones
  std::string comment;        // goes before ours: what this is a capture of
  std::size_t most_octets = std::size_t{64} << 20U;
};

struct Extract {
  std::string pcapng;
  std::uint64_t packets = 0;
  std::optional<UtcTime> ended_early;  // time of the first packet that most_octets left out
};

class Extractor {
 public:
  /// Both outlive it.
  Extractor(const Question& question, const std::string& pseudonym_key);

  /// Takes what is wanted of a file, up to a block that is not whole. False: no more is taken.
  bool read(const OpenSegment& segment);
  Extract finish(const std::string& application);

 private:
  struct Interface {
    LinkType link_type{};
    std::string name;
  };

  /// False: no more is taken.
  bool take(const Block& block);
  bool take_packet(const PacketBlock& packet);
  std::uint32_t number_of(LinkType link_type, const std::string& name);
  [[nodiscard]] std::string comment() const;

  const Question& question_;
  Pseudonymiser pseudonymiser_;
  std::set<FiveTuple> wanted_;         // both directions
  std::vector<Interface> interfaces_;  // of the file that is read
  std::map<std::pair<std::string, LinkType>, std::uint32_t> numbers_;
  Octets interface_blocks_;
  Octets packet_blocks_;
  Extract extract_;
};

}  // namespace rtcscope::ring
