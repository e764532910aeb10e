// What uPlot is told. The plots of a page share time axis, cursor and the width of the value axis.
import uPlot from 'uplot';
import { format_clock, type Zone } from './format';
import type { Stroke } from './palette';
import type { Theme } from './preferences.svelte';
import { lonely_points, point_at, type Column } from './series';

/** Pixels left and right of the drawing area; the event lane uses the same. */
export const kAxisWidth = 76;
export const kRightPadding = 18;

export interface ChartSetup {
  width: number;
  height: number;
  theme: Theme;
  zone: Zone;
  strokes: readonly Stroke[];
  /** Whether the time labels stand below this plot. */
  time_labels: boolean;
  format: (value: number) => string;
  /** The value axis reaches at least this far, so that noise near zero does not look like a storm. */
  least_top: number;
  range: () => readonly [number, number];
  /** How long a value holds. */
  step_s: () => number;
  on_cursor: (index: number | null, time_s: number | null) => void;
  on_zoom: (from_s: number, to_s: number) => void;
}

const kInk: Record<Theme, { text: string; grid: string }> = {
  dark: { text: '#9fb0c1', grid: '#22303d' },
  light: { text: '#4b5a69', grid: '#e3e8ed' },
};

function value_range(setup: ChartSetup): uPlot.Scale.Range {
  return (_, __, max) => [0, Math.max(setup.least_top, (max ?? 0) * 1.08)];
}

function time_values(zone: Zone): uPlot.Axis.DynamicValues {
  return (_, splits) => splits.map((split) => format_clock(split * 1000, zone));
}

function axes(setup: ChartSetup): uPlot.Axis[] {
  const ink = kInk[setup.theme];
  const look = { stroke: ink.text, font: '12px system-ui, sans-serif', grid: { stroke: ink.grid, width: 1 }, ticks: { show: false } };
  return [
    { ...look, size: setup.time_labels ? 30 : 6, space: 90, values: setup.time_labels ? time_values(setup.zone) : () => [] },
    { ...look, size: kAxisWidth, space: 34, values: (_, splits) => splits.map((split) => setup.format(split)) },
  ];
}

/** Each value as a level over its whole point, not a slope to the next: what lies between is not known any finer. */
function held(step_s: () => number): uPlot.Series.PathBuilder {
  return (plot, index, from, to) => {
    const [times, column] = [plot.data[0], plot.data[index]!];
    const stroke = new Path2D();
    let open = false;
    // One more at the left: it may reach into the visible part.
    for (let i = Math.max(0, from - 1); i <= to; i += 1) {
      const value = column[i] ?? null;
      if (value !== null) {
        const [x, y] = [plot.valToPos(times[i]!, 'x', true), plot.valToPos(value, 'y', true)];
        if (open) stroke.lineTo(x, y);
        else stroke.moveTo(x, y);
        stroke.lineTo(plot.valToPos(times[i]! + step_s(), 'x', true), y);
      }
      open = value !== null;
    }
    return { stroke };
  };
}

function series(setup: ChartSetup): uPlot.Series[] {
  const lines = setup.strokes.map((stroke): uPlot.Series => ({
    stroke: stroke.colour,
    dash: stroke.dash,
    width: 1.75,
    spanGaps: false,
    paths: held(setup.step_s),
    points: {
      show: true,
      size: 6,
      fill: stroke.colour,
      filter: (plot, index) => lonely_points(plot.data[index] as Column),
    },
  }));
  return [{}, ...lines];
}

export function chart_options(setup: ChartSetup): uPlot.Options {
  return {
    width: setup.width,
    height: setup.height,
    padding: [10, kRightPadding, 0, 0],
    legend: { show: false },
    tzDate: (time_s) => (setup.zone === 'utc' ? uPlot.tzDate(new Date(time_s * 1000), 'Etc/UTC') : new Date(time_s * 1000)),
    cursor: {
      sync: { key: 'rtcscope' },
      y: false,
      drag: { x: true, y: false, setScale: false },
      points: { show: false },
    },
    scales: { x: { range: () => [...setup.range()] }, y: { range: value_range(setup) } },
    axes: axes(setup),
    series: series(setup),
    hooks: {
      setCursor: [
        (plot) => {
          const left = plot.cursor.left ?? -1;
          const time_s = left < 0 ? null : plot.posToVal(left, 'x');
          setup.on_cursor(time_s === null ? null : point_at(plot.data[0] as number[], time_s, setup.step_s()), time_s);
        },
      ],
      setSelect: [
        (plot) => {
          const { left, width } = plot.select;
          if (width < 4) return;
          setup.on_zoom(plot.posToVal(left, 'x'), plot.posToVal(left + width, 'x'));
          plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
        },
      ],
    },
  };
}
