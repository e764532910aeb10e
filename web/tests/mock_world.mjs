// A made-up but plausible media host. Same seed, same world; live conferences move with the clock.
// This file knows nothing of JSON: mock_api.mjs says it in the words of docs/api/openapi.yaml.

/** A number of its own for each identifier. */
export const number_of = (id) => Number.parseInt(id, 16);
export const kSecond = 1000;
export const kMinute = 60 * kSecond;

const kRooms = ['weekly-planning', 'support-4711', '1234', 'standup-berlin', 'board', 'lecture-physics-101', 'interview-42', 'all-hands', 'design-review', 'oncall-bridge'];
const kLongRoom = 'Quarterly review of the north-western region with external partners, second half, continued in the large hall';
const kNames = ['Alice', 'Bob', 'Chidi', 'Daria', 'Émile', 'Fatima', 'Gustav', 'Hana', 'Ivo', 'Jun', 'Katarzyna', 'Liam', 'Mei', 'Nadia', 'Olu', 'Priya'];
const kLongName = 'Maximiliane Alexandra von Hohenstein-Waldburg (conference room 4, second floor)';

const kHostileName = '<img src=x onerror="document.title=1">&amp;';

/** What the network does to a participant's uplink. */
export const kFates = {
  good: { loss: 0.0015, jitter: 4, encapsulation: 'none', transport: 'udp' },
  degraded: { loss: 0.028, jitter: 24, encapsulation: 'none', transport: 'udp' },
  bad: { loss: 0.085, jitter: 46, encapsulation: 'turn', transport: 'udp' },
  jittery: { loss: 0.006, jitter: 74, encapsulation: 'ice_tcp', transport: 'tcp' },
  failed: { loss: null, jitter: null, encapsulation: 'none', transport: 'udp' },
};
/** Fates of the people of the first conferences; everybody else is well. */
const kBadLuck = [['bad', 'good', 'degraded'], ['failed', 'good'], ['jittery', 'good', 'good'], ['good', 'degraded', 'good'], ['degraded', 'good']];
const kMedia = [
  { kind: 'audio', codec: 'opus', payload_type: 111, clock: 48000, pps: 50, bps: 42_000 },
  { kind: 'video', codec: 'VP8', payload_type: 96, clock: 90000, pps: 118, bps: 1_150_000 },
  { kind: 'video', codec: 'rtx', payload_type: 97, clock: 90000, pps: 3, bps: 9_000 },
];

/** 0..1, always the same for the same numbers. */
export function noise(...numbers) {
  let state = 0x9e3779b9;
  for (const number of numbers) {
    state = Math.imul(state ^ (number >>> 0) ^ Math.floor(number / 4294967296), 0x85ebca6b);
    state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35);
    state ^= state >>> 16;
  }
  return (state >>> 0) / 4294967296;
}

class Builder {
  #last_id = 1000;

  constructor(now) {
    this.now = now;
    this.world = { now, started: now - 26 * 60 * kMinute, conferences: [], people: [], connections: [], flows: [], streams: [], events: [] };
  }

  id() {
    this.#last_id += 1;
    return this.#last_id.toString(16).padStart(16, '0');
  }

  event(time, source, kind, text, about) {
    if (time <= this.now) this.world.events.push({ id: this.id(), time, source, kind, text, ...about });
  }

  conference(index, { people, live, fates = [] }) {
    const lasted = (4 + noise(index, 1) * 50) * kMinute;
    const end = live ? null : this.now - (10 + index * 23) * kMinute;
    const conference = {
      id: this.id(),
      room: index === 2 ? kLongRoom : (kRooms[index % kRooms.length] + (index >= kRooms.length ? `-${index}` : '')),
      server: index % 3 === 0 ? 'janus-fra-1' : 'janus-fra-2',
      plugin: index === 7 ? 'echotest' : 'videoroom',
      start: (end ?? this.now) - lasted,
      end,
    };
    this.world.conferences.push(conference);
    const members = [];
    for (let n = 0; n < people; n += 1) members.push(this.person(conference, index, n, fates[n] ?? 'good'));
    for (const member of members) this.publisher(conference, member);
    for (const member of members) {
      for (const other of members) if (other !== member && other.fate !== 'failed' && member.fate !== 'failed') this.subscriber(conference, member, other);
    }
    if (end !== null) this.event(end, 'feed', 'room_empty', `room ${conference.room} is empty`, { conference });
    return conference;
  }

  person(conference, index, n, fate) {
    const joined = conference.start + n * 7400 + noise(index, n) * 3000;
    const person = {
      id: this.id(),
      session: this.id(),
      conference,
      user: String(Math.floor(1e15 + noise(index, n, 3) * 8e15)),
      display: index === 0 && n === 2 ? kLongName : index === 0 && n === 1 ? kHostileName : index === 3 && n === 1 ? '' : kNames[(index * 3 + n) % kNames.length] + (n >= kNames.length ? ` ${n}` : ''),
      fate,
      joined,
      // The last of a bigger live conference has gone already.
      left: conference.end ?? (n === 3 ? Math.min(this.now - kMinute, joined + 4 * kMinute) : null),
      address: n % 5 === 4 ? `[2001:db8:${index}::${n + 16}]` : `198.51.100.${10 + ((index * 7 + n) % 240)}`,
    };
    this.world.people.push(person);
    this.event(joined, 'feed', 'joined', `${person.display || 'a participant'} joined room ${conference.room}`, { conference, person });
    if (person.left) this.event(person.left - 1200, 'feed', 'left', `${person.display || 'a participant'} left room ${conference.room}`, { conference, person });
    return person;
  }

  connection(conference, person, role, started) {
    const failed = person.fate === 'failed';
    const connection = {
      id: this.id(),
      conference,
      person,
      role,
      handle: String(Math.floor(1e15 + noise(started, number_of(person.id)) * 8e15)),
      ice: failed ? 'failed' : conference.end || person.left ? 'closed' : 'connected',
      dtls: failed ? 'new' : conference.end || person.left ? 'closed' : 'connected',
      started,
      connected: failed ? null : started + 420,
      end: conference.end ? conference.end - 900 : person.left,
    };
    this.world.connections.push(connection);
    const about = { conference, person, connection };
    this.event(started + 60, 'packets', 'ice_first_check', 'the client sent the first ICE check', about);
    if (failed) this.event(started + 30_000, 'feed', 'ice_failed', 'ICE failed', about);
    else {
      this.event(started + 150, 'packets', 'ice_connected', 'the first ICE check was answered', about);
      this.event(started + 190, 'feed', 'ice_connected', 'ICE connected', about);
      this.event(started + 410, 'packets', 'dtls_connected', 'the DTLS handshake is done', about);
      this.event(started + 420, 'feed', 'media_up', 'the media server calls the connection up', about);
    }
    if (connection.end) this.event(connection.end, 'feed', 'hangup', 'the media server closed the connection: Close PC', about);
    return connection;
  }

  flow(connection, person, started, evidence) {
    const fate = kFates[person.fate];
    const flow = {
      id: this.id(),
      connection,
      person,
      client: `${fate.encapsulation === 'turn' ? '203.0.113.5' : person.address}:${40000 + Math.floor(noise(started, 7, number_of(person.id)) * 20000)}`,
      server: person.address.startsWith('[') ? '[2001:db8::1]:10202' : '192.0.2.1:10202',
      transport: fate.transport,
      encapsulation: fate.encapsulation,
      evidence,
      confidence: evidence.length >= 2 ? 0.99 : evidence.length === 1 ? 0.7 : 0,
      started,
      end: connection?.end ?? null,
      round_trip: person.fate === 'failed' ? null : 12 + noise(started) * 60,
      failed: person.fate === 'failed',
    };
    this.world.flows.push(flow);
    return flow;
  }

  streams(connection, flow, person, source, direction, fate, started) {
    let video = null;
    for (const media of kMedia) {
      const stream = {
        id: this.id(),
        connection,
        flow,
        person,
        source,
        ssrc: Math.floor(noise(number_of(person.id), number_of(source.id), media.payload_type) * 4294967295),
        direction,
        ...media,
        rtx_of: media.codec === 'rtx' ? video : null,
        fate,
        start: started + 500,
        end: connection.end,
        // Somebody muted the camera for a while: a gap, not zeros.
        pause: media.codec === 'VP8' && fate !== 'good' ? [started + 100 * kSecond, started + 118 * kSecond] : null,
      };
      if (media.codec === 'VP8') video = stream.ssrc;
      this.world.streams.push(stream);
    }
  }

  publisher(conference, person) {
    const started = person.joined + 500;
    const connection = this.connection(conference, person, conference.plugin === 'echotest' ? 'echo' : 'publisher', started);
    const flow = this.flow(connection, person, started, [
      { kind: 'ufrag_pair', detail: `${person.id}aB:RuS3` },
      { kind: 'fingerprint', detail: '4A:3F:…:9C' },
    ]);
    if (person.fate === 'failed') return;
    this.event(started + 700, 'feed', 'published', `${person.display || 'a participant'} publishes audio opus, video VP8`, { conference, person, connection });
    this.streams(connection, flow, person, person, 'uplink', person.fate, started);
    if (person.fate === 'bad' || person.fate === 'degraded') {
      for (let at = started + 40_000; at < Math.min(this.now, conference.end ?? this.now); at += 95_000) {
        this.event(at, 'feed', 'slow_link', `the media server counts ${Math.round(3 + noise(at) * 40)} lost video packets from the client`, { conference, person, connection });
      }
    }
  }

  subscriber(conference, person, other) {
    const started = Math.max(person.joined, other.joined) + 1500;
    const connection = this.connection(conference, person, 'subscriber', started);
    const flow = this.flow(connection, person, started, [{ kind: 'ufrag_pair', detail: `${person.id}cD:Lo9s` }]);
    this.streams(connection, flow, person, other, 'downlink', other.fate === 'bad' ? 'degraded' : 'good', started);
  }

  stray(n) {
    const person = { id: '0'.repeat(16), fate: 'good', address: `198.51.100.${200 + n}` };
    this.flow(null, person, this.now - (n + 2) * kMinute, []);
  }
}

/** `size`: "full" (30 conferences), "many" (one of 40 people), "empty". */
export function make_world(size, now) {
  const builder = new Builder(now);
  if (size === 'empty') return builder.world;
  if (size === 'many') {
    builder.conference(5, { people: 40, live: true, fates: ['bad', 'degraded', 'failed'] });
    return builder.world;
  }
  for (let index = 0; index < 30; index += 1) {
    builder.conference(index, { people: index === 9 ? 0 : kBadLuck[index]?.length ?? 2 + (index % 4), live: index < 18, fates: kBadLuck[index] });
  }
  for (let n = 0; n < 4; n += 1) builder.stray(n);
  return builder.world;
}

const span = (stream, now) => Math.max(0, ((stream.end ?? now) - stream.start) / kSecond);

/** Totals of a stream at `now`. */
export function totals(stream, now) {
  const fate = kFates[stream.fate];
  const expected = Math.round(span(stream, now) * stream.pps);
  const lost = Math.round(expected * (fate.loss ?? 0));
  const packets = expected - lost;
  return { expected, lost, packets, bytes: Math.round((packets * stream.bps) / stream.pps / 8), loss: expected ? lost / expected : null, bps: packets > 1 ? stream.bps * (1 - (fate.loss ?? 0)) : null, jitter: stream.codec === 'rtx' ? null : fate.jitter };
}

/** One-second reports between two times; none while the stream paused. */
export function samples(stream, now, from = 0, to = Infinity) {
  const fate = kFates[stream.fate];
  const list = [];
  const first = Math.max(stream.start, Math.ceil(from / kSecond) * kSecond);
  for (let start = first; start + kSecond <= Math.min(stream.end ?? now, to); start = (Math.floor(start / kSecond) + 1) * kSecond) {
    if (stream.pause && start >= stream.pause[0] && start < stream.pause[1]) continue;
    const end = (Math.floor(start / kSecond) + 1) * kSecond;
    const second = Math.floor(start / kSecond);
    const wave = 0.5 + noise(stream.ssrc, Math.floor(second / 25)) + 0.6 * noise(stream.ssrc, second);
    const burst = noise(stream.ssrc, Math.floor(second / 12), 5) > 0.8 ? 2.4 : 0.5;
    const expected = Math.round((stream.pps * (end - start)) / kSecond);
    const lost = Math.min(expected, Math.round(expected * (fate.loss ?? 0) * burst * wave));
    const bps = stream.bps * (0.75 + 0.3 * wave * 0.6) * (1 - lost / Math.max(1, expected));
    list.push({ start, end, expected, lost, packets: expected - lost, bytes: Math.round((bps * (end - start)) / 8000), bps, jitter: stream.codec === 'rtx' ? null : (fate.jitter ?? 0) * (0.6 + 0.35 * wave) });
  }
  return list;
}
