import { readFileSync } from 'fs';
import { join } from 'path';
import { DEPLOYED, UNDEPLOYED } from './app';
import { CHECKS } from './checks';
import { Gaps, IGNORED, LACKING, UNREADABLE } from './gaps';
import { ReadBack } from './read-back';
import { UNPROVEN } from './unproven';
import { ROOT } from '../emulator/repository';

export const PAGE = join(ROOT, 'docs', 'what-is-proven.md');
export const COMMAND = 'REWRITE_DOCS=true npm test -- life';

const EMULATOR = join(ROOT, 'test', 'emulator');

/** The page, of everything that was read back in one run. */
export function provenPage(readBacks: ReadBack[]): string {
  return `# What is proven, and what is not

<!-- Written by \`${COMMAND}\` from what that run read back. -->

AWS itself was never asked: no test of this repository talks to AWS or to Wasabi, so nothing here proves that they accept a stack. Every construct, in every
variant of \`test/checks/variants.ts\`, is instead tested by the checks below. Each proves something that the others do not.

${table(['check', 'what it proves', 'what it cannot'], CHECKS)}

## Lifecycle tests in the emulated account

Each variant, but for those that are named below, is a stack that the real CDK CLI deploys into the [emulated account](decisions/emulated-account.md), MiniStack ${ministackVersion()}, with a second one as the
store. Each property of each resource in the template is then compared with what the service's own API answers. One prop is updated and everything is
compared again: what holds data must be the same resource, and the objects in its buckets must still be there. At last everything is destroyed. What the template
retains must still be there as it was, and nothing else, in the account and in the store.

Equal means that the service has the value and reports it, not that it acts on it. What the emulator does not act on is
[listed there](decisions/emulated-account.md#what-is-not-emulated-or-not-enforced), too.

${table(['resource type', 'read back equal', 'equal, by our bridge', 'accepted, and ignored', 'not readable'], rows(readBacks))}

Why a property is ignored:

${reasons(IGNORED)}

Why it is not readable:

${reasons(UNREADABLE)}

**Types that the emulator lacks:** ${LACKING.map(code).join(', ')}. So these variants are not deployed, and what is above does not hold for them:
${UNDEPLOYED.map(({ name }) => code(name)).join(', ')}.

What it lacks of some others is bridged by \`test/emulator/account.py\`, test-only and by the emulator's own functions:
the bridged properties of \`AWS::S3::Bucket\`, and encryption and recovery of \`AWS::DynamoDB::Table\`, which it drops otherwise; \`AWS::IAM::AccessKey\` and
\`AWS::IAM::OIDCProvider\`, which only its IAM has; and any \`AWS::CloudWatch::Alarm\` on metric math, which it refuses.

## What was updated

${table(['variant', 'changed after the first deployment'], DEPLOYED.map(({ name, update }) => [name, Object.keys(update).map(code).join(', ')]))}

A prop that is not in this table was never changed in a deployed stack.

${unprovenSection()}`;
}

/** What to look at in a first deployment. */
export function unprovenSection(): string {
  return `## What only a real account can tell

AWS documents these not at all, or not for the case, so that they are what we believe. Look at them in a first deployment.
${Object.entries(UNPROVEN).map(([construct, listed]) => `
### ${construct}

${table(['we believe that', 'else'], listed.map(({ belief, otherwise }) => [belief, otherwise]))}
`).join('')}`;
}

function rows(readBacks: ReadBack[]): string[][] {
  const bridged = bridgedProperties();
  const types = [...new Set(readBacks.map(({ resource }) => resource.type))].sort();
  return types.map((type) => {
    const ofType = readBacks.filter(({ resource }) => resource.type === type);
    const names = (chosen: (readBack: ReadBack) => boolean) => [...new Set(ofType.filter(chosen).map(({ property }) => property))].sort().map(code).join(', ');
    const isBridged = ({ property }: ReadBack) => type === 'AWS::S3::Bucket' && bridged.includes(property);
    return [
      code(type),
      names((one) => one.outcome === 'equal' && !isBridged(one)),
      names((one) => one.outcome === 'equal' && isBridged(one)),
      names(({ outcome }) => outcome === 'different'),
      names(({ outcome }) => outcome === 'unreadable'),
    ];
  });
}

function reasons(gaps: Gaps): string {
  return Object.entries(gaps)
    .flatMap(([type, properties]) => Object.entries(properties).map(([property, reason]) => `- ${code(property)} of ${code(type)}: ${reason}.`))
    .join('\n');
}

function table(head: string[], body: string[][]): string {
  return [head, head.map(() => '---'), ...body].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function code(text: string): string {
  return `\`${text}\``;
}

function ministackVersion(): string {
  return firstGroups(join(EMULATOR, 'requirements.txt'), /^ministack==(.+)$/gm)[0];
}

/** Those of AWS::S3::Bucket that account.py puts there. */
function bridgedProperties(): string[] {
  return firstGroups(join(EMULATOR, 'account.py'), /^ {4}"(\w+)": \(\w+, s3\._put/gm);
}

function firstGroups(file: string, pattern: RegExp): string[] {
  const found = [...readFileSync(file, 'utf8').matchAll(pattern)].map(([, group]) => group);
  if (found.length === 0) throw new Error(`${file} has nothing that looks like ${pattern}`);
  return found;
}
