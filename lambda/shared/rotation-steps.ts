import type { SecretsManagerRotationEvent } from 'aws-lambda';

/**
 * The steps of a rotation, in the order in which Secrets Manager asks for them, one call each. It repeats a step that failed, so each does no harm twice.
 *
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda-functions.html
 */
export interface RotationSteps {
  createSecret(version: string): Promise<void>;
  setSecret(version: string): Promise<void>;
  testSecret(version: string): Promise<void>;
  finishSecret(version: string): Promise<void>;
}

const STEPS: readonly string[] = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'] satisfies (keyof RotationSteps)[];

/** Runs the step that Secrets Manager asks for. */
export async function runRotationStep({ Step, ClientRequestToken }: SecretsManagerRotationEvent, rotation: RotationSteps): Promise<void> {
  if (!STEPS.includes(Step)) throw new Error(`step must be one of a rotation, got ${JSON.stringify(Step)}`);
  await rotation[Step](ClientRequestToken);
}
