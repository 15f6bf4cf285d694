import { Aspects, IAspect, Stage } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';

/**
 * What a construct carries under a name, made when it is first asked for. The tree itself carries it, so nothing outlives an app. Two copies of this
 * package in one app find the same, as the name is a symbol that they share.
 */
export function attached<T>(construct: IConstruct, name: string, make: () => T): T {
  if (!(keyOf(name) in construct)) Object.defineProperty(construct, keyOf(name), { value: make(), enumerable: false });
  return findAttached<T>(construct, name)!;
}

/** What a construct carries under a name, if there is anything. */
export function findAttached<T>(construct: IConstruct, name: string): T | undefined {
  return (construct as unknown as Record<symbol, T | undefined>)[keyOf(name)];
}

function keyOf(name: string): symbol {
  return Symbol.for(`cdk-mainstay.${name}`);
}

/** The one aspect of a name for all of a stage, or of an app: one for each construct that asks for it would walk the tree once for each. */
export function sharedAspect<T extends IAspect>(construct: IConstruct, name: string, make: (root: IConstruct) => T): T {
  const root = Stage.of(construct) ?? construct.node.root; // aspects do not enter a stage from outside
  return attached(root, name, () => {
    const aspect = make(root);
    Aspects.of(root).add(aspect);
    return aspect;
  });
}

/** What a construct uses that is outside of it and that others of its app can use, too. */
export interface Claim<T> {
  readonly owner: IConstruct;
  readonly what: T;
}

/**
 * Notes what a construct claims, such as a domain, and finds what others of the app claimed before it. The app carries the list, so nobody has to
 * search the tree for the others.
 *
 * @param kind what is claimed
 * @returns the claims of the others, in the order in which they were made
 */
export function claim<T>(owner: IConstruct, kind: string, what: T): Claim<T>[] {
  const claims = claimsOf<T>(owner, kind);
  const ofOthers = claims.filter((each) => each.owner !== owner && isInTree(each.owner));
  claims.push({ owner, what });
  return ofOthers;
}

/** All claims of a kind in the app of a construct, those that came later included. */
export function claimsOf<T>({ node }: IConstruct, kind: string): Claim<T>[] {
  return attached(node.root, `Claims.${kind}`, () => []);
}

/** Not removed since, by itself or with a scope of it. */
function isInTree(construct: IConstruct): boolean {
  const { scope, id } = construct.node;
  return scope === undefined || (scope.node.tryFindChild(id) === construct && isInTree(scope));
}
