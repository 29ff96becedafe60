import { describe, expect, it } from 'vitest';
import { unpainted } from '#src/cli/paint.js';
import { renderElement, renderElementList } from '#src/cli/render-element.js';
import type { ElementDescription, SettingDescription } from '../../src/runtimes/settings/describe.js';

const setting = (name: string, more: Partial<SettingDescription> = {}): SettingDescription => ({
  name,
  kind: 'literal',
  type: 'text',
  default: undefined,
  required: false,
  repeated: undefined,
  binds: [],
  description: `The ${name}.`,
  common: false,
  ...more,
});
const log: ElementDescription = {
  element: 'sink:log',
  category: 'sink',
  summary: 'Writes a line.',
  settings: [setting('message', { required: true }), setting('level', { default: 'info' }), setting('id', { common: true })],
  textSetting: 'message',
  open: true,
  output: 'its input',
  example: '<sink:log\n  id="say"/>',
};

describe('renderElement', () => {
  it('shows settings with what they need, output and example', () => {
    expect(renderElement(log, unpainted)).toBe(
      [
        'sink:log  Writes a line.',
        '',
        'Settings',
        '  message  required  The message.',
        '                     text',
        '  level    = info    The level.',
        '                     text',
        '',
        '  Plain text content fills "message".',
        '  Attributes of any other name are taken too.',
        '',
        'As every node',
        '  id         The id.',
        '             text',
        '',
        'Output',
        '  its input',
        '',
        'Example',
        '  <sink:log',
        '    id="say"/>',
      ].join('\n'),
    );
  });

  it('leaves out what an element does not have', () => {
    const bare = { ...log, settings: [], textSetting: undefined, open: false, output: undefined, example: '<break/>' };
    expect(renderElement(bare, unpainted)).toBe('sink:log  Writes a line.\n\nExample\n  <break/>');
  });
});

describe('renderElementList', () => {
  it('groups by category, names in one column', () => {
    const http: ElementDescription = { ...log, element: 'source:http', category: 'source', summary: 'Fetches.' };
    expect(renderElementList([http, log], unpainted).split('\n')).toEqual([
      'source',
      '  source:http  Fetches.',
      '',
      'sink',
      '  sink:log     Writes a line.',
      '',
      'flowscript nodes TYPE tells what one of them takes.',
    ]);
  });
});
