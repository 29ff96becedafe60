import spin from './spin.js';

interface Workerpool {
  worker(functions: object): void;
}

// By a name that is not known when this is compiled: the package need not be installed.
const name: string = 'workerpool';
const workerpool: Workerpool = await import(name);
workerpool.worker({ spin });
