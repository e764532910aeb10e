// A process with libsrtp, as a media server whose TLS nobody can see into. Each line on standard input is a
// request, and is answered with a line of protected SRTCP packets in hex, one for each key:
//
//   create [PROFILE KEY]...   srtp_create with a list of policies
//   add [PROFILE KEY]...      srtp_create without one, then srtp_add_stream for each
//   list PROFILE KEY          srtp_create with a key list, as for master key identifiers
//   export SIZE               SSL_export_keying_material; where it is built with TLS

#include <deque>
#include <iostream>
#include <sstream>
#include <string>

#include "tests/integration/key_probe/srtp_calls.hpp"
#ifdef WITH_TLS
#include "tests/integration/key_probe/tls_pair.hpp"
#endif

namespace {

using rtcscope::testing::SrtpSession;
using rtcscope::testing::StreamPolicy;

std::string answer(const std::string& how, std::istream& request) {
  std::deque<StreamPolicy> policies;
  std::string profile;
  std::string key;
  while (request >> profile >> key) {
    policies.emplace_back(profile, key, static_cast<unsigned>(policies.size() + 1));
    if (!policies.back().known()) return "unknown profile";
    if (how == "list") policies.back().use_key_list();
    if (how != "add" && policies.size() > 1) (*policies[policies.size() - 2]).next = &*policies.back();
  }
  srtp_t made = nullptr;
  srtp_policy_t* first = how == "add" || policies.empty() ? nullptr : &*policies.front();
  if (srtp_create(&made, first) != srtp_err_status_ok) return "refused";
  const SrtpSession session(made);
  std::string packets;
  for (std::size_t i = 0; i < policies.size(); ++i) {
    if (how == "add" && srtp_add_stream(made, &*policies[i]) != srtp_err_status_ok) return "refused";
    packets +=
        (i == 0 ? "" : " ") + rtcscope::testing::protected_report(session, static_cast<unsigned>(i + 1));
  }
  return packets;
}

}  // namespace

int main() {
  if (srtp_init() != srtp_err_status_ok) return 1;
#ifdef WITH_TLS
  rtcscope::testing::TlsPair pair;
  if (!pair.ready()) return 1;
#endif
  std::cout << "ready" << std::endl;
  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream request(line);
    std::string how;
    request >> how;
#ifdef WITH_TLS
    if (std::size_t size = 0; how == "export" && request >> size) {
      std::cout << rtcscope::testing::to_hex(pair.export_secret("EXTRACTOR-dtls_srtp", size)) << std::endl;
      continue;
    }
#endif
    std::cout << answer(how, request) << std::endl;
  }
}
