import { IConstruct } from 'constructs';

/**
 * What a construct carries under a name, made when it is first asked for. The tree itself carries it, so nothing outlives an app. Two copies of this
 * package in one app find the same, as the name is a symbol that they share.
 */
export function attached<T>(construct: IConstruct, name: string, make: () => T): T {
  if (!isAttached(construct, name)) Object.defineProperty(construct, keyOf(name), { value: make(), enumerable: false });
  return findAttached<T>(construct, name)!;
}

/** What a construct carries under a name, if there is anything. */
export function findAttached<T>(construct: IConstruct, name: string): T | undefined {
  return (construct as unknown as Record<symbol, T | undefined>)[keyOf(name)];
}

function isAttached(construct: IConstruct, name: string): boolean {
  return keyOf(name) in construct;
}

function keyOf(name: string): symbol {
  return Symbol.for(`cdk-mainstay.${name}`);
}
