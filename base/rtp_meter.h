/* The per-stream arithmetic, once: RFC 3550 sequence tracking, loss and jitter in integers only.
 *
 * Freestanding C, no includes, no division, no signed shift: the eBPF tap compiles it for the kernel and
 * the packet path compiles it for user space, so both give the same state for the same packets
 * (docs/ARCHITECTURE.md, "One meter"). All times are nanoseconds; docs/metrics.md defines each figure.
 */
#ifndef RTCSCOPE_BASE_RTP_METER_H
#define RTCSCOPE_BASE_RTP_METER_H

#ifdef __cplusplus
extern "C" {
#endif

typedef __UINT8_TYPE__ rtc_u8;
typedef __UINT16_TYPE__ rtc_u16;
typedef __UINT32_TYPE__ rtc_u32;
typedef __UINT64_TYPE__ rtc_u64;
typedef __INT16_TYPE__ rtc_s16;
typedef __INT32_TYPE__ rtc_s32;
typedef __INT64_TYPE__ rtc_s64;

/* The tap holds a lock while it counts, and under a lock older kernels take no calls. */
#define RTC_METER_INLINE static inline __attribute__((always_inline))

/* Sequence numbers are remembered one by one this far back: it separates late arrivals from duplicates.
 * RFC 3550 A.1 calls the limit MAX_MISORDER and suggests 100; servers that retransmit on the media SSRC
 * itself (no RTX) deliver up to about a second late, hence more. Seven whole words of the eight: the eighth
 * is the one that fills up. */
#define RTC_SEQ_WORDS 8
#define RTC_SEQ_WINDOW ((RTC_SEQ_WORDS - 1) * 64)
/* RFC 3550 A.1 MAX_DROPOUT: a larger jump forward is a restart unless silence explains it. */
#define RTC_MAX_DROPOUT 3000
/* No packet was seen whose sequence number looked like a restart. */
#define RTC_NO_BAD_SEQ 0x10000u

/* Which RTP clock a stream runs on is often learnt after its first packets (SDP in a late event), so
 * jitter is kept for every clock that WebRTC uses and the reader picks (decision record 0001). */
#define RTC_CLOCKS 4
#define RTC_CLOCK_RATES_HZ \
  { 8000u, 16000u, 48000u, 90000u }
/* Nanoseconds per RTP tick, 16 fractional bits: round(1e9 * 65536 / rate). */
#define RTC_CLOCK_NS_Q16 \
  { 8192000000ull, 4096000000ull, 1365333333ull, 728177778ull }

/* Larger timestamp steps are discontinuities (25 minutes at 90 kHz), not jitter; also keeps the Q16
 * product below 2^63. */
#define RTC_MAX_TIMESTAMP_STEP (1u << 27)
/* libwebrtc ignores transit differences of five seconds of video clock and more. */
#define RTC_FRAME_JITTER_LIMIT_TICKS 450000ull

/* A word of 64 sequence numbers is settled (received or lost for good) when the second one after it begins:
 * bursts and gaps are told apart only then, so that late arrivals do not look like losses. */
/* RFC 3611 4.7.2 Gmin: this many packets in a row received end a burst. */
#define RTC_GMIN 16

/* W3C webrtc-stats freezeCount: an interval between frames of at least max(3 * avg, avg + 150 ms), avg over
 * the last 30 intervals; libwebrtc counts the interval itself into the average and wants five of them. */
#define RTC_STALL_WINDOW 32 /* slots; a power of two */
#define RTC_STALL_FRAMES 30
#define RTC_STALL_MIN_FRAMES 5
#define RTC_STALL_INCREASE_MS 150
/* Longer than this without a frame is a pause and no stall, as in libwebrtc's receiver. */
#define RTC_PAUSE_MS 5000

/* Timestamps of so many frames are remembered: one that comes late as a whole, behind fewer newer ones,
 * counts.
 */
#define RTC_RECENT_FRAMES 4 /* a power of two */

/* Bits of rtc_meter_add's `flags`. */
#define RTC_MARKER 1u
#define RTC_PADDING 2u /* the P bit: browsers set it on packets of padding only */

struct rtc_clock_jitter {
  rtc_u64 rfc3550_q4;     /* J of RFC 3550 A.8 times 16, after the last packet */
  rtc_u64 rfc3550_q4_max; /* highest value so far */
  rtc_u64 rfc3550_sum;    /* of J in ns after each packet but the first; mean = sum / jitter_samples */
  rtc_u64 frame_q4;       /* times 16; only in-order packets with a new timestamp */
};

/* Ordered by how often a packet touches it: thousands of streams do not fit into a core's cache, and each
 * line of 64 octets is waited for (docs/performance.md). */
struct rtc_rtp_meter {
  /* each packet */
  rtc_u64 last_ns;
  rtc_u64 in_order_ns; /* arrival of the last in-order packet */
  rtc_u64 packets;     /* every packet of the SSRC */
  rtc_u64 bytes;       /* UDP payload octets */
  rtc_u64 distinct;    /* packets that were placed in the sequence, without duplicates */
  rtc_u64 highest_seq; /* extended */
  rtc_u64 max_gap_ns;
  rtc_u64 frame_end_ns; /* arrival of the last in-order packet of the last frame but one */
  rtc_u32 in_order_timestamp;
  rtc_u32 last_timestamp; /* of the last packet whatever its order */
  rtc_u32 bad_seq;        /* next sequence number that would confirm a restart */
  rtc_u32 sequential;     /* packets in strict sequence so far, saturating: RFC 3550 A.1 probation */
  rtc_u32 jitter_samples;
  rtc_u32 markers;
  rtc_u32 frame_bytes; /* of the newest frame so far */
  rtc_u32 frame_bytes_max;
  rtc_u32
      frames; /* RTP timestamps, but for those whose first packet came behind RTC_RECENT_FRAMES newer ones */
  rtc_u32 step_ticks; /* timestamp step that leads the vote of all steps (majority vote of Boyer and Moore) */
  rtc_u32 step_votes;
  rtc_u32 interval_sum_ms; /* of the intervals in the window */
  rtc_u8 payload_type;     /* of the newest packet */
  rtc_u8 intervals;        /* in the window, up to RTC_STALL_FRAMES */
  rtc_u8 interval_slot;
  rtc_u8 recent_slot;               /* of `recent`: its oldest */
  rtc_u8 recent[RTC_RECENT_FRAMES]; /* bits 8 to 15 of the newest frames' RTP timestamps, in their order */
  struct rtc_clock_jitter jitter[RTC_CLOCKS];
  rtc_u64 seen[RTC_SEQ_WORDS];
  /* each frame */
  rtc_u16 interval_ms[RTC_STALL_WINDOW];
  rtc_u64 frame_interval_us;  /* sum of the times between the ends of frames; those over 10 s count as 10 s */
  rtc_u64 frame_interval_us2; /* sum of their squares */
  rtc_u32 stalls;
  rtc_u32 stalled_ms;
  /* each 64 packets, and what is rare */
  rtc_u64 first_ns;
  rtc_u64 base_seq;        /* extended, lowest of the current run; runs start at 65536 + sequence number */
  rtc_u64 last_lost_seq;   /* extended; 0: none settled in this run */
  rtc_u64 expected_before; /* expected packets of the runs before the last restart */
  rtc_u64 padding_bytes;
  rtc_u32 padding_packets;
  rtc_u32 duplicates;
  rtc_u32 reordered; /* placed behind a higher sequence number */
  rtc_u32 unplaced;  /* neither near the sequence nor a confirmed restart (RFC 3550 A.1 bad_seq) */
  rtc_u32 restarts;
  rtc_u32 first_timestamp;
  rtc_u32 settled; /* expected packets that were settled */
  rtc_u32 settled_lost;
  rtc_u32 loss_run; /* lost in a row, the last loss included */
  rtc_u32 loss_run_max;
  rtc_u32 burst_span; /* of the burst that may still grow: first to last loss */
  rtc_u32 burst_losses;
  rtc_u32 bursts;        /* those that ended and had two losses at least */
  rtc_u32 burst_packets; /* expected packets in them */
  rtc_u32 burst_lost;
  rtc_u32 unused;
};

RTC_METER_INLINE rtc_u64 rtc_distance(rtc_u64 a, rtc_u64 b) {
  return a > b ? a - b : b - a;
}

RTC_METER_INLINE void rtc_mark(struct rtc_rtp_meter* m, rtc_u64 seq) {
  m->seen[(seq >> 6) & (RTC_SEQ_WORDS - 1)] |= 1ull << (seq & 63);
}
RTC_METER_INLINE int rtc_marked(const struct rtc_rtp_meter* m, rtc_u64 seq) {
  return (int)((m->seen[(seq >> 6) & (RTC_SEQ_WORDS - 1)] >> (seq & 63)) & 1);
}

/* Ends the burst that may still grow: of two losses at least it was one, a lone loss belongs to a gap. */
RTC_METER_INLINE void rtc_end_burst(struct rtc_rtp_meter* m) {
  if (m->burst_losses >= 2) {
    m->bursts += 1;
    m->burst_packets += m->burst_span;
    m->burst_lost += m->burst_losses;
  }
  m->burst_losses = 0;
}

/* `count` sequence numbers from `seq` on are lost for good (RFC 3611 4.7.2). */
RTC_METER_INLINE void rtc_settle_lost(struct rtc_rtp_meter* m, rtc_u64 seq, rtc_u32 count) {
  const rtc_u64 received = seq - m->last_lost_seq - 1;
  if (received >= RTC_GMIN) rtc_end_burst(m);
  m->burst_span = m->burst_losses == 0 ? count : m->burst_span + (rtc_u32)received + count;
  m->burst_losses += count;
  m->loss_run = received == 0 ? m->loss_run + count : count;
  if (m->loss_run > m->loss_run_max) m->loss_run_max = m->loss_run;
  m->settled_lost += count;
  m->last_lost_seq = seq + count - 1;
}

/* Two words at most: the sequence numbers from `first` on and before `end`, but not before the run. */
RTC_METER_INLINE void rtc_settle_range(struct rtc_rtp_meter* m, rtc_u64 first, rtc_u64 end) {
  for (rtc_u64 i = 0; i < 128; ++i) {
    const rtc_u64 seq = first + i;
    if (seq >= end) break;
    if (seq < m->base_seq) continue;
    m->settled += 1;
    if (!rtc_marked(m, seq)) rtc_settle_lost(m, seq, 1);
  }
}

/* The highest sequence number moves from one word into a later one: old words are settled, new ones are
 * emptied. */
RTC_METER_INLINE void rtc_cross_words(struct rtc_rtp_meter* m, rtc_u64 from, rtc_u64 to) {
  const rtc_u64 words = to - from;
  const rtc_u64 first = (from - 1) << 6;
  if (words == 1 && m->seen[(from - 1) & (RTC_SEQ_WORDS - 1)] == ~0ull && first >= m->base_seq) {
    m->settled += 64; /* nothing is missing, as nearly always */
  } else {
    rtc_settle_range(m, first, words == 1 ? from << 6 : (from + 1) << 6);
  }
  if (words >= 3) {
    m->settled += (rtc_u32)(words - 2) * 64;
    rtc_settle_lost(m, (from + 1) << 6, (rtc_u32)(words - 2) * 64);
  }
  for (rtc_u64 i = 1; i <= RTC_SEQ_WORDS; ++i) {
    if (i > words) break;
    m->seen[(from + i) & (RTC_SEQ_WORDS - 1)] = 0;
  }
}

/* Settles the two words that are still open: for a reader's copy of the meter. */
RTC_METER_INLINE void rtc_settle_rest(struct rtc_rtp_meter* m) {
  if (m->packets == 0) return;
  rtc_settle_range(m, ((m->highest_seq >> 6) - 1) << 6, m->highest_seq + 1);
  rtc_end_burst(m);
}

/* Starts a run of sequence numbers at `seq`, which counts as received. What of the run before was not
 * settled stays out of its bursts. */
RTC_METER_INLINE void rtc_start_run(struct rtc_rtp_meter* m, rtc_u16 seq) {
  for (int i = 0; i < RTC_SEQ_WORDS; ++i) m->seen[i] = 0;
  m->base_seq = 65536ull + seq;
  m->highest_seq = m->base_seq;
  m->bad_seq = RTC_NO_BAD_SEQ;
  rtc_end_burst(m);
  m->last_lost_seq = 0;
  rtc_mark(m, m->highest_seq);
  m->distinct += 1;
}

RTC_METER_INLINE void rtc_advance(struct rtc_rtp_meter* m, rtc_u32 step) {
  const rtc_u64 from = m->highest_seq >> 6;
  const rtc_u64 to = (m->highest_seq + step) >> 6;
  if (to != from) rtc_cross_words(m, from, to);
  m->highest_seq += step;
  rtc_mark(m, m->highest_seq);
  m->distinct += 1;
  m->bad_seq = RTC_NO_BAD_SEQ;
}

/* A jump that RFC 3550 A.1 does not trust: two packets in sequence confirm that the source restarted.
 * Returns 1 when this packet did. */
RTC_METER_INLINE int rtc_suspect_restart(struct rtc_rtp_meter* m, rtc_u16 seq) {
  if (seq != m->bad_seq) {
    m->bad_seq = (seq + 1u) & 0xffffu;
    m->unplaced += 1;
    return 0;
  }
  m->expected_before += m->highest_seq - m->base_seq + 1;
  m->restarts += 1;
  m->unplaced -= 1; /* the packet that announced the restart belongs to the new run */
  rtc_start_run(m, (rtc_u16)(seq - 1u));
  m->highest_seq += 1;
  rtc_mark(m, m->highest_seq);
  m->distinct += 1;
  return 1;
}

/* A packet behind the highest sequence number, within what is remembered. */
RTC_METER_INLINE void rtc_place_late(struct rtc_rtp_meter* m, rtc_u64 placed) {
  if (placed >= m->base_seq && rtc_marked(m, placed)) {
    m->duplicates += 1;
    return;
  }
  if (placed < m->base_seq) m->base_seq = placed;
  rtc_mark(m, placed);
  m->distinct += 1;
  m->reordered += 1;
}

/* Places `seq`; returns 1 when it is the new highest ("in order"), else 0. */
RTC_METER_INLINE int rtc_place(struct rtc_rtp_meter* m, rtc_u64 silence_ns, rtc_u16 seq) {
  const rtc_u32 ahead = (seq - (rtc_u32)m->highest_seq) & 0xffffu;
  const rtc_u32 behind = 0x10000u - ahead;
  /* A pause explains a jump of up to 4 packets a millisecond: an outage is loss, not a restart. */
  const rtc_u64 allowed = RTC_MAX_DROPOUT + (silence_ns >> 18);
  if (ahead == 0) {
    m->duplicates += 1;
    return 0;
  }
  if (ahead < 0x8000u ? ahead >= allowed : behind >= RTC_SEQ_WINDOW) return rtc_suspect_restart(m, seq);
  if (ahead >= 0x8000u) {
    rtc_place_late(m, m->highest_seq - behind);
    return 0;
  }
  if (ahead == 1 && m->sequential < 0xffffffffu) m->sequential += 1;
  rtc_advance(m, ahead);
  return 1;
}

/* |D| of RFC 3550 6.4.1 in ns under one clock: arrival difference minus timestamp difference. */
RTC_METER_INLINE rtc_u64 rtc_transit_difference(rtc_u64 now, rtc_u64 before, rtc_u32 ts, rtc_u32 ts_before,
                                                rtc_u64 tick_ns_q16) {
  const rtc_u32 forward = ts - ts_before;
  const int back = forward >= 0x80000000u;
  const rtc_u64 ticks_ns = ((back ? 0u - forward : forward) * tick_ns_q16) >> 16;
  const rtc_u64 arrival = rtc_distance(now, before);
  const int arrival_back = now < before;
  /* Same direction: the difference of the lengths; opposite directions: their sum. */
  return back == arrival_back ? rtc_distance(arrival, ticks_ns) : arrival + ticks_ns;
}

RTC_METER_INLINE int rtc_is_step(rtc_u32 ts, rtc_u32 ts_before) {
  const rtc_u32 forward = ts - ts_before;
  return forward < RTC_MAX_TIMESTAMP_STEP || 0u - forward < RTC_MAX_TIMESTAMP_STEP;
}

/* RFC 3550 A.8: every packet, in order of arrival. */
RTC_METER_INLINE void rtc_jitter_rfc3550(struct rtc_rtp_meter* m, rtc_u64 now_ns, rtc_u32 ts) {
  const rtc_u64 tick_ns_q16[RTC_CLOCKS] = RTC_CLOCK_NS_Q16;
  if (!rtc_is_step(ts, m->last_timestamp)) return;
  m->jitter_samples += 1;
  for (int i = 0; i < RTC_CLOCKS; ++i) {
    struct rtc_clock_jitter* j = &m->jitter[i];
    const rtc_u64 d = rtc_transit_difference(now_ns, m->last_ns, ts, m->last_timestamp, tick_ns_q16[i]);
    j->rfc3550_q4 += d - ((j->rfc3550_q4 + 8) >> 4);
    if (j->rfc3550_q4 > j->rfc3550_q4_max) j->rfc3550_q4_max = j->rfc3550_q4;
    j->rfc3550_sum += j->rfc3550_q4 >> 4;
  }
}

/* The variant of libwebrtc's receiver (and so of its RTCP reports and getStats): in-order packets with a
 * new timestamp only, measured against the in-order packet before. */
RTC_METER_INLINE void rtc_jitter_frame(struct rtc_rtp_meter* m, rtc_u64 now_ns, rtc_u32 ts) {
  const rtc_u64 tick_ns_q16[RTC_CLOCKS] = RTC_CLOCK_NS_Q16;
  if (!rtc_is_step(ts, m->in_order_timestamp)) return;
  for (int i = 0; i < RTC_CLOCKS; ++i) {
    struct rtc_clock_jitter* j = &m->jitter[i];
    const rtc_u64 d =
        rtc_transit_difference(now_ns, m->in_order_ns, ts, m->in_order_timestamp, tick_ns_q16[i]);
    if (d < (RTC_FRAME_JITTER_LIMIT_TICKS * tick_ns_q16[i]) >> 16) {
      j->frame_q4 += d - ((j->frame_q4 + 8) >> 4);
    }
  }
}

/* The step from one timestamp to the next that most frames take. */
RTC_METER_INLINE void rtc_vote_step(struct rtc_rtp_meter* m, rtc_u32 ticks) {
  if (ticks == m->step_ticks) {
    m->step_votes += 1;
  } else if (m->step_votes == 0) {
    m->step_ticks = ticks;
    m->step_votes = 1;
  } else {
    m->step_votes -= 1;
  }
}

/* W3C's freeze rule applied to the time between the ends of frames as they pass the tap. */
RTC_METER_INLINE void rtc_judge_interval(struct rtc_rtp_meter* m, rtc_u64 interval_ns) {
  const rtc_u64 us = interval_ns / 1000;
  const rtc_u64 counted_us = us < 10000000 ? us : 10000000;
  m->frame_interval_us += counted_us;
  m->frame_interval_us2 += counted_us * counted_us;
  const rtc_u32 ms = (rtc_u32)(counted_us / 1000);
  if (ms > RTC_PAUSE_MS) return;
  const rtc_u32 oldest = (m->interval_slot - RTC_STALL_FRAMES) & (RTC_STALL_WINDOW - 1);
  if (m->intervals == RTC_STALL_FRAMES) {
    m->interval_sum_ms -= m->interval_ms[oldest];
  } else {
    m->intervals += 1;
  }
  m->interval_ms[m->interval_slot & (RTC_STALL_WINDOW - 1)] = (rtc_u16)ms;
  m->interval_slot = (m->interval_slot + 1) & (RTC_STALL_WINDOW - 1);
  m->interval_sum_ms += ms;
  const rtc_u32 n = m->intervals;
  if (n < RTC_STALL_MIN_FRAMES) return;
  /* Without a division: interval >= 3 * sum / n and >= sum / n + 150. */
  if (ms * n < 3 * m->interval_sum_ms || ms * n < m->interval_sum_ms + RTC_STALL_INCREASE_MS * n) return;
  m->stalls += 1;
  m->stalled_ms += ms;
}

/* How far a frame lies behind the newest one, in 256 ticks of the RTP timestamp (3 ms of video). */
RTC_METER_INLINE rtc_u8 rtc_frame_behind(const struct rtc_rtp_meter* m, rtc_u8 recent) {
  return (rtc_u8)((m->in_order_timestamp >> 8) - recent);
}

/* A packet behind a newer one: of a frame that was counted, or of one that came late as a whole. What is
 * older than all that is remembered may have been counted. */
RTC_METER_INLINE void rtc_late_frame(struct rtc_rtp_meter* m, rtc_u32 ts) {
  const rtc_u8 late = (rtc_u8)(ts >> 8);
  const rtc_u8 behind = rtc_frame_behind(m, late);
  if (m->frames < RTC_RECENT_FRAMES || m->in_order_timestamp - ts - 1u >= 0xffffu) return;
  rtc_u32 slot = m->recent_slot & (RTC_RECENT_FRAMES - 1);
  if (behind >= rtc_frame_behind(m, m->recent[slot])) return;
  for (int i = 0; i < RTC_RECENT_FRAMES; ++i) {
    if (m->recent[i] == late) return;
  }
  m->frames += 1;
  for (int i = 1; i < RTC_RECENT_FRAMES; ++i) {
    const rtc_u32 next = (slot + 1) & (RTC_RECENT_FRAMES - 1);
    const rtc_u8 newer = m->recent[next];
    if (rtc_frame_behind(m, newer) < behind) break;
    m->recent[slot] = newer;
    slot = next;
  }
  m->recent[slot] = late;
}

RTC_METER_INLINE void rtc_remember_frame(struct rtc_rtp_meter* m, rtc_u32 ts) {
  m->recent[m->recent_slot & (RTC_RECENT_FRAMES - 1)] = (rtc_u8)(ts >> 8);
  m->recent_slot += 1;
}

/* An in-order packet with a newer timestamp: the frame before it is complete, as far as it ever will be. */
RTC_METER_INLINE void rtc_next_frame(struct rtc_rtp_meter* m, rtc_u32 ts) {
  if (m->frames > 1 && m->in_order_ns > m->frame_end_ns)
    rtc_judge_interval(m, m->in_order_ns - m->frame_end_ns);
  m->frame_end_ns = m->in_order_ns;
  m->frames += 1;
  m->frame_bytes = 0;
  rtc_remember_frame(m, ts);
  rtc_vote_step(m, ts - m->in_order_timestamp);
}

RTC_METER_INLINE void rtc_meter_first(struct rtc_rtp_meter* m, rtc_u64 now_ns, rtc_u16 seq, rtc_u32 ts) {
  m->first_ns = now_ns;
  m->first_timestamp = ts;
  rtc_start_run(m, seq);
  m->sequential = 1;
  m->frames = 1;
  rtc_remember_frame(m, ts);
  m->in_order_ns = now_ns;
  m->in_order_timestamp = ts;
}

/* Adds one RTP packet to a meter that was zeroed before the first one. `bytes` is the UDP payload size on
 * the wire, whatever part of it was captured; `flags` are RTC_MARKER and RTC_PADDING. */
RTC_METER_INLINE void rtc_meter_add(struct rtc_rtp_meter* m, rtc_u64 now_ns, rtc_u16 seq, rtc_u32 ts,
                                    rtc_u8 flags, rtc_u8 payload_type, rtc_u32 bytes) {
  if (m->packets == 0) {
    rtc_meter_first(m, now_ns, seq, ts);
  } else {
    const rtc_u64 silence_ns = now_ns > m->last_ns ? now_ns - m->last_ns : 0;
    if (silence_ns > m->max_gap_ns) m->max_gap_ns = silence_ns;
    const int in_order = rtc_place(m, silence_ns, seq);
    rtc_jitter_rfc3550(m, now_ns, ts);
    if (in_order) {
      if (ts != m->in_order_timestamp) rtc_jitter_frame(m, now_ns, ts);
      if ((rtc_u32)(ts - m->in_order_timestamp) - 1u < 0x7fffffffu) rtc_next_frame(m, ts);
      m->in_order_ns = now_ns;
      m->in_order_timestamp = ts;
    } else {
      rtc_late_frame(m, ts);
    }
  }
  if (ts == m->in_order_timestamp) {
    m->frame_bytes += bytes;
    if (m->frame_bytes > m->frame_bytes_max) m->frame_bytes_max = m->frame_bytes;
  }
  if (flags & RTC_PADDING) {
    m->padding_packets += 1;
    m->padding_bytes += bytes;
  }
  m->packets += 1;
  m->bytes += bytes;
  m->markers += flags & RTC_MARKER ? 1 : 0;
  m->payload_type = payload_type;
  m->last_timestamp = ts;
  m->last_ns = now_ns;
}

/* RFC 3550 A.3, over all runs. */
RTC_METER_INLINE rtc_u64 rtc_meter_expected(const struct rtc_rtp_meter* m) {
  return m->packets == 0 ? 0 : m->expected_before + (m->highest_seq - m->base_seq + 1);
}

#ifdef __cplusplus
}
static_assert(sizeof(rtc_rtp_meter) == 504, "the kernel and user space share this layout");
#else
_Static_assert(sizeof(struct rtc_rtp_meter) == 504, "the kernel and user space share this layout");
#endif

#endif
