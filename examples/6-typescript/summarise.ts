import { defineTransform } from 'flowscript/transform';

/** A row of the CSV file. What would change when written back as a number, such as 36.10, arrives as text. */
interface Price {
  readonly symbol: string;
  readonly date: string;
  readonly price: number | string;
}

interface Group {
  readonly key: string;
  readonly items: readonly Price[];
}

interface Summary {
  readonly symbol: string;
  readonly months: number;
  /** Last price over the first. */
  readonly growth: number;
  /** Standard deviation of the monthly change, in percent. */
  readonly volatility: number;
  /** Highest moving average. */
  readonly peak: number;
}

interface Options {
  readonly window: number;
}

export default defineTransform<Group, Summary, Options>(({ key, items }, { options }) => {
  const prices = items.map(({ price }) => Number(price));
  return {
    symbol: key,
    months: prices.length,
    growth: round((prices.at(-1) ?? 0) / (prices[0] ?? 1)),
    volatility: round(deviation(changes(prices)) * 100),
    peak: round(Math.max(...movingAverages(prices, options.window))),
  };
});

function changes(prices: readonly number[]): readonly number[] {
  return prices.slice(1).map((price, index) => price / (prices[index] ?? price) - 1);
}

function movingAverages(prices: readonly number[], window: number): readonly number[] {
  const count = Math.max(1, prices.length - window + 1);
  return Array.from({ length: count }, (_, start) => mean(prices.slice(start, start + window)));
}

function deviation(values: readonly number[]): number {
  const centre = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - centre) ** 2)));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
