#pragma once

#include <string>

#include "decoders/srtp/key_log.hpp"

namespace rtcscope::app {

/// Recorded DTLS-SRTP secrets: JSON lines whose "material" is in hex and whose "label" says what it is, the
/// exporter's output (EXTRACTOR-dtls_srtp, RFC 5764, 4.2) or one writer's master key and master salt
/// (srtp_master_key); or lines of an NSS key log, "CLIENT_RANDOM", random and master secret in hex; other
/// lines are passed over. Throws std::runtime_error, one line, when the file cannot be read, has no such
/// line, or more secrets than may be locked in memory. The file's text is wiped from memory before this
/// returns.
srtp::RecordedSecrets read_key_file(const std::string& path);

}  // namespace rtcscope::app
