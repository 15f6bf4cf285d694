import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { basename, join } from 'path';
import { App, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { UNFIT } from './template-defect';
import { Alter, brokenRules, Scene, unprovenParts } from '../checks/access-rules';
import { lint } from '../checks/cfn-lint';
import { fixedNames, partitionsIn } from '../checks/partition-and-names';
import { postureFindings } from '../checks/posture';
import { losses, RECORD, StatefulResources, statefulResources } from '../checks/stability';
import { Variant } from '../checks/variants';
import { synthesizeStrictly } from '../newest/cloudformation';
import { photoScenes } from '../photos/thumbnail-to-wasabi.access';
import { queueScenes } from '../queue/secure-queue.access';

/** A variant, intact or with a defect. */
export interface Specimen extends Variant {
  /** What `build` does to a sound variant: for checks that build stacks of their own. */
  readonly alter: Alter;
  /** Where the constructs may notice the defect themselves: src/shared/sealed.ts */
  readonly buildSealed: Variant['build'];
}

/** Something that reports what is wrong in the resources of a construct. */
export interface Check {
  /** As its test file in test/checks is named, if it has one. */
  readonly name: string;
  readonly findings: (specimens: Specimen[]) => Promise<string[][]>;
}

/** From the quickest to the slowest. */
export const CHECKS: Check[] = [
  { name: 'synthesis', findings: each(({ buildSealed }) => overriddenGuarantees(buildSealed)) },
  { name: 'partition-and-names', findings: each(({ build }) => [...partitionsIn(synthesized(build)), ...fixedNames(synthesized(build))]) },
  { name: 'stability', findings: each(lossesOf) },
  { name: 'posture', findings: each(({ build }) => postureFindings(build)) },
  { name: 'cfn-lint', findings: lintFindings },
  { name: 'cloudformation', findings: each(throwing(({ build }) => quietly(() => synthesizeStrictly(build)))) },
  { name: 'least-privilege', findings: each(accessFindings) },
];

/** One after the other. A check that throws has found something, unless the message says that the defect itself does not fit. */
function each(find: (specimen: Specimen) => string[] | Promise<string[]>): Check['findings'] {
  return async (specimens) => {
    const findings: string[][] = [];
    for (const specimen of specimens) {
      findings.push(await Promise.resolve().then(() => find(specimen)).catch(({ message }: Error) => {
        if (message.includes(UNFIT)) throw new Error(message);
        return [message];
      }));
    }
    return findings;
  };
}

function throwing(run: (specimen: Specimen) => unknown): (specimen: Specimen) => string[] {
  return (specimen) => {
    run(specimen);
    return [];
  };
}

/** The validator also prints what it throws. */
function quietly(run: () => void): void {
  const write = process.stderr.write;
  process.stderr.write = () => true;
  try {
    run();
  } finally {
    process.stderr.write = write;
  }
}

export function synthesized(build: (stack: Stack) => void): object {
  const stack = new Stack(new App(), 'Stack');
  build(stack);
  return Template.fromStack(stack).toJSON();
}

/** What the construct itself reports: an error, which is thrown, or the warning that something overrides what it guarantees. */
function overriddenGuarantees(build: (stack: Stack) => void): string[] {
  const stack = new Stack(new App(), 'Stack');
  build(stack);
  return Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp('cdk-mainstay:GuaranteeOverridden')).map(({ entry }) => `${entry.data}`);
}

function lossesOf(specimen: Specimen): string[] {
  const recorded: StatefulResources = JSON.parse(readFileSync(RECORD, 'utf8'));
  return losses({ [specimen.name]: recorded[specimen.name] }, statefulResources([specimen]));
}

/** Errors, as warnings do not fail the check. All templates at once: it takes seconds to start. */
async function lintFindings(specimens: Specimen[]): Promise<string[][]> {
  const folder = mkdtempSync(join(tmpdir(), 'templates-'));
  try {
    const files = specimens.map(({ build }, index) => {
      const file = join(folder, `${index}.template.json`);
      writeFileSync(file, JSON.stringify(synthesized(build)));
      return file;
    });
    const errors = (await lint(files)).filter(({ Level }) => Level === 'Error');
    return files.map((file) => errors.filter(({ Filename }) => basename(Filename) === basename(file)).map(({ Rule, Message }) => `${Rule.Id} ${Message}`));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The scenes that can be built of altered resources. */
const SCENES_OF: Record<string, (alter: Alter) => Scene[]> = { SecureQueue: queueScenes, ThumbnailToWasabi: photoScenes };

/** The first scene in which something is not as it is said to be is enough: a scene takes a second. */
async function accessFindings({ name, alter }: Specimen): Promise<string[]> {
  const [kind] = name.split('-');
  for (const scene of SCENES_OF[kind]?.(alter) ?? []) {
    const findings = [...await brokenRules(scene.rules, scene.template), ...await unprovenParts(scene)];
    if (findings.length > 0) return findings;
  }
  return [];
}
