// Exports one small call to the collector that the command line names: a report of RTCP, a periodic report, a
// final report, log lines of an event and an issue, and a SIP message, whose every field decode_hep.mjs
// knows.
//
// usage: send_hep URL [TYPES [CA_FILE]]

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <exception>

#include "export/hep/hep_exporter.hpp"

namespace {

using namespace rtcscope;

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kStart = 1'763'710'254'250'000'000;

void send_names(model::ChangeSink& sink) {
  model::Conference conference;
  conference.id = {0xc0};
  conference.server = "janus-1";
  conference.room = "1234";
  sink.on_change(conference);

  model::Participant participant;
  participant.id = {0xa0};
  participant.conference = conference.id;
  participant.display = "Zo\u00eb \"Z\"";
  sink.on_change(participant);

  model::Connection connection;
  connection.id = {0xcc};
  connection.conference = conference.id;
  connection.participant = participant.id;
  connection.server_session = "7000";
  connection.server_handle = "12";
  sink.on_change(connection);

  model::Flow flow;
  flow.id = {0xf0};
  flow.connection = connection.id;
  flow.client_endpoint = {*parse_ip_address("192.0.2.1"), 50000};
  flow.server_endpoint = {*parse_ip_address("198.51.100.7"), 10020};
  flow.server_known = true;
  flow.transport = "udp";
  sink.on_change(flow);
}

void send_stream(model::ChangeSink& sink) {
  model::Stream stream;
  stream.id = {0x50};
  stream.flow = {0xf0};
  stream.connection = {0xcc};
  stream.ssrc = 0xdeadbeef;
  stream.direction = "downlink";
  stream.kind = "audio";
  stream.codec = "opus";
  stream.payload_type = 111;
  stream.clock_rate_hz = 48000;
  stream.first_packet = utc_from_ns(kStart);
  sink.on_change(stream);
  for (int second = 0; second < 10; ++second) {
    model::StreamSample sample;
    sample.stream = stream.id;
    sample.start = utc_from_ns(kStart + second * kSecond);
    sample.end = utc_from_ns(kStart + (second + 1) * kSecond);
    sample.interval = {49, 4900, 50, 1, 0, 0, 0};
    sample.jitter_ms = 1.5 + second;
    sink.on_change(sample);
  }
  stream.ended = true;
  stream.last_packet = utc_from_ns(kStart + 12 * kSecond);
  stream.total = {601, 60100, 612, 11, 0, 2, 0};
  stream.jitter_ms = 2.25;
  stream.jitter_max_ms = 10.5;
  stream.jitter_mean_ms = 6;
  stream.max_gap_ms = 180.5;
  stream.capture_drops = 3;
  sink.on_change(stream);
}

void send_event(model::ChangeSink& sink) {
  model::Event event;
  event.time = utc_from_ns(kStart + 13 * kSecond);
  event.conference = {0xc0};
  event.participant = {0xa0};
  event.connection = {0xcc};
  event.kind = "hangup";
  event.text = "PeerConnection closed: DTLS alert";
  sink.on_change(event);
}

void send_rtcp(export_hep::HepExporter& exporter) {
  export_hep::RtcpReport report;
  report.flow = {0xf0};
  report.source = {*parse_ip_address("192.0.2.1"), 50000};
  report.destination = {*parse_ip_address("198.51.100.7"), 10020};
  report.time = utc_from_ns(kStart);
  report.packet_type = 201;
  report.sender_ssrc = 1;
  report.sender_info = {0xe9a0'0000'4000'0000, 960, 50, 4000};
  report.source_ssrc = 0xdeadbeef;
  report.fraction_lost = 26;
  report.cumulative_lost = -3;
  report.highest_sequence = 66'000;
  report.jitter_ticks = 96;
  report.lsr = 0x0000'4000;
  report.dlsr = 65'536;
  exporter.on_rtcp(report);
}

void send_issue(model::ChangeSink& sink) {
  model::Issue issue;
  issue.id = {0x1e};
  issue.conference = {0xc0};
  issue.participant = {0xa0};
  issue.connection = {0xcc};
  issue.kind = "high_loss";
  issue.severity = "warning";
  issue.started_at = utc_from_ns(kStart + 5 * kSecond);
  issue.text = "Zo\u00eb loses packets.";
  issue.evidence = {{"loss_ratio", "0.02"}};
  sink.on_change(issue);
}

void send_sip(model::ChangeSink& sink) {
  model::Event event;
  event.time = utc_from_ns(kStart + 14 * kSecond);
  event.kind = "sip_message";
  event.detail =
      R"({"direction":"sent","sip":"OPTIONS sip:bob@192.0.2.9:5080 SIP/2.0\r\nVia: SIP/2.0/UDP 198.51.100.7:5062;)"
      R"(branch=z9hG4bK1\r\nFrom: <sip:janus@198.51.100.7>;tag=1\r\nTo: <sip:bob@192.0.2.9>\r\nCall-ID: call-1@janus\r\n)"
      R"(CSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n"})";
  sink.on_change(event);
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc < 2 || argc > 4) {
    std::fprintf(stderr, "usage: send_hep URL [TYPES [CA_FILE]]\n");
    return 2;
  }
  export_hep::HepOptions options;
  options.targets = {argv[1]};
  if (argc > 2) options.types = argv[2];
  if (argc > 3) options.ca_file = argv[3];
  options.capture_id = 2001;
  options.sender.stop_within = std::chrono::seconds{20};  // what a busy machine may need
  options.auth_key = "s3cret";
  options.node_name = "media host 1";
  export_hep::HepExporter exporter(options);
  send_names(exporter);
  send_rtcp(exporter);
  send_stream(exporter);
  send_event(exporter);
  send_issue(exporter);
  send_sip(exporter);
  exporter.stop();
  const export_hep::HepTargetStats stats = exporter.stats().targets[0];
  std::printf("%llu sent %s\n", static_cast<unsigned long long>(stats.sent), stats.last_error.c_str());
  return stats.sent > 0 && stats.dropped_unsent == 0 ? 0 : 1;
} catch (const std::exception& fault) {
  std::fprintf(stderr, "send_hep: %s\n", fault.what());
  return 1;
}
