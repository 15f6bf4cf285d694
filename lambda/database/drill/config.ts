import { Environment, oneOf, positiveInteger, text } from '../../shared/environment';

export interface Config {
  readonly kind: 'instance' | 'cluster';
  /** The identifier of the database whose snapshots are restored. */
  readonly source: string;
  /** The identifier of the throw-away database, and of the instance of a throw-away cluster. */
  readonly identifier: string;
  readonly engine: string;
  readonly instanceClass: string;
  readonly subnetGroup: string;
  readonly parameterGroup: string;
  readonly securityGroup: string;
  readonly port: number;
  /** In Aurora capacity units: for an instance that scales by itself. */
  readonly maximumCapacity?: number;
  readonly queryFunction: string;
}

export function readConfig(env: Environment): Config {
  return {
    kind: oneOf(env, 'DATABASE_KIND', ['instance', 'cluster']),
    source: text(env, 'DATABASE_IDENTIFIER', 'the identifier of a database'),
    identifier: text(env, 'DRILL_IDENTIFIER', 'the identifier of the throw-away database'),
    engine: text(env, 'ENGINE', 'the name of an engine'),
    instanceClass: text(env, 'INSTANCE_CLASS', 'the class of an instance'),
    subnetGroup: text(env, 'SUBNET_GROUP', 'the name of a subnet group'),
    parameterGroup: text(env, 'PARAMETER_GROUP', 'the name of a parameter group'),
    securityGroup: text(env, 'SECURITY_GROUP', 'the id of a security group'),
    port: positiveInteger(env, 'PORT'),
    ...(env.MAXIMUM_CAPACITY && { maximumCapacity: Number(env.MAXIMUM_CAPACITY) }),
    queryFunction: text(env, 'QUERY_FUNCTION', 'the name of the function that asks the database'),
  };
}
