#include "decoders/srtp/srtcp_context.hpp"

#include <srtp2/srtp.h>

#include <cstring>

namespace rtcscope::srtp {
namespace {

bool library_ready() {
  static const bool ready = srtp_init() == srtp_err_status_ok;
  return ready;
}

// One profile number in both registries (RFC 5764, 4.1.2; RFC 7714, 14.2).
bool set_policy(srtp_policy_t& policy, Profile profile) {
  const auto id = static_cast<srtp_profile_t>(profile);
  return srtp_crypto_policy_set_from_profile_for_rtp(&policy.rtp, id) == srtp_err_status_ok &&
         srtp_crypto_policy_set_from_profile_for_rtcp(&policy.rtcp, id) == srtp_err_status_ok;
}

}  // namespace

const char* to_string(SrtcpErrc code) noexcept {
  switch (code) {
    case SrtcpErrc::kTooLong:
      return "too_long";
    case SrtcpErrc::kNotAuthentic:
      return "not_authentic";
    case SrtcpErrc::kReplayed:
      return "replayed";
    case SrtcpErrc::kFailed:
      return "failed";
  }
  return "unknown";
}

void SrtcpContext::Deleter::operator()(void* session) const noexcept {
  srtp_dealloc(static_cast<srtp_t>(session));
}

std::optional<SrtcpContext> SrtcpContext::create(const KeyingMaterial& material, Profile profile,
                                                 Writer writer) {
  MasterKey key;
  if (!library_ready() || !material.copy_key(key_sizes(profile), writer, key)) return std::nullopt;
  srtp_policy_t policy{};
  srtp_t session = nullptr;
  bool made = set_policy(policy, profile);
  if (made) {
    policy.ssrc.type = ssrc_any_inbound;
    policy.key = key.data();
    policy.window_size = 1024;
    made = srtp_create(&session, &policy) == srtp_err_status_ok;
  }
  if (!made) return std::nullopt;
  return SrtcpContext(session);
}

Result<Bytes, SrtcpError> SrtcpContext::open(Bytes packet, Scratch& scratch) {
  if (packet.size() > kMaxPacket) return Unexpected{SrtcpError{SrtcpErrc::kTooLong, 0}};
  std::memcpy(scratch.data(), packet.data(), packet.size());
  int length = static_cast<int>(packet.size());
  const auto status = srtp_unprotect_rtcp(static_cast<srtp_t>(session_.get()), scratch.data(), &length);
  switch (status) {
    case srtp_err_status_ok:
      return Bytes{scratch.data(), static_cast<std::size_t>(length)};
    case srtp_err_status_replay_fail:
    case srtp_err_status_replay_old:
      return Unexpected{SrtcpError{SrtcpErrc::kReplayed, 0}};
    case srtp_err_status_auth_fail:
      return Unexpected{SrtcpError{SrtcpErrc::kNotAuthentic, 0}};
    default:
      return Unexpected{SrtcpError{SrtcpErrc::kFailed, 0}};
  }
}

}  // namespace rtcscope::srtp
