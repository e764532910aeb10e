/* From a frame to the UDP datagram or TCP segment in it.
 *
 * Follows decoders/link/frame.cpp step by step; what that would refuse as malformed goes to user space, whose
 * parser names and counts the fault. */
#ifndef RTCSCOPE_CAPTURE_BPF_TAP_LINK_BPF_H
#define RTCSCOPE_CAPTURE_BPF_TAP_LINK_BPF_H

#include <linux/if_ether.h>

#include "capture/bpf/tap_datagram.bpf.h"

/* Each as in decoders/link/frame.cpp. */
#define RTC_MAX_TAGS 4
#define RTC_MAX_EXTENSION_HEADERS 8

RTC_INLINE int rtc_is_tag(rtc_u32 type) {
  return type == ETH_P_8021Q || type == ETH_P_8021AD || type == ETH_P_QINQ1;
}

RTC_INLINE int rtc_is_extension(rtc_u32 type) {
  return type == 0 || type == 43 || type == 60 || type == 51 || type == 44;
}

/* UDP, IPv4 and IPv6 in IP (RFC 2003, RFC 4213), GRE (RFC 2784). */
RTC_INLINE int rtc_may_carry_rtp(rtc_u32 protocol) {
  return protocol == RTC_UDP || protocol == 4 || protocol == 41 || protocol == 47;
}

RTC_INLINE int rtc_transport(struct rtc_frame* f, struct rtc_rtp* p) {
  switch (p->protocol) {
    case RTC_UDP:
      return rtc_udp(f, p, p->offset, p->length);
    case RTC_TCP:
      return rtc_tcp(f, p, p->offset, p->length);
    default:
      return rtc_may_carry_rtp(p->protocol) ? RTC_WHOLE : rtc_pass(RTC_PASS_NOT_UDP_OR_TCP);
  }
}

RTC_INLINE int rtc_ipv4(struct rtc_frame* f, struct rtc_rtp* p, rtc_u32 offset) {
  rtc_u8 header[20] RTC_ALIGNED;
  if (rtc_load(f, offset, header, 20)) return RTC_WHOLE;
  const rtc_u32 header_length = (header[0] & 0x0fu) * 4;
  rtc_u32 total_length = (rtc_u32)header[2] << 8 | header[3];
  if (total_length == 0) total_length = f->length - offset;
  const int malformed = header[0] >> 4 != 4 || header_length < 20 || total_length < header_length ||
                        total_length > f->length - offset;
  const int fragment = (header[6] & 0x3f) != 0 || header[7] != 0; /* RFC 791, 3.1 */
  if (fragment && !malformed && !rtc_may_carry_rtp(header[9])) return rtc_pass(RTC_PASS_NOT_UDP_OR_TCP);
  if (malformed || fragment) return RTC_WHOLE;
  p->key.tuple.family = 4;
  __builtin_memcpy(p->key.tuple.source, header + 12, 4);
  __builtin_memcpy(p->key.tuple.destination, header + 16, 4);
  p->protocol = header[9];
  p->offset = offset + header_length;
  p->length = total_length - header_length;
  return RTC_GO_ON;
}

/* RFC 8200, 4. Moves p->protocol, offset and length behind the extension headers; 0 if there are too many, or
 * a fragment, or less than they say. */
RTC_INLINE int rtc_skip_extensions(const struct rtc_frame* f, struct rtc_rtp* p) {
  rtc_u32 type = p->protocol;
  rtc_u32 offset = p->offset;
  rtc_u32 length = p->length;
#pragma clang loop unroll(disable)
  for (int i = 0; i < RTC_MAX_EXTENSION_HEADERS; ++i) {
    if (!rtc_is_extension(type)) {
      p->protocol = (rtc_u16)type;
      p->offset = offset;
      p->length = length;
      return 1;
    }
    rtc_u8 header[4] RTC_ALIGNED;
    if (rtc_load(f, offset, header, 4)) return 0;
    rtc_u32 size = (header[1] + 1u) * 8;
    if (type == 51) size = (header[1] + 2u) * 4; /* RFC 4302, 2.2 */
    if (type == 44) {
      /* An atomic fragment (RFC 6946) is whole. */
      if (header[2] != 0 || (header[3] & 0xf9) != 0) return 0;
      size = 8;
    }
    if (size > length) return 0;
    type = header[0];
    offset += size;
    length -= size;
  }
  return 0;
}

/* FrameParser::took() of decoders/link/frame.cpp for one tag. */
RTC_INLINE rtc_u32 rtc_path(rtc_u32 path, rtc_u32 tag) {
  return (path + (tag & 0x0fff) + 1) * 0x9e3779b1u;
}

/* Reads up to RTC_MAX_TAGS VLAN tags into p->protocol and offset; 0 if the frame ends among them. */
RTC_INLINE int rtc_skip_tags(const struct rtc_frame* f, struct rtc_rtp* p) {
  rtc_u32 offset = 12;
  rtc_u16 type RTC_ALIGNED = 0;
#pragma clang loop unroll(disable)
  for (int i = 0; i <= RTC_MAX_TAGS; ++i) {
    if (rtc_load(f, offset, &type, 2)) return 0;
    offset += 2;
    if (!rtc_is_tag(bpf_ntohs(type))) break;
    rtc_u16 tag RTC_ALIGNED;
    if (rtc_load(f, offset, &tag, 2)) return 0;
    p->key.path = rtc_path(p->key.path, bpf_ntohs(tag));
    offset += 2;
  }
  p->offset = offset;
  p->protocol = bpf_ntohs(type);
  return 1;
}

/* The rare headers. Not static, so that the verifier does not follow each number of tags and each chain of
 * extensions through all that comes behind. */
__noinline int rtc_skip_tags_skb(struct __sk_buff* skb, struct rtc_rtp* p) {
  const struct rtc_frame frame = RTC_SKB_FRAME(skb);
  return p ? rtc_skip_tags(&frame, p) : 0;
}
__noinline int rtc_skip_tags_xdp(struct xdp_md* xdp, struct rtc_rtp* p) {
  const struct rtc_frame frame = RTC_XDP_FRAME(xdp);
  return p ? rtc_skip_tags(&frame, p) : 0;
}
__noinline int rtc_skip_extensions_skb(struct __sk_buff* skb, struct rtc_rtp* p) {
  const struct rtc_frame frame = RTC_SKB_FRAME(skb);
  return p ? rtc_skip_extensions(&frame, p) : 0;
}
__noinline int rtc_skip_extensions_xdp(struct xdp_md* xdp, struct rtc_rtp* p) {
  const struct rtc_frame frame = RTC_XDP_FRAME(xdp);
  return p ? rtc_skip_extensions(&frame, p) : 0;
}

RTC_INLINE int rtc_ipv6(struct rtc_frame* f, struct rtc_rtp* p, rtc_u32 offset) {
  rtc_u8 header[8] RTC_ALIGNED;
  /* Both addresses at once to where they belong: there is no stack for a second copy. */
  if (rtc_load(f, offset, header, 8) || rtc_load(f, offset + 8, &p->key.tuple, 32)) return RTC_WHOLE;
  const rtc_u32 sent = f->length - offset - 40;
  p->length = (rtc_u32)header[4] << 8 | header[5];
  if (p->length == 0) p->length = sent;
  p->protocol = header[6];
  p->offset = offset + 40;
  if (header[0] >> 4 != 6 || p->length > sent) return RTC_WHOLE;
  p->key.tuple.family = 6;
  if (rtc_is_extension(p->protocol)) {
    const int read =
        f->is_xdp ? rtc_skip_extensions_xdp(f->context, p) : rtc_skip_extensions_skb(f->context, p);
    if (!read) return RTC_WHOLE;
  }
  return RTC_GO_ON;
}

RTC_INLINE int rtc_network(struct rtc_frame* f, struct rtc_rtp* p, rtc_u32 offset) {
  int verdict = RTC_NOTHING;
  if (p->protocol == ETH_P_IP) {
    verdict = rtc_ipv4(f, p, offset);
  } else if (p->protocol == ETH_P_IPV6) {
    verdict = rtc_ipv6(f, p, offset);
  } else if (p->protocol == ETH_P_MPLS_UC || p->protocol == ETH_P_MPLS_MC) {
    return RTC_WHOLE;
  } else {
    return rtc_pass(RTC_PASS_NOT_IP);
  }
  return verdict == RTC_GO_ON ? rtc_transport(f, p) : verdict;
}

RTC_INLINE int rtc_ethernet(struct rtc_frame* f, struct rtc_rtp* p) {
  rtc_u16 type RTC_ALIGNED = 0;
  if (rtc_load(f, 12, &type, 2)) return RTC_WHOLE;
  p->protocol = bpf_ntohs(type);
  p->offset = ETH_HLEN;
  if (rtc_is_tag(p->protocol)) {
    const int read = f->is_xdp ? rtc_skip_tags_xdp(f->context, p) : rtc_skip_tags_skb(f->context, p);
    if (!read || p->offset > ETH_HLEN + 4 * RTC_MAX_TAGS) return RTC_WHOLE;
  }
  return rtc_network(f, p, p->offset);
}

RTC_INLINE int rtc_raw_ip(struct rtc_frame* f, struct rtc_rtp* p) {
  rtc_u8 first RTC_ALIGNED = 0;
  f->flags = RTC_EVENT_NO_LINK_HEADER;
  if (rtc_load(f, 0, &first, 1)) return RTC_WHOLE;
  p->protocol = first >> 4 == 4 ? ETH_P_IP : first >> 4 == 6 ? ETH_P_IPV6 : 0;
  return rtc_network(f, p, 0);
}

#endif
