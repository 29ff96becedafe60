import fc from 'fast-check';

/** A random flow whose result is the same however it is run: no races, no fail-fast, no clock. */
export const randomFlow: fc.Arbitrary<RandomFlow> = fc
  .tuple(fc.integer({ min: 0, max: 2 ** 31 - 1 }), fc.integer({ min: 1, max: 12 }))
  .map(([seed, size]) => new FlowWriter(seed, size).write());

export interface RandomFlow {
  readonly body: string;
  readonly seed: number;
}

/** What a node being written may read. */
interface Sight {
  /** Ids of nodes whose output is a number or null. */
  readonly ids: string[];
  readonly names: readonly string[];
  readonly depth: number;
}

class FlowWriter {
  readonly #seed: number;
  readonly #size: number;
  #state: number;
  #count = 0;

  constructor(seed: number, size: number) {
    this.#seed = seed;
    this.#state = seed;
    this.#size = size;
  }

  write(): RandomFlow {
    const sight: Sight = { ids: [], names: ['run.input'], depth: 0 };
    const nodes = Array.from({ length: this.#size }, () => this.#node(sight));
    return { body: `<set name="v" value="1"/>${nodes.join('\n')}`, seed: this.#seed };
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
    if (ids.length > 0 && this.#draw(3) > 0) {
      const id = this.#pick(ids);
      return `(type(${id}.output) == double ? ${id}.output : size(json.stringify(${id}.output)))`;
    }
    return this.#draw(2) ? this.#pick(names) : String(this.#draw(9));
  }

  #node(sight: Sight): string {
    const makers =
      sight.depth < 3
        ? [this.#select, this.#module, this.#set, this.#parallel, this.#foreach, this.#if, this.#loop]
        : [this.#select, this.#module, this.#set];
    return this.#pick(makers).call(this, sight);
  }

  #select(sight: Sight): string {
    const id = this.#id();
    const text = `<transform:select id="${id}">${this.#read(sight)} + ${this.#read(sight)} * 2 + (has(vars.v) ? 1 : 0)</transform:select>`;
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
    const scope = sight.depth === 0 ? this.#pick(['node', 'workflow']) : 'node';
    return `<set name="v" value="${this.#read(sight)}" scope="${scope}"/>`;
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
    sight.ids.push(id, ...branches.flatMap(({ inner }) => inner.ids.filter((inside) => !sight.ids.includes(inside))));
    return `<parallel id="${id}" ${settings}>${branches.map(({ text }) => `<branch>${text}</branch>`).join('')}</parallel>`;
  }

  #foreach(sight: Sight): string {
    const id = this.#id();
    const { text } = this.#body(sight, [`x${id}`, `i${id}`]);
    const settings = `batch="${this.#pick(['auto', '1', '3'])}" ${this.#pick(['maxConcurrency="2"', ''])} onError="continue"`;
    const items = `lists.range(${this.#draw(8)}).map(e, e + ${this.#read(sight)})`;
    sight.ids.push(id);
    return `<foreach id="${id}" items="${items}" item="x${id}" index="i${id}" ${settings}>${text}</foreach>`;
  }

  #if(sight: Sight): string {
    const id = this.#id();
    const [yes, no] = [this.#body(sight), this.#body(sight)];
    const condition = `${this.#read(sight)} % 2 == 0`;
    sight.ids.push(id);
    return `<if id="${id}" condition="${condition}"><then>${yes.text}</then><else>${no.text}</else></if>`;
  }

  #loop(sight: Sight): string {
    const id = this.#id();
    const { text } = this.#body(sight, ['index']);
    const breaking = this.#draw(2) ? `<break when="${this.#read(sight)} % 3 == 0"/>` : '';
    sight.ids.push(id);
    return `<loop id="${id}" maxIterations="${1 + this.#draw(3)}" onMax="continue">${text}${breaking}</loop>`;
  }
}
