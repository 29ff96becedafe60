import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { mainFile } from './command.js';

const flow = new URL('fixtures/twenty-faults.xml', import.meta.url).pathname;

describe('a flow with more than twenty faults of different kinds', () => {
  it('is told all of them at once, each with its line and column', () => {
    const { status, stdout } = spawnSync(process.execPath, [mainFile, 'validate', '--json', flow], { encoding: 'utf8' });
    const { files } = JSON.parse(stdout) as { files: { faults: { code: string; source: { line: number; column: number } }[] }[] };
    const told = files[0]?.faults.map(({ code, source }) => `${source.line}:${source.column} ${code}`);
    expect(status).toBe(2);
    expect(told).toEqual([
      '1:25 FLOW_SETTING_UNKNOWN',
      '2:52 FLOW_SETTING_INVALID',
      '3:50 FLOW_SETTING_INVALID',
      '4:3 FLOW_ELEMENT_UNKNOWN',
      '5:59 FLOW_EXPRESSION_SYNTAX',
      '6:43 FLOW_EXPRESSION_TYPE',
      '7:39 FLOW_REFERENCE_UNKNOWN',
      '8:40 FLOW_REFERENCE_UNKNOWN',
      '9:25 FLOW_ID_DUPLICATE',
      '10:25 FLOW_ID_INVALID',
      '11:3 FLOW_SETTING_MISSING',
      '12:30 FLOW_REFERENCE_UNKNOWN',
      '12:44 FLOW_REFERENCE_UNKNOWN',
      '13:55 FLOW_SETTING_INVALID',
      '14:3 FLOW_SETTING_INVALID',
      '16:13 FLOW_CONFLICT',
      '16:75 FLOW_REFERENCE_UNKNOWN',
      '18:81 FLOW_EXPRESSION_TYPE',
      '19:3 FLOW_CYCLE',
      '21:48 FLOW_EXPRESSION_SYNTAX',
      '22:40 FLOW_SETTING_INVALID',
      '23:18 FLOW_REFERENCE_UNKNOWN',
    ]);
  });
});
