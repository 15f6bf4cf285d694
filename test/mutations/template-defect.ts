import { CfnResource, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct, IConstruct } from 'constructs';

/** One thing that is wrong in the resources of one variant. */
export interface TemplateDefect {
  readonly name: string;
  readonly variant: string;
  /** The path below the construct; where a variant has nothing there, it cannot have the defect. */
  readonly at: string;
  readonly change: (resource: any) => void;
  /** Of one that no check catches: what would. */
  readonly wouldBeCaughtBy?: string;
}

/** Puts the defect into every construct of its kind in a scope. */
/** @param seals whether the constructs may notice it themselves, which would hide it from the checks */
export function damage({ variant, at, change, name }: TemplateDefect, scope: IConstruct, seals: 'intact' | 'broken' = 'broken'): void {
  if (seals === 'broken') scope.node.findAll().forEach(({ node }) => Object.assign(node, { _validations: undefined }));
  const [kind] = variant.split('-');
  for (const construct of scope.node.findAll().filter((candidate) => candidate.constructor.name === kind && !isPart(candidate))) {
    const resource = at.split('/').reduce<IConstruct | undefined>((found, id) => found?.node.tryFindChild(id), construct);
    if (!resource) continue;
    try {
      change(resource);
    } catch (error) {
      throw new Error(`${UNFIT} ${resource.node.path}: '${name}': ${(error as Error).message}`);
    }
  }
}

/** Begins the message of a defect that is itself defective, which no check may claim to have caught. */
export const UNFIT = 'this defect does not fit';

/** The queue of a photo archive is none of the defects of queues. */
function isPart(construct: IConstruct): boolean {
  return construct.node.scopes.slice(0, -1).some((scope) => Construct.isConstruct(scope) && scope.constructor.name === 'ThumbnailToWasabi');
}

type Statement = Record<string, any>;

/** The statements of a policy as they would be synthesized, changed; `undefined` drops one. */
export function statements(change: (statement: Statement) => Statement | undefined, property = 'policyDocument'): (policy: any) => void {
  return (policy) => {
    const document = Stack.of(policy).resolve(policy[property]);
    policy[property] = { ...document, Statement: document.Statement.map(change).filter(Boolean) };
  };
}

export function added(...statement: ConstructorParameters<typeof PolicyStatement>): (policy: any) => void {
  return (policy) => policy.document.addStatements(new PolicyStatement(...statement));
}

export const withoutDenial = statements((statement) => (statement.Effect === 'Deny' ? undefined : statement));

export const unset = (...properties: string[]) => (resource: any) => {
  for (const property of properties) resource[property] = undefined;
};

export const override = (path: string, value: unknown) => (resource: CfnResource) => resource.addPropertyOverride(path, value);
