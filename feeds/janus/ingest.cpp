#include "feeds/janus/ingest.hpp"

#include <zlib.h>

#include <algorithm>

#include "base/base64.hpp"
#include "base/stable_hash.hpp"
#include "base/text.hpp"

namespace rtcscope::feeds::janus {
namespace {

// Janus repeats a delivery up to five times, one after the other.
constexpr std::size_t kRememberedBodies = 64;

/// Looks at every character whatever it finds, so that time does not tell how many were right.
bool equals_in_constant_time(std::string_view given, std::string_view wanted) {
  unsigned difference = given.size() == wanted.size() ? 0U : 1U;
  for (std::size_t i = 0; i < given.size(); ++i) {
    const char other = wanted.empty() ? '\0' : wanted[i % wanted.size()];
    difference |= static_cast<unsigned>(static_cast<unsigned char>(given[i] ^ other));
  }
  return difference == 0;
}

}  // namespace

const char* to_string(IngestAnswer answer) noexcept {
  switch (answer) {
    case IngestAnswer::kAccepted:
      return "accepted";
    case IngestAnswer::kUnauthorized:
      return "unauthorized";
    case IngestAnswer::kUnsupportedEncoding:
      return "unsupported_encoding";
    case IngestAnswer::kCorruptEncoding:
      return "corrupt_encoding";
    case IngestAnswer::kTooLarge:
      return "too_large";
    case IngestAnswer::kQueueFull:
      return "queue_full";
  }
  return "unknown";
}

int http_status(IngestAnswer answer) noexcept {
  switch (answer) {
    case IngestAnswer::kAccepted:
      return 200;
    case IngestAnswer::kUnauthorized:
      return 401;
    case IngestAnswer::kUnsupportedEncoding:
      return 415;
    case IngestAnswer::kCorruptEncoding:
      return 400;
    case IngestAnswer::kTooLarge:
      return 413;
    case IngestAnswer::kQueueFull:
      return 503;
  }
  return 500;
}

bool basic_authorization_matches(std::string_view header, std::string_view credentials) {
  if (credentials.empty()) return true;
  constexpr std::string_view kScheme = "basic ";
  header = trim(header);
  if (header.size() < kScheme.size()) return false;
  if (!equals_ignoring_case(header.substr(0, kScheme.size()), kScheme)) return false;
  return equals_in_constant_time(trim(header.substr(kScheme.size())), base64(credentials));
}

bool inflate_bounded(std::string_view packed, std::size_t max_bytes, std::string& out, bool& too_large) {
  too_large = false;
  out.clear();
  z_stream stream{};
  // 15 bits of window, + 32: gzip or zlib by its header.
  if (inflateInit2(&stream, 15 + 32) != Z_OK) return false;
  // zlib reads but never writes next_in; its type says otherwise only without ZLIB_CONST.
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(std::min<std::size_t>(packed.size(), UINT32_MAX));
  std::array<char, 16 * 1024> chunk;
  int status = Z_OK;
  while (status == Z_OK) {
    stream.next_out = reinterpret_cast<Bytef*>(chunk.data());
    stream.avail_out = static_cast<uInt>(chunk.size());
    status = inflate(&stream, Z_NO_FLUSH);
    const std::size_t produced = chunk.size() - stream.avail_out;
    if (out.size() + produced > max_bytes) {
      too_large = true;
      break;
    }
    out.append(chunk.data(), produced);
    if (status == Z_OK && produced == 0 && stream.avail_in == 0) break;  // ends early
  }
  // What follows the end, be it a second member, would be lost without a word.
  const bool all_read = stream.avail_in == 0;
  inflateEnd(&stream);
  return !too_large && status == Z_STREAM_END && all_read;
}

Ingest::Ingest(IngestOptions options, Enqueue enqueue)
    : options_(std::move(options)), enqueue_(std::move(enqueue)), recent_(kRememberedBodies) {}

IngestAnswer Ingest::take(const HttpDelivery& delivery) {
  const bool admitted =
      delivery.authorised || basic_authorization_matches(delivery.authorization, options_.credentials);
  const IngestAnswer answer = admitted ? unpack_and_queue(delivery) : IngestAnswer::kUnauthorized;
  answers_[static_cast<std::size_t>(answer)].fetch_add(1, std::memory_order_relaxed);
  return answer;
}

IngestAnswer Ingest::unpack_and_queue(const HttpDelivery& delivery) {
  if (delivery.body.size() > options_.max_body_bytes) return IngestAnswer::kTooLarge;
  const std::string_view encoding = trim(delivery.content_encoding);
  if (encoding.empty() || equals_ignoring_case(encoding, "identity")) {
    if (delivery.body.size() > options_.max_json_bytes) return IngestAnswer::kTooLarge;
    return queue({delivery.received, std::string(delivery.body)});
  }
  const bool known = equals_ignoring_case(encoding, "gzip") || equals_ignoring_case(encoding, "x-gzip") ||
                     equals_ignoring_case(encoding, "deflate");
  if (!known) return IngestAnswer::kUnsupportedEncoding;
  Delivery unpacked{delivery.received, {}};
  bool too_large = false;
  if (!inflate_bounded(delivery.body, options_.max_json_bytes, unpacked.json, too_large)) {
    return too_large ? IngestAnswer::kTooLarge : IngestAnswer::kCorruptEncoding;
  }
  return queue(std::move(unpacked));
}

// Every event has a timestamp in microseconds, so two equal bodies are one delivery sent twice.
IngestAnswer Ingest::queue(Delivery&& delivery) {
  const std::uint64_t hash = StableHash{}.add(delivery.json).value();
  const std::lock_guard lock(recent_mutex_);
  if (std::find(recent_.begin(), recent_.end(), hash) != recent_.end()) {
    repeated_.fetch_add(1, std::memory_order_relaxed);
    return IngestAnswer::kAccepted;
  }
  if (!enqueue_(std::move(delivery))) return IngestAnswer::kQueueFull;
  recent_[next_recent_] = hash;
  next_recent_ = (next_recent_ + 1) % recent_.size();
  return IngestAnswer::kAccepted;
}

IngestCounts Ingest::counts() const noexcept {
  const auto of = [this](IngestAnswer answer) {
    return answers_[static_cast<std::size_t>(answer)].load(std::memory_order_relaxed);
  };
  return {of(IngestAnswer::kAccepted),        repeated_.load(std::memory_order_relaxed),
          of(IngestAnswer::kUnauthorized),    of(IngestAnswer::kUnsupportedEncoding),
          of(IngestAnswer::kCorruptEncoding), of(IngestAnswer::kTooLarge),
          of(IngestAnswer::kQueueFull)};
}

}  // namespace rtcscope::feeds::janus
