// Piscina loads its worker file with require(). Of an ES module that is a synchronous link, and ending the thread in the middle of
// one aborts the whole process; import() can be ended at any time.
const worker = import('./worker.js');
worker.catch(() => {
  // The first request tells why.
});

module.exports = async (request: Parameters<typeof import('./worker.js')['default']>[0]) => (await worker).default(request);
