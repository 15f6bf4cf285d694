import { Token } from 'aws-cdk-lib';

interface WholeNumberRule {
  /** The construct path, or the class for a value object, that the reader of the error looks for. */
  readonly where: string;
  readonly prop: string;
  readonly value: number;
  readonly least: number;
  readonly most?: number;
  readonly unit?: string;
  /** What to do about it, where the range alone does not say. */
  readonly hint?: string;
}

/**
 * Throws unless the value is a whole number in the range. Tokens pass: their value is known only when deployed.
 */
export function requireWholeNumber({ where, prop, value, least, most, unit, hint }: WholeNumberRule): void {
  if (Token.isUnresolved(value)) return;
  if (Number.isInteger(value) && value >= least && (most === undefined || value <= most)) return;
  const allowed = most === undefined ? `at least ${least}` : `between ${least} and ${most}`;
  throw new Error(`${where}: '${prop}' must be a whole number${unit ? ` of ${unit}` : ''} ${allowed}, got ${value}${hint ? `: ${hint}` : ''}`);
}
