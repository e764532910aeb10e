/* What a UDP datagram or TCP segment asks for.
 *
 * Follows decoders/demux/demux.cpp, decoders/rtp/rtp_packet.cpp and flows/tcp_framing.cpp step by step,
 * because user space must come to the same answer; tests/bpf compares the two. */
#ifndef RTCSCOPE_CAPTURE_BPF_TAP_DATAGRAM_BPF_H
#define RTCSCOPE_CAPTURE_BPF_TAP_DATAGRAM_BPF_H

#include <bpf/bpf_endian.h>

#include "capture/bpf/tap_frame.bpf.h"

/* UDP_MAX_SEGMENTS of the kernel is 128 since 6.9, 64 before. */
#define RTC_MAX_SEGMENTS 128
#define RTC_UDP 17
#define RTC_TCP 6
#define RTC_MAGIC_COOKIE 0x2112a442u /* RFC 8489, 5 */

/* ---- UDP ---- */

enum rtc_class { RTC_CLASS_OTHER, RTC_CLASS_STUN, RTC_CLASS_HAND_ON, RTC_CLASS_RTP };

/* decoders/demux/demux.cpp: RFC 7983 section 7 as redrawn by RFC 9443. `head` holds the first octets of the
 * `length` octets of the datagram, zeros where there are fewer than 12. */
RTC_INLINE int rtc_classify(const rtc_u8* head, rtc_u32 length) {
  const rtc_u8 first = head[0];
  if (first <= 3) {
    const rtc_u32 cookie = (rtc_u32)head[4] << 24 | (rtc_u32)head[5] << 16 | (rtc_u32)head[6] << 8 | head[7];
    return length >= 20 && cookie == RTC_MAGIC_COOKIE && (head[3] & 3) == 0 ? RTC_CLASS_STUN
                                                                            : RTC_CLASS_OTHER;
  }
  if (first <= 19) return RTC_CLASS_OTHER;
  if (first <= 79) return RTC_CLASS_HAND_ON; /* DTLS, TURN channel data */
  if (first <= 127 || first >= 192 || length < 8) return RTC_CLASS_OTHER;
  if (head[1] >= 192 && head[1] <= 223) return RTC_CLASS_HAND_ON; /* RTCP */
  return length >= 12 ? RTC_CLASS_RTP : RTC_CLASS_OTHER;
}

/* Whether decoders/rtp would read the header: version, CSRC list and extension block fit (RFC 3550, 5.1). The
 * version is 2 by the class. Stores how long the header is. */
RTC_INLINE int rtc_rtp_header_fits(const struct rtc_frame* f, rtc_u32 offset, rtc_u32 length, rtc_u8 first,
                                   rtc_u32* header_length) {
  rtc_u32 size = 12 + (first & 0x0fu) * 4;
  if (first & 0x10) {
    rtc_u16 extension[2] RTC_ALIGNED;
    if (size + 4 > length || rtc_load(f, offset + size, extension, 4)) return 0;
    size += 4 + bpf_ntohs(extension[1]) * 4u;
  }
  *header_length = size;
  return size <= length;
}

RTC_INLINE int rtc_read_rtp(const struct rtc_frame* f, struct rtc_rtp* p, rtc_u32 offset, rtc_u32 length,
                            const rtc_u8* head, rtc_u32* header_length) {
  p->key.ssrc = (rtc_u32)head[8] << 24 | (rtc_u32)head[9] << 16 | (rtc_u32)head[10] << 8 | head[11];
  /* libwebrtc probes the path with SSRC 0: user space counts those. */
  if (p->key.ssrc == 0 || !rtc_rtp_header_fits(f, offset, length, head[0], header_length)) {
    return RTC_WHOLE;
  }
  p->timestamp = (rtc_u32)head[4] << 24 | (rtc_u32)head[5] << 16 | (rtc_u32)head[6] << 8 | head[7];
  p->sequence_number = (rtc_u16)(head[2] << 8 | head[3]);
  p->flags = (rtc_u8)((head[1] >> 7 ? RTC_MARKER : 0) | (head[0] >> 5 & 1 ? RTC_PADDING : 0));
  p->payload_type = head[1] & 0x7f;
  p->bytes = length;
  const int packet = rtc_meter_packet(p);
  if (packet == 0) return RTC_SAMPLE; /* user space meters it, for which it needs no more than the headers */
  const int sampled = packet <= RTC_FIRST_PACKETS || (packet & (RTC_SAMPLE_EVERY - 1)) == 0;
  return sampled ? RTC_METERED | RTC_SAMPLE : RTC_METERED;
}

/* Keys of a map lie on the stack: Linux 6.1 takes none from the memory that a function was given. */
__noinline int rtc_knows_flow(struct rtc_tap_tuple* tuple) {
  if (!tuple) return 0;
  const struct rtc_tap_tuple key RTC_ALIGNED = *tuple;
  return bpf_map_lookup_elem(&rtc_flows, &key) != 0;
}

/* Both directions, because an answer's segments need not begin with STUN. */
__noinline int rtc_know_flow(struct rtc_tap_tuple* tuple) {
  const rtc_u32 known = 1;
  if (!tuple) return 0;
  struct rtc_tap_tuple key RTC_ALIGNED = *tuple;
  if (bpf_map_lookup_elem(&rtc_flows, &key)) return 0;
  bpf_map_update_elem(&rtc_flows, &key, &known, BPF_ANY);
  __builtin_memcpy(key.source, tuple->destination, sizeof key.source);
  __builtin_memcpy(key.destination, tuple->source, sizeof key.destination);
  key.source_port = tuple->destination_port;
  key.destination_port = tuple->source_port;
  return (int)bpf_map_update_elem(&rtc_flows, &key, &known, BPF_ANY);
}

RTC_INLINE int rtc_look_at(const struct rtc_frame* f, struct rtc_rtp* p, rtc_u32 offset, rtc_u32 length,
                           rtc_u32* header_length) {
  rtc_u8 head[12] RTC_ALIGNED = {0};
  if (length == 0) return RTC_NOTHING;
  if (length >= 12) {
    if (rtc_load(f, offset, head, 12)) return RTC_WHOLE;
  } else if (length >= 8) {
    if (rtc_load(f, offset, head, 8)) return RTC_WHOLE;
  } else if (rtc_load(f, offset, head, 1)) {
    return RTC_WHOLE;
  }
  switch (rtc_classify(head, length)) {
    case RTC_CLASS_RTP:
      return rtc_read_rtp(f, p, offset, length, head, header_length);
    case RTC_CLASS_STUN:
      rtc_know_flow(&p->key.tuple);
      return RTC_WHOLE;
    case RTC_CLASS_HAND_ON:
      return RTC_WHOLE;
    default:
      /* On a five-tuple with STUN everything is of interest. */
      return rtc_knows_flow(&p->key.tuple) ? RTC_WHOLE : RTC_NOTHING;
  }
}

/* One segment of a super-packet. Not static: verified once on its own, not once for each turn of the loop. */
__noinline int rtc_look_at_segment(struct __sk_buff* skb, struct rtc_rtp* p, rtc_u32 offset, rtc_u32 length) {
  if (!p) return RTC_NOTHING;
  const struct rtc_frame frame = RTC_SKB_FRAME(skb);
  rtc_u32 header_length = 0;
  return rtc_look_at(&frame, p, offset, length, &header_length);
}

/* A super-packet is many datagrams of one sender to one receiver, each but the last segment_bytes long, each
 * with an RTP header of its own; the network sees only them. Returns what they ask for together. */
__noinline int rtc_look_at_segments(struct __sk_buff* skb, struct rtc_rtp* p, rtc_u32 offset,
                                    rtc_u32 length) {
  const rtc_u32 segment_bytes = skb->gso_size;
  int all = RTC_NOTHING;
  if (!p || segment_bytes == 0) return RTC_NOTHING;
#pragma clang loop unroll(disable)
  for (rtc_u32 i = 0; i < RTC_MAX_SEGMENTS && length != 0; ++i) {
    const rtc_u32 size = length < segment_bytes ? length : segment_bytes;
    all |= rtc_look_at_segment(skb, p, offset, size);
    offset += size;
    length -= size;
  }
  return all;
}

/* VXLAN (RFC 7348, and Linux' own), Geneve (RFC 8926), GTP-U (3GPP TS 29.281): a client may have such a port
 * too, but telling them apart is left to decoders/link/tunnel.cpp. */
RTC_INLINE int rtc_is_tunnel_port(rtc_u16 port) {
  return port == 4789 || port == 8472 || port == 6081 || port == 2152;
}

RTC_INLINE int rtc_datagram(struct rtc_frame* f, struct rtc_rtp* p, rtc_u32 offset, rtc_u32 length) {
  if (rtc_is_tunnel_port(p->key.tuple.destination_port)) return RTC_WHOLE;
  p->headers = (rtc_u16)offset;
  rtc_u32 header_length = 0;
  int verdict;
  if (!f->is_xdp && f->segment_bytes != 0 && length > f->segment_bytes) {
    if (length > RTC_MAX_SEGMENTS * f->segment_bytes) {
      rtc_count_drop(p->key.interface_index, RTC_DROP_SEGMENTS);
    }
    verdict = rtc_look_at_segments(f->context, p, offset, length);
    /* What was not metered is read by user space, the last segment's header too. */
    if (verdict & RTC_WHOLE || !(verdict & RTC_METERED)) f->limit = RTC_MAX_OFFSET;
  } else {
    f->segment_bytes = 0;
    verdict = rtc_look_at(f, p, offset, length, &header_length);
    /* No media: the header and its extensions are all that may be read. */
    if (verdict & RTC_SAMPLE && offset + header_length < f->limit) {
      f->limit = offset + header_length;
    }
  }
  if (verdict & RTC_METERED) f->flags |= RTC_EVENT_METERED;
  return verdict == RTC_NOTHING ? rtc_pass(RTC_PASS_UDP) : verdict;
}

RTC_INLINE int rtc_udp(struct rtc_frame* f, struct rtc_rtp* p, rtc_u32 offset, rtc_u32 length) {
  rtc_u16 header[4] RTC_ALIGNED;
  if (length < 8 || rtc_load(f, offset, header, 8)) return RTC_WHOLE;
  p->key.tuple.transport = RTC_UDP;
  p->key.tuple.source_port = bpf_ntohs(header[0]);
  p->key.tuple.destination_port = bpf_ntohs(header[1]);
  const rtc_u32 sent = bpf_ntohs(header[2]);
  /* 0 is a jumbogram or a super-packet (RFC 2675, 4): the IP length decides. */
  const rtc_u32 datagram = sent == 0 ? length : sent;
  if (datagram < 8 || datagram > length) return RTC_WHOLE;
  return rtc_datagram(f, p, offset + 8, datagram - 8);
}

/* ---- TCP ---- */

/* A STUN header at `offset` (flows/tcp_framing.cpp). */
RTC_INLINE int rtc_stun_at(const struct rtc_frame* f, rtc_u32 offset) {
  rtc_u8 head[8] RTC_ALIGNED;
  if (rtc_load(f, offset, head, 8)) return 0;
  const rtc_u32 cookie = (rtc_u32)head[4] << 24 | (rtc_u32)head[5] << 16 | (rtc_u32)head[6] << 8 | head[7];
  return cookie == RTC_MAGIC_COOKIE && (head[0] & 0xc0) == 0 && (head[3] & 3) == 0;
}

/* ICE-TCP (RFC 6544, framed by RFC 4571) and TURN over TCP: connections on which a segment began with STUN.
 */
RTC_INLINE int rtc_tcp(struct rtc_frame* f, struct rtc_rtp* p, rtc_u32 offset, rtc_u32 length) {
  rtc_u8 header[20] RTC_ALIGNED;
  if (length < 20 || rtc_load(f, offset, header, 20)) return RTC_WHOLE;
  p->key.tuple.transport = RTC_TCP;
  p->key.tuple.source_port = (rtc_u16)(header[0] << 8 | header[1]);
  p->key.tuple.destination_port = (rtc_u16)(header[2] << 8 | header[3]);
  const rtc_u32 header_length = (header[12] >> 4) * 4u;
  if (header_length < 20 || header_length > length) return RTC_WHOLE;
  /* The kernel cuts a TCP super-packet anywhere: its segments are one run of octets to user space. A cut
   * segment would tear the framing. */
  f->segment_bytes = 0;
  f->limit = RTC_MAX_OFFSET;
  if (length == header_length) return rtc_pass(RTC_PASS_TCP);
  if (rtc_knows_flow(&p->key.tuple)) return RTC_WHOLE;
  if (!rtc_stun_at(f, offset + header_length + 2) && !rtc_stun_at(f, offset + header_length)) {
    return rtc_pass(RTC_PASS_TCP);
  }
  rtc_know_flow(&p->key.tuple);
  return RTC_WHOLE;
}

#endif
