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
#define RTC_TARGET_NAME 56 /* octets of an executable's or a unit's name, the final zero included */
#define RTC_MAX_TARGETS 64

/* Life of a slot: the kernel takes an empty one and fills it, user space empties it and wipes it. */
#define RTC_SLOT_EMPTY 0
#define RTC_SLOT_WRITING 1
#define RTC_SLOT_FULL 2

/* One output of SSL_export_keying_material("EXTRACTOR-dtls_srtp"). */
struct rtc_key_slot {
  rtc_u32 state;
  rtc_u32 size;    /* 56, 60 or 88 */
  rtc_u64 time_ns; /* CLOCK_MONOTONIC when the call returned */
  rtc_u32 pid;     /* thread group id in the first pid namespace */
  rtc_u32 reserved;
  rtc_u8 octets[RTC_KEY_OCTETS];
  rtc_u8 padding[16];
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
#define RTC_COUNTS 4

#ifdef __bpf__
#define RTC_ASSERT _Static_assert
#else
#define RTC_ASSERT static_assert
#endif
RTC_ASSERT(sizeof(struct rtc_key_slot) == 128, "layout shared with the kernel");
RTC_ASSERT(sizeof(struct rtc_target) == 64, "layout shared with the kernel");
#undef RTC_ASSERT

#endif
