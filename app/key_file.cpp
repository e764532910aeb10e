#include "app/key_file.hpp"

#include <openssl/crypto.h>

#include <array>
#include <fstream>
#include <limits>
#include <stdexcept>

#include "base/text.hpp"

namespace rtcscope::app {
namespace {

constexpr std::size_t kMaxLine = 4096;

/// Read by hand: a JSON library would leave copies of the secret behind.
std::string_view material_in(std::string_view line) {
  constexpr std::string_view kName = "\"material\"";
  const std::size_t name = line.find(kName);
  if (name == std::string_view::npos || line.find("EXTRACTOR-dtls_srtp") == std::string_view::npos) return {};
  const std::size_t begin = line.find('"', name + kName.size());
  if (begin == std::string_view::npos) return {};
  const std::size_t end = line.find('"', begin + 1);
  return end == std::string_view::npos ? std::string_view{} : line.substr(begin + 1, end - begin - 1);
}

/// Empty material when the text is not hex, or of more octets than any profile has.
srtp::KeyingMaterial parse_hex(std::string_view hex) {
  std::array<std::byte, srtp::KeyingMaterial::kMaxOctets> octets{};
  bool good = hex.size() % 2 == 0 && hex.size() / 2 <= octets.size();
  for (std::size_t i = 0; good && i < hex.size(); i += 2) {
    const auto high = hex_digit(hex[i]);
    const auto low = hex_digit(hex[i + 1]);
    good = high && low;
    if (good) octets[i / 2] = static_cast<std::byte>(*high << 4 | *low);
  }
  srtp::KeyingMaterial material{Bytes(octets.data(), good ? hex.size() / 2 : 0)};
  OPENSSL_cleanse(octets.data(), octets.size());
  return material;
}

}  // namespace

std::vector<srtp::KeyingMaterial> read_key_file(const std::string& path) {
  std::ifstream file;
  file.rdbuf()->pubsetbuf(nullptr, 0);  // no buffer of the library's own that keeps the text
  file.open(path);
  if (!file)
    throw std::runtime_error("--keys " + path +
                             " cannot be read; give a file of JSON lines with \"material\"");
  std::vector<srtp::KeyingMaterial> keys;
  std::array<char, kMaxLine> line{};
  while (file.getline(line.data(), line.size()) || file.gcount() > 0) {
    if (file.fail()) {  // a line that is too long is no key
      file.clear();
      file.ignore(std::numeric_limits<std::streamsize>::max(), '\n');
    }
    srtp::KeyingMaterial key = parse_hex(material_in(line.data()));
    if (!srtp::profiles_of_length(key.size()).empty()) keys.push_back(std::move(key));
    OPENSSL_cleanse(line.data(), line.size());
    if (file.eof()) break;
  }
  if (keys.empty()) {
    throw std::runtime_error(
        "--keys " + path +
        " has no usable line; expected JSON lines with \"label\": \"EXTRACTOR-dtls_srtp\" and "
        "\"material\": 56, 60 or 88 octets in hex");
  }
  return keys;
}

}  // namespace rtcscope::app
