// What the clients of a participant's connections report, beside what the tap saw of the same streams.
import type { ChartLine } from '../components/chart.svelte';
import type { ClientConnection, Stream } from './model';
import { stroke_of } from './palette';
import type { Theme } from './preferences.svelte';
import type { Column } from './series';

/** Newest figures of the client for one of the tap's streams. */
export interface ClientStream {
  stream: Stream;
  /** Sent by the client of an uplink stream, received by that of a downlink stream. */
  packets: number | null;
  lost: number | null;
  jitter_ms: number | null;
  mos: number | null;
}

export function client_streams(reports: readonly ClientConnection[], streams: readonly Stream[]): ClientStream[] {
  const told = new Map<number, ClientConnection['samples'][number]['streams'][number]>();
  for (const one of reports.flatMap((report) => report.samples).flatMap((sample) => sample.streams)) {
    if (one.ssrc !== null) told.set(one.ssrc, one);
  }
  return streams.flatMap((stream) => {
    const one = told.get(stream.ssrc);
    if (!one) return [];
    const packets = stream.direction === 'uplink' ? one.packets_sent : one.packets_received;
    return [{ stream, packets, lost: one.packets_lost, jitter_ms: one.jitter_ms, mos: one.emos }];
  });
}

/** One line for each connection of a client, on a common time axis in seconds since the epoch. */
export function client_round_trips(reports: readonly ClientConnection[], theme: Theme): { times: number[]; lines: ChartLine[] } {
  const seconds = (time: string) => Date.parse(time) / 1000;
  const times = [...new Set(reports.flatMap((report) => report.samples.map((sample) => seconds(sample.time))))].sort((a, b) => a - b);
  const lines = reports.map((report, index) => {
    const found = new Map(report.samples.map((sample) => [seconds(sample.time), sample.round_trip_ms]));
    const values: Column = times.map((time) => found.get(time) ?? null);
    const label = reports.length > 1 ? `${client_name(report)} ${index + 1}` : client_name(report);
    return { id: report.id, label, stroke: stroke_of(index, theme), values };
  });
  return { times, lines };
}

export function client_name(report: ClientConnection): string {
  return report.participant_name || report.participant_id || 'client';
}

/** How long a client waits between two reports, in seconds. */
export function report_interval_s(times: readonly number[]): number {
  const gaps = times.slice(1).map((time, index) => time - times[index]!).sort((a, b) => a - b);
  return gaps[Math.floor(gaps.length / 2)] ?? 10;
}
