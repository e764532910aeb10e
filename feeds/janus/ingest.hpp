#pragma once
// A body that a Janus event handler posted (sampleevh), without the HTTP around it: who may deliver,
// what is unpacked, and what goes into the queue. The route itself lives in api/.

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "feeds/wire/delivery.hpp"

namespace rtcscope::feeds::janus {

/// One POST as the HTTP server received it. The views live as long as the call.
struct HttpDelivery {
  UtcTime received{};
  std::string_view content_encoding;  // header value; "" when absent
  std::string_view authorization;     // header value; "" when absent
  std::string_view body;
  bool authorised = false;  // somebody else made sure of the sender: no credentials are asked for
};

/// What to answer. sampleevh counts any status as delivered and retries connection errors only, so an
/// answer other than kAccepted loses the body for good; it tells the operator, not Janus.
enum class IngestAnswer : std::uint8_t {
  kAccepted,             // queued, or a repetition of what was queued before
  kUnauthorized,         // Basic credentials are missing or wrong (RFC 7617)
  kUnsupportedEncoding,  // Content-Encoding is not identity, gzip or deflate
  kCorruptEncoding,      // the compressed body ends early, goes on behind its end or is no gzip
  kTooLarge,             // the body, or what it unpacks to, exceeds the bound
  kQueueFull,            // the pipeline is behind; the body is dropped and counted
};
const char* to_string(IngestAnswer answer) noexcept;
/// 200, 401, 415, 400, 413, 503.
int http_status(IngestAnswer answer) noexcept;

/// What the HTTP route calls, on any of its threads.
using IngestFunction = std::function<IngestAnswer(const HttpDelivery&)>;

struct IngestOptions {
  std::string credentials;  // "user:password"; "" lets everybody in
  std::size_t max_body_bytes = 1024 * 1024;
  std::size_t max_json_bytes = 4 * 1024 * 1024;  // after unpacking
};

struct IngestCounts {
  std::uint64_t accepted = 0;
  std::uint64_t repeated = 0;  // of accepted: bodies Janus sent again after a time-out, not queued twice
  std::uint64_t unauthorized = 0;
  std::uint64_t unsupported_encoding = 0;
  std::uint64_t corrupt_encoding = 0;
  std::uint64_t too_large = 0;
  std::uint64_t queue_full = 0;
};

/// Checks, unpacks and queues deliveries. Every member function may be called from several threads.
class Ingest {
 public:
  /// Takes one delivery without waiting; false when there is no room.
  using Enqueue = std::function<bool(Delivery&&)>;

  Ingest(IngestOptions options, Enqueue enqueue);

  /// Answers at once: the JSON is only parsed behind the queue.
  IngestAnswer take(const HttpDelivery& delivery);
  [[nodiscard]] IngestCounts counts() const noexcept;

 private:
  IngestAnswer unpack_and_queue(const HttpDelivery& delivery);
  IngestAnswer queue(Delivery&& delivery);

  IngestOptions options_;
  Enqueue enqueue_;
  std::array<std::atomic<std::uint64_t>, 6> answers_{};
  std::atomic<std::uint64_t> repeated_{0};
  std::mutex recent_mutex_;
  std::vector<std::uint64_t> recent_;  // hashes of the newest bodies, as a ring
  std::size_t next_recent_ = 0;
};

/// True when `header` carries exactly these Basic credentials ("user:password"; RFC 7617, 2). Compares
/// in a time that depends on the header's length only. Empty credentials match any header.
bool basic_authorization_matches(std::string_view header, std::string_view credentials);

/// Unpacks gzip (RFC 1952) or zlib (RFC 1950) data into `out`. False with `too_large` set when it would
/// exceed `max_bytes`, false without when the data is broken, ends early or goes on behind its end.
bool inflate_bounded(std::string_view packed, std::size_t max_bytes, std::string& out, bool& too_large);

}  // namespace rtcscope::feeds::janus
