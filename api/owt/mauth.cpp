#include "api/owt/mauth.hpp"

#include <algorithm>
#include <fstream>
#include <map>
#include <stdexcept>

#include "api/access/token.hpp"
#include "api/owt/object_id.hpp"
#include "base/base64.hpp"
#include "base/hmac.hpp"
#include "base/text.hpp"

namespace rtcscope::api::owt {
namespace {

using Fields = std::map<std::string, std::string, std::less<>>;

Fields fields_of(std::string_view header) {
  constexpr std::size_t kPrefix = 6;  // "MAuth " and "mauth_"
  Fields fields;
  while (!header.empty()) {
    const std::string_view piece = header.substr(0, header.find(','));
    header.remove_prefix(std::min(piece.size() + 1, header.size()));
    const std::string_view name = piece.substr(0, piece.find('='));
    std::string value;
    for (std::string_view rest = piece.substr(std::min(name.size(), piece.size())); !rest.empty();) {
      rest.remove_prefix(1);  // '='
      const std::string_view part = rest.substr(0, rest.find('='));
      value += part.empty() ? "=" : part;
      rest.remove_prefix(part.size());
    }
    fields.insert_or_assign(std::string(name.substr(std::min(kPrefix, name.size()))), std::move(value));
  }
  return fields;
}

std::string_view field(const Fields& fields, std::string_view name) {
  const auto found = fields.find(name);
  return found == fields.end() ? std::string_view() : std::string_view(found->second);
}

/// Base64 of the digits, not of the octets.
std::string sign(std::string_view key, std::string_view text) {
  return base64(to_hex(hmac_sha256(key, text)));
}

bool is_signed(const Fields& fields, const Service& service) {
  if (field(fields, "signature_method") != "HMAC_SHA256") return false;
  std::string text = std::string(field(fields, "timestamp")) + ',' + std::string(field(fields, "cnonce"));
  if (fields.count("username") > 0 && fields.count("role") > 0) {
    text += ',' + std::string(field(fields, "username")) + ',' + std::string(field(fields, "role"));
  }
  return access::same_secret(field(fields, "signature"), sign(service.key, text));
}

std::optional<Service> service_of(std::string_view line) {
  constexpr std::string_view kOperator = "operator ";
  Service service;
  service.is_operator = line.starts_with(kOperator);
  if (service.is_operator) line = trim(line.substr(kOperator.size()));
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || colon + 1 == line.size()) return std::nullopt;
  service.id = line.substr(0, colon);
  service.key = line.substr(colon + 1);
  return is_object_id(service.id) ? std::optional(service) : std::nullopt;
}

}  // namespace

std::vector<Service> read_services(const std::string& path) {
  std::ifstream file(path);
  std::vector<Service> services;
  for (std::string line; std::getline(file, line);) {
    const std::string_view text = trim(line);
    if (text.empty() || text.front() == '#') continue;
    auto service = service_of(text);
    if (!service) {
      throw std::runtime_error(path +
                               ": a line must be ID:KEY, a service's id (24 hex digits) and its key, or "
                               "\"operator ID:KEY\"");
    }
    services.push_back(*std::move(service));
  }
  if (services.empty()) throw std::runtime_error(path + " must be a readable file with a line ID:KEY");
  return services;
}

Result<Proof, AuthFault> authenticate(std::string_view authorization, const std::vector<Service>& services) {
  const AuthFault stranger{401, 1101, "WWW-Authenticate: MAuth realm=\"http://marte3.dit.upm.es\""};
  if (authorization.empty()) return Unexpected{stranger};
  const Fields fields = fields_of(authorization);
  const std::string_view id = field(fields, "serviceid");
  if (!is_object_id(id)) {
    return Unexpected{AuthFault{500, 2001,
                                "CastError Cast to ObjectId failed for value \"" + clean_utf8(id, 64) +
                                    "\" at path \"_id\" for model \"Service\""}};
  }
  const auto found = std::find_if(services.begin(), services.end(), [&](const Service& service) {
    return equals_ignoring_case(service.id, id);
  });
  if (found == services.end() || !is_signed(fields, *found)) return Unexpected{stranger};
  return Proof{&*found, std::string(field(fields, "timestamp")), std::string(field(fields, "cnonce"))};
}

}  // namespace rtcscope::api::owt
