import type { Logger } from '@aws-lambda-powertools/logger';
import type { CloudFormationCustomResourceEvent, SecretsManagerRotationEvent } from 'aws-lambda';
import { createFirstKeys, removeAllKeys } from './first-keys';
import { KeyGroup } from './key-group';
import { KeyPair } from './key-pair';
import { Rotation } from './rotation';
import { SigningSecret } from './signing-secret';
import { CustomResource, handleResource, OnEventResponse } from '../../shared/custom-resource';
import { Deadline, deadlineOf, RunContext } from '../../shared/deadline';
import { runRotationStep } from '../../shared/rotation-steps';

export interface HandlerDependencies {
  readonly group: KeyGroup;
  readonly secret: SigningSecret;
  readonly newKeyPair: () => Promise<KeyPair>;
  readonly trustRetiredFor: number;
  readonly now: () => Date;
  readonly sleep: Deadline['sleep'];
  readonly logger: Pick<Logger, 'info' | 'warn'>;
}

type Event = CloudFormationCustomResourceEvent | SecretsManagerRotationEvent;

/** CloudFormation calls it to create and to delete the keys, and Secrets Manager to rotate them. */
export function createHandler(deps: HandlerDependencies): (event: Event, context: RunContext) => Promise<OnEventResponse | undefined> {
  const rotation = new Rotation(deps);
  return async (event, context) => {
    if ('RequestType' in event) return handleResource(event, signingKeys(deps, deadlineOf(context, deps.sleep)));
    await runRotationStep(event, rotation);
    deps.logger.info(`${event.Step} done`, { version: event.ClientRequestToken });
    return undefined;
  };
}

function signingKeys(deps: HandlerDependencies, deadline: Deadline): CustomResource {
  return {
    async createOrUpdate({ ResourceProperties }) {
      const { id } = await createFirstKeys(deps);
      return { PhysicalResourceId: id, Data: { KeyGroupId: id, SecretArn: String(ResourceProperties.SecretArn) } };
    },
    async delete() {
      // Does not fail for it: keys that no distribution trusts let nobody in, and a stack whose teardown hangs on them could not be deleted.
      if (!await removeAllKeys(deps.group, deadline)) deps.logger.warn('keys kept: CloudFront still has them in use');
    },
  };
}
