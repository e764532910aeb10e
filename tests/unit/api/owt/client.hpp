#pragma once
// A client of OWT's view that signs as the REST client of OWT's SDK does, and an API over the sample picture.

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <cstdio>
#include <map>

#include "api/entity_json.hpp"
#include "api/owt/view.hpp"
#include "api/service.hpp"
#include "base/base64.hpp"
#include "base/text.hpp"
#include "tests/contract/sample_data.hpp"

namespace rtcscope::api::owt::testing {

inline constexpr const char* kReader = "5e1a2b3c4d5e6f7081920a1b";
inline constexpr const char* kOperator = "5e1a2b3c4d5e6f7081920a1c";
inline constexpr const char* kKey = "abc";

inline std::string signature(const std::string& key, const std::string& text) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), static_cast<unsigned char*>(digest),
       &size);
  std::string hex;
  for (unsigned i = 0; i < size; ++i) {
    char digits[3];
    (void)std::snprintf(digits, sizeof digits, "%02x", digest[i]);
    hex += digits;
  }
  return base64(hex);
}

class Client : public ::testing::Test {
 protected:
  static std::string signed_by(const std::string& service, int nonce, UtcTime time,
                               const std::string& key = kKey) {
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count();
    const std::string timestamp = std::to_string(ms), cnonce = std::to_string(nonce);
    return "MAuth realm=http://marte3.dit.upm.es,mauth_signature_method=HMAC_SHA256,mauth_serviceid=" +
           service + ",mauth_cnonce=" + cnonce + ",mauth_timestamp=" + timestamp +
           ",mauth_signature=" + signature(key, timestamp + ',' + cnonce);
  }
  http::Response ask(const std::string& method, const std::string& target, const std::string& authorization,
                     const std::string& body = {}) {
    http::Request request{"1", method, target, {{"Host", "localhost"}}, body, "192.0.2.1"};
    if (!authorization.empty()) request.headers.push_back({"Authorization", authorization});
    return service.respond(request);
  }

  const UtcTime now = sample::at(60);
  std::unique_ptr<store::Store> store = sample::filled_store();
  sample::Counters counters;
  std::vector<std::string> audits;
  View view{{{kReader, kKey, false}, {kOperator, kKey, true}}, [this] { return now; }};
  api::Service service{[this] {
    Services services{*store, counters, [](const IngestDelivery&) { return 200; }, "0.1.0", ""};
    services.owt = &view;
    services.audit = [this](const AuditEntry& entry) { audits.push_back(entry.actor + ' ' + entry.what); };
    return services;
  }()};
  const std::string room = "/owt/v1.1/rooms/00000000" + hex_id(sample::kLiveConference.value);
};

}  // namespace rtcscope::api::owt::testing
