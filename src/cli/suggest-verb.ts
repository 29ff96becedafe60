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

/** `-mode` is `-m ode` to a shell's user of long standing, and `--mode` to whoever writes it. */
export function suggestDashes(args: readonly string[], longOptions: readonly string[]): Slip | undefined {
  const meant = args.find((word) => word.length > 2 && longOptions.includes(`-${word.split('=', 1)[0]}`));
  if (meant === undefined) return undefined;
  return {
    message: `unknown option '${meant}'`,
    hint: `Did you mean -${meant}? Options of more than one letter take two dashes.`,
  };
}

/** What to do where a verb got more words than it takes: a space for an equals sign, most often. */
export function adviceOnExcess(args: readonly string[]): string | undefined {
  const at = args.findIndex((word, index) => {
    const [name, value] = [args[index + 1], args[index + 2]];
    return (
      ['--set', '-s'].includes(word) && name !== undefined && !name.includes('=') && value !== undefined && !value.startsWith('-')
    );
  });
  return at < 0 ? undefined : `  help: Write --set ${args[at + 1]}=${args[at + 2]}, without a space around the =.`;
}
