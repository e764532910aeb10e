#include "app/report.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <optional>
#include <ostream>

#include "base/text.hpp"

namespace rtcscope::app {
namespace {

/// printf into a string; every call here fits the buffer, names are cut before.
template <class... Args>
std::string format(const char* pattern, Args... args) {
  std::array<char, 512> text{};
  std::snprintf(text.data(), text.size(), pattern, args...);
  return text.data();
}

std::string or_dash(const std::string& text) {
  return text.empty() ? "-" : text;
}

double seconds_between(UtcTime from, UtcTime to) {
  return std::chrono::duration<double>(to - from).count();
}

std::string ending(const std::optional<model::Ending>& ended) {
  if (!ended) return "still going on at the end of the capture";
  return "ended " + to_rfc3339(ended->time) + ": " + ended->reason + " (said by " + to_string(ended->source) +
         ")";
}

std::string figure(const char* pattern, const std::optional<double>& value) {
  return value ? format(pattern, *value) : "-";
}

std::string evidence_line(const model::Flow& flow) {
  std::string line;
  for (const model::Evidence& e : flow.evidence) line += (line.empty() ? "" : ", ") + e.kind + " " + e.detail;
  return line.empty() ? "nothing" : line;
}

class TextReport {
 public:
  TextReport(std::ostream& out, const Picture& picture) : out_(out), picture_(picture) {}

  void conference(const model::Conference& conference) {
    out_ << "\nConference " << or_dash(conference.room) << " (" << conference.plugin << " on "
         << conference.server << ")\n  started " << to_rfc3339(conference.started_at) << ", "
         << ending(conference.ended) << "\n";
    for (const model::Participant& participant : picture_.participants.rows()) {
      if (participant.conference == conference.id) this->participant(participant);
    }
  }

  void participant(const model::Participant& participant) {
    out_ << "  " << (participant.display.empty() ? "unnamed" : participant.display) << " (user "
         << or_dash(participant.user_id) << ")\n";
    for (const model::Session& session : picture_.sessions.rows()) {
      if (session.participant != participant.id) continue;
      out_ << "    joined " << to_rfc3339(session.joined_at) << ", "
           << (session.left ? "left " + to_rfc3339(session.left->time) + ": " + session.left->reason
                            : "did not leave")
           << "\n";
    }
    for (const model::Connection& connection : picture_.connections.rows()) {
      if (connection.participant == participant.id) this->connection(connection);
    }
  }

  void connection(const model::Connection& connection) {
    out_ << "    " << connection.role << ", handle " << or_dash(connection.server_handle) << ": ICE "
         << connection.ice_state << ", DTLS " << connection.dtls_state << "; " << ending(connection.ended)
         << "\n";
    bool any = false;
    for (const model::Flow& flow : picture_.flows.rows()) {
      if (flow.connection != connection.id) continue;
      this->flow(flow);
      any = true;
    }
    if (!any) out_ << "      no packets of it were seen\n";
  }

  void flow(const model::Flow& flow) {
    out_ << "      " << to_string(flow.client_endpoint) << (flow.server_known ? " -> " : " <-> ")
         << to_string(flow.server_endpoint) << " " << flow.transport
         << (flow.encapsulation == "none" ? "" : " in " + flow.encapsulation)
         << (flow.tunnels.empty() ? "" : " through " + flow.tunnels)
         << format(", ICE round trip %s", figure("%.1f ms", flow.ice.round_trip_ms).c_str()) << ", "
         << (flow.dtls.version.empty() ? "no DTLS handshake" : flow.dtls.version)
         << format(" in %s", figure("%.1f ms", flow.dtls.handshake_ms).c_str()) << "\n"
         << format("        linked by (%.2f): ", flow.confidence) << evidence_line(flow) << "\n";
    for (const model::Stream& stream : picture_.streams.rows()) {
      if (stream.flow == flow.id) this->stream(stream);
    }
  }

  void stream(const model::Stream& s) {
    const double ratio = s.total.expected == 0
                             ? 0.0
                             : static_cast<double>(std::max<std::int64_t>(s.total.lost, 0)) * 100.0 /
                                   static_cast<double>(s.total.expected);
    const model::Participant* source = picture_.participants.find(s.source_participant.value);
    out_
        << format(
               "        %-8s %-5s %-6s ssrc %-10u %8llu packets %6lld lost (%.2f %%)  jitter %s (max %s)  %s",
               s.direction.c_str(), s.kind.c_str(), or_dash(s.codec).c_str(), s.ssrc,
               static_cast<unsigned long long>(s.total.packets), static_cast<long long>(s.total.lost), ratio,
               figure("%.2f ms", s.jitter_ms).c_str(), figure("%.2f ms", s.jitter_max_ms).c_str(),
               figure("%.0f bit/s", s.bitrate_bps).c_str())
        << (source != nullptr && s.source_participant != s.participant ? "  from " + source->display : "")
        << "\n";
    closer(s);
    if (s.remote.nack_count) remote(s);
  }

  /// Where it lost packets, and what its frames or its voice were like: a line if there is something to say.
  void closer(const model::Stream& s) {
    std::string line;
    const auto add = [&line](const std::string& text) { line += (line.empty() ? "" : ", ") + text; };
    const auto count = [&](const auto& value, const char* what) {
      if (value && *value != 0) add(std::to_string(*value) + " " + what);
    };
    count(s.loss_split.lost_after_tap, "lost after the tap");
    count(s.loss_split.relayed_lost, "lost upstream and passed on");
    count(s.loss_split.server_lost, "lost in the server");
    count(s.loss_split.repaired_packets, "repaired");
    if (s.video.frame_rate_fps) add(format("%.1f frames/s", *s.video.frame_rate_fps));
    if (s.playback.freezes) {
      add(format("%llu freezes (%.0f ms)", static_cast<unsigned long long>(*s.playback.freezes),
                 *s.playback.frozen_ms));
    }
    if (s.relay.forwarding_p50_ms) {
      add(format("forwarded in %.2f ms (99 %%: %.2f ms)", *s.relay.forwarding_p50_ms,
                 *s.relay.forwarding_p99_ms));
    }
    if (s.voice.mos_lq) add(format("MOS-LQ %.2f", *s.voice.mos_lq));
    if (!line.empty()) out_ << "          " << line << "\n";
  }

  /// What the receiving end said of the stream.
  void remote(const model::Stream& s) {
    const model::RemoteFigures& r = s.remote;
    out_ << "          receiver's RTCP: ";
    if (r.lost) out_ << *r.lost << " lost in all, ";
    if (s.loss_split.unreported_packets.value_or(0) != 0) {
      out_ << *s.loss_split.unreported_packets << " packets after its last report, ";
    }
    if (r.jitter_ms) out_ << format("jitter %.2f ms, ", *r.jitter_ms);
    if (r.round_trip_ms) {
      out_ << format("round trip %.1f ms (mean %.1f ms), ", *r.round_trip_ms, *r.round_trip_mean_ms);
    }
    out_ << *r.nack_count << " NACK for " << *r.nacked_packets << " packets, " << *r.pli_count << " PLI, "
         << *r.fir_count << " FIR\n";
  }

 private:
  std::ostream& out_;
  const Picture& picture_;
};

void write_summary(std::ostream& out, const CaptureSummary& s) {
  const double seconds = seconds_between(s.first, s.last);
  out << "\nCapture " << s.path << ": " << s.packets << " packets in " << format("%.1f s", seconds);
  if (s.packets != 0) out << " from " << to_rfc3339(s.first);
  out << "\n  " << s.counters.rtp << " RTP, " << s.counters.rtcp << " RTCP, " << s.counters.stun << " STUN, "
      << s.counters.dtls << " DTLS, " << s.counters.turn_channel << " TURN ChannelData, " << s.counters.other
      << " other UDP, " << s.counters.tcp_segments << " TCP\n";
  if (s.capture_drops != 0) out << "  the capture itself lost " << s.capture_drops << " frames\n";
  if (!s.ended_early.empty()) out << "  PARTIAL: " << s.ended_early << "\n";
  if (!s.feed_fault.empty()) out << "  PARTIAL: " << s.feed_fault << "\n";
  for (const flows::RefusalCount& r : s.refusals) {
    out << "  refused " << r.protocol << " " << r.reason << ": " << r.count << "\n";
  }
  if (s.feed_events + s.feed_refused != 0) {
    out << "  " << s.feed_events << " feed events, " << s.feed_refused << " refused\n";
  }
  if (s.read_seconds > 0) {
    out << format("  analyzed in %.2f s: %.0f packets/s, %.1f MB/s\n", s.read_seconds,
                  static_cast<double>(s.packets) / s.read_seconds,
                  static_cast<double>(s.bytes) / s.read_seconds / 1e6);
  }
}

std::string csv_field(std::string text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  for (std::size_t i = 0; (i = text.find('"', i)) != std::string::npos; i += 2) text.insert(i, 1, '"');
  return "\"" + text + "\"";
}

template <class Count>
std::string csv_count(const std::optional<Count>& value) {
  return value ? std::to_string(*value) : "";
}

std::string csv_number(const std::optional<double>& value) {
  return value ? format("%.3f", *value) : "";
}

void write_issues(std::ostream& out, const Picture& picture) {
  if (!picture.issues.rows().empty()) out << "\nIssues\n";
  for (const model::Issue& issue : picture.issues.rows()) {
    out << "  " << to_rfc3339(issue.started_at) << " " << issue.severity << " " << issue.kind << ": "
        << issue.text << "\n";
  }
}

}  // namespace

void write_text_report(std::ostream& out, const Picture& picture, const CaptureSummary& summary) {
  TextReport report(out, picture);
  for (const model::Conference& conference : picture.conferences.rows()) report.conference(conference);
  bool heading = false;
  for (const model::Connection& connection : picture.connections.rows()) {
    if (connection.participant.valid()) continue;
    if (!heading) out << "\nConnections of no known participant\n";
    heading = true;
    report.connection(connection);
  }
  heading = false;
  for (const model::Flow& flow : picture.flows.rows()) {
    if (flow.connection.valid()) continue;
    if (!heading) out << "\nFlows that nothing names\n";
    heading = true;
    report.flow(flow);
  }
  write_issues(out, picture);
  write_summary(out, summary);
  if (picture.states_not_kept != 0) {
    out << "  PARTIAL: the report has no room for all; " << picture.states_not_kept
        << " changes are left out\n";
  }
}

void write_csv_report(std::ostream& out, const Picture& picture) {
  out << "conference_room,participant_display,role,server_handle,client_endpoint,server_endpoint,direction,"
         "kind,codec,"
         "ssrc,packets,expected,lost,duplicates,reordered,bytes,bitrate_bps,jitter_ms,jitter_max_ms,first_"
         "packet,"
         "last_packet,kind_source,lost_after_tap,repaired_packets,relayed_lost,server_lost,frame_rate_fps,"
         "freezes,"
         "forwarding_p50_ms,mos_lq\n";
  for (const model::Stream& s : picture.streams.rows()) {
    const model::Flow* flow = picture.flows.find(s.flow.value);
    const model::Connection* connection = picture.connections.find(s.connection.value);
    const model::Conference* conference = picture.conferences.find(s.conference.value);
    const model::Participant* participant = picture.participants.find(s.participant.value);
    const std::array<std::string, 9> names{conference ? conference->room : "",
                                           participant ? participant->display : "",
                                           connection ? connection->role : "",
                                           connection ? connection->server_handle : "",
                                           flow ? to_string(flow->client_endpoint) : "",
                                           flow ? to_string(flow->server_endpoint) : "",
                                           s.direction,
                                           s.kind,
                                           s.codec};
    for (const std::string& name : names) out << csv_field(name) << ',';
    out << s.ssrc << ',' << s.total.packets << ',' << s.total.expected << ',' << s.total.lost << ','
        << s.total.duplicates << ',' << s.total.reordered << ',' << s.total.bytes << ','
        << csv_number(s.bitrate_bps) << ',' << csv_number(s.jitter_ms) << ',' << csv_number(s.jitter_max_ms)
        << ',' << to_rfc3339(s.first_packet) << ',' << to_rfc3339(s.last_packet) << ','
        << s.typing.kind_source << ',' << csv_count(s.loss_split.lost_after_tap) << ','
        << csv_count(s.loss_split.repaired_packets) << ',' << csv_count(s.loss_split.relayed_lost) << ','
        << csv_count(s.loss_split.server_lost) << ',' << csv_number(s.video.frame_rate_fps) << ','
        << csv_count(s.playback.freezes) << ',' << csv_number(s.relay.forwarding_p50_ms) << ','
        << csv_number(s.voice.mos_lq) << '\n';
  }
}

}  // namespace rtcscope::app
