/** What other tools call what is here, by what may stand in the place, nearest first. Left out is what has the same name in another category. */
const otherNames: Readonly<Record<string, readonly string[]>> = {
  default: ['otherwise', 'else'],
  otherwise: ['else'],
  else: ['otherwise'],
  case: ['match'],
  when: ['match'],
  switch: ['branch'],
  choice: ['branch'],
  choose: ['branch'],
  for: ['foreach'],
  each: ['foreach'],
  catch: ['fallback', 'on-error'],
  rescue: ['fallback', 'on-error'],
  onerror: ['on-error', 'fallback'],
  always: ['finally'],
  variable: ['set'],
  throw: ['fail'],
  error: ['fail'],
  inputs: ['config'],
  params: ['config'],
  input: ['config'],
  return: ['output'],
  result: ['output'],
  'transform:js': ['transform:module'],
  'transform:ts': ['transform:module'],
  'transform:javascript': ['transform:module'],
  'transform:typescript': ['transform:module'],
  'transform:script': ['transform:module'],
  'transform:code': ['transform:module'],
  'transform:function': ['transform:module'],
  'transform:expression': ['transform:select'],
  'transform:eval': ['transform:select'],
  'transform:jq': ['transform:select'],
  'transform:fold': ['transform:reduce'],
  'transform:unzip': ['transform:decompress'],
  'transform:gunzip': ['transform:decompress'],
  'transform:gzip': ['transform:compress'],
  'transform:zip': ['transform:compress'],
  'source:json': ['source:file'],
  'source:ndjson': ['source:file'],
  'source:csv': ['source:file'],
  'source:text': ['source:file'],
  'source:url': ['source:http'],
  'source:https': ['source:http'],
  'source:const': ['source:value'],
  'source:literal': ['source:value'],
  'sink:console': ['sink:log'],
  'sink:stdout': ['sink:log'],
  'sink:print': ['sink:log'],
  'sink:json': ['sink:file'],
  'sink:csv': ['sink:file'],
};

/** The same for attributes. */
const otherSettings: Readonly<Record<string, readonly string[]>> = {
  times: ['limit'],
  retries: ['limit'],
  attempts: ['limit'],
};

/** The name here of a setting that is called so elsewhere, if it is one of the element's. */
export function settingElsewhere(name: string, allowed: readonly string[]): string | undefined {
  const names = Object.hasOwn(otherSettings, name) ? (otherSettings[name] ?? []) : [];
  return names.find((candidate) => allowed.includes(candidate));
}

/** The name here of what is called so elsewhere, if it may stand in the place. */
export function knownElsewhere(name: string, allowed: readonly string[]): string | undefined {
  const names = Object.hasOwn(otherNames, name) ? (otherNames[name] ?? []) : [];
  return names.find((candidate) => allowed.includes(candidate));
}
