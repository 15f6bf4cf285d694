import { Annotations } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';

/** How an acknowledgement may spell the id: as it is, as the CLI prints it, and as `Validations` of aws-cdk-lib 2.257 records it. */
const PREFIXES = ['', 'Annotation::', 'annotation::'];

/**
 * Adds a warning, unless users acknowledge it: on the construct or on any scope around it up to the app, before or after, by any spelling of the id.
 *
 * CDK by itself overlooks some acknowledgements. Before 2.276, it does not look at the construct itself, nor for the id as the CLI prints it; it never
 * looks at the app. See https://github.com/aws/aws-cdk/issues/38820.
 */
export function addWarning(scope: IConstruct, id: `cdk-mainstay:${string}`, text: string): void {
  if (isAcknowledged(scope, id)) return;
  Annotations.of(scope).addWarningV2(id, text);
  scope.node.addValidation({
    validate: () => {
      if (isAcknowledged(scope, id)) Annotations.of(scope).acknowledgeWarning(id); // removes what was acknowledged later
      return [];
    },
  });
}

/**
 * Errors of a validation that users may acknowledge where they mean it, as they acknowledge a warning: what exposes data, or what AWS refuses unless somebody asked
 * it for more.
 *
 * @returns none of them once they are acknowledged
 */
export function unlessAcknowledged(scope: IConstruct, id: `cdk-mainstay:${string}`, errors: string[]): string[] {
  return isAcknowledged(scope, id) ? [] : errors.map((error) => `${error}; or acknowledge this where it is meant [ack: ${id}]`);
}

/** CDK's record of acknowledgements. It looks for them above a path. */
interface Acknowledgements {
  has(path: string, id: string): boolean;
}

/** The record hangs on the app, and has no public way in. Without it, CDK's own rules are all that is left. */
function isAcknowledged(scope: IConstruct, id: string): boolean {
  const app = scope.node.root as unknown as Record<symbol, Acknowledgements | undefined>;
  const record = app[Symbol.for('@aws-cdk/core.Acknowledgements')];
  const paths = [`${scope.node.path}/.`, '//.']; // above the first are the construct and its scopes, above the second is the app
  return paths.some((path) => PREFIXES.some((prefix) => record?.has(path, `${prefix}${id}`)));
}
