import * as iam from 'aws-cdk-lib/aws-iam';
import { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge';

/**
 * The role of a function that may write to its own log group. The managed policy that CDK attaches otherwise may write to, and create, any.
 */
export function loggingRole(scope: Construct, id: string, logGroup: ILogGroup): iam.Role {
  const role = new iam.Role(scope, id, { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
  logGroup.grantWrite(role);
  acknowledge(role, {
    managedPolicy: 'its policy is written for this one role, comes and goes with it, and cannot be attached to another identity by mistake',
  });
  return role;
}
