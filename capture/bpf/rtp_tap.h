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
  rtc_u8 source[16];
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
};
RTC_TAP_ASSERT(sizeof(struct rtc_stream_key) == 56, "no hidden padding in a hashed key");

/* Value of rtc_streams. Two CPUs may see packets of one stream at once, hence the lock. */
struct rtc_stream {
  struct bpf_spin_lock lock;
  rtc_u32 first_timestamp; /* RTP timestamp of the first packet */
  rtc_u64 frame_bytes;     /* octets of its frames, padding of short ones left out */
  struct rtc_rtp_meter meter;
};
RTC_TAP_ASSERT(sizeof(struct rtc_stream) == 16 + sizeof(struct rtc_rtp_meter), "the meter follows the lock");

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
  RTC_DROP_STREAMS_FULL = 1, /* rtc_streams had no room: the packet goes to user space to be metered there */
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
