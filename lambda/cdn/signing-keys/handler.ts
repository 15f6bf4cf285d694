import type { Logger } from '@aws-lambda-powertools/logger';
import type { CloudFormationCustomResourceEvent, SecretsManagerRotationEvent } from 'aws-lambda';
import { createFirstKeys, removeAllKeys } from './first-keys';
import { GroupIdentity, KeyGroup } from './key-group';
import { KeyPair } from './key-pair';
import { Rotation } from './rotation';
import { SigningSecret } from './signing-secret';
import { CustomResource, handleResource, OnEventResponse, requiredText } from '../../shared/custom-resource';
import { Deadline, deadlineOf, RunContext } from '../../shared/deadline';
import { runRotationStep } from '../../shared/rotation-steps';

export interface HandlerDependencies {
  readonly groupOf: (identity: GroupIdentity) => KeyGroup;
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
  return async (event, context) => {
    if ('RequestType' in event) return handleResource(event, signingKeys(deps, event, deadlineOf(context, deps.sleep)));
    const { keyGroupId: id } = await deps.secret.next();
    if (id === undefined) throw new Error('the secret must say which key group it is of, and does not: deploy the stack, which writes it there');
    await runRotationStep(event, new Rotation({ ...deps, group: deps.groupOf({ id }) }));
    deps.logger.info(`${event.Step} done`, { version: event.ClientRequestToken });
    return undefined;
  };
}

function signingKeys(deps: HandlerDependencies, { ResourceProperties }: CloudFormationCustomResourceEvent, deadline: Deadline): CustomResource {
  const groupOf = (id?: string) => deps.groupOf({ id, name: ResourceProperties.KeyGroupName });
  return {
    async createOrUpdate(_, formerId) {
      const SecretArn = requiredText(ResourceProperties, 'SecretArn');
      requiredText(ResourceProperties, 'KeyGroupName');
      const { id } = await createFirstKeys({ ...deps, group: groupOf(formerId) });
      return { PhysicalResourceId: id, Data: { KeyGroupId: id, SecretArn } };
    },
    async delete(id) {
      // Does not fail for it: keys that no distribution trusts let nobody in, and a stack whose teardown hangs on them could not be deleted.
      if (!await removeAllKeys(groupOf(id), deadline)) deps.logger.warn('keys kept: CloudFront still has them in use');
    },
  };
}
