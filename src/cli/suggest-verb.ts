/** What to tell someone who gave a flow file where a verb belongs, or asks for help with what is none; `undefined` when the arguments are no such slip. */
export function suggestVerb(args: readonly string[], verbs: readonly string[]): string | undefined {
  const [first, second] = args;
  if (first === 'help' && second !== undefined && !verbs.includes(second)) {
    return `error: there is no command "${second}" to help with\n  help: flowscript --help lists what there is.\n`;
  }
  if (first === undefined || verbs.includes(first) || first.startsWith('-') || !/\.xml$|[\\/]/.test(first)) return undefined;
  return `error: "${first}" is no command\n  help: To run a flow: flowscript run ${args.join(' ')}\n`;
}
