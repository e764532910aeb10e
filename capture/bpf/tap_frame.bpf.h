/* One frame in the tap: reading its octets, metering its RTP, handing it on. */
#ifndef RTCSCOPE_CAPTURE_BPF_TAP_FRAME_BPF_H
#define RTCSCOPE_CAPTURE_BPF_TAP_FRAME_BPF_H

#include <bpf/bpf_endian.h>

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
  rtc_u32 length;
  rtc_u32 segment_bytes;
  rtc_u32 flags;
  rtc_u32 limit; /* octets to hand on, at most */
  rtc_u32 is_xdp;
};

/* One packet: what the meter takes, and where its parts are. No pointers: functions that the verifier checks
 * on their own could not follow them. */
struct rtc_rtp {
  struct rtc_stream_key key;
  rtc_u64 time_ns;
  rtc_u32 offset; /* of what follows the headers read so far */
  rtc_u32 length; /* octets of it, by the IP header */
  rtc_u32 timestamp;
  rtc_u32 bytes;    /* UDP payload */
  rtc_u16 headers;  /* octets before the UDP payload */
  rtc_u16 protocol; /* of what follows: Ethertype or IP protocol */
  rtc_u16 sequence_number;
  rtc_u8 flags; /* RTC_MARKER, RTC_PADDING */
  rtc_u8 payload_type;
};

#define RTC_ALIGNED __attribute__((aligned(8)))
/* Makes clang forget what it knows of a variable, so that the comparison that follows is one of the register
 * which is used then: the verifier of Linux 6.1 learns nothing of other copies, nor of a difference. */
#define RTC_FORGET(variable) __asm__ volatile("" : "+r"(variable))

/* Copies `size` octets at `offset`; 0 if they are there. Octets that the driver left outside the first buffer
 * cost a helper call. `to` is aligned; the packet may not be, but the kernels that have the tap's other needs
 * run on machines that do not mind, and without the promise clang copies octet by octet. */
RTC_INLINE int rtc_load(const struct rtc_frame* f, rtc_u32 offset, void* to, rtc_u32 size) {
  if (offset > RTC_MAX_OFFSET) return -1;
  rtc_u64 direct = offset;
  RTC_FORGET(direct);
  if (direct <= RTC_MAX_DIRECT_OFFSET && f->data + direct + size <= f->data_end) {
    __builtin_memcpy(__builtin_assume_aligned(to, 4), __builtin_assume_aligned(f->data + direct, 4), size);
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

#define RTC_NO_SLOT 0xffffffffu

RTC_INLINE rtc_u32 rtc_take_slot(void) {
  rtc_u32 slot = RTC_NO_SLOT;
  if (bpf_map_pop_elem(&rtc_free_slots, &slot) == 0) return slot;
  if (rtc_next_slot >= rtc_max_streams) return RTC_NO_SLOT;
  slot = __sync_fetch_and_add(&rtc_next_slot, 1);
  return slot < rtc_max_streams ? slot : RTC_NO_SLOT;
}

/* Claims a slot for a new stream and makes it known at `place`. Two CPUs with the same new key come to the
 * same place, and the second finds it taken. Not static: verified on its own. */
__noinline rtc_u32 rtc_new_stream(struct rtc_stream_key* key, rtc_u32 place, rtc_u32 tag) {
  if (!key) return RTC_NO_SLOT;
  const rtc_u32 slot = rtc_take_slot();
  struct rtc_stream* stream = bpf_map_lookup_elem(&rtc_streams, &slot);
  rtc_u64* entry = bpf_map_lookup_elem(&rtc_index, &place);
  if (!stream || !entry) return RTC_NO_SLOT;
  stream->key = *key;
  if (__sync_val_compare_and_swap(entry, 0, RTC_ENTRY(tag, slot)) == 0) return slot;
  __builtin_memset(&stream->key, 0, sizeof stream->key);
  bpf_map_push_elem(&rtc_free_slots, &slot, 0);
  return RTC_NO_SLOT;
}

/* The place in rtc_index of the entry with this tag, else of the first that is empty, else RTC_NO_PLACE. */
#define RTC_NO_PLACE 0xffffffffu
__noinline rtc_u32 rtc_search(rtc_u32 first, rtc_u32 tag) {
  rtc_u32 empty = RTC_NO_PLACE;
#pragma clang loop unroll(disable)
  for (rtc_u32 i = 0; i < RTC_ENTRIES_TRIED; ++i) {
    const rtc_u32 place = (first + i) & rtc_index_mask;
    const rtc_u64* entry = bpf_map_lookup_elem(&rtc_index, &place);
    if (!entry) return RTC_NO_PLACE;
    if (RTC_ENTRY_TAG(*entry) == tag) return place;
    if (*entry == 0 && empty == RTC_NO_PLACE) empty = place;
  }
  return empty;
}

/* The slot of the entry with this tag, or a new one. Another CPU may be at it with the same key, hence two
 * looks. */
RTC_INLINE rtc_u32 rtc_search_slot(struct rtc_stream_key* key, rtc_u32 first, rtc_u32 tag) {
  rtc_u32 slot = RTC_NO_SLOT;
#pragma clang loop unroll(disable)
  for (int look = 0; look < 2 && slot == RTC_NO_SLOT; ++look) {
    const rtc_u32 place = rtc_search(first, tag);
    const rtc_u64* entry = bpf_map_lookup_elem(&rtc_index, &place);
    if (!entry) return RTC_NO_SLOT;
    slot = *entry != 0 ? RTC_ENTRY_SLOT(*entry) : rtc_new_stream(key, place, tag);
  }
  return slot;
}

RTC_INLINE rtc_u32 rtc_find_slot(struct rtc_stream_key* key) {
  const rtc_u64 hash = rtc_hash(key, rtc_hash_factors);
  const rtc_u32 tag = rtc_hash_tag(hash);
  const rtc_u32 place = rtc_hash_place(hash) & rtc_index_mask;
  const rtc_u64* entry = bpf_map_lookup_elem(&rtc_index, &place);
  if (entry && RTC_ENTRY_TAG(*entry) == tag) return RTC_ENTRY_SLOT(*entry);
  return rtc_search_slot(key, place, tag);
}

/* Adds one packet to its stream. Returns which packet of the stream it is, from 1, saturating; 0 if there was
 * no room for the stream. Not static: verified once on its own, so that its callers may loop over segments.
 */
__noinline int rtc_meter_packet(struct rtc_rtp* p) {
  if (!p) return 0;
  const rtc_u32 slot = rtc_find_slot(&p->key);
  struct rtc_stream* stream = bpf_map_lookup_elem(&rtc_streams, &slot);
  if (!stream) {
    rtc_count_drop(p->key.interface_index, RTC_DROP_STREAMS_FULL);
    return 0;
  }
  rtc_u64 packets = 0;
  bpf_spin_lock(&stream->lock);
  if (rtc_same_key(&stream->key, &p->key)) {
    stream->frame_bytes += p->headers + p->bytes;
    rtc_meter_add(&stream->meter, p->time_ns, p->sequence_number, p->timestamp, p->flags, p->payload_type,
                  p->bytes);
    packets = stream->meter.packets;
  }
  bpf_spin_unlock(&stream->lock);
  return packets > 0x7fffffff ? 0x7fffffff : (int)packets;
}

/* ---- what goes to user space ---- */

RTC_INLINE rtc_u64 rtc_wakeup_flags(void) {
  return bpf_ringbuf_query(&rtc_events, BPF_RB_AVAIL_DATA) >= rtc_wakeup_bytes ? BPF_RB_FORCE_WAKEUP
                                                                               : BPF_RB_NO_WAKEUP;
}

/* The tag that the card or kernel took off. */
RTC_INLINE void rtc_add_tag(struct rtc_tap_event* event, const struct __sk_buff* skb) {
  if (!skb->vlan_present) return;
  event->vlan_protocol = bpf_ntohs((rtc_u16)skb->vlan_proto);
  event->vlan_tci = (rtc_u16)skb->vlan_tci;
}

/* Hands on the first `captured` octets (1 to `room`) of the frame. Records have one of a few sizes because
 * the verifier wants a constant. */
#define RTC_HAND_ON(f, p, captured, room)                                                     \
  do {                                                                                        \
    struct rtc_tap_event* e = bpf_ringbuf_reserve(&rtc_events, sizeof(*e) + (room), 0);       \
    if (!e) return RTC_DROP_EVENTS_FULL;                                                      \
    e->time_ns = (p)->time_ns;                                                                \
    e->interface_index = (p)->key.interface_index;                                            \
    e->wire_length = (f)->length;                                                             \
    e->captured = (captured);                                                                 \
    e->segment_bytes = (f)->segment_bytes;                                                    \
    e->direction = (p)->key.direction;                                                        \
    e->flags = (f)->flags;                                                                    \
    e->vlan_protocol = 0;                                                                     \
    e->vlan_tci = 0;                                                                          \
    e->reserved = 0;                                                                          \
    if (!(f)->is_xdp) rtc_add_tag(e, (f)->context);                                           \
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
RTC_INLINE int rtc_try_hand_on(const struct rtc_frame* f, const struct rtc_rtp* p, rtc_u32 captured) {
  /* No frame is one octet long, and of "not zero" the verifier of Linux 6.1 learns no least value. */
  if (captured < 2) return RTC_DROP_UNREADABLE;
  RTC_FORGET(captured);
  if (captured > RTC_MAX_OFFSET) return RTC_DROP_UNREADABLE;
  if (captured <= 192) RTC_HAND_ON(f, p, captured, 192);
  if (captured <= 512) RTC_HAND_ON(f, p, captured, 512);
  if (captured <= 2048) RTC_HAND_ON(f, p, captured, 2048);
  if (captured <= 16384) RTC_HAND_ON(f, p, captured, 16384);
  RTC_HAND_ON(f, p, captured, RTC_MAX_OFFSET + 1);
}

RTC_INLINE void rtc_hand_on(const struct rtc_frame* f, const struct rtc_rtp* p) {
  const int failed = rtc_try_hand_on(f, p, f->length < f->limit ? f->length : f->limit);
  if (failed != RTC_DROP_REASONS) rtc_count_drop(p->key.interface_index, (rtc_u32)failed);
}

#endif
