#include "correlator/token_index.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace rtcscope::correlator {

std::size_t SeededTokenHash::operator()(Token token) const noexcept {
  return XXH3_64bits_withSeed(&token, sizeof(token), seed);
}

}  // namespace rtcscope::correlator
