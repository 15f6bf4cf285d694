import { Aws } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge';

/**
 * A role of one AWS service, which may nothing yet.
 *
 * @param service the service, such as `states.amazonaws.com`
 * @param conditions for whom the service may take the role
 */
export function serviceRole(scope: Construct, id: string, service: string, conditions?: iam.Conditions): iam.Role {
  const role = new iam.Role(scope, id, { assumedBy: new iam.ServicePrincipal(service, { conditions }) });
  acknowledge(role, 'managedPolicy');
  return role;
}

/**
 * Allows a role actions on resources, by a statement of its own.
 */
export function allow(role: iam.IRole, actions: string[], resources: string | string[], conditions?: iam.Conditions): void {
  role.addToPrincipalPolicy(new iam.PolicyStatement({ actions, resources: [resources].flat(), conditions }));
}

/**
 * The condition that a key is used by requests of one service, on behalf of the caller.
 *
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service
 */
export function viaService(service: string, region: string = Aws.REGION): Record<string, Record<string, string>> {
  return { StringLike: { 'kms:ViaService': `${service}.${region}.amazonaws.com*` } }; // in China, the name ends in .cn
}
