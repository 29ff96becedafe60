import { describe, expect, it } from 'vitest';
import { TaskCosts } from '#src/dispatch/auto-costs.js';
import { Habit } from '#src/dispatch/auto-habit.js';
import { predictMain, predictWorker } from '#src/dispatch/auto-model.js';
import { expectPlace, familyOf } from '#src/dispatch/auto-nodes.js';
import { call, expression, node } from './build.js';

const alone = { items: 1, isShared: false };
const many = { items: 1, isShared: true };

describe('expectPlace', () => {
  const select = node('a', 'transform:select', { expression: expression('1') });
  it.each([
    ['an expression', [select], 'main-first'],
    ['user code', [node('a', 'transform:module', { src: './a.js' })], 'worker-first'],
    ['a type of a plugin', [call('a', 'echo')], 'worker-first'],
    ['a source that waits', [node('a', 'source:http', {})], 'worker-first'],
    ['an expression beside user code', [select, call('b', 'echo')], 'worker-first'],
    ['user code with a timeout', [call('a', 'echo', {}, { timeoutMs: 10 })], 'worker'],
    ['an expression with a timeout', [{ ...select, timeoutMs: 10 }], 'worker'],
  ] as const)('%s', (_what, nodes, place) => {
    expect(expectPlace(nodes)).toBe(place);
  });
});

describe('familyOf', () => {
  const module = (id: string, settings: object) =>
    node(id, 'transform:module', { src: './a.js', export: 'default', ...settings });
  const select = (id: string, text: string) => node(id, 'transform:select', { expression: expression(text) });

  it('is one for one function, whatever its id and options', () => {
    expect(familyOf([module('a', { options: { n: 1 } })])).toBe(familyOf([module('b', { options: { n: 2 } })]));
    expect(familyOf([module('a', {})])).not.toBe(familyOf([module('a', { export: 'other' })]));
  });

  it('is one for one expression', () => {
    expect(familyOf([select('a', 'input + 1')])).toBe(familyOf([select('b', 'input + 1')]));
    expect(familyOf([select('a', 'input + 1')])).not.toBe(familyOf([select('a', 'input + 2')]));
  });
});

describe('the model', () => {
  it.each([0.01, 0.1, 1, 10])('keeps %d ms of work here when nothing runs beside it', (workMs) => {
    expect(predictMain(workMs, alone, undefined)).toBeLessThan(predictWorker(workMs, alone, 2, undefined));
  });

  it.each([
    [0.01, 'main'],
    [0.05, 'main'],
    [0.3, 'worker'],
    [5, 'worker'],
  ])('%d ms of work among others belongs in: %s', (workMs, place) => {
    const main = predictMain(workMs, many, undefined);
    expect(main < predictWorker(workMs, many, 2, undefined) ? 'main' : 'worker').toBe(place);
  });

  it('counts the copying that was measured in one place for the other too', () => {
    expect(predictMain(1, alone, 11)).toBeGreaterThan(10);
    expect(predictWorker(1, alone, 2, 11)).toBeGreaterThan(10);
  });
});

describe('Habit', () => {
  const decideOne = (habit: Habit, expected: { main: number; worker: number }, items = 1) =>
    habit.decide({ run: 'run', expected, predicted: expected, items, lookTasks: 1 });
  const decideMany = (habit: Habit, expected: { main: number; worker: number }, times: number) =>
    Array.from({ length: times }, () => {
      const place = habit.decide({ run: 'run', expected, predicted: expected, items: 1, lookTasks: 4 });
      habit.learn(place, expected[place], 1);
      return place;
    });

  it('takes the better place, and spends little on looking at the other', () => {
    const places = decideMany(new Habit(), { main: 1, worker: 3 }, 5_000);
    const looks = places.filter((place) => place === 'worker').length;
    expect(looks).toBeGreaterThan(0);
    expect((looks * (3 - 1)) / 5_000).toBeLessThan(0.03);
  });

  it('looks at the other place several tasks in a row', () => {
    const places = decideMany(new Habit(), { main: 1, worker: 1.5 }, 2_000);
    expect(places.join(' ')).toMatch(/main worker worker worker worker main/);
    expect(places.join(' ')).not.toMatch(/main worker main/);
  });

  it('moves after a look that promised more than next to nothing, and never without one', () => {
    const placesAt = (worker: number) => {
      const habit = new Habit();
      decideMany(habit, { main: 1, worker: 1.2 }, 50);
      return decideMany(habit, { main: 1, worker }, 400);
    };
    expect(placesAt(0.98).at(-1)).toBe('main');
    expect(placesAt(0.8).at(-1)).toBe('worker');
    const habit = new Habit();
    expect(decideOne(habit, { main: 1, worker: 2 })).toBe('main');
    expect(decideOne(habit, { main: 1, worker: 0.5 })).toBe('main');
  });

  it('looks soon at first, and then more and more seldom', () => {
    const places = decideMany(new Habit(), { main: 1, worker: 1.2 }, 4_000);
    const looks = places.flatMap((place, at) => (place === 'worker' && places[at - 1] !== 'worker' ? [at] : []));
    expect(looks[0]).toBeLessThan(20);
    const gaps = looks.slice(1).map((at, index) => at - (looks[index] as number));
    expect(gaps.slice(0, 3)).toEqual(gaps.slice(0, 3).toSorted((a, b) => a - b));
    expect(gaps.at(-1)).toBeGreaterThan(4 * (looks[0] as number));
  });

  it('is not kept from another early look by a first one that found cold code', () => {
    const habit = new Habit();
    decideMany(habit, { main: 1, worker: 10 }, 40);
    const places = decideMany(habit, { main: 1, worker: 0.6 }, 120);
    expect(places.at(-1)).toBe('worker');
  });

  it('looks no earlier at a place that even the model has no hope for', () => {
    expect(decideMany(new Habit(), { main: 1, worker: 10 }, 400)).not.toContain('worker');
  });

  it('stays where it is after a look that told nothing', () => {
    const habit = new Habit();
    const places = Array.from({ length: 60 }, () => {
      const prospect = { expected: { main: 1, worker: 0.5 }, predicted: { main: 1, worker: 2 }, items: 1, lookTasks: 4 };
      const place = habit.decide({ run: 'run', ...prospect });
      if (place === 'main') habit.learn(place, 1, 1);
      return place;
    });
    expect(places).toContain('worker');
    expect(places.join(' ')).not.toMatch(/(worker ){5}/);
    expect(places.filter((place) => place === 'main').length).toBeGreaterThan(30);
  });

  it('takes a change back that was none for the better', () => {
    const habit = new Habit();
    decideMany(habit, { main: 1, worker: 1.2 }, 50);
    const places = [...decideMany(habit, { main: 1, worker: 0.8 }, 60)];
    expect(places.at(-1)).toBe('worker');
    const changed = new Habit();
    decideMany(changed, { main: 1, worker: 1.2 }, 1);
    // A look of four, and the message that it moved.
    for (let inRow = 0; inRow < 5; ) inRow = decideMany(changed, { main: 1, worker: 0.8 }, 1)[0] === 'worker' ? inRow + 1 : 0;
    expect(decideMany(changed, { main: 1, worker: 1.3 }, 8).at(-1)).toBe('main');
  });

  it('begins in the place that the model says, not in the one whose code is cold', () => {
    const prospect = {
      run: 'run',
      expected: { main: 0.5, worker: 5 },
      predicted: { main: 0.5, worker: 0.3 },
      items: 1,
      lookTasks: 1,
    };
    expect(new Habit().decide(prospect)).toBe('worker');
  });

  it('takes what a look in the middle of a run has told so far', () => {
    const habit = new Habit(32);
    const places = Array.from({ length: 400 }, () => {
      habit.enter('run', 1);
      const expected = { main: 1, worker: habit.measured.worker.or(0.9) };
      const place = habit.decide({ run: 'run', expected, predicted: { main: 1, worker: 1.1 }, items: 1, lookTasks: 16 });
      habit.learn(place, place === 'main' ? 1 : 2, 1);
      return place;
    });
    expect(places).toContain('worker');
    expect(places.at(-1)).toBe('main');
  });

  it('compares short runs as wholes', () => {
    const habit = new Habit(16);
    const placesOf = Array.from({ length: 40 }, (_, run) => {
      const places = Array.from({ length: 8 }, () => {
        habit.enter(`run ${run}`, 1);
        const expected = { main: 1, worker: 1.2 };
        const place = habit.decide({ run: `run ${run}`, expected, predicted: expected, items: 1, lookTasks: 16 });
        habit.learn(place, expected[place], 1);
        return place;
      });
      return new Set(places);
    });
    expect(placesOf.every((places) => places.size === 1)).toBe(true);
    expect(placesOf.filter((places) => places.has('worker')).length).toBeGreaterThan(0);
    expect(placesOf.filter((places) => places.has('worker')).length).toBeLessThan(5);
  });

  it('takes runs that go on at one time for what they are', () => {
    const habit = new Habit(32);
    const places = Array.from({ length: 2_000 }, (_, message) => {
      habit.enter(`run ${message % 2}`, 1);
      const expected = { main: 1, worker: 1.2 };
      const place = habit.decide({ run: `run ${message % 2}`, expected, predicted: expected, items: 1, lookTasks: 16 });
      habit.learn(place, expected[place], 1);
      return place;
    });
    const switches = places.filter((place, at) => at > 0 && place !== places[at - 1]);
    expect(switches.length).toBeGreaterThan(0);
    expect(switches.length).toBeLessThan(20);
  });

  it('counts no more for a look at a short run than the run takes', () => {
    const firstLookOf = (messages: number) => {
      const habit = new Habit(32);
      for (let run = 0; run < 40; run++) {
        for (let message = 0; message < messages; message++) {
          habit.enter(`run ${run}`, 100);
          const expected = { main: 1, worker: 1.2 };
          const place = habit.decide({ run: `run ${run}`, expected, predicted: expected, items: 100, lookTasks: 16 });
          if (place === 'worker') return run;
          habit.learn(place, expected[place] * 100, 100);
        }
      }
      return undefined;
    };
    expect([4, 8, 16].map(firstLookOf)).toEqual([1, 1, 1]);
  });

  it('begins no look in the middle of a run that would end before the look', () => {
    const messagesOf = (run: string, count: number, habit: Habit) =>
      Array.from({ length: count }, () => {
        habit.enter(run, 1);
        const place = habit.decide({
          run,
          expected: { main: 1, worker: 1.2 },
          predicted: { main: 1, worker: 1.2 },
          items: 1,
          lookTasks: 8,
        });
        habit.learn(place, 1, 1);
        return place;
      });
    for (const messages of [18, 20, 23, 30, 40]) {
      const habit = new Habit(16);
      for (let run = 0; run < 40; run++) {
        const places = messagesOf(`run ${run}`, messages, habit);
        const looked = places.filter((place) => place === 'worker').length;
        // How long a run is, the first one tells.
        if (run > 0) expect([0, 8]).toContain(looked);
      }
    }
  });

  it('forgets what came before there was a choice, where messages count in groups', () => {
    const rateOf = (habit: Habit) => {
      for (let time = 0; time < 40; time++) habit.learn('worker', 9, 1);
      habit.enter('run', 1);
      return habit.measured.worker.or(1);
    };
    expect(rateOf(new Habit(32))).toBe(1);
    expect(rateOf(new Habit())).toBe(9);
  });

  it('does not take small messages for a look', () => {
    const habit = new Habit();
    for (let time = 0; time < 20; time++) habit.learn('main', 100, 100);
    expect(decideOne(habit, { main: 1, worker: 1.2 }, 10)).toBe('main');
    expect(decideOne(habit, { main: 1, worker: 1.2 }, 90)).toBe('worker');
  });

  it('measures a rate over tasks and items', () => {
    const habit = new Habit();
    for (let time = 0; time < 10; time++) habit.learn('worker', 8, 4);
    expect(habit.measured.worker.or(100)).toBeCloseTo(2);
    expect(habit.measured.main.or(100)).toBe(100);
  });

  it('is not put off by one sample that took a hundred times as long', () => {
    const habit = new Habit();
    for (let time = 0; time < 30; time++) habit.learn('main', 1, 1);
    habit.learn('main', 100, 1);
    expect(habit.measured.main.or(0)).toBeLessThan(1.3);
  });

  it('charges none of several messages under way for what the others took', () => {
    const habit = new Habit(4);
    for (const [ms, items] of [
      [16, 1],
      [0, 15],
      [16, 15],
      [0, 1],
    ] as const)
      habit.learn('main', ms, items);
    expect(habit.measured.main.or(0)).toBeCloseTo(1);
  });
});

describe('TaskCosts', () => {
  const proved = () => {
    const costs = new TaskCosts(2);
    for (let time = 0; time < 8; time++) costs.learnWork(1, 1, 1);
    return costs;
  };

  it('takes eight items as proof of being short', () => {
    const costs = new TaskCosts(2);
    costs.learnWork(7, 7, 1);
    expect(costs.isProvedShort).toBe(false);
    costs.learnWork(1, 1, 1);
    expect(costs.isProvedShort).toBe(true);
  });

  it.each([
    ['a little late once', [20], true],
    ['a little late twice', [20, 20], false],
    ['long once', [100], false],
    ['somewhat long all the time', Array.from({ length: 20 }, () => 7), false],
  ])('that were %s', (_what, lengths, isShort) => {
    const costs = proved();
    for (const ms of lengths) costs.learnWork(ms, 1, ms);
    expect(costs.isProvedShort).toBe(isShort);
  });

  it('that came once among many items were not', () => {
    const costs = proved();
    for (let time = 0; time < 20; time++) costs.learnWork(20, 80, 15);
    expect(costs.isProvedShort).toBe(true);
  });

  it('forgives after a while', () => {
    const costs = proved();
    costs.learnWork(100, 1, 100);
    for (let time = 0; time < 60; time++) costs.learnWork(1, 1, 1);
    expect(costs.isProvedShort).toBe(true);
  });
});
