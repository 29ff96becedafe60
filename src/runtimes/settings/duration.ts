const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const words = /^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+$/;
const word = /(\d+(?:\.\d+)?)(ms|s|m|h|d)/g;
const iso = /^P(?:(\d+(?:\.\d+)?)D)?(?:T(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?)?$/i;

/**
 * A duration in milliseconds, or `undefined` for text that is none. Takes `500ms`, `30s`, `5m`, `2h`, `1d`, several of them in a row (`1h30m`),
 * and ISO 8601 of days and smaller (`PT30S`, `P1DT12H`). Never rounds up to more than was written: fractions of a millisecond are dropped.
 */
export function parseDuration(text: string): number | undefined {
  if (words.test(text))
    return whole([...text.matchAll(word)].reduce((sum, [, amount, unit]) => sum + Number(amount) * (unitMs[unit ?? ''] ?? 0), 0));
  const match = iso.exec(text);
  if (match === null || !/\d[A-Z]$/i.test(text)) return undefined;
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = match.slice(1).map((part) => Number(part ?? 0));
  return whole(((days * 24 + hours) * 60 + minutes) * 60_000 + seconds * 1000);
}

/** Binary fractions make 1.1s 1100.0000000000001 ms. */
function whole(ms: number): number {
  return Math.floor(Number(ms.toPrecision(15)));
}
