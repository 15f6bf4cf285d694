// `npm run bench:synthesis`: what 60 SecureQueues cost to synthesize, against the same resources by hand; writes bench/synthesis.md.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureLibrary, ensureNodeModules, ROOT } from '../scripts/install.mjs';

const QUEUES = 60;
const REPETITIONS = 21;
const GOAL = 1.5;

await ensureNodeModules();
await ensureLibrary();
process.env.CDK_VALIDATION = 'false'; // the same second of WASM for both

const require = createRequire(import.meta.url);
const { App, ArnFormat, Duration, RemovalPolicy, Stack } = require('aws-cdk-lib');
const { Alarm, ComparisonOperator, Stats, TreatMissingData } = require('aws-cdk-lib/aws-cloudwatch');
const { Queue, QueueEncryption, RedrivePermission } = require('aws-cdk-lib/aws-sqs');
const { SecureQueue } = require('../lib/index.js');
const { version } = JSON.parse(readFileSync(join(ROOT, 'node_modules/aws-cdk-lib/package.json'), 'utf8'));

/** What somebody writes who wants the same, and knows how. */
function byHand(stack, id) {
  const queueName = `${id}-queue`;
  const secured = { encryption: QueueEncryption.SQS_MANAGED, enforceSSL: true, removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE };
  const deadLetterQueue = new Queue(stack, `${id}DeadLetterQueue`, { ...secured, retentionPeriod: Duration.days(14) });
  deadLetterQueue.node.defaultChild.redriveAllowPolicy = {
    redrivePermission: RedrivePermission.BY_QUEUE,
    sourceQueueArns: [stack.formatArn({ service: 'sqs', resource: queueName, arnFormat: ArnFormat.NO_RESOURCE_NAME })],
  };
  const queue = new Queue(stack, `${id}Queue`, {
    ...secured,
    queueName,
    visibilityTimeout: Duration.seconds(30),
    retentionPeriod: Duration.days(4),
    deadLetterQueue: { queue: deadLetterQueue, maxReceiveCount: 3 },
  });
  const metric = { period: Duration.minutes(1), statistic: Stats.MAXIMUM };
  new Alarm(stack, `${id}DeadLetterAlarm`, {
    alarmDescription: `${id}: dead letters`,
    metric: deadLetterQueue.metricApproximateNumberOfMessagesVisible(metric),
    threshold: 1,
    comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    evaluationPeriods: 1,
    treatMissingData: TreatMissingData.NOT_BREACHING,
  });
  new Alarm(stack, `${id}AgeAlarm`, {
    alarmDescription: `${id}: old messages`,
    metric: queue.metricApproximateAgeOfOldestMessage(metric),
    threshold: 900,
    comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
    evaluationPeriods: 1,
    treatMissingData: TreatMissingData.NOT_BREACHING,
  });
}

const ways = { ours: (stack, id) => new SecureQueue(stack, id), byHand };

function synthesize(build) {
  const outdir = mkdtempSync(join(tmpdir(), 'bench-'));
  try {
    const before = process.cpuUsage();
    const app = new App({ outdir });
    const stack = new Stack(app, 'Stack');
    for (let i = 0; i < QUEUES; i++) build(stack, `Jobs${i}`);
    const { template } = app.synth().getStackByName('Stack');
    const { user, system } = process.cpuUsage(before); // other work of the machine does not count
    return { milliseconds: (user + system) / 1000, types: Object.values(template.Resources).map(({ Type }) => Type).sort().join() };
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

const types = Object.values(ways).map((build) => synthesize(build).types); // and warm
if (types[0] !== types[1]) throw new Error(`not the same resources: ${types.join('\n')}`);
const runs = { ours: [], byHand: [] };
for (let i = 0; i < REPETITIONS; i++) for (const [name, build] of Object.entries(ways)) runs[name].push(synthesize(build).milliseconds);

const sorted = (name) => runs[name].sort((a, b) => a - b);
const at = (name, quantile) => sorted(name)[Math.round((REPETITIONS - 1) * quantile)];
const row = (title, name) => `| ${title} | ${[0.5, 0.25, 0.75].map((quantile) => at(name, quantile).toFixed(0)).join(' | ')} |`;
const ratio = at('ours', 0.5) / at('byHand', 0.5);
writeFileSync(join(ROOT, 'bench/synthesis.md'), `# What synthesis costs

Written by \`npm run bench:synthesis\`, which no test depends on. ${QUEUES} queues in one stack, ${types[0].split(',').length} resources, the same types in both;
milliseconds of processor time, ${REPETITIONS} repetitions of each in turn in one warm process.

| | median | lower quartile | upper quartile |
|---|---|---|---|
${row('`SecureQueue`', 'ours')}
${row('L2s by hand', 'byHand')}

Ours over by hand, medians: **${ratio.toFixed(2)}**; the goal is at most ${GOAL}: ${ratio <= GOAL ? 'met' : 'NOT MET'}.

Measured with aws-cdk-lib ${version}, without its CloudFormation validator, on Node.js ${process.versions.node}, ${cpus().length} × ${cpus()[0].model.trim()}.
`);
console.log(readFileSync(join(ROOT, 'bench/synthesis.md'), 'utf8'));
