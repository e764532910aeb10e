// The mock world in the words of docs/api/openapi.yaml; tests/unit/mock_contract.test.mjs compares.
import { number_of, samples, totals } from './mock_world.mjs';
import { client_reports } from './mock_clients.mjs';

const kRank = ['bad', 'degraded', 'good', 'unknown'];
const kHost = '00000000000000a1';
const kMostPoints = 1000;
const kResolutions = [1, 2, 5, 10, 30, 60, 300, 900, 3600, 21600, 86400];
const iso = (ms) => (ms === null || ms === undefined ? null : new Date(ms).toISOString());
const is_rtx = (stream) => stream.codec === 'rtx';
const sum = (list, key) => list.reduce((total, one) => total + (one[key] ?? 0), 0);
const highest = (values) => values.reduce((most, value) => (value !== null && (most === null || value > most) ? value : most), null);
const unknown = (reason) => ({ health: 'unknown', health_reason: reason });
const worst = (judged) => judged.reduce((a, b) => (kRank.indexOf(b.health) < kRank.indexOf(a.health) ? b : a), unknown('nothing was measured'));

function judge(stream, total) {
  if (is_rtx(stream)) return unknown('retransmissions are not judged');
  const { loss, jitter } = total;
  if (loss === null && jitter === null) return unknown('neither loss nor jitter could be measured');
  const grade = (value, degraded, bad) => (value === null ? 3 : value >= bad ? 0 : value >= degraded ? 1 : 2);
  const [by_loss, by_jitter] = [grade(loss, 0.02, 0.05), grade(jitter, 30, 60)];
  const subject = `${stream.person.display || `user ${stream.person.user}`} ${stream.direction} ${stream.kind}`;
  const lost = `lost ${((loss ?? 0) * 100).toFixed(1)} % in ${stream.end ? 'all' : 'the last 10 s'}`;
  return { health: kRank[Math.min(by_loss, by_jitter)], health_reason: `${subject} ${by_loss <= by_jitter ? lost : `jitter is ${jitter.toFixed(1)} ms`}` };
}

export class MockApi {
  constructor(world) {
    this.world = world;
  }

  /** Streams that count: live ones as long as there is one. */
  current(streams) {
    const alive = streams.filter((stream) => stream.end === null);
    return alive.length > 0 ? alive : streams;
  }

  figures(streams, direction) {
    const current = this.current(streams).filter((stream) => stream.direction === direction);
    const judged = current.filter((stream) => !is_rtx(stream)).map((stream) => totals(stream, this.world.now));
    if (judged.length === 0) return null;
    return {
      streams: judged.length,
      packets: sum(judged, 'packets'),
      expected: sum(judged, 'expected'),
      lost: sum(judged, 'lost'),
      loss_ratio: highest(judged.map((one) => one.loss)),
      jitter_ms: highest(judged.map((one) => one.jitter)),
      bitrate_bps: sum(current.map((stream) => totals(stream, this.world.now)), 'bps'),
    };
  }

  /** Health, counts and figures of whatever has these streams and connections. */
  summary(streams, connections) {
    const failed = connections.filter((one) => one.ice === 'failed').map((one) => ({ health: 'bad', health_reason: `${one.person.display || `user ${one.person.user}`} ICE failed` }));
    const judged = this.current(streams).filter((stream) => !is_rtx(stream)).map((stream) => judge(stream, totals(stream, this.world.now)));
    return { ...worst([...failed, ...judged]), stream_count: streams.length, uplink: this.figures(streams, 'uplink'), downlink: this.figures(streams, 'downlink') };
  }

  /** How sure it is whose these streams are: the mock's feed told every ufrag. */
  precision(streams) {
    return streams.length > 0 ? { precision: 'exact', confidence: 1 } : { precision: 'none', confidence: null };
  }

  conference(conference) {
    const { people, connections, streams } = this.world;
    const members = people.filter((person) => person.conference === conference);
    const own = connections.filter((one) => one.conference === conference);
    return {
      id: conference.id,
      host_id: kHost,
      server: conference.server,
      plugin: conference.plugin,
      room: conference.room,
      started_at: iso(conference.start),
      ended_at: iso(conference.end),
      end_reason: conference.end ? 'the last participant left' : null,
      end_source: conference.end ? 'feed' : null,
      participant_count: members.length,
      present_count: members.filter((person) => person.left === null).length,
      connection_count: own.length,
      ...this.precision(streams.filter((stream) => stream.connection.conference === conference)),
      ...this.summary(streams.filter((stream) => stream.connection.conference === conference), own),
    };
  }

  conference_detail(conference) {
    const people = this.world.people.filter((person) => person.conference === conference);
    return {
      ...this.conference(conference),
      participants: people.map((person) => ({ ...this.participant(person), connections: this.connections_of(person) })),
      connections: this.world.connections.filter((one) => one.conference === conference && one.person === null).map((one) => this.connection(one)),
    };
  }

  connections_of(person) {
    return this.world.connections.filter((one) => one.person === person).map((one) => this.connection(one));
  }

  participant(person) {
    const own = this.world.connections.filter((one) => one.person === person);
    return {
      id: person.id,
      conference_id: person.conference.id,
      user_id: person.user,
      display: person.display,
      first_seen: iso(person.joined),
      left_at: iso(person.left),
      left_reason: person.left ? 'left the room' : null,
      left_source: person.left ? 'feed' : null,
      connection_count: own.length,
      ...this.summary(this.world.streams.filter((stream) => stream.person === person), own),
    };
  }

  participant_detail(person) {
    const { id, server, plugin, room, start, end } = person.conference;
    return {
      ...this.participant(person),
      conference: { id, server, plugin, room, started_at: iso(start), ended_at: iso(end) },
      sessions: [
        {
          id: person.session,
          conference_id: id,
          participant_id: person.id,
          server_session: person.user,
          signalling_address: person.address.replace(/^\[|\]$/g, ''),
          joined_at: iso(person.joined),
          left_at: iso(person.left),
          left_reason: person.left ? 'left the room' : null,
          left_source: person.left ? 'feed' : null,
        },
      ],
      connections: this.connections_of(person),
      streams: this.world.streams.filter((stream) => stream.person === person).map((stream) => this.stream(stream)),
    };
  }

  connection(connection) {
    const { conference, person } = connection;
    return {
      id: connection.id,
      conference_id: conference.id,
      participant_id: person.id,
      session_id: person.session,
      server: conference.server,
      server_session: person.user,
      server_handle: connection.handle,
      opaque_id: '',
      plugin: conference.plugin,
      role: connection.role,
      ice_state: connection.ice,
      dtls_state: connection.dtls,
      rtcp: connection.dtls === 'connected' ? 'decrypted' : '',
      rtcp_reason: '',
      started_at: iso(connection.started),
      connected_at: iso(connection.connected),
      turn_used: false,
      tcp_used: false,
      ice_restarts: 0,
      pair_switches: 0,
      ended_at: iso(connection.end),
      end_reason: connection.end ? 'Close PC' : null,
      end_source: connection.end ? 'feed' : null,
      flow_count: this.world.flows.filter((flow) => flow.connection === connection).length,
      ...this.precision(this.world.streams.filter((stream) => stream.connection === connection)),
      ...this.summary(this.world.streams.filter((stream) => stream.connection === connection), [connection]),
    };
  }

  flow(flow) {
    const streams = this.world.streams.filter((stream) => stream.flow === flow);
    const of = (direction) => streams.filter((stream) => stream.direction === direction).map((stream) => totals(stream, this.world.now));
    const [up, down] = [of('uplink'), of('downlink')];
    const carried = flow.failed ? '' : null;
    return {
      id: flow.id,
      connection_id: flow.connection?.id ?? null,
      conference_id: flow.connection?.conference.id ?? null,
      participant_id: flow.connection?.person.id ?? null,
      host_id: kHost,
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
      client_ufrag: flow.connection ? `${number_of(flow.connection.person.id)}aB` : 'x9Zq',
      server_ufrag: flow.connection ? 'RuS3' : '',
      tunnels: '',
      vlan_id: null,
      ice_state: flow.failed ? 'failed' : 'nominated',
      ice_failure: flow.failed ? 'no_answer' : '',
      ice_controlling: 'client',
      ice_integrity: flow.connection ? 'verified' : 'unknown',
      ice_checks_up: 14,
      ice_checks_down: 1,
      ice_answers_up: flow.failed ? 0 : 1,
      ice_answers_down: flow.failed ? 0 : 14,
      ice_errors: 0,
      ice_last_error: null,
      ice_nominations: flow.failed ? 0 : 14,
      ice_nominated_at: flow.failed ? null : iso(flow.start),
      ice_answered_at: flow.failed ? null : iso(flow.start),
      ice_restarts: 0,
      goog_pings: 0,
      dtls_in_stun: 0,
      ice_round_trip_ms: flow.round_trip,
      client_round_trip_ms: 12.4,
      client_round_trip_source: 'rtcp',
      server_round_trip_ms: 0.4,
      server_round_trip_source: 'ice',
      ice_round_trip_min_ms: flow.round_trip,
      ice_round_trip_mean_ms: flow.round_trip,
      ice_server_answer_ms: flow.failed ? null : 0.4,
      dtls_group: carried ?? 'x25519',
      dtls_offered_versions: flow.failed ? [] : ['DTLS 1.2'],
      dtls_offered_ciphers: flow.failed ? [] : ['TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256'],
      dtls_offered_groups: flow.failed ? [] : ['x25519', 'secp256r1'],
      offered_srtp_profiles: flow.failed ? [] : ['SRTP_AEAD_AES_128_GCM'],
      dtls_client_hellos: flow.failed ? 0 : 1,
      dtls_hello_verify_requests: 0,
      dtls_hello_retry_requests: 0,
      dtls_fragmented_messages: 0,
      dtls_repeated_messages: 0,
      dtls_alert: '',
      dtls_alert_sender: '',
      dtls_connection_ids: false,
      fingerprint_check_client: flow.failed ? 'unknown' : 'match',
      fingerprint_check_server: 'unknown',
      data_packets_up: 0,
      data_packets_down: 0,
      data_bytes_up: 0,
      data_bytes_down: 0,
      turn_state: '',
      turn_relayed_endpoint: '',
      turn_lifetime_s: null,
      turn_permissions: 0,
      turn_channels: 0,
      turn_refreshes: 0,
      turn_last_error: null,
      turn_client_flow_id: null,
      dtls_version: carried ?? 'DTLS 1.2',
      dtls_cipher: carried ?? 'ECDHE-ECDSA-AES128-GCM-SHA256',
      srtp_profile: carried ?? 'AEAD_AES_128_GCM',
      dtls_client: carried ?? 'server',
      dtls_handshake_ms: flow.failed ? null : 84.2,
      rtcp: flow.failed ? '' : 'opaque',
      rtcp_reason: flow.failed ? '' : 'late_attach',
      fingerprint_client: carried ?? '4A:3F:9C:11:02:5E:77:D0:9A:BC:13:55:E1:08:6B:2D:90:F3:A4:1E:C7:58:32:0D:66:B1:AF:72:3C:E9:85:41',
      fingerprint_server: '',
      ended_at: iso(flow.end),
      end_reason: flow.end ? 'connection closed' : null,
      end_source: flow.end ? 'feed' : null,
    };
  }

  stream(stream) {
    const total = totals(stream, this.world.now);
    return {
      id: stream.id,
      flow_id: stream.flow.id,
      connection_id: stream.connection.id,
      conference_id: stream.connection.conference.id,
      participant_id: stream.person.id,
      source_participant_id: stream.source.id,
      ssrc: stream.ssrc,
      direction: stream.direction,
      kind: stream.kind,
      codec: stream.codec,
      payload_type: stream.payload_type,
      clock_rate_hz: stream.clock,
      clock_rate_source: 'sdp',
      kind_source: 'sdp',
      codec_source: 'sdp',
      rtx_source: stream.rtx_of === null ? '' : 'sdp',
      kind_after_ms: 700,
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
      frames: Math.round(total.packets / 4),
      loss_ratio: total.loss,
      bitrate_bps: total.bps,
      jitter_ms: total.jitter,
      jitter_max_ms: total.jitter && total.jitter * 2.1,
      jitter_mean_ms: total.jitter && total.jitter * 0.9,
      jitter_frame_ms: null,
      max_gap_ms: stream.pause ? 18_020 : 210,
      recent_loss_ratio: stream.end ? null : total.loss,
      recent_bitrate_bps: stream.end ? null : total.bps,
      capture_drops: 0,
      ...this.receiver_says(stream, total),
      ...this.closer(stream, total),
      ...this.headers_say(stream),
      ended: stream.end !== null,
      ...judge(stream, total),
    };
  }

  /** Bursts of loss, and frames of what shows some. */
  closer(stream, total) {
    const video = stream.kind === 'video' && !is_rtx(stream);
    return {
      lost_rfc3550: total.lost,
      padding_packets: 0,
      padding_bytes: 0,
      longest_loss: Math.min(total.lost, 3),
      bursts: 0,
      burst_packets: 0,
      burst_lost: 0,
      gap_packets: total.expected,
      gap_lost: total.lost,
      burst_density_ratio: null,
      gap_density_ratio: total.loss,
      burst_duration_ms: null,
      retransmitted_packets: video ? 12 : null,
      repaired_packets: video && stream.direction === 'uplink' ? 3 : null,
      unrepaired_packets: video && stream.direction === 'uplink' ? Math.max(total.lost - 3, 0) : null,
      relayed_lost: stream.direction === 'downlink' ? 2 : null,
      server_lost: stream.direction === 'downlink' ? 0 : null,
      source_stream_id: null,
      source_ssrc: stream.direction === 'downlink' ? 4_242_424_242 : null,
      forwarding_p50_ms: stream.direction === 'downlink' ? 0.62 : null,
      forwarding_p99_ms: stream.direction === 'downlink' ? 4.1 : null,
      source_switches: stream.direction === 'downlink' ? 0 : null,
      freezes: video && stream.direction === 'downlink' ? 1 : null,
      frozen_ms: video && stream.direction === 'downlink' ? 271 : null,
      received_frames: video && stream.direction === 'downlink' ? Math.round(total.packets / 4) - 3 : null,
      doubtful_frames: video && stream.direction === 'downlink' ? 0 : null,
      mos_lq: stream.kind === 'audio' ? 4.32 : null,
      mos_cq: stream.kind === 'audio' ? 4.3 : null,
      voice_rating: stream.kind === 'audio' ? 133.4 : null,
      voice_loss_ratio: stream.kind === 'audio' ? 0.0016 : null,
      voice_delay_ms: stream.kind === 'audio' ? 61.5 : null,
      talk_ms: stream.kind === 'audio' ? 12_400 : null,
      talk_ratio: stream.kind === 'audio' ? 0.31 : null,
      audio_level_dbov: stream.kind === 'audio' ? -27.5 : null,
      frame_rate_fps: video ? 24.6 : null,
      frame_bytes_mean: video ? 5210 : null,
      frame_bytes_max: video ? 31_744 : null,
      frame_interval_ms: video ? 40.7 : null,
      frame_jitter_ms: video ? 6.2 : null,
      stalls: video ? 1 : null,
      stalled_ms: video ? 231 : null,
      absent: video ? {} : { frame_rate_fps: 'not_video' },
    };
  }

  /** The clients of every other conference report. */
  client_reports(connection) {
    const told = connection.person !== null && number_of(connection.conference.id) % 2 === 1;
    const streams = told ? this.world.streams.filter((stream) => stream.connection === connection && !is_rtx(stream)) : [];
    return client_reports(connection, streams.map((stream) => this.stream(stream)), this.world.now);
  }

  /** What header extensions tell: clients name them in their SDP. */
  headers_say(stream) {
    const rtx = is_rtx(stream);
    const camera = stream.kind === 'video' && stream.direction === 'uplink' && !rtx;
    return {
      header_extensions: stream.kind === 'audio' ? '1=audio-level (sdp) 4=mid (sdp)' : '2=abs-send-time (sdp) 4=mid (sdp)',
      repaired_rid: '',
      cryptex_packets: 0,
      rotation_degrees: camera ? 0 : null,
      playout_delay_min_ms: null,
      playout_delay_max_ms: null,
      target_bitrate_bps: camera ? 1_700_000 : null,
      target_width: camera ? 1280 : null,
      target_height: camera ? 720 : null,
      target_fps: camera ? 30 : null,
      frame_width: null,
      frame_height: null,
      described_frames: null,
      skipped_frames: null,
      encode_ms: camera ? 7.2 : null,
      pacer_ms: camera ? 3.1 : null,
      capture_to_send_ms: null,
      delay_variation_p50_ms: rtx ? null : 1.4,
      delay_variation_p99_ms: rtx ? null : 11.8,
      delay_variation_source: rtx ? '' : 'abs_send_time',
      clock_drift_ppm: rtx ? null : -4.2,
    };
  }

  /** RTCP can be read in every other conference only. */
  receiver_says(stream, total) {
    const read = number_of(stream.connection.conference.id) % 2 === 1 && !is_rtx(stream);
    const video = stream.kind === 'video';
    return {
      remote_lost: read ? total.lost + 9 : null,
      remote_fraction_lost: read ? 0.0117 : null,
      remote_jitter_ms: read ? 7.25 : null,
      round_trip_ms: read ? 31.4 : null,
      round_trip_min_ms: read ? 28.9 : null,
      round_trip_mean_ms: read ? 33.1 : null,
      round_trip_median_ms: read ? 32.6 : null,
      lost_after_tap: read ? 9 : null,
      lost_after_tap_source: read ? 'rtcp_rr' : '',
      unreported_packets: read ? 41 : null,
      feedback_packets: read && video ? total.packets : null,
      feedback_lost: read && video ? 9 : null,
      nack_count: read ? 14 : null,
      nacked_packets: read ? 22 : null,
      key_frames: video ? 7 : null,
      key_frames_source: video ? 'video_orientation' : '',
      key_frame_waits: read && video ? 2 : null,
      key_frame_wait_p50_ms: read && video ? 214.5 : null,
      key_frame_wait_max_ms: read && video ? 371.25 : null,
      fec_of_ssrc: null,
      relay_leg: false,
      red_codec: '',
      pli_count: read ? Number(video) * 2 : null,
      fir_count: read ? 0 : null,
    };
  }

  event(event) {
    return {
      id: event.id,
      time: iso(event.time),
      host_id: kHost,
      conference_id: event.conference?.id ?? null,
      participant_id: event.person?.id ?? null,
      session_id: event.person?.session ?? null,
      connection_id: event.connection?.id ?? null,
      stream_id: null,
      source: event.source,
      kind: event.kind,
      text: event.text,
      detail: null,
    };
  }

  /** One time column, and for each stream what the samples that begin in a point sum up to. */
  series(person, from_ms, to_ms, resolution_s) {
    const streams = this.world.streams.filter((stream) => stream.person === person);
    const found = streams.map((stream) => samples(stream, this.world.now, from_ms, to_ms));
    const starts = found.flat().map((sample) => sample.start / 1000);
    const [first, last] = [starts.reduce((a, b) => Math.min(a, b), Infinity), starts.reduce((a, b) => Math.max(a, b), -Infinity)];
    const step = resolution_s ?? kResolutions.find((one) => starts.length === 0 || (last - first) / one < kMostPoints - 1);
    const begin = Math.floor(first / step);
    const count = starts.length === 0 ? 0 : Math.floor(last / step) - begin + 1;
    return {
      participant_id: person.id,
      resolution_s: step,
      kept_s: 1,
      time: Array.from({ length: count }, (_, index) => (begin + index) * step),
      streams: streams.map((stream, index) => this.columns(stream, found[index], begin, step, count)),
    };
  }

  columns(stream, found, begin, step, count) {
    const points = Array.from({ length: count }, () => []);
    for (const sample of found) points[Math.floor(sample.start / 1000 / step) - begin].push(sample);
    const column = (value) => points.map((point) => (point.length === 0 ? null : value(point)));
    const video = stream.kind === 'video' && !is_rtx(stream);
    const frames_left = (damage) => (point) => 25 * Math.max(0, 1 - (damage * sum(point, 'lost')) / Math.max(sum(point, 'expected'), 1));
    return {
      stream_id: stream.id,
      ssrc: stream.ssrc,
      direction: stream.direction,
      kind: stream.kind,
      codec: stream.codec,
      source_participant_id: stream.source.id,
      rtx_of_ssrc: stream.rtx_of,
      bitrate_bps: column((point) => (sum(point, 'bytes') * 8000) / point.reduce((time, one) => time + one.end - one.start, 0)),
      loss_ratio: column((point) => (sum(point, 'expected') > 0 ? Math.max(0, sum(point, 'lost') / sum(point, 'expected')) : null)),
      jitter_ms: column((point) => highest(point.map((one) => one.jitter))),
      jitter_mean_ms: column((point) => sum(point, 'jitter') / point.length),
      frame_rate_fps: column(video ? frames_left(1) : () => null),
      received_frame_rate_fps: column(video && stream.direction === 'downlink' ? frames_left(4) : () => null),
      packets: column((point) => sum(point, 'packets')),
    };
  }
}
