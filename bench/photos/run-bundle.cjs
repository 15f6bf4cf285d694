// A cold start: loads the bundle that is named first, has it handle the event that is named second, and says what that took.
const { readFileSync } = require('fs');

const loadedAt = performance.timeOrigin + performance.now();
const before = process.cpuUsage();
const { handler } = require(process.argv[2]);
const { user, system } = process.cpuUsage(before);
handler(JSON.parse(process.argv[3]), { getRemainingTimeInMillis: () => 100_000 }).then((answer) => {
  const [, peakKb] = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'));
  console.log(`ran ${JSON.stringify({ loadedAt, loadCpuMs: (user + system) / 1000, failures: answer.batchItemFailures?.length ?? 0, peakMiB: peakKb / 1024 })}`);
  process.exit();
});
