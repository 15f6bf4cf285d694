import { Template } from 'aws-cdk-lib/assertions';

interface Resource {
  readonly Type: string;
  readonly DependsOn?: string | string[];
  readonly [attribute: string]: unknown;
}

/** The graph of a template: which resource CloudFormation creates, updates and deletes after which. */
export class WaitsFor {
  private readonly resources: Record<string, Resource>;

  constructor(template: Template) {
    this.resources = template.toJSON().Resources;
  }

  /** The resources of a type, or those with a logical id, by a pattern of either. */
  public ids(pattern: RegExp): string[] {
    return Object.entries(this.resources).filter(([id, { Type }]) => pattern.test(Type) || pattern.test(id)).map(([id]) => id);
  }

  /** All that a resource waits for, directly or not. */
  public of(id: string): Set<string> {
    const awaited = new Set<string>();
    const visit = (one: string) => this.direct(one).filter((next) => !awaited.has(next)).forEach((next) => {
      awaited.add(next);
      visit(next);
    });
    visit(id);
    return awaited;
  }

  /** Resources that wait for themselves, which CloudFormation refuses. */
  public circles(): string[] {
    return Object.keys(this.resources).filter((id) => this.of(id).has(id));
  }

  private direct(id: string): string[] {
    const { DependsOn = [], ...resource } = this.resources[id];
    return [...[DependsOn].flat(), ...references(resource)].filter((name) => name in this.resources);
  }
}

function references(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(references);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => {
    if (key === 'Ref') return [item as string];
    if (key === 'Fn::GetAtt') return [(Array.isArray(item) ? item[0] : String(item).split('.')[0]) as string];
    if (key === 'Fn::Sub') return [...namesIn(Array.isArray(item) ? item[0] : item), ...references(item)];
    return references(item);
  });
}

function namesIn(text: string): string[] {
  return [...text.matchAll(/\$\{([^!.}]+)[^}]*\}/g)].map(([, name]) => name);
}
