#include "store/spool/spool.hpp"

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
#include "store/spool/codec.hpp"

namespace rtcscope::store::spool {
namespace {

// A record: octets of the batch (4), changes in it (4), format (8), check (8), the batch.
constexpr std::size_t kHeadOctets = 24;
constexpr std::uint32_t kMostOctets = 256U << 20U;

void put(std::string& out, std::uint64_t value, int octets) {
  for (int shift = (octets - 1) * 8; shift >= 0; shift -= 8) out += static_cast<char>(value >> shift & 0xff);
}

std::uint64_t check_of(std::uint64_t changes, std::string_view batch) {
  return StableHash().add(changes).add(batch).value();
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

/// The number in "00000017.spool"; nullopt for other names.
std::optional<std::uint64_t> number_of(const std::filesystem::path& path) {
  const std::string stem = path.stem().string();
  std::uint64_t number = 0;
  const auto [end, fault] = std::from_chars(stem.data(), stem.data() + stem.size(), number);
  const bool whole = fault == std::errc{} && end == stem.data() + stem.size();
  return whole && number > 0 && path.extension() == ".spool" ? std::optional(number) : std::nullopt;
}

class Descriptor {
 public:
  explicit Descriptor(int descriptor) noexcept : descriptor_(descriptor) {}
  ~Descriptor() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int get() const noexcept { return descriptor_; }

 private:
  int descriptor_;
};

void sync_folder(const std::string& folder) {
  const Descriptor descriptor(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (descriptor.get() >= 0) (void)fsync(descriptor.get());
}

}  // namespace

Spool::Spool(SpoolOptions options) : options_(std::move(options)) {
  std::error_code error;
  std::filesystem::create_directories(options_.folder, error);
  const std::string lock = options_.folder + "/lock";
  lock_ = open(lock.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock_ < 0) {
    const std::string why = std::generic_category().message(error ? error.value() : errno);
    throw std::runtime_error("cannot use the spool folder " + options_.folder + ": " + why +
                             "; check that it exists and that this user may write there");
  }
  if (flock(lock_, LOCK_EX | LOCK_NB) != 0) {
    close(lock_);
    throw std::runtime_error("cannot use the spool folder " + options_.folder +
                             ": another rtcscope is using it; name another --spool");
  }
  find_files();
}

Spool::~Spool() {
  if (current_ >= 0) close(current_);
  close(lock_);
}

std::string Spool::path_of(std::uint64_t number) const {
  const std::string digits = std::to_string(number);
  return options_.folder + "/" + std::string(8 - std::min<std::size_t>(8, digits.size()), '0') + digits +
         ".spool";
}

void Spool::find_files() {
  std::vector<std::uint64_t> numbers;
  for (const auto& entry : std::filesystem::directory_iterator(options_.folder)) {
    if (const auto number = number_of(entry.path())) numbers.push_back(*number);
  }
  std::ranges::sort(numbers);
  for (const std::uint64_t number : numbers) adopt(number);
  if (!numbers.empty()) next_number_ = numbers.back() + 1;
  drop_empty_files();
}

void Spool::adopt(std::uint64_t number) {
  File file{number, 0, {}};
  const Descriptor descriptor(open(path_of(number).c_str(), O_RDONLY | O_CLOEXEC));
  struct stat status {};
  if (descriptor.get() < 0 || fstat(descriptor.get(), &status) != 0) {
    counts_.unreadable += 1;
    return;
  }
  file.bytes = static_cast<std::uint64_t>(status.st_size);
  std::uint64_t offset = 0;
  while (const auto head = read_at(descriptor.get(), offset, kHeadOctets)) {
    ByteReader in(bytes_of(*head));
    const Record record{offset, in.u32(), in.u32()};
    if (record.octets > kMostOctets || offset + kHeadOctets + record.octets > file.bytes) break;
    offset += kHeadOctets + record.octets;
    file.records.push_back(record);
    counts_.batches += 1;
    counts_.changes += record.changes;
  }
  if (offset != file.bytes) counts_.unreadable += 1;
  counts_.bytes += file.bytes;
  files_.push_back(std::move(file));
}

bool Spool::fail(const char* what, int code) {
  error_ = std::string("cannot ") + what + " in the spool folder " + options_.folder + ": " +
           std::generic_category().message(code);
  return false;
}

bool Spool::open_file() {
  if (current_ >= 0 && files_.back().bytes < options_.file_bytes) return true;
  if (current_ >= 0) close(current_);
  const std::string path = path_of(next_number_);
  current_ = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (current_ < 0) return fail("make a file", errno);
  files_.push_back({next_number_++, 0, {}});
  sync_folder(options_.folder);
  return true;
}

bool Spool::write_record(std::span<const model::Change> changes) {
  const std::string batch = pack(changes);
  std::string octets;
  put(octets, batch.size(), 4);
  put(octets, changes.size(), 4);
  put(octets, format_number(), 8);
  put(octets, check_of(changes.size(), batch), 8);
  octets += batch;
  if (batch.size() > kMostOctets || counts_.bytes + octets.size() > options_.max_bytes) {
    error_ = "the spool folder " + options_.folder + " holds as much as it may";
    return false;
  }
  if (!open_file()) return false;
  File& file = files_.back();
  if (!write_all(current_, octets) || fdatasync(current_) != 0) {
    const int code = errno;
    // Half a record would hide what comes behind it.
    if (ftruncate(current_, static_cast<off_t>(file.bytes)) != 0 ||
        lseek(current_, static_cast<off_t>(file.bytes), SEEK_SET) < 0) {
      close(current_);
      current_ = -1;
    }
    return fail("write", code);
  }
  file.records.push_back(
      {file.bytes, static_cast<std::uint32_t>(batch.size()), static_cast<std::uint32_t>(changes.size())});
  file.bytes += octets.size();
  counts_.bytes += octets.size();
  return true;
}

bool Spool::append(std::span<const model::Change> changes) {
  if (changes.empty()) return true;
  if (!write_record(changes)) {
    drop_empty_files();
    return false;
  }
  counts_.batches += 1;
  counts_.changes += changes.size();
  return true;
}

std::optional<std::string> Spool::read_octets(const File& file, const Record& record) const {
  const Descriptor descriptor(open(path_of(file.number).c_str(), O_RDONLY | O_CLOEXEC));
  if (descriptor.get() < 0) return std::nullopt;
  const auto octets = read_at(descriptor.get(), record.offset, kHeadOctets + record.octets);
  if (!octets) return std::nullopt;
  ByteReader head(bytes_of(std::string_view(*octets).substr(0, kHeadOctets)));
  head.skip(8);
  if (head.u64() != format_number()) return std::nullopt;
  const std::string batch = octets->substr(kHeadOctets);
  if (head.u64() != check_of(record.changes, batch)) return std::nullopt;
  return batch;
}

std::optional<std::vector<model::Change>> Spool::oldest() {
  while (!empty()) {
    const File& file = files_.front();
    if (const auto octets = read_octets(file, file.records.front())) {
      if (auto changes = unpack(bytes_of(*octets))) return changes;
    }
    counts_.unreadable += 1;
    pop();
  }
  return std::nullopt;
}

void Spool::pop() {
  if (empty()) return;
  File& file = files_.front();
  counts_.batches -= 1;
  counts_.changes -= file.records.front().changes;
  file.records.pop_front();
  drop_empty_files();
}

/// From the oldest on: the files in front of the first that holds something.
void Spool::drop_empty_files() {
  while (!files_.empty() && files_.front().records.empty()) {
    const File& file = files_.front();
    if (files_.size() == 1 && current_ >= 0) {
      close(current_);
      current_ = -1;
    }
    counts_.bytes -= file.bytes;
    (void)unlink(path_of(file.number).c_str());
    files_.pop_front();
  }
}

}  // namespace rtcscope::store::spool
