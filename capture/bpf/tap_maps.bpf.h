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
const volatile rtc_u32 rtc_drop_when_seen = 0; /* XDP on a mirror port: the copies end here */

/* UTC minus CLOCK_MONOTONIC; user space writes it at start and when the clock was set. */
volatile rtc_u64 rtc_clock_offset_ns = 0;
volatile rtc_u64 rtc_now_ns = 0;

/* RTP streams. Written here, read and deleted by user space; max_entries is set before loading. Preallocated:
 * entries that lie close together cost half of what entries from the kernel's heap do at thousands of streams
 * (docs/performance.md). */
struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, 65536);
  __type(key, struct rtc_stream_key);
  __type(value, struct rtc_stream);
} rtc_streams SEC(".maps");

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
