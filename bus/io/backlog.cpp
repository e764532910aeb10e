#include "bus/io/backlog.hpp"

#include <algorithm>
#include <utility>

namespace rtcscope::bus {
namespace {

// Batches as they are, one a record.
constexpr std::uint64_t kFormat = 0x4255'5300'0000'0001;
// A disk that took nothing is asked again so much later.
constexpr std::chrono::seconds kAfterFailedSpill{1};

std::unique_ptr<disk::RecordQueue> open_spool(const std::string& folder, std::uint64_t max_bytes) {
  if (folder.empty()) return nullptr;
  disk::RecordQueueOptions options;
  options.folder = folder;
  options.name = "bus";
  options.max_bytes = max_bytes;
  options.format = kFormat;
  return std::make_unique<disk::RecordQueue>(std::move(options));
}

}  // namespace

Backlog::Backlog(std::size_t memory_bytes, const std::string& folder, std::uint64_t spool_bytes)
    : memory_bytes_(memory_bytes), spool_(open_spool(folder, spool_bytes)) {
  note_spool();
}

void Backlog::add(std::string batch) {
  const std::lock_guard lock(mutex_);
  if (closed_ || batch.size() > std::min(memory_bytes_, kMaxBatchBytes)) {
    counts_.lost += 1;
    return;
  }
  while (!memory_.empty() && counts_.waiting_bytes + batch.size() > memory_bytes_) {
    counts_.waiting_bytes -= memory_.front().size();
    counts_.waiting -= 1;
    counts_.lost += 1;
    memory_.pop_front();
  }
  // What is being sent stays.
  if (counts_.waiting_bytes + batch.size() > memory_bytes_) {
    counts_.lost += 1;
    return;
  }
  counts_.waiting_bytes += batch.size();
  counts_.waiting += 1;
  memory_.push_back(std::move(batch));
}

bool Backlog::empty() const {
  const std::lock_guard lock(mutex_);
  return counts_.waiting == 0 && counts_.spool_batches == 0;
}

bool Backlog::must_spill() const {
  const std::lock_guard lock(mutex_);
  return spool_ && counts_.waiting_bytes > memory_bytes_ / 2 && Clock::now() >= next_spill_;
}

BacklogCounts Backlog::counts() const {
  const std::lock_guard lock(mutex_);
  return counts_;
}

const std::string* Backlog::oldest() {
  if (spool_) {
    current_ = spool_->oldest();
    note_spool();
    current_on_disk_ = current_.has_value();
    if (current_) return &*current_;
  }
  return take_from_memory() ? &*current_ : nullptr;
}

void Backlog::pop() {
  if (!current_) return;
  if (current_on_disk_) {
    spool_->pop();
    note_spool();
    current_.reset();
    // There may be room again.
    const std::lock_guard lock(mutex_);
    next_spill_ = {};
  } else {
    release_memory();
  }
}

void Backlog::keep() {
  if (!current_) return;
  if (!current_on_disk_) {
    const std::lock_guard lock(mutex_);
    memory_.push_front(*std::move(current_));
  }
  current_.reset();
}

void Backlog::spill() {
  if (!spool_) return;
  while (take_from_memory()) {
    const bool taken = spool_->append(*current_, 1);
    note_spool();
    if (!taken) {
      keep();
      const std::lock_guard lock(mutex_);
      counts_.spool_error = spool_->error();
      next_spill_ = Clock::now() + kAfterFailedSpill;
      return;
    }
    release_memory();
    const std::lock_guard lock(mutex_);
    counts_.spooled += 1;
    counts_.spool_error.clear();
  }
}

void Backlog::close() {
  spill();
  const std::lock_guard lock(mutex_);
  closed_ = true;
  counts_.lost += memory_.size();
  counts_.waiting = counts_.waiting_bytes = 0;
  memory_.clear();
}

bool Backlog::take_from_memory() {
  const std::lock_guard lock(mutex_);
  if (memory_.empty()) return false;
  current_ = std::move(memory_.front());
  current_on_disk_ = false;
  memory_.pop_front();
  return true;
}

void Backlog::release_memory() {
  const std::lock_guard lock(mutex_);
  counts_.waiting_bytes -= current_->size();
  counts_.waiting -= 1;
  current_.reset();
}

void Backlog::note_spool() {
  if (!spool_) return;
  const std::lock_guard lock(mutex_);
  counts_.spool_batches = spool_->counts().items;
  counts_.spool_bytes = spool_->counts().bytes;
  counts_.spool_capacity_bytes = spool_->capacity_bytes();
  counts_.spool_unreadable = spool_->counts().unreadable;
}

}  // namespace rtcscope::bus
