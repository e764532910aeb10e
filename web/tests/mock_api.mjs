// The mock world in the words of docs/api/openapi.yaml.
import { samples, totals } from './mock_world.mjs';

const kPageSize = 100;
const iso = (ms) => (ms === null || ms === undefined ? null : new Date(ms).toISOString());

function health(loss, jitter, failed) {
  if (failed) return { word: 'bad', reason: 'ICE failed' };
  if (loss === null && jitter === null) return { word: 'unknown', reason: '' };
  const percent = `${((loss ?? 0) * 100).toFixed(1)} % loss`;
  if (loss >= 0.05) return { word: 'bad', reason: `uplink video ${percent}` };
  if (jitter >= 60) return { word: 'bad', reason: `uplink jitter ${jitter.toFixed(0)} ms` };
  if (loss >= 0.02) return { word: 'degraded', reason: `uplink video ${percent}` };
  if (jitter >= 30) return { word: 'degraded', reason: `uplink jitter ${jitter.toFixed(0)} ms` };
  return { word: 'good', reason: '' };
}

export class MockApi {
  constructor(world) {
    this.world = world;
  }

  figures(streams) {
    const judged = streams.filter((stream) => stream.codec !== 'rtx').map((stream) => totals(stream, this.world.now));
    if (judged.length === 0) return null;
    const sum = (key) => judged.reduce((total, one) => total + (one[key] ?? 0), 0);
    return {
      packets: sum('packets'),
      expected: sum('expected'),
      lost: sum('lost'),
      loss_ratio: sum('expected') ? sum('lost') / sum('expected') : null,
      jitter_ms: Math.max(...judged.map((one) => one.jitter ?? 0)),
      bitrate_bps: sum('bps'),
    };
  }

  person_health(person) {
    const up = this.figures(this.world.streams.filter((stream) => stream.person === person && stream.direction === 'uplink'));
    return health(up?.loss_ratio ?? null, up?.jitter_ms ?? null, person.fate === 'failed');
  }

  participant(person) {
    const own = this.world.streams.filter((stream) => stream.person === person);
    return {
      id: person.id,
      conference_id: person.conference.id,
      user_id: person.user,
      display: person.display,
      first_seen: iso(person.joined),
      left_at: iso(person.left),
      health: this.person_health(person),
      uplink: this.figures(own.filter((stream) => stream.direction === 'uplink')),
      downlink: this.figures(own.filter((stream) => stream.direction === 'downlink')),
    };
  }

  conference(conference) {
    const people = this.world.people.filter((person) => person.conference === conference);
    const rank = ['bad', 'degraded', 'good', 'unknown'];
    const worst = people
      .map((person) => ({ person, health: this.person_health(person) }))
      .sort((a, b) => rank.indexOf(a.health.word) - rank.indexOf(b.health.word))[0];
    const members = new Set(people);
    const uplink = this.figures(this.world.streams.filter((stream) => members.has(stream.person) && stream.direction === 'uplink'));
    return {
      id: conference.id,
      host_id: '1',
      server: conference.server,
      plugin: conference.plugin,
      room: conference.room,
      started_at: iso(conference.start),
      ended_at: iso(conference.end),
      end_reason: conference.end ? 'last participant left' : null,
      end_source: conference.end ? 'feed' : null,
      health: worst ? { word: worst.health.word, reason: worst.health.reason && `${worst.person.display || 'a participant'}: ${worst.health.reason}` } : { word: 'unknown', reason: '' },
      participant_count: people.length,
      uplink,
      downlink: null,
    };
  }

  connection(connection) {
    return {
      id: connection.id,
      conference_id: connection.conference.id,
      participant_id: connection.person.id,
      server: connection.conference.server,
      server_handle: connection.handle,
      role: connection.role,
      plugin: connection.conference.plugin,
      ice_state: connection.ice,
      dtls_state: connection.dtls,
      started_at: iso(connection.started),
      connected_at: iso(connection.connected),
      ended_at: iso(connection.end),
      end_reason: connection.end ? 'Close PC' : null,
      health: health(0, 0, connection.ice === 'failed'),
    };
  }

  flow(flow) {
    const streams = this.world.streams.filter((stream) => stream.flow === flow);
    const up = streams.filter((stream) => stream.direction === 'uplink').map((stream) => totals(stream, this.world.now));
    const down = streams.filter((stream) => stream.direction === 'downlink').map((stream) => totals(stream, this.world.now));
    const sum = (list, key) => list.reduce((total, one) => total + one[key], 0);
    return {
      id: flow.id,
      connection_id: flow.connection?.id ?? null,
      conference_id: flow.connection?.conference.id ?? null,
      participant_id: flow.connection?.person.id ?? null,
      confidence: flow.confidence,
      evidence: flow.evidence,
      conflicts: [],
      server_endpoint: flow.server,
      client_endpoint: flow.client,
      server_known: flow.connection !== null,
      transport: flow.transport,
      encapsulation: flow.encapsulation,
      interface: 'eth0',
      first_packet: iso(flow.started),
      last_packet: iso(flow.end ?? this.world.now - 200),
      packets_up: sum(up, 'packets') + 24,
      packets_down: sum(down, 'packets') + 19,
      bytes_up: sum(up, 'bytes') + 2400,
      bytes_down: sum(down, 'bytes') + 1900,
      stun_packets: 31,
      dtls_packets: flow.failed ? 0 : 12,
      rtp_packets: sum(up, 'packets') + sum(down, 'packets'),
      rtcp_packets: flow.failed ? 0 : 210,
      other_packets: 0,
      client_ufrag: flow.connection ? `${flow.connection.person.id}aB` : 'x9Zq',
      server_ufrag: flow.connection ? 'RuS3' : '',
      ice_round_trip_ms: flow.round_trip,
      dtls_version: flow.failed ? '' : 'DTLS 1.2',
      dtls_cipher: flow.failed ? '' : 'ECDHE-ECDSA-AES128-GCM-SHA256',
      srtp_profile: flow.failed ? '' : 'AEAD_AES_128_GCM',
      dtls_client: flow.failed ? '' : 'server',
      dtls_handshake_ms: flow.failed ? null : 84.2,
      fingerprint_client: flow.failed ? '' : '4A:3F:9C:11:02:5E:77:D0:9A:BC:13:55:E1:08:6B:2D:90:F3:A4:1E:C7:58:32:0D:66:B1:AF:72:3C:E9:85:41',
      fingerprint_server: '',
      ended_at: iso(flow.end),
      end_reason: flow.end ? 'idle' : null,
    };
  }

  stream(stream) {
    const total = totals(stream, this.world.now);
    return {
      id: stream.id,
      flow_id: stream.flow.id,
      connection_id: stream.connection.id,
      participant_id: stream.person.id,
      source_participant_id: stream.source.id,
      ssrc: stream.ssrc,
      direction: stream.direction,
      kind: stream.kind,
      codec: stream.codec,
      payload_type: stream.payload_type,
      clock_rate_hz: stream.clock,
      clock_rate_source: 'sdp',
      mid: stream.kind === 'audio' ? '0' : '1',
      rid: '',
      rtx_of_ssrc: stream.rtx_of,
      first_packet: iso(stream.start),
      last_packet: iso(stream.end ?? this.world.now - 20),
      packets: total.packets,
      bytes: total.bytes,
      expected: total.expected,
      lost: total.lost,
      duplicates: 0,
      reordered: Math.round(total.packets / 9000),
      bitrate_bps: total.bps,
      jitter_ms: total.jitter,
      recent_loss_ratio: total.loss,
      recent_bitrate_bps: total.bps,
      max_gap_ms: stream.pause ? 18_020 : 210,
      capture_drops: 0,
      ended: stream.end !== null,
      health: health(total.loss, total.jitter, false),
    };
  }

  samples_of(stream, query) {
    return samples(stream, this.world.now, Date.parse(query.from ?? '') || 0, Date.parse(query.to ?? '') || Infinity).map((one) => ({
      stream_id: stream.id,
      start: iso(one.start),
      end: iso(one.end),
      packets: one.packets,
      bytes: one.bytes,
      expected: one.expected,
      lost: one.lost,
      bitrate_bps: one.bps,
      jitter_ms: one.jitter,
      capture_drops: 0,
    }));
  }

  event(event) {
    return {
      id: event.id,
      time: iso(event.time),
      source: event.source,
      kind: event.kind,
      text: event.text,
      detail: '',
      conference_id: event.conference?.id ?? null,
      participant_id: event.person?.id ?? null,
      connection_id: event.connection?.id ?? null,
    };
  }
}
