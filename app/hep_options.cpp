#include "app/hep_options.hpp"

#include <CLI/CLI.hpp>

namespace rtcscope::app {

void add_hep_options(CLI::App& command, ServeOptions& options) {
  command.add_option(
      "--hep", options.hep,
      "Send HEP3 to hep:udp://HOST:PORT, hep:tcp://HOST:PORT or hep:tls://HOST:PORT; may be repeated");
  command
      .add_option(
          "--hep-ca", options.hep_ca,
          "PEM file of the authorities that certificates of hep:tls:// are held against (default: the "
          "system's)")
      ->check(CLI::ExistingFile);
  command
      .add_option("--hep-key-file", options.hep_key_file,
                  "File whose first line is the collectors' capture password; it travels in every message")
      ->check(CLI::ExistingFile);
  command.add_option("--hep-spool", options.hep_spool,
                     "Folder for what hep:tcp:// and hep:tls:// collectors that are away do not take");
  command
      .add_option("--hep-spool-size", options.hep_spool_mebibytes,
                  "Size that each of them may have there, in MiB")
      ->check(CLI::Range(1U, 1U << 20U))
      ->capture_default_str();
  command
      .add_option("--hep-correlation", options.hep_correlation,
                  "Correlation id: {server} {session} {handle} {room} {conference} {call_id} are replaced; "
                  "of a SIP call it is the Call-ID")
      ->capture_default_str();
  command.add_option("--hep-node", options.hep_node, "Node name in HEP messages")->capture_default_str();
  command.add_option("--hep-capture-id", options.hep_capture_id, "Capture agent's number in HEP messages")
      ->capture_default_str();
  command
      .add_option("--hep-types", options.hep_types,
                  "Payload types to send: 35 and 34 RTP reports, 5 RTCP, 100 events and issues, 1 SIP")
      ->capture_default_str();
}

void add_hep_listen_options(CLI::App& observe, ServeOptions& options) {
  observe.add_option("--hep-listen", options.hep_listen,
                     "Take SIP and RTCP of other agents as HEP3 on udp:ADDRESS:PORT");
  observe
      .add_option("--hep-listen-key-file", options.hep_listen_key_file,
                  "File whose first line is the capture password that they must have")
      ->check(CLI::ExistingFile);
}

}  // namespace rtcscope::app
