import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ExampleFolder, modes, root } from './example-folder.js';

const example = new ExampleFolder('6-typescript');
afterAll(() => example.remove());

describe.each(modes)('6-typescript, mode %s', async (mode) => {
  const { exitCode, output } = await example.run(mode, { window: 6 });
  const summaries = example.read('out/stocks.csv').trim().split('\n').slice(1);

  it('ranks the stocks by growth', () => {
    const growth = ['AAPL', 'GOOG', 'AMZN', 'IBM', 'MSFT'].map((symbol) => {
      const prices = pricesOf(symbol);
      return `${symbol} ${Math.round(((prices.at(-1) ?? 0) / (prices[0] ?? 1)) * 100) / 100}`;
    });
    expect({ exitCode, output }).toEqual({ exitCode: 0, output: growth });
  });

  it('gives months, volatility and the peak of the moving average', () => {
    expect(summaries).toHaveLength(5);
    for (const line of summaries) {
      const [symbol = '', months, , volatility, peak] = line.split(',');
      const prices = pricesOf(symbol);
      expect({ months, volatility, peak }).toEqual({
        months: String(prices.length),
        volatility: String(Math.round(volatilityOf(prices) * 10_000) / 100),
        peak: String(Math.round(peakOf(prices, 6) * 100) / 100),
      });
    }
  });
});

it('6-typescript is typed as strictly as FlowScript itself', () => {
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const types = ['--types', 'node', '--typeRoots', join(root, 'node_modules/@types')];
  const strict = ['--strict', '--noEmit', '--skipLibCheck', '--noUncheckedIndexedAccess', '--exactOptionalPropertyTypes'];
  const target = ['--module', 'nodenext', '--target', 'es2023'];

  execFileSync(process.execPath, [tsc, ...strict, ...target, ...types, 'summarise.ts'], { cwd: example.folder });
});

function pricesOf(symbol: string): readonly number[] {
  const lines = example.read('../../node_modules/vega-datasets/data/stocks.csv').split('\n');
  return lines.filter((line) => line.startsWith(`${symbol},`)).map((line) => Number(line.split(',')[2]));
}

function volatilityOf(prices: readonly number[]): number {
  const changes = prices.slice(1).map((price, index) => price / Number(prices[index]) - 1);
  const centre = changes.reduce((a, b) => a + b) / changes.length;
  return Math.sqrt(changes.reduce((sum, change) => sum + (change - centre) ** 2, 0) / changes.length);
}

function peakOf(prices: readonly number[], window: number): number {
  const averages = prices
    .slice(window - 1)
    .map((_, start) => prices.slice(start, start + window).reduce((a, b) => a + b) / window);
  return Math.max(...averages);
}
