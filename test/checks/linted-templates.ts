import { LintFinding } from './cfn-lint';
import { LINT_EXCEPTIONS, LintException } from './lint-exceptions';
import { ACCOUNT, REGIONS, regionsOf, templateOf } from './templates';
import { Variant } from './variants';

/** A template, and the regions whose rules it is linted by. */
export interface LintedTemplate {
  readonly name: string;
  readonly variant: string;
  readonly regions: string[];
  readonly template: object;
}

export interface LintedFinding {
  readonly template: LintedTemplate;
  readonly finding: LintFinding;
  readonly excepted?: LintException;
}

/** Linted by the rules of all regions that the variant can be in. */
export function templatesOfAnyRegion(variants: Variant[]): LintedTemplate[] {
  return variants.map((variant) => linted(variant.name, regionsOf(variant), templateOf(variant), 'agnostic'));
}

/**
 * The templates that a region makes different: not those that are the template for any region with the region's words in place of the pseudo parameters, as
 * that is linted by the rules of all regions. Where two regions of one partition make the same one, it is linted once, by the rules of both.
 */
export function templatesOfRegions(variants: Variant[]): LintedTemplate[] {
  return variants.flatMap((variant) => {
    const agnostic = templateOf(variant);
    const found = new Map<string, LintedTemplate>();
    for (const region of regionsOf(variant)) {
      const { partition } = REGIONS[region];
      const template = templateOf(variant, region);
      if (textOf(inRegion(template, region)) === textOf(inRegion(agnostic, region))) continue;
      const key = `${partition} ${textOf(template).replaceAll(region, 'REGION')}`;
      const same = found.get(key);
      found.set(key, linted(variant.name, [...same?.regions ?? [], region], same?.template ?? template, same?.regions[0] ?? region));
    }
    return [...found.values()];
  });
}

function linted(variant: string, regions: string[], template: object, suffix: string): LintedTemplate {
  return { name: `${variant}.${suffix}.template.json`, variant, regions, template };
}

function textOf(template: unknown): string {
  return JSON.stringify(template);
}

/** The template with what its pseudo parameters are in a region, and joined texts as one. */
export function inRegion(template: unknown, region: string): any {
  const { partition, urlSuffix } = REGIONS[region];
  const values: Record<string, string> = { 'AWS::Region': region, 'AWS::Partition': partition, 'AWS::URLSuffix': urlSuffix, 'AWS::AccountId': ACCOUNT };
  const resolved = (part: any): any => {
    if (Array.isArray(part)) return part.map(resolved);
    if (part === null || typeof part !== 'object') return part;
    if (Object.keys(part).length === 1 && values[part.Ref]) return values[part.Ref];
    const inside = Object.fromEntries(Object.entries(part).map(([key, value]) => [key, resolved(value)]));
    return Array.isArray(inside['Fn::Join']?.[1]) ? joined(inside['Fn::Join'] as [string, unknown[]]) : inside;
  };
  return resolved(template);
}

function joined([separator, parts]: [string, unknown[]]): unknown {
  const together = parts.reduce<unknown[]>((done, part) => {
    const last = done.at(-1);
    return typeof part === 'string' && typeof last === 'string' ? [...done.slice(0, -1), `${last}${separator}${part}`] : [...done, part];
  }, []);
  return together.length === 1 ? together[0] : { 'Fn::Join': [separator, together] };
}

/** Whose template each finding is in, and which exception it falls under. */
export function findingsIn(templates: LintedTemplate[], findings: LintFinding[], exceptions = LINT_EXCEPTIONS): LintedFinding[] {
  return findings.map((finding) => {
    const template = templates.find(({ name }) => name === finding.Filename)!;
    const excepted = exceptions.find(({ construct, region, rule, about, ofAnyRegion }) => (!ofAnyRegion || template.regions.length > 1) &&
      template.variant.split('-')[0] === construct && rule === finding.Rule.Id && finding.Message.includes(about) && finding.Message.includes(`'${region}'`));
    return { template, finding, excepted };
  });
}

/** The exceptions that none of the findings needs. */
export function unneeded(findings: LintedFinding[], exceptions = LINT_EXCEPTIONS): LintException[] {
  return exceptions.filter((exception) => !findings.some(({ excepted }) => excepted === exception));
}
