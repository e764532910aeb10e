// A sender or a receiver of numbered batches, one line of JSON for whatever happens: for rabbitmq_bus.py.

#include <charconv>
#include <iostream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "bus/io/bus_receiver.hpp"
#include "bus/io/bus_sender.hpp"

namespace rtcscope::bus {
namespace {

constexpr const char* kUsage =
    "usage: bus_peer send URL QUEUE_BYTES CA FIRST COUNT OCTETS PAUSE_MS [SPOOL]\n"
    "       bus_peer receive URL QUEUE_BYTES CA IDLE_MS [KEEP]\n"
    "send: batches FIRST and on, one each PAUSE_MS, then another for each line \"more\", until \"stop\".\n"
    "receive: until none came for IDLE_MS; with KEEP it acknowledges so many, takes what else comes, and\n"
    "waits to be killed.\n";

void tell(const nlohmann::json& line) {
  std::cout << line.dump() << std::endl;
}

std::uint64_t number(const std::string& text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) throw std::runtime_error(kUsage);
  return value;
}

/// "17 xxx...", of so many octets.
std::string batch(std::uint64_t number, std::size_t octets) {
  std::string text = std::to_string(number) + " ";
  text.resize(std::max(octets, text.size()), 'x');
  return text;
}

nlohmann::json to_json(const SenderCounts& counts) {
  return {{"connected", counts.connected},   {"sent", counts.sent},
          {"sent_bytes", counts.sent_bytes}, {"reconnects", counts.reconnects},
          {"failures", counts.failures},     {"refused", counts.refused},
          {"waiting", counts.waiting},       {"lost", counts.lost},
          {"spooled", counts.spooled},       {"spool_batches", counts.spool_batches},
          {"last_error", counts.last_error}};
}

void send(const std::vector<std::string>& words) {
  SenderOptions options;
  options.place.address = parse_bus_address(words.at(1));
  options.place.queue_bytes = number(words.at(2));
  options.place.ca_file = words.at(3);
  const std::uint64_t first = number(words.at(4));
  const std::uint64_t end = first + number(words.at(5));
  const std::size_t octets = number(words.at(6));
  const std::chrono::milliseconds pause{number(words.at(7))};
  if (words.size() > 8) options.spool_folder = words.at(8);
  options.memory_bytes = 64 * octets;
  options.first_wait = std::chrono::milliseconds{100};
  options.longest_wait = std::chrono::milliseconds{1000};
  options.confirm_within = std::chrono::milliseconds{5000};
  options.log = [](bool, const std::string& line) { tell({{"log", line}}); };
  Sender sender(options);
  for (std::uint64_t i = first; i < end; ++i) {
    sender.send(batch(i, octets));
    std::this_thread::sleep_for(pause);
    if (i % 20 == 0) tell(to_json(sender.counts()));
  }
  tell({{"all", end}});
  std::uint64_t next = end;
  for (std::string line; std::getline(std::cin, line) && line != "stop";) {
    if (line == "more") sender.send(batch(next++, octets));
    tell(to_json(sender.counts()));
  }
  const auto begin = std::chrono::steady_clock::now();
  sender.stop(std::chrono::milliseconds{2000});
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  nlohmann::json last = to_json(sender.counts());
  last["stop_s"] = took.count();
  tell(last);
}

void receive(const std::vector<std::string>& words) {
  const BusPlace place{parse_bus_address(words.at(1)), "", "", words.at(3), number(words.at(2))};
  const std::chrono::milliseconds idle{number(words.at(4))};
  const std::uint64_t keep = words.size() > 5 ? number(words.at(5)) : ~std::uint64_t{0};
  Receiver receiver(place);
  std::uint64_t received = 0;
  while (auto message = receiver.next(idle)) {
    const bool done = received++ < keep;
    if (done) receiver.done(message->tag);
    tell({{"batch", std::stoull(message->octets)}, {"octets", message->octets.size()}, {"done", done}});
  }
  tell({{"received", received}, {"too_big", receiver.too_big()}});
  std::string line;
  if (words.size() > 5) std::getline(std::cin, line);
}

int run(const std::vector<std::string>& words) try {
  if (words.size() >= 8 && words.front() == "send") {
    send(words);
  } else if (words.size() >= 5 && words.front() == "receive") {
    receive(words);
  } else {
    throw std::runtime_error(kUsage);
  }
  return 0;
} catch (const std::exception& error) {
  tell({{"error", error.what()}});
  return 1;
}

}  // namespace
}  // namespace rtcscope::bus

int main(int argc, char** argv) {
  return rtcscope::bus::run({argv + 1, argv + argc});
}
