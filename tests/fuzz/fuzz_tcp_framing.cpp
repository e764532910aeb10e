// Input: one octet for the framing; one, N; N octets that say how the stream is cut and in what order its
// segments come; the stream. However it is cut, doubled and shuffled, the units in it are the same.

#include <algorithm>
#include <array>
#include <vector>

#include "flows/tcp_framing.hpp"
#include "tests/fuzz/fuzz_input.hpp"

using namespace rtcscope;

namespace {

using Units = std::vector<std::vector<std::byte>>;

// Near the end of the numbers, so that they wrap.
constexpr std::uint32_t kFirst = 0xffff'ff00;

/// A Binding indication, with which framing is found, as a unit of either framing.
std::vector<std::byte> opening(flows::TcpFraming framing) {
  constexpr std::array<std::uint8_t, 22> kUnit{0, 20, 0, 0x11, 0, 0, 0x21, 0x12, 0xa4, 0x42};
  const auto octets = std::as_bytes(std::span(kUnit));
  const std::size_t skip = framing == flows::TcpFraming::kRfc4571 ? 0 : 2;
  return {octets.begin() + static_cast<std::ptrdiff_t>(skip), octets.end()};
}

struct Segment {
  std::size_t offset = 0;
  std::size_t size = 0;
};

/// Cut by the low six bits of each octet; the top bits put a segment off or send it twice.
std::vector<Segment> segments_of(Bytes stream, Bytes plan) {
  std::vector<Segment> segments;
  std::size_t offset = 0;
  for (std::size_t i = 0; offset < stream.size(); ++i) {
    const unsigned octet = i < plan.size() ? static_cast<unsigned>(plan[i]) : 0x3fU;
    const std::size_t size = i + 1 < plan.size()
                                 ? std::min<std::size_t>((octet & 0x3f) + 1, stream.size() - offset)
                                 : stream.size() - offset;
    segments.push_back({offset, size});
    if ((octet & 0x80) != 0) segments.push_back({offset, size});
    if ((octet & 0x40) != 0 && segments.size() > 1) std::swap(segments.back(), *(segments.end() - 2));
    offset += size;
  }
  return segments;
}

Units units_of(flows::TcpFraming framing, Bytes stream, const std::vector<Segment>& segments) {
  Units units;
  flows::TcpCounters counters;
  flows::TcpDirection direction;
  const auto keep = [&](Bytes unit) { units.emplace_back(unit.begin(), unit.end()); };
  const auto first = opening(framing);
  direction.add(kFirst, first, framing, counters, keep);
  const std::uint32_t start = kFirst + static_cast<std::uint32_t>(first.size());
  for (const Segment& s : segments) {
    direction.add(start + static_cast<std::uint32_t>(s.offset), stream.subspan(s.offset, s.size), framing,
                  counters, keep);
  }
  fuzz::check(counters.gaps == 0, "nothing was missing");
  fuzz::check(counters.framed_units == units.size(), "every unit is counted");
  return units;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ByteReader input(fuzz::bytes_of(data, size));
  const auto framing = (input.u8() & 1) != 0 ? flows::TcpFraming::kStun : flows::TcpFraming::kRfc4571;
  const std::size_t plan_size = std::min<std::size_t>(input.u8() & 0x1f, input.remaining());
  const Bytes plan = input.take(plan_size);
  const Bytes rest = input.rest();
  const Bytes stream = rest.first(std::min<std::size_t>(rest.size(), 32 * 1024));
  const Units whole = units_of(framing, stream, {{0, stream.size()}});
  fuzz::check(!whole.empty(), "the opening is a unit");
  fuzz::check(units_of(framing, stream, segments_of(stream, plan)) == whole, "cutting changes nothing");
  return 0;
}
