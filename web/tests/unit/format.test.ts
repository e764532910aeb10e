import { describe, expect, it } from 'vitest';
import * as f from '../../src/lib/format';

const plain = (text: string) => text.replaceAll('\u202f', ' ');

describe('figures', () => {
  it.each([
    [0, '0 %'],
    [0.00001, '<0.01 %'],
    [0.0312, '3.12 %'],
    [0.09999, '10.0 %'],
    [0.25, '25.0 %'],
    [1, '100 %'],
    [-0.02, '−2.00 %'],
  ])('ratio %s reads %s', (value, text) => expect(plain(f.format_ratio(value))).toBe(text));

  it.each([
    [0, '0 bit/s'],
    [999, '999 bit/s'],
    [64_000, '64.0 kbit/s'],
    [999_990, '1.00 Mbit/s'],
    [1_234_567, '1.23 Mbit/s'],
    [12_500_000_000, '12.5 Gbit/s'],
  ])('bitrate %s reads %s', (value, text) => expect(plain(f.format_bitrate(value))).toBe(text));

  it.each([
    [0, '0'],
    [999, '999'],
    [1000, '1 000'],
    [1234567, '1 234 567'],
    [-12, '−12'],
    [-1200, '−1 200'],
  ])('count %s reads %s', (value, text) => expect(plain(f.format_count(value))).toBe(text));

  it('milliseconds keep one decimal below 100', () => {
    expect(plain(f.format_ms(0.04))).toBe('0.0 ms');
    expect(plain(f.format_ms(31.26))).toBe('31.3 ms');
    expect(plain(f.format_ms(250.4))).toBe('250 ms');
  });

  it('bytes use decimal prefixes', () => {
    expect(plain(f.format_bytes(1_500))).toBe('1.50 kB');
    expect(plain(f.format_bytes(12))).toBe('12 B');
  });

  it('what was not measured is an en dash, never zero', () => {
    for (const format of [f.format_ratio, f.format_bitrate, f.format_count, f.format_ms, f.format_bytes, f.format_duration]) {
      expect(format(null)).toBe('–');
      expect(format(undefined)).toBe('–');
      expect(format(Number.NaN)).toBe('–');
    }
  });
});

describe('times', () => {
  const at = Date.UTC(2026, 10, 21, 14, 3, 21, 82);

  it.each([
    [0, '0 s'],
    [59_999, '59 s'],
    [724_000, '12 min 04 s'],
    [11_100_000, '3 h 05 min'],
    [2 * 86_400_000 + 4 * 3_600_000, '2 d 4 h'],
    [-1, '–'],
  ])('duration %s reads %s', (value, text) => expect(plain(f.format_duration(value))).toBe(text));

  it('the date is told only when it is another day', () => {
    expect(f.format_time(at, 'utc', at + 1000)).toBe('14:03:21');
    expect(f.format_time(at, 'utc', at + 86_400_000)).toBe('21 Nov 14:03');
    expect(f.format_time(at, 'utc', at + 200 * 86_400_000)).toBe('2026-11-21 14:03');
  });

  it('tooltips tell date, milliseconds and zone', () => {
    expect(f.format_full(at, 'utc')).toBe('2026-11-21 14:03:21.082 UTC');
    expect(f.format_clock_ms(at, 'utc')).toBe('14:03:21.082');
  });

  it('ages start at "now"', () => {
    expect(f.format_age(at, at + 400)).toBe('now');
    expect(plain(f.format_age(at, at + 61_000))).toBe('1 min 01 s ago');
    expect(f.format_age(null, at)).toBe('–');
  });

  it('what is not a time is absent', () => {
    expect(f.parse_time('2026-11-21T14:03:21.082Z')).toBe(at);
    expect(f.parse_time('yesterday')).toBeNull();
    expect(f.parse_time(null)).toBeNull();
  });
});

it('SSRCs have eight hexadecimal digits', () => {
  expect(f.format_ssrc_hex(0x1a2b)).toBe('0x00001A2B');
  expect(f.format_ssrc_hex(0xffffffff)).toBe('0xFFFFFFFF');
});

it('names a day in the chosen zone', () => {
  expect(f.format_day(Date.parse('2026-11-21T23:30:00Z'), 'utc')).toBe('21 Nov 2026');
  expect(f.format_day(null, 'utc')).toBe(f.kAbsent);
});
