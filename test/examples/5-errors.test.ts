import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { ExampleFolder, modes } from './example-folder.js';

interface Attempt {
  readonly options: { readonly seed: number };
  readonly attempt: number;
}

const example = new ExampleFolder('5-errors');
const measureUrl = pathToFileURL(`${example.folder}/measure.js`).href;
const { default: measure } = (await import(measureUrl)) as {
  readonly default: (airport: { readonly iata: string }, context: Attempt) => object;
};
afterAll(() => example.remove());

describe.each(modes)('5-errors, mode %s', (mode) => {
  it.each([1, 2])('measures, estimates and gives up as seed %i wants it', async (seed) => {
    const { exitCode, output, events } = await example.run(mode, { seed, airports: 40, allowed: 40 });

    const airports = readAirports(40).map((airport) => ({ ...airport, ...survey(airport.iata, seed) }));
    const count = (wanted: string) => airports.filter(({ ending }) => ending === wanted).length;
    expect({ exitCode, output }).toEqual({
      exitCode: 0,
      output: {
        measured: count('measured'),
        estimated: count('estimated'),
        failed: airports.filter(({ ending }) => ending === 'failed').map(({ name }) => `${name}: the instrument is broken`),
      },
    });
    expect(events.filter(({ type }) => type === 'node.retrying')).toHaveLength(
      airports.reduce((sum, { retries }) => sum + retries, 0),
    );
    expect(example.read('out/wind.csv').trim().split('\n')).toHaveLength(1 + count('measured') + count('estimated'));
  });

  it('fails on purpose, tells of the incident and says goodbye', async () => {
    const { exitCode, output, events } = await example.run(mode, { allowed: 0 });

    const message = expect.stringMatching(/^\d+ of 60 airports have no wind$/);
    expect({ exitCode, output }).toEqual({ exitCode: 1, output: undefined });
    expect(events.at(-1)).toMatchObject({ status: 'failed', error: { code: 'TOO_MANY_GAPS', message } });
    expect(example.readJson('out/incident.json')).toMatchObject({ code: 'TOO_MANY_GAPS', message });
    expect(events.filter(({ nodeId }) => nodeId === 'goodbye').map(({ type }) => type)).toContain('log');
  });

  it('fails when more airports fail than are tolerated', async () => {
    const seed = [...Array(500).keys()].find((candidate) => {
      return readAirports(3).filter(({ iata }) => survey(iata, candidate).ending === 'failed').length === 2;
    });
    const { exitCode, events } = await example.run(mode, { seed, airports: 3 });

    expect(exitCode).toBe(1);
    expect(events.at(-1)).toMatchObject({ status: 'failed', error: { code: 'TOLERATED_FAILURES_EXCEEDED' } });
  });
});

/** What the flow's policy makes of an airport: two more attempts where the instrument is busy, none where it is broken. */
function survey(iata: string, seed: number): { readonly ending: string; readonly retries: number } {
  for (let attempt = 1; ; attempt++) {
    try {
      measure({ iata }, { options: { seed }, attempt });
      return { ending: 'measured', retries: attempt - 1 };
    } catch (error) {
      const isBusy = error instanceof Error && 'code' in error && error.code === 'BUSY';
      if (!isBusy) return { ending: 'failed', retries: attempt - 1 };
      if (attempt === 3) return { ending: 'estimated', retries: 2 };
    }
  }
}

function readAirports(count: number): readonly { readonly iata: string; readonly name: string }[] {
  const lines = example.read('../../node_modules/vega-datasets/data/airports.csv').split('\n');
  return lines.slice(1, count + 1).map((line) => {
    const [iata = '', name = ''] = line.split(',');
    return { iata, name };
  });
}
