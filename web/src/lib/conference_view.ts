// Joins the flat lists of the API into what one row of a participants table shows.
import type { Connection, Event, Flow, Participant } from './model';
import { path_name } from './names';
import { worst_first } from './health';

export interface ParticipantRow {
  participant: Participant;
  connections: Connection[];
  /** How its packets travel, each way once: "UDP", "TURN over UDP". */
  paths: string[];
  last_event: Event | null;
}

export interface ConnectionRow {
  connection: Connection;
  flows: Flow[];
}

function grouped<T>(items: readonly T[], key_of: (item: T) => string | null): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = key_of(item);
    if (key === null) continue;
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}

export function participant_rows(participants: readonly Participant[], connections: readonly Connection[], flows: readonly Flow[], events: readonly Event[]): ParticipantRow[] {
  const by_participant = grouped(connections, (connection) => connection.participant_id);
  const by_connection = grouped(flows, (flow) => flow.connection_id);
  const events_of = grouped(events, (event) => event.participant_id);
  const rows = participants.map((participant): ParticipantRow => {
    const own = by_participant.get(participant.id) ?? [];
    const own_flows = own.flatMap((connection) => by_connection.get(connection.id) ?? []);
    const last_event = (events_of.get(participant.id) ?? []).reduce<Event | null>((last, event) => (last && last.time >= event.time ? last : event), null);
    return { participant, connections: own, paths: [...new Set(own_flows.map(path_name))].sort(), last_event };
  });
  return worst_first(
    rows,
    (row) => ({ health: row.participant.health, ended: row.participant.left_at }),
    (a, b) => a.participant.display.localeCompare(b.participant.display),
  );
}

export function connection_rows(connections: readonly Connection[], flows: readonly Flow[]): ConnectionRow[] {
  const by_connection = grouped(flows, (flow) => flow.connection_id);
  return connections.map((connection) => ({ connection, flows: by_connection.get(connection.id) ?? [] }));
}

/** "connected", or "2 connected, 1 failed" when several; trouble first. */
export function states(values: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const order = ['failed', 'checking', 'connecting', 'new', 'connected', 'closed'];
  const sorted = [...counts].sort(([a], [b]) => order.indexOf(a) - order.indexOf(b));
  if (sorted.length === 1 && sorted[0]![1] === 1) return sorted[0]![0];
  return sorted.map(([value, count]) => `${count} ${value}`).join(', ');
}
