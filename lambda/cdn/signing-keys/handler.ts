import type { Logger } from '@aws-lambda-powertools/logger';
import type { CloudFormationCustomResourceEvent, Context, SecretsManagerRotationEvent } from 'aws-lambda';
import { Clock, makeFirstKeys, removeAllKeys } from './first-keys';
import { KeyGroup } from './key-group';
import { KeyPair } from './key-pair';
import { Rotation } from './rotation';
import { SigningSecret } from './signing-secret';

export interface HandlerDependencies {
  readonly group: KeyGroup;
  readonly secret: SigningSecret;
  readonly newKeyPair: () => Promise<KeyPair>;
  readonly trustRetiredFor: number;
  readonly now: () => Date;
  readonly sleep: Clock['sleep'];
  readonly logger: Pick<Logger, 'info' | 'warn'>;
}

export interface OnEventResponse {
  readonly PhysicalResourceId: string;
  readonly Data?: { readonly KeyGroupId: string; readonly SecretArn: string };
}

type Event = CloudFormationCustomResourceEvent | SecretsManagerRotationEvent;
type Handler = (event: Event, context: Pick<Context, 'getRemainingTimeInMillis'>) => Promise<OnEventResponse | undefined>;

/**
 * Secrets Manager calls it to rotate, and CloudFormation, through CDK's Provider framework, to begin and to end:
 * https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.custom_resources-readme.html#handling-lifecycle-events-onevent
 */
export function createHandler(uses: HandlerDependencies): Handler {
  const rotation = new Rotation(uses);
  return async (event, context) => {
    if ('RequestType' in event) {
      return onDeployment(event, uses, { sleep: uses.sleep, remainingMilliseconds: () => context.getRemainingTimeInMillis() });
    }
    const { Step, ClientRequestToken } = event;
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
    uses.logger.info(`${Step} done`, { version: ClientRequestToken });
    return undefined;
  };
}

async function onDeployment(event: CloudFormationCustomResourceEvent, uses: HandlerDependencies, clock: Clock): Promise<OnEventResponse> {
  if (event.RequestType === 'Delete') {
    // Does not fail for it: keys that no distribution trusts let nobody in, and a stack whose teardown hangs on them could not be deleted.
    if (!await removeAllKeys(uses.group, clock)) uses.logger.warn('keys kept: CloudFront still has them in use');
    return { PhysicalResourceId: event.PhysicalResourceId };
  }
  const { id } = await makeFirstKeys(uses);
  return { PhysicalResourceId: id, Data: { KeyGroupId: id, SecretArn: String(event.ResourceProperties.SecretArn) } };
}
