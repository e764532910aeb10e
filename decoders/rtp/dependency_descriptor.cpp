#include "decoders/rtp/dependency_descriptor.hpp"

namespace rtcscope::rtp {
namespace {

constexpr std::size_t kMandatoryOctets = 3;

/// Most significant bit first; zero and not ok() past the end.
class BitReader {
 public:
  explicit BitReader(Bytes bytes) noexcept : bytes_(bytes) {}

  std::uint32_t f(unsigned bits) noexcept {
    std::uint32_t value = 0;
    for (unsigned i = 0; i < bits; ++i) value = value << 1 | bit();
    return value;
  }
  /// A.8.1: non-symmetric unsigned, 0 to n - 1.
  std::uint32_t ns(std::uint32_t n) noexcept {
    unsigned width = 0;
    for (std::uint32_t x = n; x != 0; x >>= 1) width += 1;
    const std::uint32_t short_values = (1U << width) - n;
    const std::uint32_t value = f(width - 1);
    return value < short_values ? value : (value << 1) - short_values + f(1);
  }
  [[nodiscard]] bool ok() const noexcept { return ok_; }
  [[nodiscard]] std::uint32_t offset() const noexcept { return static_cast<std::uint32_t>(at_ / 8); }

 private:
  std::uint32_t bit() noexcept {
    if (at_ >= bytes_.size() * 8) {
      ok_ = false;
      return 0;
    }
    const auto octet = static_cast<std::uint32_t>(bytes_[at_ / 8]);
    return octet >> (7 - at_++ % 8) & 1U;
  }

  Bytes bytes_;
  std::size_t at_ = 0;
  bool ok_ = true;
};

using Fault = std::optional<DependencyErrc>;

// A.8.2: template_layers. 0: the same layer again, 1: the next temporal, 2: the next spatial one, 3: the end.
Fault read_layers(BitReader& bits, DependencyStructure& structure) noexcept {
  std::uint8_t spatial_id = 0, temporal_id = 0;
  std::uint32_t next = 0;
  do {
    if (structure.template_count == structure.templates.size()) return DependencyErrc::kTooManyTemplates;
    structure.templates[structure.template_count++] = {spatial_id, temporal_id, 0};
    next = bits.f(2);
    if (next == 1) temporal_id += 1;
    if (next == 2) {
      temporal_id = 0;
      spatial_id += 1;
    }
    if (temporal_id > 7 || spatial_id > 3) return DependencyErrc::kTooManyTemplates;
  } while (next != 3 && bits.ok());
  structure.resolution_count = static_cast<std::uint8_t>(spatial_id + 1);
  return std::nullopt;
}

void skip_chains(BitReader& bits, DependencyStructure& structure) noexcept {
  structure.chain_count = static_cast<std::uint8_t>(bits.ns(structure.decode_target_count + 1U));
  if (structure.chain_count == 0) return;
  for (unsigned i = 0; i < structure.decode_target_count; ++i) bits.ns(structure.chain_count);
  for (unsigned i = 0; i < structure.template_count * unsigned{structure.chain_count} && bits.ok(); ++i) {
    bits.f(4);
  }
}

Fault read_structure(BitReader& bits, DependencyStructure& structure) noexcept {
  structure.template_id_offset = static_cast<std::uint8_t>(bits.f(6));
  structure.decode_target_count = static_cast<std::uint8_t>(bits.f(5) + 1);
  if (const Fault fault = read_layers(bits, structure)) return fault;
  const unsigned indications = structure.template_count * unsigned{structure.decode_target_count};
  for (unsigned i = 0; i < indications && bits.ok(); ++i) bits.f(2);
  for (unsigned i = 0; i < structure.template_count; ++i) {
    while (bits.f(1) != 0) {
      bits.f(4);
      if (structure.templates[i].frame_diffs < 0xff) structure.templates[i].frame_diffs += 1;
    }
  }
  skip_chains(bits, structure);
  if (bits.f(1) == 0) structure.resolution_count = 0;
  for (unsigned i = 0; i < structure.resolution_count; ++i) {
    structure.resolutions[i].width = bits.f(16) + 1;
    structure.resolutions[i].height = bits.f(16) + 1;
  }
  return bits.ok() ? Fault{} : Fault{DependencyErrc::kTruncated};
}

/// Whether frames that this one depends on are listed here, instead of in the template.
std::optional<bool> read_custom_frame_diffs(BitReader& bits) noexcept {
  bool any = false;
  for (std::uint32_t size = bits.f(2); size != 0 && bits.ok(); size = bits.f(2)) {
    bits.f(4 * size);
    any = true;
  }
  return any;
}

struct Flags {
  bool structure = false, active_targets = false, custom_indications = false, custom_frame_diffs = false;
};

Fault read_frame(BitReader& bits, const Flags& flags, const DependencyStructure& structure,
                 DependencyDescriptor& out) noexcept {
  const unsigned index = (out.template_id + 64U - structure.template_id_offset) % 64;
  if (index >= structure.template_count) return DependencyErrc::kUnknownTemplate;
  const DependencyStructure::Template& layer = structure.templates[index];
  out.spatial_id = layer.spatial_id;
  out.temporal_id = layer.temporal_id;
  if (flags.custom_indications) {
    for (unsigned i = 0; i < structure.decode_target_count; ++i) bits.f(2);
  }
  bool depends = layer.frame_diffs != 0;
  if (flags.custom_frame_diffs) depends = *read_custom_frame_diffs(bits);
  out.independent = !depends;
  return bits.ok() ? Fault{} : Fault{DependencyErrc::kTruncated};
}

Fault read_extended(BitReader& bits, const DependencyStructure* known, DependencyDescriptor& out) noexcept {
  Flags flags;
  flags.structure = bits.f(1) != 0;
  flags.active_targets = bits.f(1) != 0;
  flags.custom_indications = bits.f(1) != 0;
  flags.custom_frame_diffs = bits.f(1) != 0;
  bits.f(1);  // custom chains come last and are not needed
  if (flags.structure) {
    if (const Fault fault = read_structure(bits, out.structure.emplace())) return fault;
    known = &*out.structure;
  }
  if (known == nullptr) return DependencyErrc::kNoStructure;
  if (flags.active_targets) out.active_decode_targets = bits.f(known->decode_target_count);
  return read_frame(bits, flags, *known, out);
}

}  // namespace

const char* to_string(DependencyErrc code) noexcept {
  switch (code) {
    case DependencyErrc::kTruncated:
      return "truncated";
    case DependencyErrc::kTooManyTemplates:
      return "too_many_templates";
    case DependencyErrc::kUnknownTemplate:
      return "unknown_template";
    case DependencyErrc::kNoStructure:
      return "no_structure";
  }
  return "unknown";
}

Result<DependencyDescriptor, DependencyError> parse_dependency_descriptor(
    Bytes element, const DependencyStructure* known) noexcept {
  if (element.size() < kMandatoryOctets) {
    return Unexpected{
        DependencyError{DependencyErrc::kTruncated, static_cast<std::uint32_t>(element.size())}};
  }
  BitReader bits(element);
  DependencyDescriptor descriptor;
  descriptor.start_of_frame = bits.f(1) != 0;
  descriptor.end_of_frame = bits.f(1) != 0;
  descriptor.template_id = static_cast<std::uint8_t>(bits.f(6));
  descriptor.frame_number = static_cast<std::uint16_t>(bits.f(16));
  Fault fault;
  if (element.size() > kMandatoryOctets) {
    fault = read_extended(bits, known, descriptor);
  } else if (known != nullptr) {
    fault = read_frame(bits, {}, *known, descriptor);
  }
  if (fault) return Unexpected{DependencyError{*fault, bits.offset()}};
  return descriptor;
}

}  // namespace rtcscope::rtp
