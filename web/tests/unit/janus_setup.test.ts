import { expect, it } from 'vitest';
import { janus_setup, loopback } from '../../src/lib/janus_setup';

it('names the address that the dashboard was reached by', () => {
  const lines = janus_setup('https://192.0.2.7:8080').map((step) => step.lines);
  expect(lines[0]).toContain('broadcast = true');
  expect(lines[1]).toContain('backend = "https://192.0.2.7:8080/ingest/janus"');
  expect(lines[2]).toContain('backend = "wss://192.0.2.7:8080/ingest/janus/ws"');
});

it.each([
  ['localhost', true],
  ['127.0.0.1', true],
  ['[::1]', true],
  ['192.0.2.7', false],
])('%s is loopback: %s', (name, want) => expect(loopback(name)).toBe(want));
