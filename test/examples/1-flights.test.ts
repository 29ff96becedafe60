import { afterAll, describe, expect, it } from 'vitest';
import { ExampleFolder, modes, readDataset } from './example-folder.js';

interface Flight {
  readonly delay: number;
  readonly distance: number;
  readonly time: number;
}

const example = new ExampleFolder('1-flights');
const every = 20;
const flights = (readDataset('flights-200k.json') as readonly Flight[]).filter((_, index) => index % every === 0);
afterAll(() => example.remove());

describe.each(modes)('1-flights, mode %s', async (mode) => {
  const { exitCode, output } = await example.run(mode, { every, resamples: 200 });
  const rows = example
    .read('out/delays.csv')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(','));

  it('ends well and counts every flight', () => {
    expect({ exitCode, output }).toMatchObject({ exitCode: 0, output: { flights: flights.length, cells: rows.length } });
  });

  it('gives the mean, median and percentile of each cell', () => {
    expect(rows.length).toBeGreaterThan(50);
    for (const [hour, distance, count, mean, , , median, , , p90] of rows) {
      const sorted = delaysOf(Number(hour), String(distance));
      const at = (share: number) => sorted[Math.ceil(sorted.length * share) - 1];
      expect({ hour, distance, count, mean, median, p90 }).toEqual({
        hour,
        distance,
        count: String(sorted.length),
        mean: String(Math.round(average(sorted) * 10) / 10),
        median: String(at(0.5)),
        p90: String(at(0.9)),
      });
    }
  });

  it('gives intervals of the width that the normal distribution tells for large cells', () => {
    const large = rows.filter(([, , count]) => Number(count) >= 200);
    expect(large.length).toBeGreaterThan(10);
    for (const [hour, distance, , mean, low, high] of large) {
      const delays = delaysOf(Number(hour), String(distance));
      const centre = average(delays);
      const spread = Math.sqrt(average(delays.map((delay) => (delay - centre) ** 2)));
      const width = (2 * 1.96 * spread) / Math.sqrt(delays.length);
      expect((Number(high) - Number(low)) / width).toBeCloseTo(1, 0);
      expect(Number(low)).toBeLessThan(Number(mean));
      expect(Number(high)).toBeGreaterThan(Number(mean));
    }
  });

  it('draws a line for each distance and writes a table of the larger cells', () => {
    const larger = rows.filter(([, , count]) => Number(count) >= 100).length;
    const chart = example.read('out/delays.svg');
    expect(chart.match(/<polyline /g)).toHaveLength(3);
    expect(chart).not.toContain('NaN');
    expect(example.read('out/summary.md').match(/^\| \d/gm)).toHaveLength(larger);
  });
});

it('1-flights gives the same files in both modes, and others for another seed', async () => {
  const results = [];
  for (const mode of modes) {
    const { output } = await example.run(mode, { every: 100, resamples: 50 });
    results.push({ output, files: ['delays.csv', 'delays.svg', 'summary.md'].map((name) => example.read(`out/${name}`)) });
  }
  await example.run('async', { every: 100, resamples: 50, seed: 8 });

  expect(results[0]).toEqual(results[1]);
  expect(example.read('out/delays.csv')).not.toBe(results[0]?.files[0]);
});

function delaysOf(hour: number, distance: string): readonly number[] {
  const band = (miles: number) => (miles < 500 ? 'short' : miles < 1500 ? 'medium' : 'long');
  const cell = flights.filter((flight) => Math.floor(flight.time) === hour && band(flight.distance) === distance);
  return cell.map(({ delay }) => delay).sort((a, b) => a - b);
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
