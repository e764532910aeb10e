#ifndef RTCSCOPE_CAPTURE_BPF_KEY_PROBE_H
#define RTCSCOPE_CAPTURE_BPF_KEY_PROBE_H
/* What the key probe's kernel program and its reader share. C, for clang's BPF target and for g++. */

#ifdef __bpf__
#include <linux/types.h>
typedef __u8 rtc_u8;
typedef __u32 rtc_u32;
typedef __u64 rtc_u64;
#else
#include <cstdint>
using rtc_u8 = std::uint8_t;
using rtc_u32 = std::uint32_t;
using rtc_u64 = std::uint64_t;
#endif

#define RTC_KEY_SLOTS 256  /* secrets on their way to user space; a power of two */
#define RTC_KEY_OCTETS 88  /* the longest DTLS-SRTP export (RFC 7714, 12) */
#define RTC_POLICIES 8     /* of a list of srtp_policy_t that are read: what follows is left alone */
#define RTC_TARGET_NAME 56 /* octets of an executable's or a unit's name, the final zero included */
#define RTC_MAX_TARGETS 64

/* Life of a slot: the kernel takes an empty one and fills it, user space empties it and wipes it. */
#define RTC_SLOT_EMPTY 0
#define RTC_SLOT_WRITING 1
#define RTC_SLOT_FULL 2

/* srtp_crypto_policy_t of libsrtp 2. */
struct rtc_srtp_crypto {
  rtc_u32 cipher_type;
  rtc_u32 cipher_key_octets; /* of master key and master salt */
  rtc_u32 auth_type;
  rtc_u32 auth_key_octets;
  rtc_u32 auth_tag_octets;
  rtc_u32 services;
};

/* srtp_policy_t of libsrtp 2.1 and later 2.x, in a process of 64 bits; capture/keys/key_slot.cpp compares it
 * with the library's header. */
struct rtc_srtp_policy {
  rtc_u32 ssrc_type;
  rtc_u32 ssrc;
  struct rtc_srtp_crypto rtp;
  struct rtc_srtp_crypto rtcp;
  rtc_u64 key;
  /* Where `key` is null: to pointers to srtp_master_key_t, whose first member points to the key. */
  rtc_u64 keys;
  rtc_u64 num_master_keys;
  rtc_u64 unused[5];
  rtc_u64 next;
};

/* What the profiles of DTLS-SRTP have: one writer's master key and master salt (RFC 5764, 4.1.2; RFC 7714,
 * 12), and both writers', as exported. The same as key_sizes() of decoders/srtp/keying.hpp, which a test
 * compares. */
static inline int rtc_is_policy_octets(rtc_u64 octets) {
  return octets == 28 || octets == 30 || octets == 44;
}
static inline int rtc_is_export_octets(rtc_u64 octets) {
  return octets == 56 || octets == 60 || octets == RTC_KEY_OCTETS;
}

#define RTC_FROM_EXPORT 0 /* SSL_export_keying_material("EXTRACTOR-dtls_srtp"): both writers' keys */
#define RTC_FROM_POLICY 1 /* srtp_create or srtp_add_stream: one writer's key */

/* One secret of a process. */
struct rtc_key_slot {
  rtc_u32 state;
  rtc_u32 size;    /* 56, 60 or 88 of an export; 28, 30 or 44 of a policy */
  rtc_u64 time_ns; /* CLOCK_MONOTONIC when the export returned or the library was called */
  rtc_u32 pid;     /* thread group id in the first pid namespace */
  rtc_u32 origin;
  rtc_u8 octets[RTC_KEY_OCTETS];
  struct rtc_srtp_crypto rtp, rtcp; /* of a policy; else zero */
};

#define RTC_TARGET_EXECUTABLE 1
#define RTC_TARGET_PID 2
#define RTC_TARGET_UNIT 3

/* Key of rtc_targets: whose calls are looked at. What is not used is zero. */
struct rtc_target {
  rtc_u32 kind;
  rtc_u32 pid;
  char name[RTC_TARGET_NAME]; /* last part of the executable's path, or the unit's name */
};

/* Index into rtc_key_counts. */
#define RTC_COUNT_TAKEN 0      /* handed to user space */
#define RTC_COUNT_SLOTS_FULL 1 /* user space was too slow */
#define RTC_COUNT_UNREADABLE 2 /* the process's memory could not be read */
#define RTC_COUNT_BAD_LENGTH 3 /* a length that no profile of ours has */
#define RTC_COUNT_LIST_CUT 4   /* a list of more than RTC_POLICIES policies */
#define RTC_COUNTS 5

#ifdef __bpf__
#define RTC_ASSERT _Static_assert
#else
#define RTC_ASSERT static_assert
#endif
RTC_ASSERT(sizeof(struct rtc_key_slot) == 160, "layout shared with the kernel");
RTC_ASSERT(sizeof(struct rtc_srtp_policy) == 128, "layout of libsrtp 2");
RTC_ASSERT(sizeof(struct rtc_target) == 64, "layout shared with the kernel");
#undef RTC_ASSERT

#endif
