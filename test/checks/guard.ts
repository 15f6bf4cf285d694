import { CfnResource, IAspect, Mixin, Stack } from 'aws-cdk-lib';
import { AnyPrincipal, PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct, IConstruct, IMixin } from 'constructs';

/** Changes a resource of a construct after it is created, as an organization might for all of its resources. */
export interface Change {
  readonly variant: string;
  /** What the change does: "opens instances to the internet". */
  readonly what: string;
  readonly change: IMixin | ((scope: IConstruct) => void);
  /** The property that the error or the warning names. */
  readonly property: string;
  /** The change exposes nothing: the construct warns, and the synthesis goes on. Else it must fail. */
  readonly isWarning?: boolean;
  /** The resource is shared in the stack, and not a part of the construct. */
  readonly isShared?: boolean;
  /** The text, up to what the property became, as a pattern, if it must be this one. */
  readonly error?: string;
}

export type Props = Record<string, unknown>;

/** Injects props into the L2s that a construct is made of, as an organization might into all of its resources. The template must stay the same. */
export interface Injection {
  readonly variant: string;
  /** What the app would get: "queues without encryption". */
  readonly what: string;
  readonly of: { readonly PROPERTY_INJECTION_ID: string };
  /** @param elsewhere another stack, for resources that the props need */
  readonly props: (own: Props, elsewhere: Stack) => Props;
}

/** Rows of one variant. */
export function inVariant<Row extends { readonly variant: string }>(variant: string, rows: Omit<Row, 'variant'>[]): Row[] {
  return rows.map((row) => ({ variant, ...row }) as Row);
}

/** Both a mixin and an aspect: applies a change to all resources of one type. */
export class ResourceChange<T extends CfnResource> extends Mixin implements IAspect {
  constructor(private readonly type: new (...parameters: any[]) => T, private readonly change: (resource: T) => void) {
    super();
  }

  public supports(construct: IConstruct): construct is T {
    return construct instanceof this.type;
  }

  public applyTo(construct: IConstruct): void {
    if (this.supports(construct)) this.change(construct);
  }

  public visit(node: IConstruct): void {
    this.applyTo(node);
  }
}

/** Adds a statement to a policy that CDK made. */
export function admitEverybody(policy: { readonly policyDocument: unknown }): void {
  const statement = new PolicyStatement({ principals: [new AnyPrincipal()], actions: ['s3:GetObject'], resources: ['*'] });
  (policy.policyDocument as PolicyDocument).addStatements(statement);
}

export const OPEN_POLICY = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' }] };

/** The construct of this id, created when it is first needed. */
export function only<T>(scope: Construct, id: string, type: new (scope: Construct, id: string) => T): T {
  return scope.node.tryFindChild(id) as T ?? new type(scope, id);
}
