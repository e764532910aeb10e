// How fast samples go into a store beside a raw COPY of the same rows into a table of the same shape.
// usage: bench_store POSTGRES_URL [ROWS]; by tests/bench/store_bench.py, which starts a server of its own.

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "store/postgres/connection.hpp"
#include "store/postgres_store.hpp"

namespace rtcscope::store {
namespace {

constexpr std::uint64_t kStreams = 4'000;
constexpr std::size_t kBatch = 5'000;  // the writer's
constexpr std::int64_t kFirstSecond = 1'767'225'600;

model::StreamSample sample(std::uint64_t n) {
  model::StreamSample sample;
  sample.stream = {n % kStreams * 0x9e3779b97f4a7c15U + 1};
  sample.start = UtcTime{std::chrono::seconds{kFirstSecond + static_cast<std::int64_t>(n / kStreams)}};
  sample.end = sample.start + std::chrono::seconds{1};
  sample.interval.packets = 50 + n % 7;
  sample.interval.bytes = 6'000 + n % 997;
  sample.interval.expected = 51 + n % 7;
  sample.interval.lost = 1;
  sample.bitrate_bps = 48'000.5 + static_cast<double>(n % 997);
  sample.jitter_ms = 1.5 + static_cast<double>(n % 100) / 7;
  return sample;
}

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// Seconds that `rows` samples from `first` on take, a transaction a batch.
template <class Write>
double timed(std::uint64_t first, std::uint64_t rows, Write write) {
  double total = 0;
  for (std::uint64_t n = first; n < first + rows;) {
    std::vector<model::StreamSample> samples;
    for (; samples.size() < kBatch && n < first + rows; ++n) samples.push_back(sample(n));
    const auto start = std::chrono::steady_clock::now();
    write(samples);
    total += seconds_since(start);
  }
  return total;
}

void apply(Store& store, const std::vector<model::StreamSample>& samples) {
  const std::vector<model::Change> changes(samples.begin(), samples.end());
  if (const auto done = store.apply(changes); !done) throw std::runtime_error(done.error().message);
}

/// The way of the store without anything around it: text lines, one COPY, one commit.
class RawCopy {
 public:
  explicit RawCopy(const std::string& url) : handle_(PQconnectdb(url.c_str())) {
    run("CREATE TABLE raw_samples (LIKE samples INCLUDING DEFAULTS, PRIMARY KEY (stream_id, start_ns))");
  }
  ~RawCopy() { PQfinish(handle_); }
  RawCopy(const RawCopy&) = delete;
  RawCopy& operator=(const RawCopy&) = delete;

  void write(const std::vector<model::StreamSample>& samples) {
    std::string lines;
    for (const model::StreamSample& s : samples) add(lines, s);
    run("BEGIN");
    run("COPY raw_samples (stream_id, start_ns, end_ns, packets, bytes, expected, lost, duplicates, "
        "reordered, "
        "frames, bitrate_bps, jitter_ms, capture_drops, stalls) FROM STDIN");
    const bool sent = PQputCopyData(handle_, lines.data(), static_cast<int>(lines.size())) == 1 &&
                      PQputCopyEnd(handle_, nullptr) == 1;
    if (!sent) throw std::runtime_error(PQerrorMessage(handle_));
    while (PGresult* result = PQgetResult(handle_)) check(result);
    run("COMMIT");
  }

 private:
  static void add(std::string& lines, const model::StreamSample& s) {
    char line[256];
    const int size = std::snprintf(
        line, sizeof(line), "%lld\t%lld\t%lld\t%llu\t%llu\t%llu\t%lld\t0\t0\t0\t%.17g\t%.17g\t0\t0\n",
        static_cast<long long>(s.stream.value), static_cast<long long>(ns_since_epoch(s.start)),
        static_cast<long long>(ns_since_epoch(s.end)), static_cast<unsigned long long>(s.interval.packets),
        static_cast<unsigned long long>(s.interval.bytes),
        static_cast<unsigned long long>(s.interval.expected), static_cast<long long>(s.interval.lost),
        *s.bitrate_bps, *s.jitter_ms);
    lines.append(line, static_cast<std::size_t>(size));
  }
  void run(const char* sql) { check(PQexec(handle_, sql)); }
  static void check(PGresult* result) {
    const ExecStatusType status = PQresultStatus(result);
    const std::string message = PQresultErrorMessage(result);
    PQclear(result);
    if (status != PGRES_COMMAND_OK && status != PGRES_COPY_IN) throw std::runtime_error(message);
  }

  PGconn* handle_;
};

int run(const std::string& url, std::uint64_t rows) {
  auto opened = open_postgres(url);
  if (!opened) throw std::runtime_error(opened.error().message);
  Store& store = **opened;
  RawCopy raw(url);
  double ours = 0, theirs = 0, rolled = 0;
  // By turns: what else the machine does falls on both.
  constexpr std::uint64_t kTurn = 100'000;
  for (std::uint64_t first = 0; first < rows; first += kTurn) {
    ours += timed(first, kTurn, [&](const auto& samples) { apply(store, samples); });
    theirs += timed(first, kTurn, [&](const auto& samples) { raw.write(samples); });
    const auto start = std::chrono::steady_clock::now();
    const UtcTime over = std::chrono::floor<std::chrono::minutes>(sample(first + kTurn).start);
    while (true) {
      const auto step = store.roll_up(over, 500);
      if (!step) throw std::runtime_error(step.error().message);
      if (!step->more) break;
    }
    rolled += seconds_since(start);
  }
  const auto count = static_cast<double>(rows);
  std::printf(
      "store %.0f rows/s, raw COPY %.0f rows/s, ratio %.2f; with the roll-ups %.0f rows/s, ratio %.2f\n",
      count / ours, count / theirs, theirs / ours, count / (ours + rolled), theirs / (ours + rolled));
  return 0;
}

}  // namespace
}  // namespace rtcscope::store

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fputs("usage: bench_store POSTGRES_URL [ROWS]\n", stderr);
    return 2;
  }
  try {
    return rtcscope::store::run(argv[1], argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 2'000'000);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_store: %s\n", error.what());
    return 1;
  }
}
