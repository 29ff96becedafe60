/** Upper ends of the distance bands, in miles. */
const bandEnds = [500, 1500, Infinity];

/**
 * Turns the JSON text of `{delay, distance, time}` records into columns, a chunk for each hour of the day:
 * `{hour, delays: Int16Array, bands: Uint8Array}`, in the order of hours.
 */
export default function toColumns(bytes, { options: { every } }) {
  const flights = JSON.parse(new TextDecoder().decode(bytes)).filter((_, index) => index % every === 0);
  const sizes = new Uint32Array(24);
  for (const { time } of flights) sizes[Math.floor(time)]++;
  const chunks = Array.from(sizes, (size, hour) => ({ hour, delays: new Int16Array(size), bands: new Uint8Array(size) }));
  const filled = new Uint32Array(24);
  for (const { delay, distance, time } of flights) {
    const hour = Math.floor(time);
    const position = filled[hour]++;
    chunks[hour].delays[position] = delay;
    chunks[hour].bands[position] = bandEnds.findIndex((end) => distance < end);
  }
  return chunks;
}
