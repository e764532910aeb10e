#include "disk/record_queue.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <stdexcept>
#include <system_error>

#include "base/byte_reader.hpp"
#include "base/stable_hash.hpp"

namespace rtcscope::disk {
namespace {

// On disk: octets of the record (4), items in it (4), format (8), check (8), the record.
constexpr std::size_t kHeadOctets = 24;
constexpr std::uint32_t kMostOctets = 256U << 20U;

void put(std::string& out, std::uint64_t value, int octets) {
  for (int shift = (octets - 1) * 8; shift >= 0; shift -= 8) out += static_cast<char>(value >> shift & 0xff);
}

std::uint64_t check_of(std::uint64_t items, std::string_view record) {
  return StableHash().add(items).add(record).value();
}

Bytes bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

bool write_all(int descriptor, std::string_view octets) {
  while (!octets.empty()) {
    const ssize_t written = write(descriptor, octets.data(), octets.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    octets.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

/// Exactly so many octets; nullopt when the file has fewer.
std::optional<std::string> read_at(int descriptor, std::uint64_t offset, std::size_t octets) {
  std::string text(octets, '\0');
  std::size_t have = 0;
  while (have < octets) {
    const ssize_t got =
        pread(descriptor, text.data() + have, octets - have, static_cast<off_t>(offset + have));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return std::nullopt;
    have += static_cast<std::size_t>(got);
  }
  return text;
}

/// The number in "00000017.spool", or in "name-00000017.spool"; nullopt for other names.
std::optional<std::uint64_t> number_of(const std::filesystem::path& path, const std::string& prefix) {
  const std::string stem = path.stem().string();
  if (!stem.starts_with(prefix)) return std::nullopt;
  std::uint64_t number = 0;
  const auto [end, fault] = std::from_chars(stem.data() + prefix.size(), stem.data() + stem.size(), number);
  const bool whole = fault == std::errc{} && end == stem.data() + stem.size();
  return whole && number > 0 && path.extension() == ".spool" ? std::optional(number) : std::nullopt;
}

void sync_folder(const std::string& folder) {
  const OwnedFd descriptor(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (descriptor.valid()) (void)fsync(descriptor.value());
}

}  // namespace

std::string both_errors(const std::string& disk, const std::string& peer) {
  return disk + (disk.empty() || peer.empty() ? "" : "; ") + peer;
}

RecordQueue::RecordQueue(RecordQueueOptions options) : options_(std::move(options)) {
  std::error_code error;
  std::filesystem::create_directories(options_.folder, error);
  const std::string lock =
      options_.folder + "/" + (options_.name.empty() ? "" : options_.name + ".") + "lock";
  lock_ = OwnedFd(open(lock.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!lock_.valid()) {
    const std::string why = std::generic_category().message(error ? error.value() : errno);
    throw std::runtime_error("cannot use the spool folder " + options_.folder + ": " + why +
                             "; check that it exists and that this user may write there");
  }
  if (flock(lock_.value(), LOCK_EX | LOCK_NB) != 0) {
    throw std::runtime_error("cannot use the spool folder " + options_.folder +
                             ": another rtcscope is using it; name another folder");
  }
  find_files();
}

std::string RecordQueue::prefix() const {
  return options_.name.empty() ? "" : options_.name + "-";
}

std::string RecordQueue::path_of(std::uint64_t number) const {
  const std::string digits = std::to_string(number);
  return options_.folder + "/" + prefix() + std::string(8 - std::min<std::size_t>(8, digits.size()), '0') +
         digits + ".spool";
}

void RecordQueue::find_files() {
  std::vector<std::uint64_t> numbers;
  for (const auto& entry : std::filesystem::directory_iterator(options_.folder)) {
    if (const auto number = number_of(entry.path(), prefix())) numbers.push_back(*number);
  }
  std::ranges::sort(numbers);
  for (const std::uint64_t number : numbers) adopt(number);
  if (!numbers.empty()) next_number_ = numbers.back() + 1;
  drop_empty_files();
}

void RecordQueue::adopt(std::uint64_t number) {
  File file{number, 0, {}};
  const OwnedFd descriptor(open(path_of(number).c_str(), O_RDONLY | O_CLOEXEC));
  struct stat status {};
  if (!descriptor.valid() || fstat(descriptor.value(), &status) != 0) {
    counts_.unreadable += 1;
    return;
  }
  file.bytes = static_cast<std::uint64_t>(status.st_size);
  std::uint64_t offset = 0;
  while (const auto head = read_at(descriptor.value(), offset, kHeadOctets)) {
    ByteReader in(bytes_of(*head));
    const Record record{offset, in.u32(), in.u32()};
    if (record.octets > kMostOctets || offset + kHeadOctets + record.octets > file.bytes) break;
    offset += kHeadOctets + record.octets;
    file.records.push_back(record);
    counts_.records += 1;
    counts_.items += record.items;
  }
  if (offset != file.bytes) counts_.unreadable += 1;
  counts_.bytes += file.bytes;
  files_.push_back(std::move(file));
}

bool RecordQueue::fail(const char* what, int code) {
  error_ = std::string("cannot ") + what + " in the spool folder " + options_.folder + ": " +
           std::generic_category().message(code);
  return false;
}

bool RecordQueue::open_file() {
  if (current_.valid() && files_.back().bytes < options_.file_bytes) return true;
  const std::string path = path_of(next_number_);
  current_ = OwnedFd();
  current_ = OwnedFd(open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!current_.valid()) return fail("make a file", errno);
  files_.push_back({next_number_++, 0, {}});
  sync_folder(options_.folder);
  return true;
}

bool RecordQueue::write_record(std::string_view record, std::uint32_t items) {
  std::string octets;
  put(octets, record.size(), 4);
  put(octets, items, 4);
  put(octets, options_.format, 8);
  put(octets, check_of(items, record), 8);
  octets += record;
  if (record.size() > kMostOctets || counts_.bytes + octets.size() > options_.max_bytes) {
    error_ = "the spool folder " + options_.folder + " holds as much as it may";
    return false;
  }
  if (!open_file()) return false;
  File& file = files_.back();
  if (!write_all(current_.value(), octets) || fdatasync(current_.value()) != 0) {
    const int code = errno;
    // Half a record would hide what comes behind it.
    if (ftruncate(current_.value(), static_cast<off_t>(file.bytes)) != 0 ||
        lseek(current_.value(), static_cast<off_t>(file.bytes), SEEK_SET) < 0) {
      current_ = OwnedFd();
    }
    return fail("write", code);
  }
  file.records.push_back({file.bytes, static_cast<std::uint32_t>(record.size()), items});
  file.bytes += octets.size();
  counts_.bytes += octets.size();
  return true;
}

bool RecordQueue::append(std::string_view record, std::uint32_t items) {
  if (items == 0) return true;
  if (!write_record(record, items)) {
    drop_empty_files();
    return false;
  }
  counts_.records += 1;
  counts_.items += items;
  return true;
}

std::optional<std::string> RecordQueue::read_octets(const File& file, const Record& record) const {
  const OwnedFd descriptor(open(path_of(file.number).c_str(), O_RDONLY | O_CLOEXEC));
  if (!descriptor.valid()) return std::nullopt;
  const auto octets = read_at(descriptor.value(), record.offset, kHeadOctets + record.octets);
  if (!octets) return std::nullopt;
  ByteReader head(bytes_of(std::string_view(*octets).substr(0, kHeadOctets)));
  head.skip(8);
  if (head.u64() != options_.format) return std::nullopt;
  const std::string content = octets->substr(kHeadOctets);
  if (head.u64() != check_of(record.items, content)) return std::nullopt;
  return content;
}

std::optional<std::string> RecordQueue::oldest() {
  while (!empty()) {
    const File& file = files_.front();
    if (auto content = read_octets(file, file.records.front())) return content;
    skip();
  }
  return std::nullopt;
}

void RecordQueue::pop() {
  if (empty()) return;
  File& file = files_.front();
  counts_.records -= 1;
  counts_.items -= file.records.front().items;
  file.records.pop_front();
  drop_empty_files();
}

void RecordQueue::skip() {
  if (empty()) return;
  counts_.unreadable += 1;
  counts_.lost_items += files_.front().records.front().items;
  pop();
}

/// From the oldest on: the files in front of the first that holds something.
void RecordQueue::drop_empty_files() {
  while (!files_.empty() && files_.front().records.empty()) {
    const File& file = files_.front();
    if (files_.size() == 1 && current_.valid()) {
      current_ = OwnedFd();
    }
    counts_.bytes -= file.bytes;
    (void)unlink(path_of(file.number).c_str());
    files_.pop_front();
  }
}

}  // namespace rtcscope::disk
