import type { Server } from 'node:http';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { ExampleFolder, modes, readDataset } from './example-folder.js';

interface Source {
  readonly name: string;
  readonly url: string;
  readonly server: Server;
}

interface Movie {
  readonly Title: unknown;
  readonly 'Major Genre': string | null;
  readonly 'IMDB Rating': number;
  readonly 'IMDB Votes': number;
}

const genres = ['Drama', 'Comedy', 'Action'];
const example = new ExampleFolder('2-fetch-all');
const serve = pathToFileURL(`${example.folder}/serve.js`).href;
const { startSources } = (await import(serve)) as { readonly startSources: () => Promise<readonly Source[]> };
afterAll(() => example.remove());

const filmsOf = (genre: string) => {
  return (readDataset('movies.json') as readonly Movie[]).filter((movie) => {
    return movie['IMDB Votes'] > 50_000 && movie['Major Genre'] === genre;
  });
};

describe.each(modes)('2-fetch-all, mode %s', async (mode) => {
  const sources = await startSources();
  const { exitCode, output, events } = await example.run(mode, {
    ...Object.fromEntries(sources.map(({ name, url }) => [name, url])),
    top: 7,
  });
  for (const { server } of sources) server.close();

  it('fetches every film of the three sources', () => {
    const [drama, comedy, action] = genres.map((genre) => filmsOf(genre).length);
    expect({ exitCode, output }).toMatchObject({ exitCode: 0, output: { films: { drama, comedy, action }, failed: 0 } });
  });

  it('saves the best of them', () => {
    const scored = genres.flatMap((genre) =>
      filmsOf(genre).map((film) => ({ title: String(film.Title), genre, score: weigh(film) })),
    );
    const best = scored.sort((a, b) => b.score - a.score).slice(0, 7);
    expect(example.readJson('out/best.json')).toMatchObject(best);
    expect(output).toHaveProperty(
      'best',
      best.map(({ title, genre, score }) => `${title} (${genre}) ${score}`),
    );
  });

  it('asks again, once, where it was turned away', () => {
    const turnedAway = genres.map((genre) => Math.ceil(filmsOf(genre).length / 3)).reduce((a, b) => a + b);
    const retries = events.filter(({ type }) => type === 'node.retrying');
    expect(retries).toHaveLength(turnedAway);
    expect(new Set(retries.map(({ path }) => path)).size).toBe(turnedAway);
  });
});

it('2-fetch-all fails with the URL when a source is not there', async () => {
  const [source] = await startSources();
  const { url } = source as Source;
  await new Promise((resolve) => source?.server.close(resolve));
  const { exitCode, events } = await example.run('threads', { drama: url, comedy: url, action: url });

  expect(exitCode).toBe(1);
  expect(events.at(-1)).toMatchObject({ type: 'run.finished', status: 'failed', error: { code: 'HTTP_FAILED' } });
});

function weigh(film: Movie): number {
  const votes = film['IMDB Votes'];
  return Math.round(((film['IMDB Rating'] * votes + 6.3 * 20_000) / (votes + 20_000)) * 100) / 100;
}
