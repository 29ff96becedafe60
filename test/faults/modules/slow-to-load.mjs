// Takes its time to load, as a module with many imports does.
for (const end = performance.now() + 400; performance.now() < end; );

export default (input) => input;
