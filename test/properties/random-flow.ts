import fc from 'fast-check';

/** What a random flow is made from: small, so that a failure is two numbers and not a page of XML. */
export interface FlowSeed {
  readonly seed: number;
  readonly size: number;
}

export const flowSeed: fc.Arbitrary<FlowSeed> = fc.record({
  seed: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
  size: fc.integer({ min: 1, max: 10 }),
});

/** A flow whose result is the same however it is run: no races, no fail-fast, no clock. */
export function writeFlow({ seed, size }: FlowSeed): string {
  return new FlowWriter(seed, size).write();
}

/** What a node being written may read. */
interface Sight {
  /** Ids of nodes whose output is a number or null. */
  readonly ids: string[];
  readonly names: readonly string[];
  readonly depth: number;
}

class FlowWriter {
  readonly #size: number;
  #state: number;
  #count = 0;

  constructor(seed: number, size: number) {
    this.#state = seed;
    this.#size = size;
  }

  write(): string {
    const sight: Sight = { ids: [], names: ['run.input'], depth: 0 };
    const nodes = Array.from({ length: this.#size }, () => this.#node(sight));
    return `<set name="v" value="1"/>${nodes.join('\n')}`;
  }

  /** Mulberry32: one seed, one flow, so that a failure is one number. */
  #draw(below: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  }

  #pick<T>(values: readonly T[]): T {
    return values[this.#draw(values.length)] as T;
  }

  #id(): string {
    this.#count += 1;
    return `n${this.#count}`;
  }

  /** A number, whatever the node gave. */
  #read({ ids, names }: Sight): string {
    if (ids.length > 0 && this.#draw(9) === 0) {
      return `size(json.stringify(nodes[${this.#pick(ids.map((id) => `'${id}'`))} + ''].output))`;
    }
    if (ids.length > 0 && this.#draw(3) > 0) {
      const id = this.#pick(ids);
      return `(type(${id}.output) == double ? ${id}.output : size(json.stringify(${id}.output)))`;
    }
    return this.#draw(2) ? this.#pick(names) : String(this.#draw(9));
  }

  #node(sight: Sight): string {
    const leaves = [this.#select, this.#module, this.#set];
    const blocks = [this.#parallel, this.#foreach, this.#if, this.#branch, this.#loop, this.#while, this.#phase];
    const mayNest = sight.depth < 3 && this.#count < 40;
    return this.#pick(mayNest ? [...leaves, ...blocks] : leaves).call(this, sight);
  }

  #condition(sight: Sight): string {
    return `${this.#read(sight)} % 2 == 0`;
  }

  /** Sometimes a condition, and sometimes a name that is computed. */
  #when(sight: Sight): string {
    return this.#draw(4) === 0 ? `when="${this.#condition(sight)}"` : '';
  }

  #select(sight: Sight): string {
    const id = this.#id();
    const text = `<transform:select id="${id}" ${this.#when(sight)}>${this.#read(sight)} + ${this.#read(sight)} * 2 + (has(vars.v) ? 1 : 0)</transform:select>`;
    sight.ids.push(id);
    return text;
  }

  /** Changes its input, and fails for some numbers; the fallback answers then. */
  #module(sight: Sight): string {
    const id = this.#id();
    const input = `{'n': ${this.#read(sight)}, 'list': [${this.#read(sight)}, {'deep': ${this.#read(sight)}}]}`;
    const guard = this.#draw(2) ? '<retry limit="1" delay="1ms"/>' : '';
    const text = `<transform:module id="${id}" src="MODULE" input="${input}">${guard}<fallback><transform:select id="${id}f">error.message</transform:select></fallback></transform:module>`;
    sight.ids.push(id);
    return text;
  }

  #set(sight: Sight): string {
    const scope = this.#pick(['node', 'phase', 'workflow']);
    return `<set name="v" value="${this.#read(sight)}" scope="${scope}" ${this.#when(sight)}/>`;
  }

  #body(sight: Sight, names: readonly string[] = []): { text: string; inner: Sight } {
    const inner: Sight = { ids: [...sight.ids], names: [...sight.names, ...names], depth: sight.depth + 1 };
    const text = Array.from({ length: 1 + this.#draw(3) }, () => this.#node(inner)).join('');
    return { text, inner };
  }

  #parallel(sight: Sight): string {
    const id = this.#id();
    const branches = Array.from({ length: 1 + this.#draw(4) }, () => this.#body(sight, ['branch']));
    const settings = `${this.#pick(['maxConcurrency="1"', 'maxConcurrency="3"', ''])} conflict="${this.#pick(['first', 'last', 'list'])}" onError="${this.#pick(['wait', 'continue'])}"`;
    const arms = branches.map(
      ({ text }) => `<branch ${this.#when({ ...sight, names: [...sight.names, 'branch'] })}>${text}</branch>`,
    );
    sight.ids.push(id, ...branches.flatMap(({ inner }) => inner.ids.filter((inside) => !sight.ids.includes(inside))));
    return `<parallel id="${id}" ${settings}>${arms.join('')}</parallel>`;
  }

  #foreach(sight: Sight): string {
    const id = this.#id();
    const { text } = this.#body(sight, [`x${id}`, `i${id}`]);
    const settings = `batch="${this.#pick(['auto', '1', '3'])}" ${this.#pick(['maxConcurrency="2"', ''])} onError="continue" conflict="${this.#pick(['first', 'last', 'list'])}"`;
    const items = `lists.range(${this.#draw(8)}).map(e, e + ${this.#read(sight)})`;
    sight.ids.push(id);
    return `<foreach id="${id}" items="${items}" item="x${id}" index="i${id}" ${settings}>${text}</foreach>`;
  }

  #if(sight: Sight): string {
    const id = this.#id();
    const [yes, no] = [this.#body(sight), this.#body(sight)];
    const settings = `condition="${this.#condition(sight)}" ${this.#when(sight)}`;
    sight.ids.push(id);
    return `<if id="${id}" ${settings}><then>${yes.text}</then><else>${no.text}</else></if>`;
  }

  #loop(sight: Sight): string {
    const id = this.#id();
    const { text } = this.#body(sight, ['index']);
    const breaking = this.#draw(2) ? `<break when="${this.#read(sight)} % 3 == 0"/>` : '';
    sight.ids.push(id);
    return `<loop id="${id}" maxIterations="${1 + this.#draw(3)}" onMax="continue">${text}${breaking}</loop>`;
  }

  #branch(sight: Sight): string {
    const id = this.#id();
    const matches = Array.from(
      { length: 1 + this.#draw(2) },
      () => `<match when="${this.#condition(sight)}">${this.#body(sight).text}</match>`,
    );
    const otherwise = this.#draw(2) ? `<otherwise>${this.#body(sight).text}</otherwise>` : '';
    sight.ids.push(id);
    return `<branch id="${id}">${matches.join('')}${otherwise}</branch>`;
  }

  #while(sight: Sight): string {
    const id = this.#id();
    const condition = `index &lt; ${this.#draw(4)}`;
    const { text } = this.#body(sight, ['index']);
    sight.ids.push(id);
    return `<while id="${id}" condition="${condition}" maxIterations="9">${text}</while>`;
  }

  #phase(sight: Sight): string {
    const inner: Sight = { ids: sight.ids, names: sight.names, depth: sight.depth + 1 };
    const nodes = Array.from({ length: 1 + this.#draw(2) }, () => this.#node(inner));
    return `<phase name="ph${this.#draw(2)}">${nodes.join('')}</phase>`;
  }
}
