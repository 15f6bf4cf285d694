// What Lambda's runtime does for a function, as far as the photo function needs it: lambda-runtime.js <folder of the bundle>.
const { join } = require('path');

const { handler } = require(join(process.argv[2], 'index.js'));

process.on('message', async ({ event, milliseconds }) => {
  const until = Date.now() + milliseconds;
  process.send({ answer: await handler(event, { getRemainingTimeInMillis: () => until - Date.now() }) });
});
process.on('disconnect', () => process.exit());
process.send('ready');
