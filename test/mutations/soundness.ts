import { readFileSync } from 'fs';
import { join } from 'path';
import { ScriptTarget, transpile } from 'typescript';
import { Specimen, synthesized } from './checks';
import { SourceDefect } from './source-defect';
import { damage, TemplateDefect, UNFIT } from './template-defect';
import { VARIANTS, Variant } from '../checks/variants';

const ROOT = join(__dirname, '..', '..');

/** A defect that is stale, or that changes nothing, would count for nothing. */
export function requireSound(templates: TemplateDefect[], sources: SourceDefect[]): void {
  [templates, sources].forEach((defects) => requireNamesOfTheirOwn(defects.map(({ name }) => name)));
  const variants = new Set(templates.map(({ variant }) => variant));
  const intact = new Map(VARIANTS.filter(({ name }) => variants.has(name)).map(({ name, build }) => [name, JSON.stringify(synthesized(build))]));
  for (const defect of templates) {
    if (templateWith(defect) === intact.get(variantOf(defect).name)) fail(`the defect '${defect.name}' changes nothing in ${defect.variant}`);
  }
  requireFound(sources);
  for (const { name, file, find, replace } of sources) {
    const source = readFileSync(join(ROOT, file), 'utf8');
    if (compiled(source) === compiled(source.replace(find, () => replace))) fail(`the defect '${name}' changes nothing in ${file}`);
  }
}

/** Whether the defects of the source still stand in it, which is quick to say. */
export function requireFound(sources: SourceDefect[]): void {
  for (const { name, file, find } of sources) {
    const count = readFileSync(join(ROOT, file), 'utf8').split(find).length - 1;
    if (count !== 1) fail(`the defect '${name}' is stale: ${file} must contain this exactly once:\n${find}`);
  }
}

export function variantOf({ variant }: TemplateDefect): Variant {
  return VARIANTS.find(({ name }) => name === variant) ?? fail(`there is no variant ${variant}`);
}

export function specimenOf(defect: TemplateDefect): Specimen {
  const { name, build, update } = variantOf(defect);
  return {
    name,
    update,
    alter: (scope) => damage(defect, scope),
    build: (scope) => {
      build(scope);
      damage(defect, scope);
    },
    buildSealed: (scope) => {
      build(scope);
      damage(defect, scope, 'intact');
    },
  };
}

function compiled(source: string): string {
  return transpile(source, { target: ScriptTarget.ES2022, removeComments: true });
}

function requireNamesOfTheirOwn(names: string[]): void {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice) fail(`two defects are called '${twice}'`);
}

/** One that CDK does not synthesize is a change, too. */
function templateWith(defect: TemplateDefect): string {
  try {
    return JSON.stringify(synthesized(specimenOf(defect).build));
  } catch (error) {
    const { message } = error as Error;
    return message.startsWith(UNFIT) ? fail(message) : message;
  }
}

function fail(message: string): never {
  throw new Error(message);
}
