#include "app/key_file.hpp"

#include <fstream>
#include <limits>
#include <optional>
#include <span>
#include <stdexcept>

#include "base/text.hpp"
#include "base/wiped.hpp"

namespace rtcscope::app {
namespace {

constexpr std::size_t kMaxLine = 4096;
constexpr std::size_t kMaxSecrets = 16'384;  // each has a locked page of its own

// What a line's "label" says its material is: both writers' keys as exported (RFC 5764, 4.2), or one's.
constexpr std::string_view kExported = "EXTRACTOR-dtls_srtp";
constexpr std::string_view kOneWriter = "srtp_master_key";

/// Read by hand: a JSON library would leave copies of the secret behind.
std::string_view material_in(std::string_view line) {
  constexpr std::string_view kName = "\"material\"";
  const std::size_t name = line.find(kName);
  if (name == std::string_view::npos) return {};
  const std::size_t begin = line.find('"', name + kName.size());
  if (begin == std::string_view::npos) return {};
  const std::size_t end = line.find('"', begin + 1);
  return end == std::string_view::npos ? std::string_view{} : line.substr(begin + 1, end - begin - 1);
}

/// Writes the octets that the text names in hex; false if it is not hex of at most that many octets.
bool parse_hex(std::string_view hex, std::span<std::byte> octets) {
  if (hex.size() % 2 != 0 || hex.size() / 2 > octets.size()) return false;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    const auto octet = hex_octet(hex[i], hex[i + 1]);
    if (!octet) return false;
    octets[i / 2] = static_cast<std::byte>(*octet);
  }
  return true;
}

/// Empty material when the text is not hex, or of more octets than any profile has.
srtp::KeyingMaterial secret_of(std::string_view hex) {
  Wiped<std::byte, srtp::KeyingMaterial::kMaxOctets> octets;
  const bool good = parse_hex(hex, octets);
  return srtp::KeyingMaterial{Bytes(octets.data(), good ? hex.size() / 2 : 0)};
}

/// "CLIENT_RANDOM <random> <master secret>"; nullopt for any other line.
std::optional<srtp::LoggedSecret> logged_in(std::string_view line) {
  constexpr std::string_view kName = "CLIENT_RANDOM ";
  constexpr std::size_t kRandomDigits = 64;
  if (!line.starts_with(kName)) return std::nullopt;
  line.remove_prefix(kName.size());
  if (line.size() <= kRandomDigits || line[kRandomDigits] != ' ') return std::nullopt;
  srtp::LoggedSecret secret{{}, secret_of(trim(line.substr(kRandomDigits + 1)))};
  if (!parse_hex(line.substr(0, kRandomDigits), secret.client_random)) return std::nullopt;
  if (secret.master_secret.size() != srtp::LoggedSecret::kOctets) return std::nullopt;
  return secret;
}

void take_line(std::string_view line, srtp::RecordedSecrets& secrets) {
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  if (auto logged = logged_in(line)) {
    secrets.logged.push_back(*std::move(logged));
    return;
  }
  const bool one_writer = line.find(kOneWriter) != std::string_view::npos;
  if (!one_writer && line.find(kExported) == std::string_view::npos) return;
  srtp::KeyingMaterial key = secret_of(material_in(line));
  if (!srtp::srtcp_profile_of_length(key.size()) || key.one_writer() != one_writer) return;
  secrets.exported.push_back(std::move(key));
}

}  // namespace

srtp::RecordedSecrets read_key_file(const std::string& path) {
  std::ifstream file;
  file.rdbuf()->pubsetbuf(nullptr, 0);  // no buffer of the library's own that keeps the text
  file.open(path);
  if (!file) {
    throw std::runtime_error(
        "--keys " + path + " cannot be read; give a file of JSON lines with \"material\" or an NSS key log");
  }
  srtp::RecordedSecrets secrets;
  Wiped<char, kMaxLine> line;
  while (file.getline(line.data(), line.size()) || file.gcount() > 0) {
    if (file.fail()) {  // a line that is too long is no key
      file.clear();
      file.ignore(std::numeric_limits<std::streamsize>::max(), '\n');
    }
    take_line(line.data(), secrets);
    if (file.eof()) break;
    if (secrets.exported.size() + secrets.logged.size() > kMaxSecrets) {
      throw std::runtime_error("--keys " + path + " has more than " + std::to_string(kMaxSecrets) +
                               " secrets; cut it to those of the calls that were captured");
    }
  }
  if (secrets.exported.empty() && secrets.logged.empty()) {
    throw std::runtime_error(
        "--keys " + path +
        " has no usable line; expected JSON lines with \"label\": \"EXTRACTOR-dtls_srtp\" and "
        "\"material\": 56, 60 or 88 octets in hex, or with \"srtp_master_key\" and 28, 30 or 44, or lines "
        "CLIENT_RANDOM of an NSS key log");
  }
  return secrets;
}

}  // namespace rtcscope::app
