import { Logger } from '@aws-lambda-powertools/logger';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { RDSClient } from '@aws-sdk/client-rds';
import { createAsk } from './ask';
import { readConfig } from './config';
import { createHandler } from './handler';
import { invokeQueryFunction } from './invoke-query-function';
import { ThrowawayDatabase } from './throwaway-database';
import { sleep } from '../../shared/deadline';
import { REQUEST_TIMEOUTS } from '../../shared/request-timeouts';
import { rdsDatabase } from '../rotation/database';

const config = readConfig(process.env);
const rds = new RDSClient({ requestHandler: REQUEST_TIMEOUTS, maxAttempts: 6 });
// The query takes its time, and a second one would be another login: it is asked once.
const lambda = new LambdaClient({ requestHandler: { ...REQUEST_TIMEOUTS, requestTimeout: 330_000, socketTimeout: 330_000 }, maxAttempts: 1 });

export const handler = createHandler({
  database: new ThrowawayDatabase(rds, config),
  ask: createAsk({ database: rdsDatabase(rds, config), query: (login) => invokeQueryFunction(lambda, config.queryFunction, login), sleep }),
  identifier: config.identifier,
  now: Date.now,
  logger: new Logger(),
});
