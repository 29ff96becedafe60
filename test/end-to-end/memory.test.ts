import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createProject, type Project, runCommand } from './command.js';

describe('a flow that makes large values again and again', () => {
  let project: Project;

  beforeAll(async () => {
    project = await createProject({
      'bytes.mjs': `
        export const make = () => new Uint8Array(8 * 1024 * 1024).fill(1);
        export const first = ([byte]) => byte;
        export const peakMb = () => process.resourceUsage().maxRSS / 1024;`,
      'flow.xml': `
        <workflow name="again" maxConcurrency="2">
          <loop id="all" maxIterations="200" onMax="continue">
            <transform:module id="made" src="./bytes.mjs" export="make"/>
            <transform:module id="read" src="./bytes.mjs" export="first" input="made.output"><retry limit="1"/></transform:module>
          </loop>
          <transform:module id="peak" src="./bytes.mjs" export="peakMb" after="all"/>
          <output value="[all.output, peak.output]"/>
        </workflow>`,
    });
  });
  afterAll(() => project.remove());

  it('lets go of those that nobody can read any more', async () => {
    const { code, stdout, stderr } = await runCommand(['run', 'flow.xml', '--quiet', '--no-record'], { cwd: project.folder });
    expect([code, stderr]).toEqual([0, '']);
    const [output, peakMb] = JSON.parse(stdout) as [number, number];
    expect(output).toBe(1);
    // All of them together take 1,600 MiB.
    expect(peakMb).toBeLessThan(1_200);
  }, 240_000);
});
