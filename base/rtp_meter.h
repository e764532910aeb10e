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

/* Sequence numbers are remembered one by one this far back: it separates late arrivals from duplicates.
 * RFC 3550 A.1 calls the limit MAX_MISORDER and suggests 100; servers that retransmit on the media SSRC
 * itself (no RTX) deliver up to about a second late, hence more. A power of two. */
#define RTC_SEQ_WINDOW 512
#define RTC_SEQ_WORDS (RTC_SEQ_WINDOW / 64)
/* RFC 3550 A.1 MAX_DROPOUT: a larger jump forward is a restart unless silence explains it. */
#define RTC_MAX_DROPOUT 3000
/* No packet was seen whose sequence number looked like a restart. */
#define RTC_NO_BAD_SEQ 0x10000u

/* Which RTP clock a stream runs on is often learnt after its first packets (SDP in a late event), so
 * jitter is kept for every clock that WebRTC uses and the reader picks (decision record 0001). */
#define RTC_CLOCKS 4
#define RTC_CLOCK_RATES_HZ {8000u, 16000u, 48000u, 90000u}
/* Nanoseconds per RTP tick, 16 fractional bits: round(1e9 * 65536 / rate). */
#define RTC_CLOCK_NS_Q16 {8192000000ull, 4096000000ull, 1365333333ull, 728177778ull}

/* Larger timestamp steps are discontinuities (25 minutes at 90 kHz), not jitter; also keeps the Q16
 * product below 2^63. */
#define RTC_MAX_TIMESTAMP_STEP (1u << 27)
/* libwebrtc ignores transit differences of five seconds of video clock and more. */
#define RTC_FRAME_JITTER_LIMIT_TICKS 450000ull

struct rtc_clock_jitter {
  rtc_u64 rfc3550_q4;     /* J of RFC 3550 A.8 times 16, after the last packet */
  rtc_u64 rfc3550_q4_max; /* highest value so far */
  rtc_u64 rfc3550_sum;    /* of J in ns after each packet but the first; mean = sum / jitter_samples */
  rtc_u64 frame_q4;       /* times 16; only in-order packets with a new timestamp */
};

struct rtc_rtp_meter {
  rtc_u64 first_ns;
  rtc_u64 last_ns;
  rtc_u64 packets;       /* every packet of the SSRC */
  rtc_u64 bytes;         /* UDP payload octets */
  rtc_u64 distinct;      /* packets that were placed in the sequence, without duplicates */
  rtc_u64 duplicates;
  rtc_u64 reordered;     /* placed behind a higher sequence number */
  rtc_u64 unplaced;      /* neither near the sequence nor a confirmed restart (RFC 3550 A.1 bad_seq) */
  rtc_u64 restarts;
  rtc_u64 frames;        /* in-order changes to a newer RTP timestamp, the first packet included */
  rtc_u64 markers;
  rtc_u64 base_seq;      /* extended, lowest of the current run; runs start at 65536 + sequence number */
  rtc_u64 highest_seq;   /* extended */
  rtc_u64 expected_before; /* expected packets of the runs before the last restart */
  rtc_u64 max_gap_ns;
  rtc_u64 jitter_samples;
  rtc_u64 in_order_ns;   /* arrival of the last in-order packet */
  rtc_u32 in_order_timestamp;
  rtc_u32 last_timestamp; /* of the last packet whatever its order */
  rtc_u32 bad_seq;       /* next sequence number that would confirm a restart */
  rtc_u32 sequential;    /* packets in strict sequence so far, saturating: RFC 3550 A.1 probation */
  rtc_u32 payload_type;  /* of the newest packet */
  rtc_u32 reserved;
  rtc_u64 seen[RTC_SEQ_WORDS];
  struct rtc_clock_jitter jitter[RTC_CLOCKS];
};

static inline rtc_u64 rtc_distance(rtc_u64 a, rtc_u64 b) { return a > b ? a - b : b - a; }

static inline void rtc_mark(struct rtc_rtp_meter* m, rtc_u64 seq) {
  m->seen[(seq >> 6) & (RTC_SEQ_WORDS - 1)] |= 1ull << (seq & 63);
}
static inline void rtc_unmark(struct rtc_rtp_meter* m, rtc_u64 seq) {
  m->seen[(seq >> 6) & (RTC_SEQ_WORDS - 1)] &= ~(1ull << (seq & 63));
}
static inline int rtc_marked(const struct rtc_rtp_meter* m, rtc_u64 seq) {
  return (int)((m->seen[(seq >> 6) & (RTC_SEQ_WORDS - 1)] >> (seq & 63)) & 1);
}

/* Starts a run of sequence numbers at `seq`, which counts as received. */
static inline void rtc_start_run(struct rtc_rtp_meter* m, rtc_u16 seq) {
  for (int i = 0; i < RTC_SEQ_WORDS; ++i) m->seen[i] = 0;
  m->base_seq = 65536ull + seq;
  m->highest_seq = m->base_seq;
  m->bad_seq = RTC_NO_BAD_SEQ;
  rtc_mark(m, m->highest_seq);
  m->distinct += 1;
}

static inline void rtc_advance(struct rtc_rtp_meter* m, rtc_u32 step) {
  if (step >= RTC_SEQ_WINDOW) {
    for (int i = 0; i < RTC_SEQ_WORDS; ++i) m->seen[i] = 0;
  } else {
    for (rtc_u32 i = 1; i < step && i < RTC_SEQ_WINDOW; ++i) rtc_unmark(m, m->highest_seq + i);
  }
  m->highest_seq += step;
  rtc_mark(m, m->highest_seq);
  m->distinct += 1;
  m->bad_seq = RTC_NO_BAD_SEQ;
}

/* A jump that RFC 3550 A.1 does not trust: two packets in sequence confirm that the source restarted.
 * Returns 1 when this packet did. */
static inline int rtc_suspect_restart(struct rtc_rtp_meter* m, rtc_u16 seq) {
  if (seq != m->bad_seq) {
    m->bad_seq = (seq + 1u) & 0xffffu;
    m->unplaced += 1;
    return 0;
  }
  m->expected_before += m->highest_seq - m->base_seq + 1;
  m->restarts += 1;
  m->unplaced -= 1; /* the packet that announced the restart belongs to the new run */
  rtc_start_run(m, (rtc_u16)(seq - 1u));
  rtc_advance(m, 1);
  return 1;
}

/* Places `seq`; returns 1 when it is the new highest ("in order"), else 0. */
static inline int rtc_place(struct rtc_rtp_meter* m, rtc_u64 silence_ns, rtc_u16 seq) {
  const rtc_u32 ahead = (seq - (rtc_u32)m->highest_seq) & 0xffffu;
  const rtc_u32 behind = 0x10000u - ahead;
  if (ahead == 0) {
    m->duplicates += 1;
    return 0;
  }
  if (ahead < 0x8000u) {
    /* A pause explains a jump of up to 4 packets a millisecond: an outage is loss, not a restart. */
    const rtc_u64 by_silence = silence_ns >> 18;
    if (ahead >= RTC_MAX_DROPOUT + by_silence) return rtc_suspect_restart(m, seq);
    if (ahead == 1 && m->sequential < 0xffffffffu) m->sequential += 1;
    rtc_advance(m, ahead);
    return 1;
  }
  if (behind >= RTC_SEQ_WINDOW) return rtc_suspect_restart(m, seq);
  const rtc_u64 placed = m->highest_seq - behind;
  if (placed >= m->base_seq && rtc_marked(m, placed)) {
    m->duplicates += 1;
    return 0;
  }
  if (placed < m->base_seq) m->base_seq = placed;
  rtc_mark(m, placed);
  m->distinct += 1;
  m->reordered += 1;
  return 0;
}

/* |D| of RFC 3550 6.4.1 in ns under one clock: arrival difference minus timestamp difference. */
static inline rtc_u64 rtc_transit_difference(rtc_u64 now, rtc_u64 before, rtc_u32 ts, rtc_u32 ts_before,
                                             rtc_u64 tick_ns_q16) {
  const rtc_u32 forward = ts - ts_before;
  const int back = forward >= 0x80000000u;
  const rtc_u64 ticks_ns = ((back ? 0u - forward : forward) * tick_ns_q16) >> 16;
  const rtc_u64 arrival = rtc_distance(now, before);
  const int arrival_back = now < before;
  /* Same direction: the difference of the lengths; opposite directions: their sum. */
  return back == arrival_back ? rtc_distance(arrival, ticks_ns) : arrival + ticks_ns;
}

static inline int rtc_is_step(rtc_u32 ts, rtc_u32 ts_before) {
  const rtc_u32 forward = ts - ts_before;
  return forward < RTC_MAX_TIMESTAMP_STEP || 0u - forward < RTC_MAX_TIMESTAMP_STEP;
}

/* RFC 3550 A.8: every packet, in order of arrival. */
static inline void rtc_jitter_rfc3550(struct rtc_rtp_meter* m, rtc_u64 now_ns, rtc_u32 ts) {
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
static inline void rtc_jitter_frame(struct rtc_rtp_meter* m, rtc_u64 now_ns, rtc_u32 ts) {
  const rtc_u64 tick_ns_q16[RTC_CLOCKS] = RTC_CLOCK_NS_Q16;
  if (!rtc_is_step(ts, m->in_order_timestamp)) return;
  for (int i = 0; i < RTC_CLOCKS; ++i) {
    struct rtc_clock_jitter* j = &m->jitter[i];
    const rtc_u64 d = rtc_transit_difference(now_ns, m->in_order_ns, ts, m->in_order_timestamp, tick_ns_q16[i]);
    if (d < (RTC_FRAME_JITTER_LIMIT_TICKS * tick_ns_q16[i]) >> 16) {
      j->frame_q4 += d - ((j->frame_q4 + 8) >> 4);
    }
  }
}

static inline void rtc_meter_first(struct rtc_rtp_meter* m, rtc_u64 now_ns, rtc_u16 seq, rtc_u32 ts) {
  m->first_ns = now_ns;
  rtc_start_run(m, seq);
  m->sequential = 1;
  m->frames = 1;
  m->in_order_ns = now_ns;
  m->in_order_timestamp = ts;
}

/* Adds one RTP packet to a meter that was zeroed before the first one. `bytes` is the UDP payload size on
 * the wire, whatever part of it was captured. */
static inline void rtc_meter_add(struct rtc_rtp_meter* m, rtc_u64 now_ns, rtc_u16 seq, rtc_u32 ts, rtc_u8 marker,
                                 rtc_u8 payload_type, rtc_u32 bytes) {
  if (m->packets == 0) {
    rtc_meter_first(m, now_ns, seq, ts);
  } else {
    const rtc_u64 silence_ns = now_ns > m->last_ns ? now_ns - m->last_ns : 0;
    if (silence_ns > m->max_gap_ns) m->max_gap_ns = silence_ns;
    const int in_order = rtc_place(m, silence_ns, seq);
    rtc_jitter_rfc3550(m, now_ns, ts);
    if (in_order) {
      if (ts != m->in_order_timestamp) rtc_jitter_frame(m, now_ns, ts);
      if ((rtc_u32)(ts - m->in_order_timestamp) - 1u < 0x7fffffffu) m->frames += 1;
      m->in_order_ns = now_ns;
      m->in_order_timestamp = ts;
    }
  }
  m->packets += 1;
  m->bytes += bytes;
  m->markers += marker ? 1 : 0;
  m->payload_type = payload_type;
  m->last_timestamp = ts;
  m->last_ns = now_ns;
}

/* RFC 3550 A.3, over all runs. */
static inline rtc_u64 rtc_meter_expected(const struct rtc_rtp_meter* m) {
  return m->packets == 0 ? 0 : m->expected_before + (m->highest_seq - m->base_seq + 1);
}

#ifdef __cplusplus
}
static_assert(sizeof(rtc_rtp_meter) == 352, "the kernel and user space share this layout");
#else
_Static_assert(sizeof(struct rtc_rtp_meter) == 352, "the kernel and user space share this layout");
#endif

#endif
