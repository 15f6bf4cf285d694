import { Construct } from 'constructs';

/** One way to use a construct. Every check tests all variants. */
export interface Variant<Props = any> {
  readonly name: string;
  /** @param update replaces props of the variant */
  readonly build: (scope: Construct, update?: Partial<Props>) => void;
  /** What a user changes later, and nothing that holds data may be replaced by it: test/lifecycle deploys both. */
  readonly update: Partial<Props>;
}
