/**
 * The wind at an airport, if its instrument is in the mood: some are busy (code `BUSY`, worth another try), a few are broken.
 * What happens is drawn from seed, airport and attempt, so that it happens again in the next run.
 */
export default function measure({ iata }, { options: { seed }, attempt }) {
  if (draw(`${seed} ${iata} broken`) < 0.08) throw new Error('the instrument is broken');
  if (draw(`${seed} ${iata} busy ${attempt}`) < 0.4) {
    throw Object.assign(new Error('the instrument is busy'), { code: 'BUSY' });
  }
  return { iata, wind: Math.round(draw(`${seed} ${iata} wind`) * 30), source: 'instrument', attempts: attempt };
}

/** A number from 0 up to 1 that a text always gives (FNV-1a, mixed). */
function draw(text) {
  let hash = 0x811c9dc5;
  for (const character of text) hash = Math.imul(hash ^ character.codePointAt(0), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39);
  return ((hash ^ (hash >>> 15)) >>> 0) / 2 ** 32;
}
