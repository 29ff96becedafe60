import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { pathToFileURL } from 'node:url';

const moviesFile = new URL('../../node_modules/vega-datasets/data/movies.json', import.meta.url);

/**
 * Three HTTP sources on this machine, one for each genre: `/films` lists the films that people voted on, `/ratings/N` tells of
 * one. The first request for every third rating is turned away with status 503. Port 0 takes any free one.
 */
export async function startSources(ports = [0, 0, 0]) {
  const movies = JSON.parse(readFileSync(moviesFile, 'utf8')).filter((movie) => movie['IMDB Votes'] > 50_000);
  const genres = ['Drama', 'Comedy', 'Action'];
  return Promise.all(
    genres.map((genre, index) => {
      const films = movies.filter((movie) => movie['Major Genre'] === genre);
      return startSource(genre, films, ports[index]);
    }),
  );
}

function startSource(genre, movies, port) {
  const asked = new Set();
  const server = createServer((request, response) => {
    const reply = (status, body) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    };
    const { pathname, origin } = new URL(request.url, `http://${request.headers.host}`);
    const number = Number(/^\/ratings\/(\d+)$/.exec(pathname)?.[1]);
    if (pathname === '/films') {
      const films = movies.map(({ Title }, index) => ({ title: String(Title), genre, ratingUrl: `${origin}/ratings/${index}` }));
      reply(200, { films });
    } else if (!movies[number]) {
      reply(404, { error: 'no such film' });
    } else if (number % 3 === 0 && !asked.has(number)) {
      asked.add(number);
      reply(503, { error: 'busy' });
    } else {
      reply(200, { rating: movies[number]['IMDB Rating'], votes: movies[number]['IMDB Votes'] });
    }
  });
  return new Promise((resolve, reject) => {
    server.on('error', reject);
    server.listen(port, '127.0.0.1', () => {
      resolve({ name: genre.toLowerCase(), url: `http://127.0.0.1:${server.address().port}/films`, server });
    });
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  for (const { name, url } of await startSources([8081, 8082, 8083])) console.log(`${name}: ${url}`);
}
