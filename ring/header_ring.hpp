#pragma once
// Headers of the packets of the last hours, on disk, in files that any reader of pcapng opens.

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/packet_record.hpp"
#include "ring/extract.hpp"
#include "ring/frame_cutter.hpp"
#include "ring/pcapng_blocks.hpp"
#include "ring/segment_folder.hpp"

namespace rtcscope::ring {

struct RingOptions {
  std::string folder;
  std::uint64_t capacity_bytes = std::uint64_t{1} << 30U;
  Duration max_age{};                         // of packets by the clock; 0: any
  std::size_t queue_bytes = 8 * 1024 * 1024;  // that wait for the disk; what comes then is dropped
  bool may_wait = false;           // a recording is read: add() waits for the disk, and nothing is dropped
  std::string application;         // name and version, for the files
  std::function<UtcTime()> clock;  // needed with max_age
  std::function<void(const std::string&)> log;  // one line when writing begins to fail; may be empty
};

struct RingCounts {
  std::uint64_t packets = 0;  // written
  std::uint64_t bytes = 0;    // written
  std::uint64_t dropped = 0;  // packets that found no room in the queue, because the disk is slow
  std::uint64_t failed = 0;   // packets that could not be written
  std::uint64_t files_removed = 0;
  std::uint64_t stored_bytes = 0, capacity_bytes = 0;
  std::optional<UtcTime> oldest;  // packet that is there
  std::string last_error;         // "" when writing works
};

class HeaderRing {
 public:
  static constexpr std::uint64_t kSmallestBytes = 16 * 1024 * 1024;

  /// Throws std::runtime_error when the folder cannot be used.
  explicit HeaderRing(RingOptions options);
  ~HeaderRing();
  HeaderRing(const HeaderRing&) = delete;
  HeaderRing& operator=(const HeaderRing&) = delete;

  // On one thread, which never waits for the disk but with may_wait.
  /// Names by the capture source's interface index.
  void set_interface_names(const std::vector<std::string>& names);
  void add(const PacketRecord& record);

  // On any thread.
  /// What the ring holds of these flows, with what came until now; takes as long as reading it takes.
  /// nullopt: it is being read for somebody else.
  [[nodiscard]] std::optional<Extract> extract(const Question& question);
  [[nodiscard]] RingCounts counts() const;
  /// Nothing may be added after.
  void flush_and_stop();

 private:
  /// What one thread fills while the other writes.
  struct Batch {
    Octets blocks;
    Octets interfaces;  // the Interface Description Blocks among them
    std::uint64_t packets = 0;
    TimeSpan span;
  };
  struct Interface {
    std::uint32_t index;
    LinkType link_type;
    std::uint32_t number;  // in the files
  };
  static constexpr std::size_t kMostInterfaces = 256;

  void keep(const PacketRecord& record, Bytes octets, std::uint32_t wire_length);
  std::optional<std::uint32_t> interface_number(const PacketRecord& record);
  void write_all();
  void write(Batch& batch);
  void wait_until_written();

  const RingOptions options_;
  SegmentFolder folder_;
  const std::string pseudonym_key_;

  // Of the adding thread.
  FrameCutter cutter_;
  std::vector<std::string> names_;
  std::vector<Interface> interfaces_;                    // of the current names
  std::vector<std::pair<std::string, LinkType>> known_;  // by number in the files

  mutable std::mutex mutex_;
  std::condition_variable wake_, written_;
  Batch filling_;
  bool stopping_ = false;
  bool hurry_ = false;
  bool writing_ = false;
  std::uint64_t rounds_ = 0;  // of the writing thread that are over
  std::string last_error_;

  // Of the writing thread.
  Batch batch_;
  Octets header_;  // of the next file: section and interfaces so far

  std::atomic<std::uint64_t> packets_{0}, bytes_{0}, dropped_{0}, failed_{0};
  std::mutex extracting_;
  std::thread writer_;
};

}  // namespace rtcscope::ring
