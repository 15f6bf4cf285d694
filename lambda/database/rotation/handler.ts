import type { Logger } from '@aws-lambda-powertools/logger';
import type { SecretsManagerRotationEvent } from 'aws-lambda';
import type { RunContext } from '../../shared/deadline';
import { RotationSteps, runRotationStep } from '../../shared/rotation-steps';

export interface HandlerDependencies {
  readonly rotationOf: (secretId: string, context: RunContext) => RotationSteps;
  readonly logger: Pick<Logger, 'info'>;
}

type Handler = (event: SecretsManagerRotationEvent, context: RunContext) => Promise<void>;

export function createHandler({ rotationOf, logger }: HandlerDependencies): Handler {
  return async (event, context) => {
    await runRotationStep(event, rotationOf(event.SecretId, context));
    logger.info(`${event.Step} done`, { secret: event.SecretId, version: event.ClientRequestToken });
  };
}
