#pragma once
// A window of at most 1 MiB that slides over the input once, front to back.
//
// Why not a mapping of the whole file: a file that is cut short while it is mapped kills the reader with
// SIGBUS, a pipe cannot be mapped, and the pages read stay charged to the process. One copy per octet buys
// one code path for files, pipes and standard input, in constant memory; it costs less than a tenth of
// what the decoders need for the same octets.

#include <cstddef>
#include <cstdint>
#include <memory>

#include "base/byte_reader.hpp"
#include "base/time.hpp"
#include "capture/file/octet_input.hpp"

namespace rtcscope {

class ReadWindow {
 public:
  static constexpr std::size_t kCapacity = std::size_t{1} << 20U;
  /// The most that one read takes: what the window touches of its room stays in the second-level cache.
  static constexpr std::size_t kPiece = std::size_t{1} << 17U;
  enum class Fill : std::uint8_t { kMore, kNothingYet, kEnd, kFailed };

  explicit ReadWindow(std::unique_ptr<OctetInput> input);

  /// What has been read and not consumed; valid until the next fill().
  [[nodiscard]] Bytes available() const noexcept { return Bytes{buffer_.get() + begin_, end_ - begin_}; }
  /// Where available() begins in the input, octets to be skipped included.
  [[nodiscard]] std::uint64_t offset() const noexcept { return offset_; }
  /// True while a consume() beyond what was available has octets outstanding.
  [[nodiscard]] bool skipping() const noexcept { return to_skip_ != 0; }

  /// Drops octets from the front; those that have not been read yet are dropped when they come.
  void consume(std::uint64_t octets) noexcept;
  /// Reads more behind what is available, which must be less than kCapacity. kMore may still leave
  /// available() as it was (all that came was to be skipped).
  [[nodiscard]] Fill fill(Duration max_wait);
  /// errno of the last kFailed.
  [[nodiscard]] int error() const noexcept { return error_; }

 private:
  std::unique_ptr<OctetInput> input_;
  std::unique_ptr<std::byte[]> buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::uint64_t offset_ = 0;
  std::uint64_t to_skip_ = 0;
  int error_ = 0;
};

}  // namespace rtcscope
