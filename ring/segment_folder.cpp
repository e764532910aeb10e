#include "ring/segment_folder.hpp"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <filesystem>
#include <stdexcept>
#include <system_error>

namespace rtcscope::ring {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPrefix = "headers-";
constexpr std::string_view kSuffix = ".pcapng";

std::string fault(int code) {
  return std::system_category().message(code);
}

/// headers-0000000012.pcapng while it is written, then headers-0000000012-FIRST-LAST.pcapng with the times of
/// its packets in nanoseconds since 1970.
std::string open_name(std::uint64_t number) {
  char digits[24];
  (void)std::snprintf(digits, sizeof digits, "%010llu", static_cast<unsigned long long>(number));
  return std::string(kPrefix) + digits + std::string(kSuffix);
}

std::string closed_name(std::uint64_t number, TimeSpan span) {
  std::string name = open_name(number);
  name.resize(name.size() - kSuffix.size());
  return name + '-' + std::to_string(ns_since_epoch(span.first)) + '-' +
         std::to_string(ns_since_epoch(span.last)) + std::string(kSuffix);
}

struct NameParts {
  std::uint64_t number = 0;
  std::optional<TimeSpan> span;
};

std::optional<NameParts> parts_of(std::string_view name) {
  if (!name.starts_with(kPrefix) || !name.ends_with(kSuffix)) return std::nullopt;
  name = name.substr(kPrefix.size(), name.size() - kPrefix.size() - kSuffix.size());
  std::uint64_t numbers[3];
  std::size_t count = 0;
  const char* at = name.data();
  const char* const end = at + name.size();
  for (; count < 3 && at != end; ++count) {
    const auto [stop, error] = std::from_chars(at, end, numbers[count]);
    if (error != std::errc{} || (stop != end && *stop != '-')) return std::nullopt;
    at = stop == end ? end : stop + 1;
  }
  if (at != end || (count != 1 && count != 3)) return std::nullopt;
  NameParts parts{numbers[0], std::nullopt};
  const auto time = [&](std::size_t i) { return utc_from_ns(static_cast<std::int64_t>(numbers[i])); };
  if (count == 3) parts.span = TimeSpan{time(1), time(2)};
  return parts;
}

}  // namespace

SegmentFolder::SegmentFolder(FolderOptions options) : options_(std::move(options)) {
  std::error_code error;
  const bool made = fs::create_directories(options_.folder, error);
  if (made) fs::permissions(options_.folder, fs::perms::owner_all, error);
  lock_ = File(options_.folder, O_RDONLY | O_DIRECTORY);
  if (!lock_.is_open()) throw std::runtime_error("the folder " + options_.folder + ": " + fault(errno));
  if (!lock_.lock()) throw std::runtime_error("another rtcscope has the folder " + options_.folder);
  find_files();
  make_room(0);
}

SegmentFolder::~SegmentFolder() {
  close_file();
}

void SegmentFolder::find_files() {
  for (const fs::directory_entry& entry : fs::directory_iterator(options_.folder)) {
    const std::string name = entry.path().filename().string();
    const auto parts = parts_of(name);
    if (!parts || !entry.is_regular_file()) continue;
    struct stat status {};
    if (stat(path(name).c_str(), &status) != 0) continue;
    // Of a run that did not come to its end: packets are older than what was written last.
    const TimeSpan unknown{UtcTime{}, UtcTime{std::chrono::seconds{status.st_mtime + 1}}};
    segments_.push_back(
        {parts->number, name, static_cast<std::uint64_t>(status.st_size), parts->span.value_or(unknown)});
    total_bytes_ += segments_.back().bytes;
  }
  std::sort(segments_.begin(), segments_.end(),
            [](const Segment& a, const Segment& b) { return a.number < b.number; });
}

std::string SegmentFolder::append(const Octets& header, Bytes blocks, TimeSpan span) {
  if (current_.is_open() && segments_.back().bytes + blocks.size() > options_.file_bytes) close_file();
  make_room(header.size() + blocks.size());
  if (!current_.is_open()) {
    if (std::string why = begin_file(header); !why.empty()) return why;
  }
  const std::uint64_t before = segments_.back().bytes;
  if (const int code = current_.append(blocks); code != 0) {
    current_.truncate(before);
    const std::string name = path(segments_.back().name);
    close_file();  // what follows may need an interface's description that is not in it now
    return name + ": " + fault(code);
  }
  const std::lock_guard lock(mutex_);
  Segment& segment = segments_.back();
  segment.bytes += blocks.size();
  total_bytes_ += blocks.size();
  if (!segment.span) segment.span = span;
  segment.span = {std::min(segment.span->first, span.first), std::max(segment.span->last, span.last)};
  return "";
}

std::string SegmentFolder::begin_file(const Octets& header) {
  const std::uint64_t number = segments_.empty() ? 1 : segments_.back().number + 1;
  const std::string name = open_name(number);
  current_ = File(path(name), O_WRONLY | O_CREAT | O_EXCL);
  int code = current_.is_open() ? current_.append(header) : errno;
  if (code != 0) {
    if (current_.is_open()) (void)unlink(path(name).c_str());
    current_ = File();
    return path(name) + ": " + fault(code);
  }
  const std::lock_guard lock(mutex_);
  segments_.push_back({number, name, header.size(), std::nullopt});
  total_bytes_ += header.size();
  return "";
}

void SegmentFolder::close_file() {
  if (!current_.is_open()) return;
  current_ = File();
  const std::lock_guard lock(mutex_);
  Segment& segment = segments_.back();
  if (!segment.span) return;
  const std::string name = closed_name(segment.number, *segment.span);
  // Under its old name it is only read more often than it has to be.
  if (rename(path(segment.name).c_str(), path(name).c_str()) == 0) segment.name = name;
}

void SegmentFolder::make_room(std::uint64_t bytes) {
  const std::size_t kept = current_.is_open() ? 1 : 0;  // what is written to
  while (segments_.size() > kept && total_bytes_ + bytes > options_.capacity_bytes) remove_oldest();
}

void SegmentFolder::remove_oldest() {
  const std::lock_guard lock(mutex_);
  (void)unlink(path(segments_.front().name).c_str());
  total_bytes_ -= segments_.front().bytes;
  segments_.erase(segments_.begin());
  files_removed_ += 1;
}

void SegmentFolder::remove_older(UtcTime now) {
  if (options_.max_age == Duration::zero()) return;
  const UtcTime oldest = now - options_.max_age;
  if (current_.is_open() && segments_.back().span && segments_.back().span->last < oldest) close_file();
  const std::size_t kept = current_.is_open() ? 1 : 0;
  while (segments_.size() > kept && segments_.front().span && segments_.front().span->last < oldest) {
    remove_oldest();
  }
}

std::vector<OpenSegment> SegmentFolder::open_all(TimeSpan span) const {
  const std::lock_guard lock(mutex_);
  std::vector<OpenSegment> open;
  for (const Segment& segment : segments_) {
    if (segment.span && (segment.span->last < span.first || segment.span->first > span.last)) continue;
    File file(path(segment.name), O_RDONLY);
    if (file.is_open()) open.push_back({std::move(file), segment.bytes});
  }
  return open;
}

FolderCounts SegmentFolder::counts() const {
  const std::lock_guard lock(mutex_);
  FolderCounts counts{total_bytes_, files_removed_, std::nullopt};
  for (const Segment& segment : segments_) {
    if (!segment.span || segment.span->first == UtcTime{}) continue;
    counts.oldest = std::min(counts.oldest.value_or(segment.span->first), segment.span->first);
  }
  return counts;
}

}  // namespace rtcscope::ring
