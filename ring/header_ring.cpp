#include "ring/header_ring.hpp"

#include <openssl/rand.h>

#include <algorithm>
#include <chrono>
#include <stdexcept>

namespace rtcscope::ring {
namespace {

constexpr std::chrono::milliseconds kWriteInterval{200};
constexpr std::size_t kKeyOctets = 32;
constexpr const char* kComment =
    "Payload was cut when it was captured: RTP ends behind its header and extensions, DTLS application data "
    "behind its record header. STUN, DTLS handshakes and (S)RTCP are whole.";

FolderOptions folder_options(const RingOptions& options) {
  constexpr std::uint64_t kMostFileBytes = std::uint64_t{64} << 20U;
  const std::uint64_t capacity = std::max(options.capacity_bytes, HeaderRing::kSmallestBytes);
  return {options.folder, capacity, std::min(capacity / 16, kMostFileBytes), options.max_age};
}

/// The same over the ring's life, so that two captures of it can be laid side by side.
std::string pseudonym_key(const std::string& folder) {
  const std::string path = folder + "/pseudonym.key";
  std::string key(kKeyOctets, '\0');
  const auto octets = std::as_writable_bytes(std::span(key));
  const File old(path, O_RDONLY);
  if (old.is_open() && old.read_at(0, octets.data(), kKeyOctets) == kKeyOctets) return key;
  if (RAND_bytes(reinterpret_cast<unsigned char*>(key.data()), static_cast<int>(kKeyOctets)) != 1) {
    throw std::runtime_error("the system gives no random octets");
  }
  const File fresh(path, O_WRONLY | O_CREAT | O_TRUNC);
  if (!fresh.is_open() || fresh.append(octets) != 0) throw std::runtime_error(path + " cannot be written");
  return key;
}

}  // namespace

HeaderRing::HeaderRing(RingOptions options)
    : options_(std::move(options)),
      folder_(folder_options(options_)),
      pseudonym_key_(pseudonym_key(options_.folder)) {
  for (Batch* batch : {&filling_, &batch_}) batch->blocks.reserve(options_.queue_bytes);
  add_section(header_, options_.application, kComment);
  writer_ = std::thread([this] { write_all(); });
}

HeaderRing::~HeaderRing() {
  flush_and_stop();
}

void HeaderRing::set_interface_names(const std::vector<std::string>& names) {
  if (names == names_) return;
  names_ = names;
  interfaces_.clear();
}

void HeaderRing::add(const PacketRecord& record) {
  cutter_.cut(record, [&](Bytes octets, std::uint32_t wire_length) { keep(record, octets, wire_length); });
}

void HeaderRing::keep(const PacketRecord& record, Bytes octets, std::uint32_t wire_length) {
  constexpr std::size_t kInterfaceRoom = 512;  // more than a description of one takes
  const std::size_t needed = packet_block_size(octets.size()) + kInterfaceRoom;
  const auto has_room = [&] { return filling_.blocks.size() + needed <= options_.queue_bytes; };
  std::unique_lock lock(mutex_);
  if (options_.may_wait) written_.wait(lock, has_room);
  const auto number = has_room() ? interface_number(record) : std::nullopt;
  if (!number) {
    dropped_.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  add_packet(filling_.blocks, {*number, record.time, wire_length, record.direction, octets});
  if (filling_.packets++ == 0) filling_.span = {record.time, record.time};
  filling_.span.first = std::min(filling_.span.first, record.time);
  filling_.span.last = std::max(filling_.span.last, record.time);
  if (filling_.blocks.size() > options_.queue_bytes / 4 && !hurry_) {
    hurry_ = true;
    wake_.notify_one();
  }
}

/// A name that came again, as that of a container's interface does, is the interface it was.
std::optional<std::uint32_t> HeaderRing::interface_number(const PacketRecord& record) {
  for (const Interface& interface : interfaces_) {
    if (interface.index == record.interface_index && interface.link_type == record.link_type)
      return interface.number;
  }
  constexpr std::size_t kLongestName = 200;
  std::string name = record.interface_index < names_.size() ? names_[record.interface_index] : "";
  if (name.empty()) name = "interface " + std::to_string(record.interface_index);
  name.resize(std::min(name.size(), kLongestName));
  std::pair wanted{std::move(name), record.link_type};
  const auto found = std::find(known_.begin(), known_.end(), wanted);
  const auto number = static_cast<std::uint32_t>(found - known_.begin());
  if (found == known_.end()) {
    if (known_.size() == kMostInterfaces) return std::nullopt;
    add_interface(filling_.blocks, wanted.second, wanted.first);
    add_interface(filling_.interfaces, wanted.second, wanted.first);
    known_.push_back(std::move(wanted));
  }
  interfaces_.push_back({record.interface_index, record.link_type, number});
  return number;
}

void HeaderRing::write_all() {
  for (bool last = false; !last;) {
    {
      std::unique_lock lock(mutex_);
      wake_.wait_for(lock, kWriteInterval, [this] { return stopping_ || hurry_; });
      last = stopping_;
      hurry_ = false;
      std::swap(filling_, batch_);
      writing_ = true;
    }
    written_.notify_all();  // there is room
    if (batch_.packets > 0) write(batch_);
    if (options_.clock) folder_.remove_older(options_.clock());
    {
      const std::lock_guard lock(mutex_);
      writing_ = false;
      rounds_ += 1;
    }
    written_.notify_all();
  }
}

void HeaderRing::write(Batch& batch) {
  const std::string why = folder_.append(header_, batch.blocks, batch.span);
  if (why.empty()) {
    packets_.fetch_add(batch.packets, std::memory_order_relaxed);
    bytes_.fetch_add(batch.blocks.size(), std::memory_order_relaxed);
  } else {
    failed_.fetch_add(batch.packets, std::memory_order_relaxed);
  }
  header_.insert(header_.end(), batch.interfaces.begin(), batch.interfaces.end());
  batch.blocks.clear();
  batch.interfaces.clear();
  batch.packets = 0;
  bool is_new = false;
  {
    const std::lock_guard lock(mutex_);
    is_new = !why.empty() && last_error_.empty();
    last_error_ = why;
  }
  if (is_new && options_.log) options_.log("headers of packets are not kept: " + why);
}

void HeaderRing::wait_until_written() {
  std::unique_lock lock(mutex_);
  if (stopping_) return;
  hurry_ = true;
  wake_.notify_one();
  constexpr std::chrono::seconds kLongest{2};  // a disk that takes longer: what is there must do
  const std::uint64_t wanted = rounds_ + (writing_ ? 2 : 1);
  written_.wait_for(lock, kLongest, [&] { return rounds_ >= wanted; });
}

std::optional<Extract> HeaderRing::extract(const Question& question) {
  const std::unique_lock one_at_a_time(extracting_, std::try_to_lock);
  if (!one_at_a_time) return std::nullopt;
  wait_until_written();
  Extractor extractor(question, pseudonym_key_);
  for (const OpenSegment& segment : folder_.open_all({question.from, question.to})) {
    if (!extractor.read(segment)) break;
  }
  return extractor.finish(options_.application);
}

RingCounts HeaderRing::counts() const {
  const auto of = [](const std::atomic<std::uint64_t>& count) {
    return count.load(std::memory_order_relaxed);
  };
  const FolderCounts files = folder_.counts();
  RingCounts counts{of(packets_),
                    of(bytes_),
                    of(dropped_),
                    of(failed_),
                    files.files_removed,
                    files.bytes,
                    std::max(options_.capacity_bytes, kSmallestBytes),
                    files.oldest,
                    {}};
  const std::lock_guard lock(mutex_);
  counts.last_error = last_error_;
  return counts;
}

void HeaderRing::flush_and_stop() {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return;
    stopping_ = true;
  }
  wake_.notify_one();
  writer_.join();
}

}  // namespace rtcscope::ring
