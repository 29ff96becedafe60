/** Types of work nodes that come with FlowScript and run its own code alone: all but those of plugins, and modules. */
export const builtInTypes: ReadonlySet<string> = new Set([
  ...['source:value', 'source:file', 'source:http', 'sink:file', 'sink:http', 'sink:log', 'set', 'fail', 'stub'],
  ...['map', 'filter', 'reduce', 'sort', 'group', 'select', 'template', 'validate', 'parse', 'stringify'].map(transform),
  ...['hash', 'compress', 'decompress'].map(transform),
]);

function transform(name: string): string {
  return `transform:${name}`;
}
