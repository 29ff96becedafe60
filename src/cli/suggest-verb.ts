/** What to tell someone who gave a flow file where a verb belongs; `undefined` when the arguments are no such slip. */
export function suggestVerb(args: readonly string[], verbs: readonly string[]): string | undefined {
  const [first] = args;
  if (first === undefined || verbs.includes(first) || first.startsWith('-') || !/\.xml$|[\\/]/.test(first)) return undefined;
  return `error: "${first}" is no command\n  help: To run a flow: flowscript run ${args.join(' ')}\n`;
}
