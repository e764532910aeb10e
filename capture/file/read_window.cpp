#include "capture/file/read_window.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <utility>

namespace rtcscope {

ReadWindow::ReadWindow(std::unique_ptr<OctetInput> input)
    : input_(std::move(input)), buffer_(std::make_unique_for_overwrite<std::byte[]>(kCapacity)) {}

void ReadWindow::consume(std::uint64_t octets) noexcept {
  const std::uint64_t here = std::min<std::uint64_t>(octets, end_ - begin_);
  begin_ += static_cast<std::size_t>(here);
  to_skip_ += octets - here;
  offset_ += octets;
}

ReadWindow::Fill ReadWindow::fill(Duration max_wait) {
  std::memmove(buffer_.get(), buffer_.get() + begin_, end_ - begin_);
  end_ -= begin_;
  begin_ = 0;
  assert(end_ < kCapacity && "a record larger than the window must be refused or skipped");
  const std::size_t room = std::min(kPiece, kCapacity - end_);
  const auto outcome = input_->read({buffer_.get() + end_, room}, max_wait);
  if (outcome.error != 0) {
    error_ = outcome.error;
    return Fill::kFailed;
  }
  if (outcome.end) return Fill::kEnd;
  if (outcome.octets == 0) return Fill::kNothingYet;
  end_ += outcome.octets;
  // Octets are only outstanding when nothing was available, so they are the first to come.
  const std::uint64_t skipped = std::min<std::uint64_t>(to_skip_, end_);
  begin_ = static_cast<std::size_t>(skipped);
  to_skip_ -= skipped;
  return Fill::kMore;
}

}  // namespace rtcscope
