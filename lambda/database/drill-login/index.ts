import { setTimeout } from 'timers/promises';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { RDSClient } from '@aws-sdk/client-rds';
import { readConfig } from './config';
import { createHandler } from './handler';
import { askedBy } from './query-function';
import { REQUEST_TIMEOUTS } from '../../shared/request-timeouts';
import { ClusterByApi, InstanceByApi } from '../rotation/database';

const { kind, identifier, queryFunction } = readConfig(process.env);
const rds = new RDSClient({ requestHandler: REQUEST_TIMEOUTS });
// The query takes its time, and a second one would be another login: it is asked once.
const lambda = new LambdaClient({ requestHandler: { ...REQUEST_TIMEOUTS, requestTimeout: 330_000, socketTimeout: 330_000 }, maxAttempts: 1 });

export const handler = createHandler({
  database: kind === 'cluster' ? new ClusterByApi(rds, identifier) : new InstanceByApi(rds, identifier),
  query: askedBy(lambda, queryFunction),
  wait: (milliseconds) => setTimeout(milliseconds),
});
