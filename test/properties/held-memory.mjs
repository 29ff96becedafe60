import v8 from 'node:v8';
import vm from 'node:vm';

v8.setFlagsFromString('--expose-gc');
const collectGarbage = vm.runInNewContext('gc');

/** Bytes of objects and buffers that this thread keeps. */
export default function () {
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

export const rows = () => ({ rows: Array.from({ length: 60_000 }, (_, id) => ({ id, name: `row ${id}` })) });
