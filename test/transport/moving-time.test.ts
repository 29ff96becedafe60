import { expect, it } from 'vitest';
import { decode, encode } from '#src/transport/encode.js';
import { type MovingTime, movingTime } from '#src/transport/moving-time.js';

it('tells a listener how long each value took, and only while it listens', () => {
  const heard: number[] = [];
  const listen = (message: unknown) => heard.push((message as MovingTime).ms);
  movingTime.subscribe(listen);
  expect(decode(encode({ a: [1, 2] }))).toEqual({ a: [1, 2] });
  expect(() => encode(() => 1)).toThrow('function');
  movingTime.unsubscribe(listen);
  encode(1);

  expect(heard).toHaveLength(3);
  expect(heard.every((ms) => ms >= 0 && ms < 1000)).toBe(true);
});
