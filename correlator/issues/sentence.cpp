// Issues in plain English.

#include <array>
#include <cmath>
#include <cstdio>
#include <map>

#include "correlator/issues/book.hpp"

namespace rtcscope::correlator {
namespace {

template <class... Args>
std::string format(const char* pattern, Args... args) {
  std::array<char, 128> text{};
  std::snprintf(text.data(), text.size(), pattern, args...);
  return text.data();
}

std::string seconds(Duration duration) {
  const double s = std::chrono::duration<double>(duration).count();
  if (s < 120) return format("%.0f s", std::max(1.0, std::round(s)));
  return format("%.0f min", std::round(s / 60));
}

/// What it did to others: "; three others saw freezes".
std::string consequence(std::size_t froze) {
  static constexpr std::array kWords{"no",   "one", "two",   "three", "four",
                                     "five", "six", "seven", "eight", "nine"};
  if (froze == 0) return {};
  const std::string count = froze < kWords.size() ? kWords[froze] : std::to_string(froze);
  return "; " + count + (froze == 1 ? " other" : " others") + " saw freezes";
}

using Writer = std::string (*)(const Finding&, const IssueTotals&, const std::string& lasted);

const std::map<std::string, Writer, std::less<>> kWriters{
    {"ice_failed",
     [](const Finding& f, const IssueTotals&, const std::string&) {
       return "ICE failed on " + f.who + "'s " + f.role + "connection";
     }},
    {"no_connection",
     [](const Finding& f, const IssueTotals&, const std::string& lasted) {
       return f.who + "'s " + f.role + "connection did not come up for " + lasted;
     }},
    {"connection_lost",
     [](const Finding& f, const IssueTotals&, const std::string& lasted) {
       return "nothing came on " + f.who + "'s " + f.role + "connection for " + lasted;
     }},
    {"dtls_failed",
     [](const Finding& f, const IssueTotals&, const std::string&) {
       return "the DTLS handshake failed on " + f.who + "'s " + f.role + "connection";
     }},
    {"fingerprint_mismatch",
     [](const Finding& f, const IssueTotals&, const std::string&) {
       return "the " + f.what + "'s certificate on " + f.who + "'s connection is not the announced one";
     }},
    {"one_way_media",
     [](const Finding& f, const IssueTotals&, const std::string& lasted) {
       return (f.what == "uplink" ? f.who + " sent media but got none for "
                                  : f.who + " got media but sent none for ") +
              lasted;
     }},
    {"high_loss",
     [](const Finding& f, const IssueTotals& t, const std::string& lasted) {
       const std::string lost = " lost " + format("%.1f %%", t.ratio * 100);
       if (f.what == "server")
         return "the media server" + lost + " of what " + f.who + " should get for " + lasted;
       return f.who + "'s " + f.what + lost + " for " + lasted + consequence(t.froze);
     }},
    {"high_jitter",
     [](const Finding& f, const IssueTotals& t, const std::string& lasted) {
       return f.who + "'s uplink " + f.what + " had " + format("%.0f ms", t.mean) + " jitter (at most " +
              format("%.0f ms", t.worst) + ") for " + lasted + consequence(t.froze);
     }},
    {"high_rtt",
     [](const Finding& f, const IssueTotals& t, const std::string& lasted) {
       return "the round trip to " + f.who + " took " + format("%.0f ms", t.mean) + " (at most " +
              format("%.0f ms", t.worst) + ") for " + lasted;
     }},
    {"low_mos",
     [](const Finding& f, const IssueTotals& t, const std::string& lasted) {
       return (f.what == "uplink" ? f.who + "'s voice had a MOS of "
                                  : "what " + f.who + " heard had a MOS of ") +
              format("%.1f", -t.mean) + " (at least " + format("%.1f", -t.worst) + ") for " + lasted;
     }},
    {"silent_audio",
     [](const Finding& f, const IssueTotals&, const std::string& lasted) {
       return f.who + " sent audio without any sound for " + lasted;
     }},
    {"frozen_video",
     [](const Finding& f, const IssueTotals& t, const std::string& lasted) {
       return f.what + " froze " + format("%.1f s", t.part / 1000) + " of " + lasted + " at " + f.who;
     }},
    {"bitrate_collapse",
     [](const Finding& f, const IssueTotals&, const std::string& lasted) {
       return f.who + "'s uplink video fell to " + format("%.0f %%", f.value * 100) + " of its bitrate for " +
              lasted;
     }},
    {"turn_used",
     [](const Finding& f, const IssueTotals&, const std::string&) {
       return f.who + "'s " + f.role + "connection goes through a TURN server";
     }},
    {"tcp_used", [](const Finding& f, const IssueTotals&,
                    const std::string&) { return f.who + "'s " + f.role + "connection goes over TCP"; }},
    {"multiple_rejoins",
     [](const Finding& f, const IssueTotals& t, const std::string&) {
       return f.who + " joined " + format("%.0f times", t.worst) + " within 5 minutes";
     }},
    {"server_not_forwarding",
     [](const Finding& f, const IssueTotals&, const std::string& lasted) {
       return "the media server got " + f.what + " but sent " + f.who + " none of it for " + lasted;
     }},
    {"clock_skew",
     [](const Finding& f, const IssueTotals&, const std::string&) {
       return "the clock of the event feed of " + (f.who.empty() ? "the media server" : f.who) +
              " differs from the packets' by " + format("%.1f s", f.value / 1000);
     }},
    {"capture_loss",
     [](const Finding&, const IssueTotals& t, const std::string&) {
       return "our own capture lost " + format("%.0f frames", t.part) +
              ": figures of that time are incomplete";
     }},
};

}  // namespace

std::string sentence(const Finding& finding, const IssueTotals& totals) {
  const auto writer = kWriters.find(finding.kind);
  return writer == kWriters.end() ? finding.kind : writer->second(finding, totals, seconds(totals.lasted));
}

}  // namespace rtcscope::correlator
