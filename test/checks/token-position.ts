import { Construct } from 'constructs';

/** A position that a token may stand in, as the assembly names it: `Props.prop` or `Class.method(parameter)`. */
export interface TokenPosition {
  readonly of: string;
  readonly literal: string | number;
  readonly build: (scope: Construct, value: any) => void;
  /** The props that `build` gives to one construct, to be given together with those of other positions. */
  readonly props?: (value: any, scope: Construct) => object;
  /** For what CDK takes apart, by intrinsics where it is a token: it cannot come out as the literal does. */
  readonly takenApart?: boolean;
}

/** Where no token can stand, and what is said about it. */
export interface RefusedToken {
  readonly of: string;
  readonly why: string;
  readonly build: (scope: Construct, number: number, list: string[]) => void;
  readonly error: string;
}
