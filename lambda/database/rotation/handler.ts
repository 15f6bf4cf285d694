import type { Logger } from '@aws-lambda-powertools/logger';
import type { Context, SecretsManagerRotationEvent } from 'aws-lambda';
import { Rotation } from './rotation';

export interface HandlerDependencies {
  readonly rotationOf: (secretId: string, context: Pick<Context, 'getRemainingTimeInMillis'>) => Rotation;
  readonly logger: Pick<Logger, 'info'>;
}

type Handler = (event: SecretsManagerRotationEvent, context: Pick<Context, 'getRemainingTimeInMillis'>) => Promise<void>;

export function createHandler({ rotationOf, logger }: HandlerDependencies): Handler {
  return async ({ Step, SecretId, ClientRequestToken }, context) => {
    const rotation = rotationOf(SecretId, context);
    switch (Step) {
      case 'createSecret':
        await rotation.createSecret(ClientRequestToken);
        break;
      case 'setSecret':
        await rotation.setSecret(ClientRequestToken);
        break;
      case 'testSecret':
        await rotation.testSecret(ClientRequestToken);
        break;
      case 'finishSecret':
        await rotation.finishSecret(ClientRequestToken);
        break;
      default:
        throw new Error(`step must be one of a rotation, got ${JSON.stringify(Step)}`);
    }
    logger.info(`${Step} done`, { secret: SecretId, version: ClientRequestToken });
  };
}
