#include "export/hep/message_types.hpp"

#include <cstddef>
#include <iterator>
#include <stdexcept>
#include <string>

namespace rtcscope::export_hep {
namespace {

constexpr struct {
  std::string_view number;
  PayloadType type;
} kKnown[] = {
    {"1", PayloadType::kSip},        {"5", PayloadType::kRtcp},  {"34", PayloadType::kShortRtpReport},
    {"35", PayloadType::kRtpReport}, {"100", PayloadType::kLog},
};

unsigned bit(PayloadType type) {
  for (std::size_t i = 0; i < std::size(kKnown); ++i) {
    if (kKnown[i].type == type) return 1U << i;
  }
  return 0;
}

unsigned bit(std::string_view number) {
  for (const auto& known : kKnown) {
    if (known.number == number) return bit(known.type);
  }
  throw std::invalid_argument("HEP types: \"" + std::string(number) + "\" is none of 1, 5, 34, 35, 100");
}

}  // namespace

MessageTypes::MessageTypes(std::string_view list) {
  while (true) {
    const std::size_t comma = list.find(',');
    chosen_ |= bit(list.substr(0, comma));
    if (comma == std::string_view::npos) return;
    list.remove_prefix(comma + 1);
  }
}

bool MessageTypes::has(PayloadType type) const noexcept {
  return (chosen_ & bit(type)) != 0;
}

}  // namespace rtcscope::export_hep
