import spin from './spin.js';

interface Poolifier {
  readonly ThreadWorker: new (task: (steps: number) => unknown) => object;
}

// By a name that is not known when this is compiled: the package need not be installed.
const name: string = 'poolifier';
const { ThreadWorker }: Poolifier = await import(name);

export default new ThreadWorker(spin);
