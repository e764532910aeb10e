/* The maps, knobs and counters of the tap. */
#ifndef RTCSCOPE_CAPTURE_BPF_TAP_MAPS_BPF_H
#define RTCSCOPE_CAPTURE_BPF_TAP_MAPS_BPF_H

#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#include "capture/bpf/rtp_tap.h"

#define RTC_INLINE static __always_inline

/* Set before the programs are loaded. */
const volatile rtc_u32 rtc_snap_length = 2048; /* octets of a frame handed on, at most */
const volatile rtc_u64 rtc_wakeup_bytes = 1;   /* wake user space when this much waits */
const volatile rtc_u32 rtc_time_is_set = 0;    /* tests: time stands in rtc_now_ns */
const volatile rtc_u32 rtc_max_streams = 65536;
const volatile rtc_u32 rtc_index_mask = 131071;
const volatile rtc_u64 rtc_hash_factors[RTC_KEY_WORDS] = {1, 3, 5, 7, 9, 11, 13};
const volatile rtc_u32 rtc_drop_when_seen = 0; /* XDP on a mirror port: the copies end here */

/* UTC minus CLOCK_MONOTONIC; user space writes it at start and when the clock was set. */
volatile rtc_u64 rtc_clock_offset_ns = 0;
volatile rtc_u64 rtc_now_ns = 0;
/* Slots from this one on were never claimed. */
volatile rtc_u32 rtc_next_slot = 0;

/* RTP streams, in slots that are claimed from the first on and claimed again when user space has emptied
 * them: streams that run lie close together, because at thousands of streams what costs is to find their
 * pages (docs/performance.md). max_entries is set before loading. */
struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(max_entries, 65536);
  __type(key, rtc_u32);
  __type(value, struct rtc_stream);
} rtc_streams SEC(".maps");

/* Where the stream of a key is: RTC_ENTRY. Written here, cleared by user space. A power of two, at least
 * twice as many as slots; set before loading. */
struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(map_flags, BPF_F_MMAPABLE);
  __uint(max_entries, 131072);
  __type(key, rtc_u32);
  __type(value, rtc_u64);
} rtc_index SEC(".maps");

/* Slots that user space has emptied. */
struct {
  __uint(type, BPF_MAP_TYPE_STACK);
  __uint(max_entries, 65536);
  __type(value, rtc_u32);
} rtc_free_slots SEC(".maps");

/* Frames for user space. Its size is set before loading. */
struct {
  __uint(type, BPF_MAP_TYPE_RINGBUF);
  __uint(max_entries, 8 << 20);
} rtc_events SEC(".maps");

/* Five-tuples that showed a STUN message: the rest of what they carry goes to user space. The least recently
 * used make room; the next consent check (RFC 7675, every 5 s) brings a live one back. */
struct {
  __uint(type, BPF_MAP_TYPE_LRU_HASH);
  __uint(max_entries, 65536);
  __type(key, struct rtc_tap_tuple);
  __type(value, rtc_u32);
} rtc_flows SEC(".maps");

/* Counters of losses, by interface and reason. */
struct {
  __uint(type, BPF_MAP_TYPE_PERCPU_HASH);
  __uint(max_entries, 4096);
  __type(key, struct rtc_drop_key);
  __type(value, rtc_u64);
} rtc_drops SEC(".maps");

/* Frames left alone, by rtc_pass_reason. */
struct {
  __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
  __uint(max_entries, RTC_PASS_REASONS);
  __type(key, rtc_u32);
  __type(value, rtc_u64);
} rtc_passes SEC(".maps");

RTC_INLINE void rtc_count_drop(rtc_u32 interface_index, rtc_u32 reason) {
  struct rtc_drop_key key = {.interface_index = interface_index, .reason = reason};
  const rtc_u64 one = 1;
  rtc_u64* count = bpf_map_lookup_elem(&rtc_drops, &key);
  if (count) {
    *count += 1;
  } else {
    bpf_map_update_elem(&rtc_drops, &key, &one, BPF_NOEXIST);
  }
}

RTC_INLINE void rtc_count_pass(rtc_u32 reason) {
  rtc_u64* count = bpf_map_lookup_elem(&rtc_passes, &reason);
  if (count) *count += 1;
}

#endif
