/** What is wrong with the arguments, and a way on. */
export interface Slip {
  readonly message: string;
  readonly hint: string;
}

/** What to tell someone who gave a flow file where a verb belongs, or asks for help with what is none; `undefined` when the arguments are no such slip. */
export function suggestVerb(args: readonly string[], verbs: readonly string[]): Slip | undefined {
  const [first, second] = args;
  if (first === 'help' && second !== undefined && !second.startsWith('-') && !verbs.includes(second)) {
    return { message: `there is no command "${second}" to help with`, hint: 'flowscript --help lists what there is.' };
  }
  if (first === undefined || verbs.includes(first) || first.startsWith('-') || !/\.xml$|[\\/]/.test(first)) return undefined;
  return { message: `"${first}" is no command`, hint: `To run a flow: flowscript run ${args.join(' ')}` };
}
