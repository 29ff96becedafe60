const distances = ['short', 'medium', 'long'];

/**
 * A row for each distance band that has flights in this hour: mean, median and 90th percentile of the delay in minutes, each
 * with its 95% bootstrap interval. The samples depend on seed, hour and band, and on nothing else.
 */
export default function bootstrapHour({ hour, delays, bands }, { options: { resamples, seed } }) {
  return distances.flatMap((distance, band) => {
    const cell = delays.filter((_, flight) => bands[flight] === band);
    if (cell.length === 0) return [];
    const random = createRandom(seed * 1000 + hour * 10 + band);
    return { hour, distance, flights: cell.length, ...estimate(cell, resamples, random) };
  });
}

function estimate(delays, resamples, random) {
  const measure = createMeasure(delays);
  const samples = Array.from({ length: resamples }, () => measure(() => random(delays.length)));
  const measured = measure((position) => position);
  const names = ['mean', 'median', 'p90'];
  const estimates = names.map((name, index) => {
    const values = Float64Array.from(samples, (sample) => sample[index]).sort();
    return { [name]: round(measured[index]), [`${name}Low`]: at(values, 0.025), [`${name}High`]: at(values, 0.975) };
  });
  return Object.assign({}, ...estimates);
}

/** Delays are whole minutes, so percentiles are read off a histogram: no sample is ever sorted. */
function createMeasure(delays) {
  const least = delays.reduce((a, b) => Math.min(a, b));
  const counts = new Uint32Array(delays.reduce((a, b) => Math.max(a, b)) - least + 1);
  return (choose) => {
    counts.fill(0);
    let sum = 0;
    for (let position = 0; position < delays.length; position++) {
      const delay = delays[choose(position)];
      sum += delay;
      counts[delay - least]++;
    }
    return [
      sum / delays.length,
      least + percentile(counts, delays.length * 0.5),
      least + percentile(counts, delays.length * 0.9),
    ];
  };
}

function percentile(counts, rank) {
  let seen = counts[0];
  let index = 0;
  while (seen < rank) seen += counts[++index];
  return index;
}

function at(sorted, share) {
  return round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]);
}

function round(value) {
  return Math.round(value * 10) / 10;
}

/** Whole numbers below a limit, the same ones for the same seed (mulberry32). */
function createRandom(seed) {
  let state = seed | 0;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  };
}
