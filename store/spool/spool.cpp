#include "store/spool/spool.hpp"

#include "base/byte_reader.hpp"
#include "store/spool/codec.hpp"

namespace rtcscope::store::spool {

Spool::Spool(const SpoolOptions& options)
    : queue_({options.folder, "", options.max_bytes, options.file_bytes, format_number()}) {}

SpoolCounts Spool::counts() const noexcept {
  const disk::RecordQueueCounts& counts = queue_.counts();
  return {counts.bytes, counts.records, counts.items, counts.unreadable};
}

bool Spool::append(std::span<const model::Change> changes) {
  return queue_.append(pack(changes), static_cast<std::uint32_t>(changes.size()));
}

std::optional<std::vector<model::Change>> Spool::oldest() {
  while (const auto octets = queue_.oldest()) {
    if (auto changes = unpack(std::as_bytes(std::span(*octets)))) return changes;
    queue_.skip();
  }
  return std::nullopt;
}

}  // namespace rtcscope::store::spool
