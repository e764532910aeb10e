#include "app/command_line.hpp"

#include <CLI/CLI.hpp>
#include <charconv>
#include <map>

#include "app/hep_options.hpp"

namespace rtcscope::app {
namespace {

void add_issue_option(CLI::App& command, correlator::IssueOptions& issues) {
  const auto set = [&issues](const std::vector<std::string>& texts) {
    for (const std::string& text : texts) {
      const auto taken = issues.set(text);
      if (!taken) throw CLI::ValidationError("--issue", taken.error());
    }
  };
  command.add_option_function<std::vector<std::string>>(
      "--issue", set,
      "When something is an issue: KIND.raise, .clear, .hold or .clear_hold=NUMBER, or KIND=off; may be "
      "repeated");
}

/// DIR, or DIR,SIZE with a size in MiB, or in GiB with a G behind it.
void set_capture_ring(ServeOptions& options, const std::string& text) {
  const std::size_t comma = text.rfind(',');
  options.capture_ring = text.substr(0, comma);
  if (comma == std::string::npos) return;
  const char* const end = text.data() + text.size();
  unsigned number = 0;
  const auto [stop, error] = std::from_chars(text.data() + comma + 1, end, number);
  const std::string_view unit(stop, static_cast<std::size_t>(end - stop));
  constexpr unsigned kLeast = 16, kMost = 1U << 24U;
  const unsigned factor = unit == "G" ? 1024 : 1;
  const bool known = error == std::errc{} && (unit.empty() || unit == "M" || unit == "G");
  if (!known || number > kMost / factor || number * factor < kLeast || options.capture_ring.empty()) {
    throw CLI::ValidationError("--capture-ring",
                               text + " is not DIR or DIR,SIZE with SIZE as 512M or 4G, at least 16M");
  }
  options.capture_ring_mebibytes = number * factor;
}

void add_serve_options(CLI::App& command, ServeOptions& options) {
  add_issue_option(command, options.issues);
  command.add_flag("--cascade-rooms", options.cascade_rooms,
                   "Rooms of one name and plugin in several media servers are one conference");
  command.add_option("--cdr", options.cdr,
                     "Folder for call detail records (JSON lines and CSV), one for each presence that ends");
  command
      .add_option("--listen", options.listen,
                  "Address and port of the API and the dashboard; port 0 takes a free one")
      ->capture_default_str();
  command.add_option("--tokens", options.tokens,
                     "File of tokens: the API asks for one (make them with rtcscope token create)");
  command.add_flag("--allow-remote", options.allow_remote,
                   "Insecure: without --tokens, let whoever reaches the address read and change everything");
  command.add_option("--api-host", options.api_hosts,
                     "Further name by which a reverse proxy reaches the API; may be repeated");
  CLI::Option* certificate =
      command.add_option("--tls-cert", options.tls_cert,
                         "PEM file of the certificate and its chain: serve HTTPS (TLS 1.2 or 1.3)");
  CLI::Option* key = command.add_option("--tls-key", options.tls_key, "PEM file of its key");
  certificate->needs(key);
  key->needs(certificate);
  command
      .add_option("--rate-limit", options.rate_limit,
                  "Requests a second that one address may send, but for loopback; 0: any number")
      ->check(CLI::Range(0.0, 1e6))
      ->capture_default_str();
  command.add_option(
      "--cors-origin", options.cors_origins,
      "Origin (https://noc.example) whose pages may use the API with a token; may be repeated");
  command.add_flag("--peermetrics-open", options.peermetrics_open,
                   "Let anybody who reaches the API read what clients reported to /v1");
  command.add_option("--peermetrics-domain", options.peermetrics_domain,
                     "Host of the addresses that /v1/services/get-url gives");
  command
      .add_option(
          "--owt-view", options.owt_view,
          "File with ID:KEY of each service that may read rooms below /owt as from OWT's management API")
      ->check(CLI::ExistingFile);
  command
      .add_option("--store", options.store,
                  "Where to keep results: sqlite:PATH, sqlite::memory: or postgresql://USER@HOST/NAME")
      ->capture_default_str();
  command.add_option("--spool", options.spool,
                     "Folder in which results wait on disk while the store takes none");
  command.add_option("--spool-size", options.spool_mebibytes, "Size that it may have, in MiB")
      ->check(CLI::Range(1U, 1U << 20U))
      ->capture_default_str();
  command.add_option("--web-root", options.web_root, "Folder of the built dashboard")->capture_default_str();
  add_hep_options(command, options);
  command
      .add_option("--ingest-credentials", options.ingest_credentials,
                  "File with user:password that POST /ingest/janus must present")
      ->check(CLI::ExistingFile);
}

/// What comes of packets that are read here.
void add_packet_options(CLI::App& command, ServeOptions& options) {
  command.add_option_function<std::string>(
      "--capture-ring", [&options](const std::string& text) { set_capture_ring(options, text); },
      "DIR[,SIZE]: keep headers of packets in this folder, for captures on demand; SIZE as 512M or 4G "
      "(default 1G)");
}

void add_host_name(CLI::App& command, std::string& host_name) {
  command.add_option("--host-name", host_name,
                     "Name of this media host in the results (default: the system's)");
}

void add_user(CLI::App& command, std::string& user) {
  command.add_option("--user", user, "User to become when started as root (default: rtcscope, or nobody)");
}

void add_bus_options(CLI::App& command, BusOptions& options) {
  command
      .add_option("--bus", options.url,
                  "RabbitMQ queue between capture and serve: amqp://HOST/VHOST?queue=NAME, or amqps:")
      ->capture_default_str();
  command
      .add_option("--bus-credentials", options.credentials,
                  "File with user:password of that broker (default: guest)")
      ->check(CLI::ExistingFile);
  command
      .add_option("--bus-ca", options.ca,
                  "PEM file of the certificates that may sign the broker's (default: the system's)")
      ->check(CLI::ExistingFile);
  command
      .add_option("--bus-size", options.queue_mebibytes,
                  "Size that the queue may have, in MiB; the same for all who use it")
      ->check(CLI::Range(1U, 1U << 20U))
      ->capture_default_str();
}

void add_admin_options(CLI::App& observe, WatchOptions& options) {
  observe.add_option(
      "--janus-admin", options.janus_admin,
      "Admin API of a Janus: http://HOST:7088/admin, ws://HOST:7188, https:, wss:; may be repeated");
  observe
      .add_option("--janus-admin-secret-file", options.janus_admin_secret_files,
                  "File with its admin_secret; one for all, or one for each --janus-admin")
      ->check(CLI::ExistingFile);
  observe
      .add_option("--janus-admin-ca", options.janus_admin_ca,
                  "PEM file of the certificates that may sign the Admin API's (default: the system's)")
      ->check(CLI::ExistingFile);
  observe
      .add_option("--janus-admin-interval", options.janus_admin_interval,
                  "Seconds between two looks at what is going on")
      ->check(CLI::Range(1U, 3600U))
      ->capture_default_str();
}

void add_broker_options(CLI::App& observe, WatchOptions& options) {
  observe.add_option(
      "--janus-amqp,--janus-mqtt", options.brokers,
      "Broker with the events of rabbitmqevh (amqp://HOST/VHOST?queue=NAME or ?exchange=NAME) or "
      "mqttevh (mqtt://HOST?topic=TOPIC); may be repeated");
  observe
      .add_option("--broker-credentials", options.broker_credentials,
                  "File with user:password of the brokers")
      ->check(CLI::ExistingFile);
  observe
      .add_option("--broker-ca", options.broker_ca,
                  "PEM file of the certificates that may sign a broker's (default: the system's)")
      ->check(CLI::ExistingFile);
}

void add_owt_options(CLI::App& observe, OwtCommandOptions& options) {
  CLI::Option* url = observe.add_option("--owt", options.url,
                                        "Management API of an Open WebRTC Toolkit server: https://HOST:3000");
  CLI::Option* service = observe.add_option("--owt-service-file", options.service_file,
                                            "File with ID:KEY of the service whose rooms are asked for");
  service->check(CLI::ExistingFile);
  url->needs(service);
  service->needs(url);
  observe
      .add_option("--owt-ca", options.ca,
                  "PEM file of the certificates that may sign the server's (default: the system's)")
      ->check(CLI::ExistingFile)
      ->needs(url);
  observe.add_option("--owt-interval", options.interval, "Seconds between two looks at its rooms")
      ->check(CLI::Range(1U, 3600U))
      ->capture_default_str();
  observe
      .add_flag("--owt-portal", options.portal,
                "Also have a viewer in each room in use, which hears at once who comes and goes")
      ->needs(url);
  observe.add_option("--owt-viewer-role", options.viewer_role, "Role of that viewer, as the rooms name it")
      ->capture_default_str();
  observe
      .add_option("--owt-viewer-user", options.viewer_user,
                  "Its user name; participants of that name are left out of all results")
      ->capture_default_str();
  observe
      .add_option("--owt-amqp", options.amqp,
                  "Also listen on the cluster's RabbitMQ, which makes the names of packets exact: "
                  "amqp://HOST/VHOST")
      ->needs(url);
  observe
      .add_option("--owt-amqp-credentials", options.amqp_file,
                  "File with user:password of that broker (default: guest); --broker-ca holds for it, too")
      ->check(CLI::ExistingFile);
  observe.add_option("--owt-cluster", options.cluster, "Name of the cluster on that broker")
      ->capture_default_str();
}

void add_view_options(CLI::App& observe, ObserveOptions& options) {
  observe
      .add_flag("--owt-view-writes", options.owt_view_writes,
                "Pass on what operators of --owt-view ask to change: drop a participant, mute a stream")
      ->needs(observe.get_option("--owt-view"));
}

void add_retention_options(CLI::App& observe, ServeOptions& options) {
  observe
      .add_option("--retention-days", options.retention_days,
                  "Delete what ended longer ago than this; 0 keeps everything")
      ->check(CLI::Range(0U, 36500U))
      ->capture_default_str();
  observe
      .add_option("--samples-1s-days", options.samples_1s_days,
                  "Keep the figures of each second this long, then those of 10 s; 0: as --retention-days")
      ->check(CLI::Range(0U, 36500U))
      ->capture_default_str();
  observe
      .add_option("--samples-10s-days", options.samples_10s_days,
                  "Keep the figures of 10 s this long, then those of 60 s; 0: as --retention-days")
      ->check(CLI::Range(0U, 36500U))
      ->capture_default_str();
}

void add_tap_options(CLI::App& command, WatchOptions& options) {
  command.add_option("-i,--interface", options.interfaces,
                     "Interface to watch; may be repeated (default: all that are up)");
  static const std::map<std::string, TapChoice> kTaps{{"auto", TapChoice::kAuto},
                                                      {"tc", TapChoice::kTc},
                                                      {"xdp", TapChoice::kXdp},
                                                      {"packet", TapChoice::kPacket}};
  const auto set_tap = [&options](const std::string& text) {
    const auto found = kTaps.find(text);
    if (found == kTaps.end()) throw CLI::ValidationError("--tap", text + " is none of auto, tc, xdp, packet");
    options.tap = found->second;
  };
  command
      .add_option_function<std::string>("--tap", set_tap,
                                        "Meter in the kernel (tc; xdp for a mirror port), or copy every "
                                        "packet; auto: tc where it can be had")
      ->default_str("auto");
  command.add_flag("--xdp-drop", options.xdp_drop,
                   "With --tap xdp: drop what was seen; only for a mirror port");
  command
      .add_option("--tap-streams", options.tap_streams,
                  "RTP streams that find room in the kernel, 0.6 KiB each; more are metered in user space")
      ->check(CLI::Range(1U, 1U << 20U))
      ->capture_default_str();
  command.add_flag("--promiscuous", options.promiscuous, "Frames for other hosts too: for a mirror port");
  command.add_flag("--loopback", options.loopback, "Without --interface: watch lo as well");
  command.add_option("--filter", options.filter, "pcap-filter(7) expression for the frames to read");
  command.add_option("--snap-length", options.snap_length, "Octets kept of each frame")
      ->check(CLI::Range(64U, 65535U))
      ->capture_default_str();
  command.add_option("--ring-size", options.ring_mebibytes, "Capture ring per interface, in MiB")
      ->check(CLI::Range(1U, 512U))
      ->capture_default_str();
}

void add_key_options(CLI::App& command, LiveKeyOptions& options) {
  const auto set_keys = [&options](const std::string& text) {
    static const std::map<std::string, KeyMode> kModes{
        {"off", KeyMode::kOff}, {"auto", KeyMode::kAuto}, {"on", KeyMode::kOn}};
    const auto found = kModes.find(text);
    if (found == kModes.end()) throw CLI::ValidationError("--keys", text + " is none of off, auto, on");
    options.mode = found->second;
  };
  command
      .add_option_function<std::string>(
          "--keys", set_keys,
          "Take DTLS-SRTP keys from the media server's process to open RTCP, never "
          "media: off, auto (where possible) or on")
      ->default_str("off");
  command.add_option("--key-target", options.targets,
                     "Process to take keys from: exe:NAME, unit:NAME.service or pid:NUMBER; may be repeated "
                     "(default: janus and node)");
}

void add_watch_options(CLI::App& command, WatchOptions& options) {
  add_tap_options(command, options);
  add_admin_options(command, options);
  add_broker_options(command, options);
  add_owt_options(command, options.owt);
  add_key_options(command, options.keys);
  add_user(command, options.user);
}

void add_observe(CLI::App& app, ObserveOptions& options) {
  CLI::App* observe = app.add_subcommand("observe", "Watch this host's interfaces and serve what is found");
  add_watch_options(*observe, options);
  add_retention_options(*observe, options.serve);
  add_hep_listen_options(*observe, options.serve);
  add_packet_options(*observe, options.serve);
  add_host_name(*observe, options.serve.host_name);
  add_serve_options(*observe, options.serve);
  add_view_options(*observe, options);
}

void add_capture(CLI::App& app, CaptureOptions& options) {
  CLI::App* capture =
      app.add_subcommand("capture", "Watch this host's interfaces and send what is found to serve");
  add_watch_options(*capture, options);
  add_host_name(*capture, options.host_name);
  add_bus_options(*capture, options.bus);
  capture->add_option("--spool", options.spool,
                      "Folder in which reports wait on disk while the broker takes none");
  capture->add_option("--spool-size", options.spool_mebibytes, "Size that it may have, in MiB")
      ->check(CLI::Range(1U, 1U << 20U))
      ->capture_default_str();
}

void add_serve(CLI::App& app, CollectOptions& options) {
  CLI::App* serve = app.add_subcommand("serve", "Serve what capture sends from one or many media hosts");
  add_bus_options(*serve, options.bus);
  add_retention_options(*serve, options.serve);
  add_hep_listen_options(*serve, options.serve);
  add_user(*serve, options.user);
  add_serve_options(*serve, options.serve);
}

void add_replay(CLI::App& app, ReplayOptions& options) {
  CLI::App* replay =
      app.add_subcommand("replay", "Play a recorded call through the same stages and serve it");
  replay
      ->add_option("input", options.input, "Folder with call.pcap and janus-events.jsonl, or a capture file")
      ->required();
  replay->add_option("--events", options.events, "Event log of the media server (JSON lines)");
  replay->add_option("--admin", options.admin, "Recorded answers of its Admin API (JSON lines)");
  replay->add_option("--owt", options.owt, "Recorded messages of an OWT server (JSON lines)");
  replay->add_option("--keys", options.keys,
                     "Recorded DTLS-SRTP secrets (JSON lines or an NSS key log): opens RTCP, never media");
  replay
      ->add_option("--speed", options.speed,
                   "1 is the call's own pace, 10 ten times as fast, 0 as fast as it goes")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  replay->add_flag("--exit-when-done", options.exit_when_done, "Stop serving at the end of the recording");
  add_packet_options(*replay, options.serve);
  add_host_name(*replay, options.serve.host_name);
  add_serve_options(*replay, options.serve);
}

void add_analyze(CLI::App& app, AnalyzeOptions& options) {
  CLI::App* analyze = app.add_subcommand("analyze", "Read a capture and print what happened");
  analyze->add_option("capture", options.capture, "pcap or pcapng file, or - for standard input")->required();
  analyze->add_option("--events", options.events, "Event log of the media server (JSON lines)");
  analyze->add_option("--admin", options.admin, "Recorded answers of its Admin API (JSON lines)");
  analyze->add_option("--owt", options.owt, "Recorded messages of an OWT server (JSON lines)");
  analyze->add_option("--keys", options.keys,
                      "Recorded DTLS-SRTP secrets (JSON lines or an NSS key log): opens RTCP, never media");
  add_issue_option(*analyze, options.issues);
  const auto set_format = [&options](const std::string& text) {
    static const std::map<std::string, ReportFormat> kFormats{
        {"text", ReportFormat::kText}, {"json", ReportFormat::kJson}, {"csv", ReportFormat::kCsv}};
    const auto found = kFormats.find(text);
    if (found == kFormats.end()) throw CLI::ValidationError("--format", text + " is none of text, json, csv");
    options.format = found->second;
  };
  analyze->add_option_function<std::string>("--format", set_format, "text, json or csv")->default_str("text");
  analyze->add_flag("--samples", options.samples, "With --format json: the second-by-second figures, too");
}

void add_token(CLI::App& app, TokenOptions& options) {
  CLI::App* token = app.add_subcommand("token", "Make, list and revoke the tokens that open the API");
  token->require_subcommand(1);
  const auto add = [&](const char* name, const char* description, TokenAction action) {
    CLI::App* command = token->add_subcommand(name, description);
    command->add_option("--tokens", options.tokens, "The file that observe gets with --tokens")->required();
    command->callback([&options, action] { options.action = action; });
    return command;
  };
  CLI::App* create = add("create", "Print a new token, once", TokenAction::kCreate);
  create->add_option("--name", options.name, "Whose it is, or what it is for")->required();
  create->add_option("--role", options.role, "viewer, operator, admin, or ingest for a media server")
      ->check(CLI::IsMember({"viewer", "operator", "admin", "ingest"}))
      ->capture_default_str();
  create->add_option("--days", options.days, "Days until it expires; 0: never")
      ->check(CLI::Range(0U, 36500U))
      ->capture_default_str();
  add("list", "Print the tokens, not what opens with them", TokenAction::kList);
  CLI::App* revoke = add("revoke", "Take a token away", TokenAction::kRevoke);
  revoke->add_option("id", options.id, "As the list names it")->required();
}

void add_doctor(CLI::App& app, DoctorOptions& options) {
  CLI::App* doctor =
      app.add_subcommand("doctor", "Say what this host can do, and what each missing piece costs");
  const auto set_format = [&options](const std::string& text) {
    if (text != "text" && text != "json")
      throw CLI::ValidationError("--format", text + " is none of text, json");
    options.json = text == "json";
  };
  doctor->add_option_function<std::string>("--format", set_format, "text or json")->default_str("text");
  doctor->add_option("--key-target", options.key_targets,
                     "Process to say of how its keys would be taken, as for observe; may be repeated");
}

}  // namespace

Command parse_command_line(int argc, char** argv, const std::string& version) {
  CLI::App app{"rtcscope: what the network did to each WebRTC conference on this media host", "rtcscope"};
  app.set_version_flag("--version", version);
  app.require_subcommand(1);
  app.footer(
      "Exit codes: 0 done, 1 failed, 2 wrong command line, 3 analyze: a partial result.\nSee "
      "rtcscope(1).");
  ObserveOptions observe;
  CaptureOptions capture;
  CollectOptions serve;
  ReplayOptions replay;
  AnalyzeOptions analyze;
  DoctorOptions doctor;
  add_doctor(app, doctor);
  add_observe(app, observe);
  add_capture(app, capture);
  add_serve(app, serve);
  add_replay(app, replay);
  TokenOptions token;
  add_analyze(app, analyze);
  add_token(app, token);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    // CLI11 prints help to stdout and faults to stderr, and gives 0 for the former.
    return CommandLineDone{app.exit(error) == 0 ? kExitOk : kExitUsage};
  }
  if (app.got_subcommand("observe")) return observe;
  if (app.got_subcommand("capture")) return capture;
  if (app.got_subcommand("serve")) return serve;
  if (app.got_subcommand("doctor")) return doctor;
  if (app.got_subcommand("replay")) return replay;
  if (app.got_subcommand("token")) return token;
  return analyze;
}

}  // namespace rtcscope::app
