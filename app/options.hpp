#pragma once
// The command line as values. docs/rtcscope.1 describes each option for people.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "correlator/issues/options.hpp"

namespace rtcscope::app {

/// kAuto: where the system allows it. kOn: it is an error where the system does not.
enum class KeyMode { kOff, kAuto, kOn };

/// Whether DTLS-SRTP secrets are taken from the media server's processes, and from which.
struct LiveKeyOptions {
  KeyMode mode = KeyMode::kOff;
  std::vector<std::string> targets;  // exe:NAME, unit:NAME, pid:NUMBER; empty: media servers that are known
};

/// What `observe`, `serve` and `replay` share: where results go and who may look at them.
struct ServeOptions {
  std::string listen = "127.0.0.1:8080";  // port 0: any free one
  std::string tokens;                     // path of the file of tokens; "" = everybody may do everything
  bool allow_remote = false;              // such an open door on a non-loopback address too
  double rate_limit = 100;                // requests a second of one address; 0: any number
  std::string tls_cert, tls_key;          // PEM files; "" = plain HTTP
  std::vector<std::string> cors_origins;  // whose pages may use the API
  bool peermetrics_open = false;          // what clients reported may be read without a token
  std::string peermetrics_domain;         // of the addresses that get-url makes; "" = the request's host
  std::string owt_view;                   // path of a file of services that may use /owt; "" = none may
  std::vector<std::string> api_hosts;     // further names by which a proxy reaches the API
  std::string store = "sqlite:rtcscope.db";
  unsigned retention_days = 30;  // observe: what ended longer ago is deleted; 0 keeps everything
  unsigned samples_1s_days =
      3;  // samples as they came, where retention_days is not shorter; 0: as long as that
  unsigned samples_10s_days = 14;  // those added up to 10 s, likewise; those of 60 s stay for retention_days
  std::string spool;               // folder for what waits while the store is away; "" = it waits in memory
  unsigned spool_mebibytes = 1024;
  std::string capture_ring;  // folder for headers of packets; "" = they are not kept
  unsigned capture_ring_mebibytes = 1024;
  std::string web_root = "/usr/share/rtcscope/web";
  std::string host_name;         // "" = this machine's
  std::vector<std::string> hep;  // hep:udp://host:port, hep:tcp://host:port, hep:tls://host:port
  std::string hep_ca;            // certificates for the last; "" = the system's
  std::string hep_key_file;      // its first line is the collectors' capture password; "" = none
  std::string hep_spool;         // folder for what collectors that are away do not take; "" = none
  unsigned hep_spool_mebibytes = 256;
  std::string hep_listen;           // udp:ADDRESS:PORT for other agents' messages; "" = none
  std::string hep_listen_key_file;  // its first line is the capture password they must have; "" = any
  std::string hep_correlation = "janus:{session}/{handle}";
  std::string hep_node = "rtcscope";
  std::string hep_types = "35,5,100,1";
  std::uint32_t hep_capture_id = 1;
  correlator::IssueOptions issues;
  bool cascade_rooms = false;      // rooms of one name in several media servers are one conference
  std::string cdr;                 // folder of call detail records; "" = none
  std::string ingest_credentials;  // path of a file with "user:password"; "" = no authentication
};

/// Where packets are seen: in the kernel by tc programs, on a mirror port by XDP, or in copies of all of
/// them.
enum class TapChoice : std::uint8_t { kAuto, kTc, kXdp, kPacket };

/// The OWT server whose rooms are observed; there is at most one on a media host.
struct OwtCommandOptions {
  std::string url;           // of the management API; "" = none
  std::string service_file;  // path of a file with ID:KEY
  std::string ca;            // PEM file; "" = the system's certificates
  unsigned interval = 5;     // seconds between two looks
  bool portal = false;       // a viewer in every room in use
  std::string viewer_role = "viewer";
  std::string viewer_user = "rtcscope";
  std::string amqp;       // the cluster's broker; "" = none
  std::string amqp_file;  // path of a file with user:password; "" = guest
  std::string cluster = "owt-cluster";
};

/// What `observe` and `capture` share: packets, keys and names of this host.
struct WatchOptions {
  std::vector<std::string> janus_admin;  // addresses of Admin APIs
  /// Paths of files with their secrets: none, one for all, or one for each address in the same order.
  std::vector<std::string> janus_admin_secret_files;
  std::string janus_admin_ca;          // PEM file; "" = the system's certificates
  unsigned janus_admin_interval = 10;  // seconds between two looks
  std::vector<std::string> brokers;    // addresses of RabbitMQ and MQTT brokers with events
  std::string broker_credentials;      // path of a file with user:password; "" = guest, or nobody
  std::string broker_ca;               // PEM file; "" = the system's certificates
  OwtCommandOptions owt;
  TapChoice tap = TapChoice::kAuto;
  bool xdp_drop = false;               // kXdp: frames end at the tap
  std::uint32_t tap_streams = 65'536;  // that find room in the kernel
  bool promiscuous = false;            // frames for other hosts too
  LiveKeyOptions keys;
  std::string user;                     // to be after the start as root; "" = rtcscope, or nobody
  std::vector<std::string> interfaces;  // empty: all that are up, without loopback
  bool loopback = false;                // with no interface named: lo too
  std::string filter;                   // pcap-filter(7) expression
  std::uint32_t snap_length = 2048;
  std::uint32_t ring_mebibytes = 32;
};

struct ObserveOptions : WatchOptions {
  ServeOptions serve;
  bool owt_view_writes = false;  // operators of serve.owt_view may drop participants and mute streams
};

/// The queue of a RabbitMQ broker through which probes reach `serve`.
struct BusOptions {
  std::string url = "amqp://localhost";
  std::string credentials;          // path of a file with user:password; "" = guest
  std::string ca;                   // PEM file; "" = the system's certificates
  unsigned queue_mebibytes = 1024;  // that may wait in it
};

struct CaptureOptions : WatchOptions {
  BusOptions bus;
  std::string host_name;  // "" = this machine's
  std::string spool;      // folder for reports that the broker does not take; "" = they wait in memory
  unsigned spool_mebibytes = 1024;
};

struct CollectOptions {
  ServeOptions serve;
  BusOptions bus;
  std::string user;  // to be after the start as root; "" = rtcscope, or nobody
};

struct ReplayOptions {
  ServeOptions serve;
  std::string input;  // a recorded call's folder, or a capture file
  std::string events;
  std::string admin;   // recorded answers of the Admin API
  std::string owt;     // recorded messages of an OWT server
  std::string keys;    // recorded DTLS-SRTP secrets; "" = RTCP stays closed
  double speed = 1.0;  // 0: as fast as it goes
  bool exit_when_done = false;
};

enum class ReportFormat { kText, kJson, kCsv };

struct AnalyzeOptions {
  std::string capture;
  std::string events;
  std::string admin;
  std::string owt;
  std::string keys;
  correlator::IssueOptions issues;
  ReportFormat format = ReportFormat::kText;
  bool samples = false;  // JSON: every report interval of every stream
};

enum class TokenAction { kCreate, kList, kRevoke };

struct TokenOptions {
  TokenAction action = TokenAction::kList;
  std::string tokens;
  std::string name;
  std::string role = "viewer";
  unsigned days = 0;  // until it expires; 0: never
  std::string id;     // revoke: of the token
};

struct DoctorOptions {
  std::vector<std::string> key_targets;  // as LiveKeyOptions::targets
  bool json = false;
};

/// Exit codes, told in docs/rtcscope.1.
enum ExitCode : int {
  kExitOk = 0,
  kExitFailure = 1,  // something that was asked for could not be done
  kExitUsage = 2,    // the command line is wrong
  kExitPartial = 3,  // analyze: the capture ended early or had unreadable parts; the report says where
};

}  // namespace rtcscope::app
