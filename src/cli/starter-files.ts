/** The files of a first project by name: a flow that counts primes on every core, its module, a manifest and a page to read. `dependency`: where npm finds FlowScript. */
export function starterFiles(projectName: string, dependency: string): Readonly<Record<string, string>> {
  return {
    'flow.xml': flow,
    'count-primes.js': module,
    'package.json': `${JSON.stringify(manifest(projectName, dependency), null, 2)}\n`,
    'README.md': readme(projectName),
  };
}

const flow = `<workflow name="count-primes" version="1.0.0">
  <config>
    <param name="upTo" type="number" default="20000000"/>
    <param name="parts" type="number" default="32"/>
  </config>

  <!-- Cut 0..upTo into parts of one size: [{from, to}, …] -->
  <transform:select id="ranges">
    lists.range(config.parts).map(part, {
      "from": math.floor(part * config.upTo / config.parts),
      "to": math.floor((part + 1) * config.upTo / config.parts)
    })
  </transform:select>

  <!-- Count each part on a worker thread, as many at a time as there are cores -->
  <foreach id="counted" items="ranges.output" item="range">
    <transform:module id="count" src="./count-primes.js" input="range"/>
  </foreach>

  <transform:select id="total" input="counted.output">{"upTo": config.upTo, "primes": sum(input)}</transform:select>

  <output value="total.output"/>
</workflow>
`;

const module = `/** How many primes there are from \`from\` up to, without, \`to\`. Runs on a worker thread, many ranges at a time. */
export default function countPrimes({ from, to }) {
  let count = 0;
  for (let n = Math.max(2, from); n < to; n++) {
    if (isPrime(n)) count++;
  }
  return count;
}

function isPrime(n) {
  if (n % 2 === 0) return n === 2;
  for (let divisor = 3; divisor * divisor <= n; divisor += 2) {
    if (n % divisor === 0) return false;
  }
  return true;
}
`;

function manifest(name: string, dependency: string): unknown {
  return {
    name,
    version: '1.0.0',
    private: true,
    type: 'module',
    scripts: { start: 'flowscript run flow.xml', check: 'flowscript validate flow.xml' },
    dependencies: { flowscript: dependency },
  };
}

function readme(name: string): string {
  return `# ${name}

Counts primes, a range per task, on every core.

\`\`\`sh
npm install
npx flowscript run flow.xml                     # the result is JSON on stdout
npx flowscript run flow.xml --set upTo=1000000  # another limit
npx flowscript plan flow.xml                    # what runs, in which order
npx flowscript validate flow.xml                # every fault, with its line
\`\`\`

- \`flow.xml\` says what is computed from what.
- \`count-primes.js\` is the work: a plain function from input to output.

See what else a flow can be made of: \`npx flowscript nodes\`.
`;
}
