import { ThreadWorker } from 'poolifier';
import spin from './spin.js';

export default new ThreadWorker<number, number>((steps = 1) => spin(steps));
