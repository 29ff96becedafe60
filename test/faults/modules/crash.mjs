// Functions that do what breaks pools.
import { threadId } from 'node:worker_threads';

export const exit = () => process.exit(3);
export const exitAtFive = (input) => (input % 5 === 0 ? process.exit(3) : input);
export const echo = (input) => input;
export const thread = () => threadId;

export const throwNull = () => {
  throw null;
};
export const throwFunction = () => {
  throw () => 'thrown';
};
export const throwSymbol = () => {
  throw Symbol('thrown');
};
export const throwOddCause = () => {
  throw new RangeError('odd', { cause: { undo: () => undefined } });
};
export const returnFunction = () => ({ rows: [{ save: () => undefined }] });
export const returnDeep = (input) => {
  let value = null;
  for (let level = 0; level < input; level++) value = [value];
  return value;
};
export const hoard = () => {
  const all = [];
  for (;;) all.push({ text: String(all.length).repeat(20) });
};
export const lateThrow = (input) => {
  setTimeout(() => {
    throw new Error('too late');
  }, 10);
  return input;
};
export const lateRejection = (input) => {
  setTimeout(() => void Promise.reject(new Error('too late')), 10);
  return input;
};
export const pause = (input) => new Promise((resolve) => setTimeout(resolve, 100, input));
export const setGlobal = () => {
  globalThis.leftBehind = (globalThis.leftBehind ?? 0) + 1;
  return globalThis.leftBehind;
};
export const throwCustom = () => {
  class QuotaError extends Error {
    name = 'QuotaError';
    code = 'E_QUOTA';
    limit = new Map([['calls', 5n]]);
  }
  throw new QuotaError('no more', { cause: new TypeError('root') });
};
export const large = () => Array.from({ length: 5_000 }, (_, n) => ({ n }));
export const bytes = () => new Float64Array(20_000).fill(1.5);
