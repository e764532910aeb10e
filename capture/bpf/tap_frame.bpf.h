/* One frame in the tap: reading its octets, metering its RTP, handing it on. */
#ifndef RTCSCOPE_CAPTURE_BPF_TAP_FRAME_BPF_H
#define RTCSCOPE_CAPTURE_BPF_TAP_FRAME_BPF_H

#include "capture/bpf/tap_maps.bpf.h"

/* No header lies behind this; lets the verifier bound every offset. */
#define RTC_MAX_OFFSET 0xffff
/* Where the verifier still follows a pointer into the packet. */
#define RTC_MAX_DIRECT_OFFSET 0x7fff

/* One frame on its way through. */
struct rtc_frame {
  void* context; /* struct __sk_buff or struct xdp_md */
  void* data;
  void* data_end;
  rtc_u64 time_ns;
  rtc_u32 length;
  rtc_u32 segment_bytes;
  rtc_u32 flags;
  rtc_u32 vlan_protocol; /* as in struct rtc_tap_event */
  rtc_u32 vlan_tci;
  rtc_u32 limit; /* octets to hand on, at most */
  rtc_u32 is_xdp;
};

/* One packet: what the meter takes, and where its parts are. No pointers: functions that the verifier checks
 * on their own could not follow them. */
struct rtc_rtp {
  struct rtc_stream_key key;
  rtc_u32 offset;   /* of what follows the headers read so far */
  rtc_u32 length;   /* octets of it, by the IP header */
  rtc_u32 protocol; /* of it: Ethertype or IP protocol */
  rtc_u32 timestamp;
  rtc_u64 time_ns;
  rtc_u32 headers; /* octets before the UDP payload */
  rtc_u32 bytes;   /* UDP payload */
  rtc_u16 sequence_number;
  rtc_u8 flags; /* RTC_MARKER, RTC_PADDING */
  rtc_u8 payload_type;
};

#define RTC_ALIGNED __attribute__((aligned(8)))

/* Copies `size` octets at `offset`; 0 if they are there. Octets that the driver left outside the first buffer
 * cost a helper call. `to` is aligned; the packet may not be, but the kernels that have the tap's other needs
 * run on machines that do not mind, and without the promise clang copies octet by octet. */
RTC_INLINE int rtc_load(const struct rtc_frame* f, rtc_u32 offset, void* to, rtc_u32 size) {
  if (offset > RTC_MAX_OFFSET) return -1;
  if (offset <= RTC_MAX_DIRECT_OFFSET && f->data + offset + size <= f->data_end) {
    __builtin_memcpy(__builtin_assume_aligned(to, 4), __builtin_assume_aligned(f->data + offset, 4), size);
    return 0;
  }
  return f->is_xdp ? bpf_xdp_load_bytes(f->context, offset, to, size)
                   : bpf_skb_load_bytes(f->context, offset, to, size);
}

#define RTC_SKB_FRAME(skb)                                                                        \
  {                                                                                               \
    .context = (skb), .data = (void*)(long)(skb)->data, .data_end = (void*)(long)(skb)->data_end, \
    .length = (skb)->len                                                                          \
  }
#define RTC_XDP_FRAME(xdp)                                                                        \
  {                                                                                               \
    .context = (xdp), .data = (void*)(long)(xdp)->data, .data_end = (void*)(long)(xdp)->data_end, \
    .length = (rtc_u32)bpf_xdp_get_buff_len(xdp), .is_xdp = 1                                     \
  }

/* What is to be done with a frame: bits, because the segments of one may differ. */
enum rtc_verdict { RTC_NOTHING = 0, RTC_METERED = 1, RTC_SAMPLE = 2, RTC_WHOLE = 4 };
#define RTC_GO_ON (-1) /* none yet */

RTC_INLINE int rtc_pass(rtc_u32 reason) {
  rtc_count_pass(reason);
  return RTC_NOTHING;
}

/* ---- the meter ---- */

/* Not a struct rtc_stream: a lock may only lie in a map's value. */
static const rtc_u8 rtc_new_stream[sizeof(struct rtc_stream)] = {0};

/* Adds one packet to its stream. Returns which packet of the stream it is, from 1, saturating; 0 if there was
 * no room for the stream. Not static: verified once on its own, so that its callers may loop over segments.
 */
__noinline int rtc_meter_packet(struct rtc_rtp* p) {
  if (!p) return 0;
  struct rtc_stream* stream = bpf_map_lookup_elem(&rtc_streams, &p->key);
  if (!stream) {
    bpf_map_update_elem(&rtc_streams, &p->key, rtc_new_stream, BPF_NOEXIST);
    stream = bpf_map_lookup_elem(&rtc_streams, &p->key);
    if (!stream) {
      rtc_count_drop(p->key.interface_index, RTC_DROP_STREAMS_FULL);
      return 0;
    }
  }
  bpf_spin_lock(&stream->lock);
  if (stream->meter.packets == 0) stream->first_timestamp = p->timestamp;
  stream->frame_bytes += p->headers + p->bytes;
  rtc_meter_add(&stream->meter, p->time_ns, p->sequence_number, p->timestamp, p->flags, p->payload_type,
                p->bytes);
  const rtc_u64 packets = stream->meter.packets;
  bpf_spin_unlock(&stream->lock);
  return packets > 0x7fffffff ? 0x7fffffff : (int)packets;
}

/* ---- what goes to user space ---- */

RTC_INLINE rtc_u64 rtc_wakeup_flags(void) {
  return bpf_ringbuf_query(&rtc_events, BPF_RB_AVAIL_DATA) >= rtc_wakeup_bytes ? BPF_RB_FORCE_WAKEUP
                                                                               : BPF_RB_NO_WAKEUP;
}

/* Hands on the first `captured` octets (1 to `room`) of the frame. Records have one of a few sizes because
 * the verifier wants a constant. */
#define RTC_HAND_ON(f, key, captured, room)                                                   \
  do {                                                                                        \
    struct rtc_tap_event* e = bpf_ringbuf_reserve(&rtc_events, sizeof(*e) + (room), 0);       \
    if (!e) return RTC_DROP_EVENTS_FULL;                                                      \
    e->time_ns = (f)->time_ns;                                                                \
    e->interface_index = (key)->interface_index;                                              \
    e->wire_length = (f)->length;                                                             \
    e->captured = (captured);                                                                 \
    e->segment_bytes = (f)->segment_bytes;                                                    \
    e->direction = (key)->direction;                                                          \
    e->flags = (f)->flags;                                                                    \
    e->vlan_protocol = (rtc_u16)(f)->vlan_protocol;                                           \
    e->vlan_tci = (rtc_u16)(f)->vlan_tci;                                                     \
    e->reserved = 0;                                                                          \
    const long failed = (f)->is_xdp ? bpf_xdp_load_bytes((f)->context, 0, e + 1, (captured))  \
                                    : bpf_skb_load_bytes((f)->context, 0, e + 1, (captured)); \
    if (failed) {                                                                             \
      bpf_ringbuf_discard(e, BPF_RB_NO_WAKEUP);                                               \
      return RTC_DROP_UNREADABLE;                                                             \
    }                                                                                         \
    bpf_ringbuf_submit(e, rtc_wakeup_flags());                                                \
    return RTC_DROP_REASONS;                                                                  \
  } while (0)

/* Returns why it could not, or RTC_DROP_REASONS. */
RTC_INLINE int rtc_try_hand_on(const struct rtc_frame* f, const struct rtc_stream_key* key,
                               rtc_u32 captured) {
  if (captured == 0 || captured > RTC_MAX_OFFSET) return RTC_DROP_UNREADABLE;
  if (captured <= 192) RTC_HAND_ON(f, key, captured, 192);
  if (captured <= 512) RTC_HAND_ON(f, key, captured, 512);
  if (captured <= 2048) RTC_HAND_ON(f, key, captured, 2048);
  if (captured <= 16384) RTC_HAND_ON(f, key, captured, 16384);
  RTC_HAND_ON(f, key, captured, RTC_MAX_OFFSET + 1);
}

RTC_INLINE void rtc_hand_on(const struct rtc_frame* f, const struct rtc_stream_key* key) {
  const int failed = rtc_try_hand_on(f, key, f->length < f->limit ? f->length : f->limit);
  if (failed != RTC_DROP_REASONS) rtc_count_drop(key->interface_index, (rtc_u32)failed);
}

#endif
