/**
 * The number that `convert` makes of a duration or size. A token it cannot convert: CloudFormation does not calculate.
 */
export function requireUnit(where: string, prop: string, factory: string, convert: () => number): number {
  try {
    return convert();
  } catch {
    throw new Error(`${where}: '${prop}' must be made by ${factory} where its value is a token, which cannot be converted`);
  }
}
