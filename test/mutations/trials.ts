import { askInProcesses } from './check-processes';
import { Check, CHECKS } from './checks';
import { failingTests, Failures, Job } from './jest-runs';
import { specimenOf } from './soundness';
import { SourceDefect } from './source-defect';
import { TemplateDefect } from './template-defect';
import { VARIANTS } from '../checks/variants';

/** A defect, and whom to ask about it: checks by their names, tests by their files. */
export interface Trial<Defect> {
  readonly defect: Defect;
  readonly asked: string[];
}

/** By the name of a defect: those who noticed it, among those asked. */
export type Catches = Map<string, string[]>;

export interface Results {
  readonly ofTemplates: Catches;
  readonly ofSources: Catches;
  readonly seconds: Record<string, number>;
}

export async function tryAll(templates: Trial<TemplateDefect>[], sources: Trial<SourceDefect>[]): Promise<Results> {
  const seconds: Record<string, number> = {};
  const timed = async (part: string, work: () => Promise<void>) => {
    const started = performance.now();
    await work();
    seconds[part] = Math.round((performance.now() - started) / 1000);
    console.log(`${part}: ${seconds[part]} s`);
  };
  const [ofTemplates, ofSources] = [templates, sources].map((trials): Catches => new Map(trials.map(({ defect }) => [defect.name, []])));
  await timed('checks', async () => {
    const askedBy = (check: string) => templates.filter(({ asked }) => asked.includes(check)).map(({ defect }) => defect.name);
    const questions = CHECKS.map(({ name }) => ({ check: name, defects: askedBy(name) }));
    for (const [check, caught] of await askInProcesses(questions)) caught.forEach((name) => ofTemplates.get(name)!.push(check));
  });
  await timed('tests', async () => {
    const jobs: Job[] = [
      ...templates.map(({ defect, asked }) => ({ name: defect.name, template: defect, tests: asked.filter(isTest) })),
      ...sources.map(({ defect, asked }) => ({ name: defect.name, source: defect, tests: asked })),
    ].filter(({ tests }) => tests.length > 0);
    for (const [{ name, template }, failures] of await failuresOf(jobs)) {
      const noticed = [...failures].filter(([, failed]) => failed.length > 0).map(([test]) => test);
      (template ? ofTemplates : ofSources).get(name)!.push(...noticed);
    }
  });
  return { ofTemplates, ofSources, seconds };
}

export function isTest(catcher: string): boolean {
  return catcher.startsWith('test/');
}

/** The defects that a check finds anything in. That proves nothing where it finds something without a defect. */
export async function caughtBy({ name: check, findings }: Check, defects: TemplateDefect[]): Promise<TemplateDefect[]> {
  const variants = new Set(defects.map(({ variant }) => variant));
  const intact = VARIANTS.filter(({ name }) => variants.has(name))
    .map((variant) => ({ ...variant, alter: () => undefined, buildSealed: variant.build }));
  const found = await findings([...intact, ...defects.map(specimenOf)]);
  intact.forEach(({ name }, index) => {
    if (found[index].length > 0) throw new Error(`${check} finds fault with ${name}, which has no defect:\n${found[index].join('\n')}`);
  });
  return defects.filter((_, index) => found[intact.length + index].length > 0);
}

/** What fails in the tests of each job. That proves nothing where it fails without a defect. */
export async function failuresOf(jobs: Job[], run: (jobs: Job[]) => Promise<Failures> = failingTests): Promise<Failures> {
  if (jobs.length === 0) return new Map();
  const intact: Job = { name: 'no defect at all', tests: [...new Set(jobs.flatMap(({ tests }) => tests))] };
  const failures = await run([intact, ...jobs]);
  const broken = [...failures.get(intact)!].filter(([, failed]) => failed.length > 0);
  if (broken.length > 0) throw new Error(`these tests fail without any defect: ${JSON.stringify(Object.fromEntries(broken))}`);
  failures.delete(intact);
  return failures;
}
