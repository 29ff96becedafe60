import {
  copyFileSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import fc from 'fast-check';

/** Changes the files of a folder, all that is in it given. */
export type Damage = (folder: string, files: readonly string[]) => void;

/** Of what the flow leaves behind, so that thousands of files of a cache do not hide the few others. */
const sorts: readonly RegExp[] = [
  ...[/run\.json$/, /outcome\.json$/, /process-\d+\.json$/, /plan\.json$/, /given\.bin$/, /output\.bin$/, /events\.ndjson$/],
  ...[/results[^/]*$/, /decisions[^/]*$/, /failures[^/]*$/, /timings\//, /keys\//, /cache\/index/, /cache\/content/, /./],
];

const place = fc.double({ min: 0, max: 1, noNaN: true });
const target = fc.record({ sort: fc.constantFrom(...sorts), at: place });
type Target = typeof target extends fc.Arbitrary<infer Value> ? Value : never;

function find({ sort, at }: Target, files: readonly string[]): string | undefined {
  const fitting = files.filter((file) => sort.test(file));
  return fitting[Math.min(fitting.length - 1, Math.floor(at * fitting.length))];
}

const bytesPut = fc.oneof(
  fc.uint8Array({ maxLength: 40 }),
  fc.constantFrom('null', '{}', '[]', '"', '0', '\n', '\u0000', '1e999', '}{').map((text) => Buffer.from(text)),
);

type Content = (bytes: Buffer) => Buffer | string;

const cut = place.map(
  (at): Content =>
    (bytes) =>
      bytes.subarray(0, Math.floor(at * bytes.length)),
);
const flip = fc.array(fc.tuple(place, fc.integer({ min: 1, max: 255 })), { minLength: 1, maxLength: 5 }).map(
  (flips): Content =>
    (bytes) => {
      for (const [at, bits] of flips) {
        const index = Math.floor(at * bytes.length);
        if (index < bytes.length) bytes[index] = (bytes[index] ?? 0) ^ bits;
      }
      return bytes;
    },
);
const insert = fc.tuple(place, bytesPut).map(
  ([at, put]): Content =>
    (bytes) => {
      const index = Math.floor(at * bytes.length);
      return Buffer.concat([bytes.subarray(0, index), put, bytes.subarray(index)]);
    },
);
const repeat = fc.tuple(place, place, place).map(
  ([at, from, to]): Content =>
    (bytes) => {
      const [index = 0, start = 0, end = 0] = [at, Math.min(from, to), Math.max(from, to)].map((each) =>
        Math.floor(each * bytes.length),
      );
      return Buffer.concat([bytes.subarray(0, index), bytes.subarray(start, end), bytes.subarray(index)]);
    },
);
const whole = bytesPut.map(
  (put): Content =>
    () =>
      Buffer.from(put),
);

const oddJson = fc.constantFrom<unknown>(
  ...[null, true, 0, -1, 1.5, 1e308, 2 ** 60, '', 'x', '../../..', '__proto__', 'completed', 'running', '\u001B[31m'],
  ...[[], {}, [null], { a: null }, [[]], { length: -1 }, { code: 1, message: {} }, '9'.repeat(5_000), undefined],
);

/** Another value in the place of one, by path; `undefined` takes it out. */
function edited(value: unknown, steps: readonly number[], put: unknown): unknown {
  const [step, ...rest] = steps;
  if (step === undefined || typeof value !== 'object' || value === null) return put;
  const entries = Object.entries(value);
  const at = Math.floor(step * entries.length);
  const changed = entries.map(([key, each], index) => [key, index === at ? edited(each, rest, put) : each] as const);
  return Array.isArray(value) ? changed.map(([, each]) => each) : Object.fromEntries(changed);
}

/** JSON that is JSON still, but for what it says; of several lines one. */
const saysElse = fc.tuple(place, fc.array(place, { maxLength: 4 }), oddJson).map(
  ([at, steps, put]): Content =>
    (bytes) => {
      const text = bytes.toString();
      const lines = text.startsWith('{\n') ? [text] : text.split('\n');
      const index = Math.floor(at * lines.length);
      try {
        lines[index] = JSON.stringify(edited(JSON.parse(lines[index] ?? ''), steps, put)) ?? '';
      } catch {
        lines[index] = JSON.stringify(put) ?? '';
      }
      return lines.join('\n');
    },
);

const content = fc.oneof(cut, flip, insert, repeat, whole, { weight: 4, arbitrary: saysElse });

const rewrite = fc.tuple(target, content).map(
  ([wanted, change]): Damage =>
    (_folder, files) => {
      const file = find(wanted, files);
      if (file !== undefined) writeFileSync(file, change(readFileSync(file)));
    },
);

/** What a file, the folder it is in, and another file come to. */
const acts: Readonly<Record<string, (file: string, other: string) => void>> = {
  gone: remove,
  'gone with its folder': (file) => remove(dirname(file)),
  'a folder': (file) => {
    remove(file);
    mkdirSync(file);
  },
  'a link to itself': (file) => {
    remove(file);
    symlinkSync(file, file);
  },
  'a device': (file) => {
    remove(file);
    symlinkSync('/dev/null', file);
  },
  'a file for its folder': (file) => {
    remove(dirname(file));
    writeFileSync(dirname(file), 'x');
  },
  'another one': (file, other) => copyFileSync(other, file),
  'a second one': (file, other) => {
    const next = basename(file).replace(/\d+(?=\D*$)/, (digits) => String(Number(digits) + 1));
    copyFileSync(other, join(dirname(file), next));
  },
  exchanged: (file, other) => {
    renameSync(file, `${file}.aside`);
    renameSync(other, file);
    renameSync(`${file}.aside`, other);
  },
};

function remove(path: string): void {
  rmSync(path, { recursive: true, force: true });
}

const replace = fc.tuple(target, target, fc.constantFrom(...Object.values(acts))).map(
  ([wanted, from, act]): Damage =>
    (folder, files) => {
      const file = find(wanted, files);
      const other = find(from, files);
      if (file !== undefined && other !== undefined && file !== other && dirname(file) !== folder) act(file, other);
    },
);

/** Ways in which files are spoilt, one after the other. */
export const damages: fc.Arbitrary<readonly Damage[]> = fc.array(fc.oneof({ weight: 3, arbitrary: rewrite }, replace), {
  minLength: 1,
  maxLength: 3,
});

export function spoil(folder: string, all: readonly Damage[]): void {
  for (const damage of all) {
    const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
    const files = names.map((name) => join(folder, name));
    damage(
      folder,
      files.filter((file) => lstatSync(file, { throwIfNoEntry: false })?.isFile() === true),
    );
  }
}
