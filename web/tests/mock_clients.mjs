// What the clients of some conferences report through /v1, as the API shows it beside the tap's figures.

const kInterval_ms = 10_000;
const kReports = 60;

/** `stream` as the API shows it; `at`: how much of it was over, 0 to 1. */
function client_stream(stream, at) {
  const down = stream.direction === 'downlink';
  const packets = Math.round(stream.packets * at);
  return {
    kind: stream.kind,
    ssrc: stream.ssrc,
    packets_received: down ? packets - 9 : null,
    packets_lost: down ? Math.round(stream.lost * at) + 9 : null,
    packets_sent: down ? null : packets,
    jitter_ms: down && stream.jitter_ms !== null ? stream.jitter_ms * 1.3 : null,
    emos: down && stream.kind === 'audio' ? 4.1 : null,
  };
}

/** `connection` of the mock world, `streams` as the API shows them. */
export function client_reports(connection, streams, now) {
  const { person } = connection;
  if (!person || streams.length === 0) return { items: [] };
  const time = (index) => now - (kReports - index) * kInterval_ms;
  const samples = Array.from({ length: kReports }, (_, index) => ({
    time: new Date(time(index)).toISOString(),
    round_trip_ms: index % 17 === 5 ? 190 : 31 + 6 * Math.sin(index / 3),
    bytes_sent: 90_000 * (index + 1),
    bytes_received: 210_000 * (index + 1),
    streams: streams.map((stream) => client_stream(stream, (index + 1) / kReports)),
  }));
  const issue = { time: samples[40].time, code: 'mobile_network', type: 'warning', title: 'The client is on a mobile network' };
  const one = {
    id: `00000000-0000-4000-8000-${connection.id.slice(-12)}`,
    participant_id: person.user,
    participant_name: person.display,
    conference_id: person.conference.room,
    state: 'connected',
    started_at: samples[0].time,
    ended_at: null,
    evidence: [{ kind: 'ufrag_pair', detail: 'RuS3:kP9c' }],
    issues: [issue],
    samples,
  };
  return { items: [one] };
}
