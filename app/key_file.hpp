#pragma once

#include <string>
#include <vector>

#include "decoders/srtp/keying.hpp"

namespace rtcscope::app {

/// Recorded DTLS-SRTP secrets: JSON lines whose "material" is the exporter's output in hex
/// (EXTRACTOR-dtls_srtp, RFC 5764, 4.2); lines without it, or for other labels, are passed over. Throws
/// std::runtime_error, one line, when the file cannot be read or has no such line. The file's text is wiped
/// from memory before this returns.
std::vector<srtp::KeyingMaterial> read_key_file(const std::string& path);

}  // namespace rtcscope::app
