/* The tap: looks at each packet of an interface, meters RTP in a map, and hands to user space what has to be
 * read there. It passes every packet on as it came (docs/ARCHITECTURE.md).
 */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>

#include "capture/bpf/tap_link.bpf.h"

RTC_INLINE rtc_u64 rtc_now(void) {
  return rtc_time_is_set ? rtc_now_ns : bpf_ktime_get_ns() + rtc_clock_offset_ns;
}

RTC_INLINE int rtc_take_skb(struct __sk_buff* skb, rtc_u32 direction, int has_link_header) {
  struct rtc_frame frame = {.context = skb,
                            .data = (void*)(long)skb->data,
                            .data_end = (void*)(long)skb->data_end,
                            .length = skb->len,
                            .segment_bytes = skb->gso_size,
                            .limit = rtc_snap_length};
  struct rtc_rtp packet = {0};
  packet.time_ns = rtc_now();
  packet.key.interface_index = skb->ifindex;
  if (skb->vlan_present) packet.key.path = rtc_path(0, skb->vlan_tci);
  /* A mirror port shows both directions of other hosts. */
  packet.key.direction = skb->pkt_type == 3 /* PACKET_OTHERHOST */ ? RTC_TAP_UNKNOWN : direction;
  const int verdict = has_link_header ? rtc_ethernet(&frame, &packet) : rtc_raw_ip(&frame, &packet);
  if (verdict & (RTC_SAMPLE | RTC_WHOLE)) rtc_hand_on(&frame, &packet);
  return TC_ACT_UNSPEC;
}

SEC("tc")
int rtcscope_in(struct __sk_buff* skb) {
  return rtc_take_skb(skb, RTC_TAP_INGRESS, 1);
}

SEC("tc")
int rtcscope_out(struct __sk_buff* skb) {
  return rtc_take_skb(skb, RTC_TAP_EGRESS, 1);
}

SEC("tc")
int rtcscope_ip_in(struct __sk_buff* skb) {
  return rtc_take_skb(skb, RTC_TAP_INGRESS, 0);
}

SEC("tc")
int rtcscope_ip_out(struct __sk_buff* skb) {
  return rtc_take_skb(skb, RTC_TAP_EGRESS, 0);
}

/* Loopback shows each packet on its way in only, and has no direction. */
SEC("tc")
int rtcscope_lo(struct __sk_buff* skb) {
  return rtc_take_skb(skb, RTC_TAP_UNKNOWN, 1);
}

/* Mirror ports: before the kernel makes a packet of it. */
SEC("xdp.frags")
int rtcscope_xdp(struct xdp_md* xdp) {
  struct rtc_frame frame = {.context = xdp,
                            .data = (void*)(long)xdp->data,
                            .data_end = (void*)(long)xdp->data_end,
                            .length = (rtc_u32)bpf_xdp_get_buff_len(xdp),
                            .limit = rtc_snap_length,
                            .is_xdp = 1};
  struct rtc_rtp packet = {0};
  packet.time_ns = rtc_now();
  packet.key.interface_index = xdp->ingress_ifindex;
  if (rtc_ethernet(&frame, &packet) & (RTC_SAMPLE | RTC_WHOLE)) rtc_hand_on(&frame, &packet);
  return rtc_drop_when_seen ? XDP_DROP : XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
