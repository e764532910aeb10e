// What the rows of the probes say. A probe is `rtcscope capture` on a media host.
import { format_age, format_duration, format_plural, parse_time } from './format';
import type { Probe, Stats } from './model';

/** A probe this far behind has old batches to send: the broker, or it, was away. */
export const kBehind_ms = 15_000;

export interface ProbeState {
  text: string;
  alert: 'bad' | 'degraded' | null;
  /** A second line; '' when the first says it all. */
  note: string;
}

/** How far the newest batch was behind when it came; the probe's clock may be off by as much. */
export function behind_ms(probe: Probe): number {
  const clock_ms = parse_time(probe.clock);
  return clock_ms === null ? 0 : Math.max(0, (parse_time(probe.last_batch_at) ?? clock_ms) - clock_ms);
}

/** The first that is true: an error of a probe that says nothing any more is old. */
export function probe_state(probe: Probe, now_ms: number): ProbeState {
  const age = format_age(parse_time(probe.last_batch_at), now_ms);
  if (probe.ended) return { text: 'ended', alert: null, note: age };
  if (probe.silent) return { text: 'silent', alert: 'bad', note: `last heard ${age}` };
  if (probe.error) return { text: 'trouble', alert: 'bad', note: '' };
  const behind = behind_ms(probe);
  if (behind > kBehind_ms) return { text: 'catching up', alert: 'degraded', note: `${format_duration(behind)} behind` };
  return { text: 'OK', alert: null, note: '' };
}

/** Under the host's name: what it runs, and how often it began anew. */
export function probe_note(probe: Probe): string {
  return [probe.version, probe.restarts > 0 ? format_plural(probe.restarts, 'restart') : ''].filter(Boolean).join(', ');
}

/** Those nobody hears although they did not say that they stop. */
export function silent_hosts(probes: Probe[]): string[] {
  return probes.filter((one) => one.silent && !one.ended).map((one) => one.host);
}

/** What was taken from interfaces, here and at all probes, and what the captures lost themselves. */
export function captured({ capture, bus }: Pick<Stats, 'capture' | 'bus'>): { packets: number; drops: number } {
  const sum = (key: 'packets' | 'kernel_drops') => bus.probes.reduce((total, one) => total + one[key], capture[key]);
  return { packets: sum('packets'), drops: sum('kernel_drops') + capture.interface_drops };
}
