import { Logger } from '@aws-lambda-powertools/logger';
import { ECSClient, UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { RDSClient } from '@aws-sdk/client-rds';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { announceRotation } from './announcement';
import { readConfig } from './config';
import { rdsDatabase } from './database';
import { createHandler } from './handler';
import { Rotation } from './rotation';
import { StoredSecretVersions } from './secret-versions';
import { deadlineOf, sleep } from '../../shared/deadline';
import { REQUEST_TIMEOUTS } from '../../shared/request-timeouts';

const config = readConfig(process.env);
const secrets = new SecretsManagerClient({ requestHandler: REQUEST_TIMEOUTS });
const rds = new RDSClient({ requestHandler: REQUEST_TIMEOUTS });
const ecs = new ECSClient({ requestHandler: REQUEST_TIMEOUTS });
const events = new EventBridgeClient({ requestHandler: REQUEST_TIMEOUTS });

export const handler = createHandler({
  rotationOf: (secretId, context) => new Rotation({
    ...config,
    credentials: new StoredSecretVersions(secrets, secretId),
    connection: new StoredSecretVersions(secrets, config.connectionSecret),
    database: rdsDatabase(rds, config),
    restart: async (service) => void await ecs.send(new UpdateServiceCommand({ ...service, forceNewDeployment: true })),
    announce: () => announceRotation(events, config.connectionSecret),
    deadline: deadlineOf(context, sleep),
  }),
  logger: new Logger(),
});
