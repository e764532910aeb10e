// GET /api/v1/stats of the mock world.

const kNobody = { packets: 0, bytes: 0, truncated: 0, kernel_drops: 0, interface_drops: 0, interfaces: [], error: '' };
const kNotDecoded = { frames: 0, datagrams: 0, tcp_segments: 0, stun: 0, dtls: 0, rtp: 0, rtcp: 0, turn_channel: 0, other: 0, ssrc_zero: 0, seen_elsewhere: 0 };
const kNoBus = { enabled: false, address: '', connected: false, batches: 0, bytes: 0, reconnects: 0, refused: [], probes_forgotten: 0, last_error: '', probes: [] };

/** Three healthy probes of a busy world, of which one catches up; with `drops`, one in each state of trouble as well; `frozen`: the broker is away. */
function mock_bus(world, busy, { drops, frozen }) {
  const ago = (seconds) => new Date(world.now - seconds * 1000).toISOString();
  const probe = (host, rest = {}) => ({
    host, version: '0.1.0', source: 'live capture on eth0', silent: false, ended: false, last_batch_at: ago(0.4), clock: ago(0.9), batches: 81_220, bytes: 96_120_400,
    lost: 0, repeated: 0, restarts: 0, packets: 48_211_000, kernel_drops: 0, waiting: 0, waiting_bytes: 0, unsent: 0, error: '', ...rest,
  });
  const healthy = [probe('media-1.example.net'), probe('media-2.example.net', { source: 'live capture on eth0, eth1', restarts: 1 }), probe('media-3.example.net', { clock: ago(252), repeated: 4, waiting: 1_204, waiting_bytes: 1_402_112 })];
  const troubled = [
    probe('media-4.example.net', { kernel_drops: 4_127, lost: 12 }),
    probe('media-5.example.net', { silent: true, last_batch_at: ago(190), clock: ago(190.5) }),
    probe('media-6.example.net', { waiting: 60_000, waiting_bytes: 1_073_741_824, unsent: 311, error: '/var/lib/rtcscope/bus: No space left on device' }),
    probe('media-7.example.net', { ended: true, last_batch_at: ago(4_000), clock: ago(4_000.5) }),
  ];
  return {
    enabled: true, address: 'amqps://rabbit.example.net:5671/rtcscope', connected: !frozen, batches: busy ? 243_660 : 0, bytes: busy ? 288_361_200 : 0, reconnects: drops ? 2 : 0,
    refused: drops ? [{ reason: 'other_format', count: 3 }] : [], probes_forgotten: 0, last_error: frozen ? 'rabbit.example.net:5671: connection refused' : '', probes: busy ? [...healthy, ...(drops ? troubled : [])] : [],
  };
}

/** `options`: drops, replay (finished), serve, as given to mock_server.mjs. */
export function mock_stats(world, options) {
  const stats = observed(world, options);
  if (!options.serve) return stats;
  const busy = world.conferences.length > 0;
  return {
    ...stats,
    mode: 'serve',
    source: 'reports of probes over amqps://rabbit.example.net:5671/rtcscope',
    capture: kNobody,
    decode: kNotDecoded,
    refusals: [],
    flows: { ...stats.flows, active: 0, capacity: 0, created: 0, streams_active: 0, streams_created: 0 },
    capture_ring: { ...stats.capture_ring, enabled: false },
    bus: mock_bus(world, busy, options),
  };
}

function observed(world, options) {
  const busy = world.conferences.length > 0;
  const lost = options.drops ? 1 : 0;
  const iso = (ms) => new Date(ms).toISOString();
  const packets = busy ? 48_211_000 + Math.round((world.now % 1e9) / 10) : 1200;
  const eth0 = { name: 'eth0', packets, bytes: packets * 811, truncated: 0, kernel_drops: 4127 * lost, interface_drops: 0 };
  const lo = { name: 'lo', packets: 84, bytes: 3200, truncated: 0, kernel_drops: 0, interface_drops: 0 };
  const sum = (key) => eth0[key] + lo[key];
  return {
    version: '0.1.0',
    mode: options.replay ? 'replay' : 'observe',
    source: options.replay ? 'tests/data/sample-call' : 'live capture on eth0, lo',
    started_at: iso(world.started),
    now: iso(Date.now()),
    uptime_s: (Date.now() - world.started) / 1000,
    clock: busy ? iso(world.now - 300) : null,
    finished: Boolean(options.replay),
    live_conferences: world.conferences.filter((one) => one.end === null).length,
    live_participants: world.people.filter((one) => one.left === null).length,
    capture: {
      packets: sum('packets'),
      bytes: sum('bytes'),
      truncated: 0,
      kernel_drops: sum('kernel_drops'),
      interface_drops: 0,
      interfaces: options.replay ? [] : [eth0, lo],
      error: '',
    },
    decode: { frames: sum('packets'), datagrams: sum('packets') - 212, tcp_segments: 212, stun: 88_210, dtls: 4_120, rtp: busy ? packets - 300_000 : 0, rtcp: busy ? 190_444 : 0, turn_channel: busy ? 2_118 : 0, other: 9_311, ssrc_zero: 0, seen_elsewhere: 0 },
    refusals: busy ? [{ protocol: 'rtcp', code: 'zero_padding', count: 3 }, { protocol: 'stun', code: 'fingerprint_mismatch', count: 12 }] : [],
    flows: {
      active: world.flows.filter((one) => one.end === null).length,
      capacity: 65_536,
      created: world.flows.length,
      evicted: 0,
      unmatched: world.flows.filter((one) => !one.connection).length,
      streams_active: world.streams.filter((one) => one.end === null).length,
      streams_created: world.streams.length,
      streams_evicted: 0,
      streams_refused: 0,
      identities_refused: 0,
    },
    capture_ring: { enabled: busy, packets: 9_000, bytes: 1_200_000, dropped: 0, failed: 0, files_removed: 0, stored_bytes: 1_200_000, capacity_bytes: 1_073_741_824, oldest_at: busy ? iso(world.started) : null, last_error: '' },
    live: { clients: 0, capacity: 1000, refused: 0, expelled: 0, published: 0, missed: 0, dropped: 0 },
    client_reports: { accepted: busy ? 31_200 : 0, limited: 0, failed: 0, refused: [] },
    access: { required: options.login ?? false, tokens: options.login ? 2 : 0, sessions: options.login ? 1 : 0, logins: 0, failed_logins: 0, unauthenticated: 0, forbidden: 0, limited: 0 },
    feed: { deliveries: busy ? 8_210 : 0, events: busy ? 20_412 : 0, refused: 0, dropped: 0, unauthorised: 0, queue_depth: 0, queue_capacity: 1024, last_event_at: busy ? iso(world.now - 2400) : null, sources: [], clocks: busy ? [{ server: 'janus-1', offset_ms: 0.8, connections: 5, measured_at: iso(world.now - 2400) }] : [] },
    store: {
      queue_depth: busy ? 14 : 0, queue_capacity: 65_536, queued: busy ? 2_044_118 : 0, written: busy ? 2_044_104 : 0, coalesced: busy ? 88_120 : 0,
      dropped_samples: 12 * lost, dropped_events: 0, dropped_entities: 0, rejected: 0, retries: 0, outages: 0, spooled: 0, spool_changes: 0, spool_bytes: 0, spool_capacity_bytes: 0, spool_unreadable: 0, last_error: '', last_write_at: busy ? iso(world.now - 700) : null,
    },
    bus: kNoBus,
    hep_in: { listen: '', received: 0, attached: 0, waiting: 0, unmatched: 0, dropped: 0, refused: [] },
    hep: {
      enabled: busy,
      sent: busy ? 120_331 : 0,
      dropped: 0,
      refused: [],
      forgotten: 0,
      targets: busy ? [{
        target: 'hep:tls://192.0.2.40:9062', connected: true, sent: 120_331, bytes: 88_120_004, dropped: 0,
        drops: ['queue_full', 'spool_full', 'too_big', 'unsent', 'unreadable'].map((reason) => ({ reason, count: 0 })),
        reconnects: 0, failures: 0, queue_depth: 0, queue_capacity: 4096, spooled: 0, spool_messages: 0, spool_bytes: 0,
        spool_capacity_bytes: 268_435_456, last_error: '',
      }] : [],
    },
    cdr: { enabled: busy, written: busy ? 4_811 : 0, waiting: 12 * lost, failures: 3 * lost, lost: 0, refused: 0, last_error: lost ? '/var/lib/rtcscope/cdr: No space left on device' : '' },
  };
}
