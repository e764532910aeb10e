// How a stream is told from the others: a colour and a dash, because colour alone is not enough.
import type { Theme } from './preferences.svelte';

export interface Stroke {
  colour: string;
  /** Canvas and SVG dash pattern; empty is solid. */
  dash: number[];
}

const kColours: Record<Theme, readonly string[]> = {
  dark: ['#62c9e6', '#f2b35e', '#b69cff', '#7fd99a', '#ff9bb0', '#d7d36a'],
  light: ['#00708f', '#a85a00', '#6a48c7', '#1b7a43', '#b0294c', '#6b6a00'],
};
const kDashes: readonly number[][] = [[], [7, 4], [2, 3], [10, 3, 2, 3]];

/** The stroke of the n-th stream; the first 24 differ from each other, and neighbours differ in both. */
export function stroke_of(index: number, theme: Theme): Stroke {
  const colours = kColours[theme];
  const colour = colours[index % colours.length]!;
  const dash = kDashes[(index + Math.floor(index / kDashes.length / 3)) % kDashes.length]!;
  return { colour, dash };
}
