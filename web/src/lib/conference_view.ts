// Joins what the API tells of a conference into what one row of its tables shows.
import { worst_first } from './health';
import type { Connection, Event, Flow, ParticipantWithConnections } from './model';
import { path_name } from './names';

export interface ParticipantRow {
  participant: ParticipantWithConnections;
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

/** `events` newest first, as the API gives them. */
export function participant_rows(participants: readonly ParticipantWithConnections[], flows: readonly Flow[], events: readonly Event[]): ParticipantRow[] {
  const flows_of = grouped(flows, (flow) => flow.participant_id);
  const events_of = grouped(events, (event) => event.participant_id);
  const rows = participants.map((participant): ParticipantRow => ({
    participant,
    paths: [...new Set((flows_of.get(participant.id) ?? []).map(path_name))].sort(),
    last_event: events_of.get(participant.id)?.[0] ?? null,
  }));
  return worst_first(
    rows,
    ({ participant }) => ({ health: participant.health, ended: participant.left_at !== null }),
    (a, b) => a.participant.display.localeCompare(b.participant.display),
  );
}

/** Live connections first, then as they are given. */
export function connection_rows(connections: readonly Connection[], flows: readonly Flow[]): ConnectionRow[] {
  const by_connection = grouped(flows, (flow) => flow.connection_id);
  const rows = connections.map((connection) => ({ connection, flows: by_connection.get(connection.id) ?? [] }));
  return rows.sort((a, b) => Number(a.connection.ended_at !== null) - Number(b.connection.ended_at !== null));
}

/** "connected", or "2 connected, 1 failed" when several; trouble first. */
export function states(values: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const order = ['failed', 'checking', 'connecting', 'new', 'connected', 'closed'];
  const place = (state: string) => (order.includes(state) ? order.indexOf(state) : order.length);
  const sorted = [...counts].sort(([a], [b]) => place(a) - place(b));
  if (sorted.length === 1 && sorted[0]![1] === 1) return sorted[0]![0];
  return sorted.map(([value, count]) => `${count} ${value}`).join(', ');
}
