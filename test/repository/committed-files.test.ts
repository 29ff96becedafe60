import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const listed = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' }).split('\0').filter(Boolean);
// A file that is deleted and not yet committed as such is listed still.
const files = listed.filter((file) => existsSync(join(root, file)));

describe('committed files', () => {
  it('are found', () => {
    expect(files).toContain('package.json');
  });

  it.each([
    ['package registry', /https?:\/\/[^\s"'<>)]*(?:\bregistry\b|artifactory|verdaccio|\bnexus\b)|^registry\s*=/im],
    ["folder of somebody's machine", /(?<![\w.~/:@-])\/(?:home|Users|root|work|workspace|mnt)\/[\w.-]+|\b[A-Z]:\\Users\\/],
  ])('name no %s', (_, forbidden) => {
    const found = files.flatMap((file) => {
      const [match] = forbidden.exec(readFileSync(join(root, file), 'utf8')) ?? [];
      return match === undefined ? [] : [`${file}: ${match}`];
    });

    expect(found).toEqual([]);
  });
});

describe('package-lock.json', () => {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const packages = Object.entries<LockEntry>(lock.packages);

  it('names versions and no place to fetch from', () => {
    expect(packages.length).toBeGreaterThan(50);
    expect(packages.filter(([, entry]) => 'resolved' in entry)).toEqual([]);
  });

  it('has a checksum for all that every install fetches', () => {
    const unchecked = packages.filter(
      ([name, { integrity, optional }]) => name !== '' && typeof integrity !== 'string' && optional !== true,
    );

    expect(unchecked.map(([name]) => name)).toEqual([]);
  });

  // `npm ci` refuses a lock without the packages of other platforms, and npm leaves out those that a registry does not have.
  it('knows the packages of every platform', () => {
    const wanted = packages.flatMap(([, { optionalDependencies = {} }]) => Object.keys(optionalDependencies));

    expect(wanted.length).toBeGreaterThan(0);
    expect(wanted.filter((name) => !packages.some(([path]) => path.endsWith(`node_modules/${name}`)))).toEqual([]);
  });

  it('belongs to package.json', () => {
    const { name, version, dependencies, devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

    expect(lock.packages['']).toMatchObject({ name, version, dependencies, devDependencies });
  });
});

interface LockEntry {
  readonly integrity?: string;
  readonly optional?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}
