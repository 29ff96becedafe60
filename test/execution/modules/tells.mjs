/** Functions that tell the secret they were given, each in its own way. */

export function error(_input, { secrets, options }) {
  const token = secrets.TOKEN;
  const failure = new RangeError(`refused ${token}`, { cause: new Error(`because of ${encodeURIComponent(token)}`) });
  failure.code = options.code;
  failure.body = { echoed: [token, Buffer.from(`me:${token}`).toString('base64')] };
  throw failure;
}

export function value(_input, { secrets }) {
  throw secrets.TOKEN;
}

export function object(_input, { secrets }) {
  throw { message: `an object with ${secrets.TOKEN}`, [secrets.TOKEN]: secrets.TOKEN };
}

export function several(_input, { secrets }) {
  throw new AggregateError([new Error(`one ${secrets.TOKEN}`), new Error(`two ${secrets.TOKEN}`)], `both ${secrets.TOKEN}`);
}

export function aloud(_input, { secrets, log, progress }) {
  log(`the token is ${secrets.TOKEN}!`, 'warn');
  log(JSON.stringify({ secrets }));
  progress(secrets.TOKEN);
  console.log('printed', secrets.TOKEN);
  console.error('printed on stderr', secrets);
  return { token: secrets.TOKEN };
}

/** Lets an error escape once the task has ended. */
export function later(_input, { secrets }) {
  setTimeout(() => {
    throw new Error(`too late ${secrets.TOKEN}`);
  });
  return 1;
}

/** Waits for what `later` left behind. */
export function pause() {
  return new Promise((resolve) => setTimeout(resolve, 50));
}

/** Every second item. */
export function some(n, { secrets }) {
  return n % 2 === 0 ? n : { n, header: `Bearer ${secrets.TOKEN}`, basic: Buffer.from(`me:${secrets.TOKEN}`).toString('base64') };
}

/** Says that it is there, and waits until it is told to stop. */
export function never(_input, { log, signal }) {
  log('here');
  return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
}
