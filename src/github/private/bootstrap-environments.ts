import { Token } from 'aws-cdk-lib';

/** Throws where what is given does not name environments, as a role of the bootstrap by such a name is nobody's. What is not known is taken. */
export function requireEnvironments(where: string, accounts: string[] | undefined, regions: string[] | undefined): void {
  requireAll(where, 'accounts', accounts, /^\d{12}$/, 'ids of accounts, with 12 digits each', 'write the id instead of a name');
  requireAll(where, 'regions', regions, /^[a-z]{2,4}(-[a-z]+)+-\d{1,2}$/, 'names of regions, as in eu-central-1', 'write the code of the region');
}

function requireAll(where: string, prop: string, list: string[] | undefined, pattern: RegExp, what: string, advice: string): void {
  if (list === undefined) return;
  if (Token.isUnresolved(list)) throw new Error(`${where}: '${prop}' must be a list known at synthesis, got a token: each item is used by itself`);
  if (list.length === 0) throw new Error(`${where}: '${prop}' must have at least one, got none: leave it out for that of the stack`);
  const others = list.filter((item) => !Token.isUnresolved(item) && !pattern.test(item));
  if (others.length > 0) throw new Error(`${where}: '${prop}' must be ${what}, got ${others.map(String).join(', ')}: ${advice}`);
}
