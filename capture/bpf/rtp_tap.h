/* What the tap's programs and user space share: map keys and values, events, counters.
 *
 * Fixed-width fields, explicit padding, sizes asserted on both sides. Addresses are octets as on the wire
 * (IPv4 uses the first four, the rest is zero); ports and all other scalars are in host order; times are
 * nanoseconds since the epoch, UTC.
 */
#ifndef RTCSCOPE_CAPTURE_BPF_RTP_TAP_H
#define RTCSCOPE_CAPTURE_BPF_RTP_TAP_H

#include <linux/bpf.h>

#include "base/rtp_meter.h"

#ifdef __cplusplus
extern "C" {
#define RTC_TAP_ASSERT static_assert
#else
#define RTC_TAP_ASSERT _Static_assert
#endif

/* The first packets of a stream go to user space whole, then one in RTC_SAMPLE_EVERY (a power of two). */
#define RTC_FIRST_PACKETS 16
#define RTC_SAMPLE_EVERY 64

enum rtc_tap_direction {
  RTC_TAP_UNKNOWN = 0,
  RTC_TAP_INGRESS = 1,
  RTC_TAP_EGRESS = 2,
};

/* One sender's datagrams to one receiver; key of rtc_flows and part of rtc_stream_key. */
struct rtc_tap_tuple {
  rtc_u8 source[16]; /* as in an IPv6 header, the destination follows at once */
  rtc_u8 destination[16];
  rtc_u16 source_port;
  rtc_u16 destination_port;
  rtc_u8 family;    /* 4 or 6 */
  rtc_u8 transport; /* 17 or 6 */
  rtc_u16 reserved;
};
RTC_TAP_ASSERT(sizeof(struct rtc_tap_tuple) == 40, "no hidden padding in a hashed key");

struct rtc_stream_key {
  struct rtc_tap_tuple tuple;
  rtc_u32 ssrc;
  rtc_u32 interface_index; /* the kernel's */
  rtc_u32 direction;       /* rtc_tap_direction */
  rtc_u32 path;            /* of VLAN tags: link::DatagramView::path */
} __attribute__((aligned(8)));
RTC_TAP_ASSERT(sizeof(struct rtc_stream_key) == 56, "no hidden padding in a hashed key");

/* Value of rtc_streams: one slot. Two CPUs may see packets of one stream at once, hence the lock. */
struct rtc_stream {
  struct bpf_spin_lock lock;
  rtc_u32 reserved;
  struct rtc_stream_key key;
  rtc_u64 frame_bytes;        /* octets of its frames, padding of short ones left out */
  struct rtc_rtp_meter meter; /* no packets: nobody's slot, and all of it is zero */
};
RTC_TAP_ASSERT(sizeof(struct rtc_stream) == 9 * 64, "nine cache lines, the first with lock and key");

/* rtc_index finds a stream's slot: entries of RTC_ENTRY(tag, slot), 0 for none, from the one that the key's
 * hash names on. They are looked at all, so one that goes leaves no mark behind. */
#define RTC_ENTRIES_TRIED 16
#define RTC_ENTRY(tag, slot) ((rtc_u64)(tag) << 32 | (slot))
#define RTC_ENTRY_SLOT(entry) ((rtc_u32)(entry))
#define RTC_ENTRY_TAG(entry) ((rtc_u32)((entry) >> 32))

#define RTC_KEY_WORDS 7
RTC_METER_INLINE rtc_u64 rtc_key_word(const struct rtc_stream_key* key, int i) {
  rtc_u64 word;
  __builtin_memcpy(&word, __builtin_assume_aligned((const char*)key + i * 8, 8), 8);
  return word;
}

RTC_METER_INLINE int rtc_same_key(const struct rtc_stream_key* a, const struct rtc_stream_key* b) {
  rtc_u64 differs = 0;
  for (int i = 0; i < RTC_KEY_WORDS; ++i) differs |= rtc_key_word(a, i) ^ rtc_key_word(b, i);
  return differs == 0;
}

/* Multilinear with odd random factors, so that the products need not wait for each other; nobody who does not
 * know the factors can choose keys that meet. The upper half depends on every bit. */
RTC_METER_INLINE rtc_u64 rtc_hash(const struct rtc_stream_key* key, const volatile rtc_u64* factors) {
  rtc_u64 sum = 0;
  for (int i = 0; i < RTC_KEY_WORDS; ++i) {
    const rtc_u64 word = rtc_key_word(key, i);
    sum += (word ^ word >> 32) * factors[i];
  }
  return (sum ^ sum >> 32) * 0x9e3779b97f4a7c15ull;
}
/* Where in rtc_index, and what tells the entries there apart; a tag is never 0. */
RTC_METER_INLINE rtc_u32 rtc_hash_place(rtc_u64 hash) {
  return (rtc_u32)(hash >> 32);
}
RTC_METER_INLINE rtc_u32 rtc_hash_tag(rtc_u64 hash) {
  return (rtc_u32)hash | 1u;
}

/* RTP in this frame that can be parsed is in rtc_streams already. */
#define RTC_EVENT_METERED 1u
/* The frame begins with the IP header. */
#define RTC_EVENT_NO_LINK_HEADER 2u

/* One record of rtc_events: this header, then `captured` octets of the frame. */
struct rtc_tap_event {
  rtc_u64 time_ns;
  rtc_u32 interface_index;
  rtc_u32 wire_length;   /* octets of the frame */
  rtc_u32 captured;      /* <= wire_length */
  rtc_u32 segment_bytes; /* UDP payload octets of each segment of a GSO super-packet; 0: it is one datagram */
  rtc_u32 direction;     /* rtc_tap_direction */
  rtc_u32 flags;         /* RTC_EVENT_ */
  rtc_u16 vlan_protocol; /* Ethertype of a tag that the card or kernel took off; 0: none */
  rtc_u16 vlan_tci;
  rtc_u32 reserved;
};
RTC_TAP_ASSERT(sizeof(struct rtc_tap_event) == 40, "the frame follows without a hole");

/* What the tap itself lost, by interface: our loss, not the network's. */
enum rtc_drop_reason {
  RTC_DROP_EVENTS_FULL = 0,  /* rtc_events had no room: user space did not see the frame */
  RTC_DROP_STREAMS_FULL = 1, /* rtc_streams had no room: the headers go to user space to be metered there */
  RTC_DROP_UNREADABLE = 2,   /* octets that the frame has by its lengths could not be read */
  RTC_DROP_SEGMENTS = 3,     /* segments of a super-packet beyond RTC_MAX_SEGMENTS */
  RTC_DROP_REASONS = 4,
};
struct rtc_drop_key {
  rtc_u32 interface_index;
  rtc_u32 reason; /* rtc_drop_reason */
};

/* What the tap left alone because it cannot be WebRTC. */
enum rtc_pass_reason {
  RTC_PASS_NOT_IP = 0,
  RTC_PASS_NOT_UDP_OR_TCP = 1,
  RTC_PASS_TCP = 2, /* connections that showed no STUN message at a segment's start */
  RTC_PASS_UDP = 3, /* by RFC 7983 nothing of WebRTC, on a five-tuple without STUN */
  RTC_PASS_REASONS = 4,
};

#ifdef __cplusplus
}
#endif
#endif
