import fc from 'fast-check';

/** The same cases each time, so that a change fails by its own fault alone; a longer look draws its own, and so does `npm run fuzz`. */
if (process.env['FLOWSCRIPT_PROPERTY_RUNS'] === undefined) fc.configureGlobal({ seed: 20_261_126 });
