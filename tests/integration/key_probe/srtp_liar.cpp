// A process whose functions have the names of libsrtp's and do nothing: what it calls them with would end a
// process that looked into it. Each line on standard input names what to do.

#include <srtp2/crypto_types.h>
#include <srtp2/srtp.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <iostream>
#include <random>
#include <string>

// No two of them alike: the compiler would make one of them.
extern "C" {
srtp_err_status_t srtp_create(srtp_t* session, const srtp_policy_t* /*policy*/) {
  return session == nullptr ? srtp_err_status_ok : srtp_err_status_fail;
}
srtp_err_status_t srtp_add_stream(srtp_t session, const srtp_policy_t* /*policy*/) {
  return session == nullptr ? srtp_err_status_ok : srtp_err_status_bad_param;
}
srtp_err_status_t srtp_protect_mki(srtp_ctx_t* session, void* /*packet*/, int* /*octets*/,
                                   unsigned /*use_mki*/, unsigned /*mki_index*/) {
  return session == nullptr ? srtp_err_status_ok : srtp_err_status_bad_mki;
}
}

namespace {

// Called through pointers that the compiler cannot see through: else it would leave the calls out.
srtp_err_status_t (*volatile create)(srtp_t*, const srtp_policy_t*) = srtp_create;
srtp_err_status_t (*volatile add_stream)(srtp_t, const srtp_policy_t*) = srtp_add_stream;

/// Not null, and nobody's memory.
template <class Type>
Type* nowhere() {
  return reinterpret_cast<Type*>(0x10);
}

/// What libsrtp takes for AES_CM_128_HMAC_SHA1_80.
srtp_policy_t good_policy(unsigned char* key) {
  srtp_policy_t policy{};
  policy.rtp = {SRTP_AES_ICM_128, 30, SRTP_HMAC_SHA1, 20, 10, sec_serv_conf_and_auth};
  policy.rtcp = policy.rtp;
  policy.key = key;
  return policy;
}

/// A policy behind whose first half no memory follows.
void give_half_a_policy() {
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  auto* place =
      static_cast<char*>(mmap(nullptr, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  std::memset(place, 1, page);
  munmap(place + page, page);
  create(nullptr, reinterpret_cast<srtp_policy_t*>(place + page - sizeof(srtp_policy_t) / 2));
  munmap(place, page);
}

void give_random_octets(unsigned seed) {
  std::mt19937 generator(seed);
  alignas(srtp_policy_t) std::array<unsigned char, sizeof(srtp_policy_t)> octets{};
  for (unsigned char& octet : octets) octet = static_cast<unsigned char>(generator());
  add_stream(nullptr, reinterpret_cast<srtp_policy_t*>(octets.data()));
}

/// A list of good policies, the first of which is changed as the name says.
void give_policies(const std::string& change) {
  std::array<unsigned char, 64> key{};
  key.fill(7);
  std::array<srtp_policy_t, 9> list;
  list.fill(good_policy(key.data()));
  srtp_master_key_t* nobody = nullptr;
  srtp_policy_t& first = list[0];
  if (change == "keyless" || change == "wild_list") first.key = nullptr;
  if (change == "wild_key") first.key = nowhere<unsigned char>();
  if (change == "wild_list") {
    first.keys = &nobody;
    first.num_master_keys = ~0UL;
  }
  if (change == "long") first.rtp.cipher_key_len = first.rtcp.cipher_key_len = 1 << 30;
  if (change == "unequal") first.rtp.cipher_key_len = 44;
  if (change == "mixed") first.rtp.cipher_type = SRTP_AES_ICM_256;
  if (change == "circle") first.next = &first;
  for (std::size_t i = 0; change == "nine" && i + 1 < list.size(); ++i) list[i].next = &list[i + 1];
  create(nullptr, list.data());
}

}  // namespace

int main() {
  std::cout << "ready" << std::endl;
  unsigned seed = 0;
  for (std::string what; std::getline(std::cin, what);) {
    if (what == "none") {
      create(nullptr, nullptr);
    } else if (what == "nowhere") {
      create(nullptr, nowhere<srtp_policy_t>());
    } else if (what == "half") {
      give_half_a_policy();
    } else if (what == "random") {
      give_random_octets(++seed);
    } else {
      give_policies(what);
    }
    std::cout << "done" << std::endl;
  }
  return srtp_protect_mki(nullptr, nullptr, nullptr, 0, 0) == srtp_err_status_ok ? 0 : 1;
}
