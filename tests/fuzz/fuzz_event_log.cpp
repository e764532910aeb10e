// Input: an event log. What it hands on, the event parser reads.

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>

#include "feeds/janus/event_log.hpp"
#include "feeds/janus/event_parser.hpp"
#include "tests/fuzz/fuzz_input.hpp"

using namespace rtcscope;
using namespace rtcscope::feeds;

namespace {

/// A file that is nowhere but in memory.
class MemoryFile {
 public:
  MemoryFile(const std::uint8_t* data, std::size_t size) : fd_(memfd_create("event_log", MFD_CLOEXEC)) {
    fuzz::check(fd_ >= 0, "there is a file");
    fuzz::check(write(fd_, data, size) == static_cast<ssize_t>(size), "the file is written");
  }
  ~MemoryFile() { close(fd_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  [[nodiscard]] std::string path() const { return "/proc/self/fd/" + std::to_string(fd_); }

 private:
  int fd_;
};

struct Ignore : FactSink {
  void on_fact(const Fact&) override {}
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const MemoryFile file(data, size);
  janus::EventLog log(file.path());
  Ignore sink;
  UtcTime newest{};
  std::uint64_t deliveries = 0;
  while (const auto delivery = log.next()) {
    fuzz::check(delivery->received >= newest, "time never goes back");
    newest = delivery->received;
    deliveries += 1;
    const auto counts = janus::parse_delivery(delivery->json, sink);
    fuzz::check(counts.refused[static_cast<std::size_t>(EventErrc::kNotJson)] == 0, "it is JSON");
  }
  const auto ends = static_cast<std::uint64_t>(std::count(data, data + size, '\n'));
  const std::uint64_t lines = ends + (size > 0 && data[size - 1] != '\n' ? 1 : 0);
  fuzz::check(log.counts().lines == lines, "every line is counted");
  fuzz::check(deliveries + log.counts().malformed <= lines, "a line is one delivery at most");
  fuzz::check(log.counts().first_malformed_line <= lines, "the first malformed line is one of them");
  return 0;
}
