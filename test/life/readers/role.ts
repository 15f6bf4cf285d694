import { GetRoleCommand, GetRolePolicyCommand, ListAttachedRolePoliciesCommand } from '@aws-sdk/client-iam';
import { Reader } from './reader';

export const readRole: Reader = async ({ physicalId }, { iam }) => {
  const { Role } = await iam.send(new GetRoleCommand({ RoleName: physicalId }));
  const { AttachedPolicies = [] } = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName: physicalId }));
  return {
    AssumeRolePolicyDocument: document(Role!.AssumeRolePolicyDocument!),
    Description: Role!.Description,
    ManagedPolicyArns: AttachedPolicies.map(({ PolicyArn }) => PolicyArn),
    MaxSessionDuration: Role!.MaxSessionDuration,
    Path: Role!.Path,
    PermissionsBoundary: Role!.PermissionsBoundary?.PermissionsBoundaryArn,
    RoleName: Role!.RoleName,
  };
};

/** A policy inside of a role. */
export const readPolicy: Reader = async ({ properties }, { iam }) => {
  const [role, ...others] = properties.Roles;
  if (others.length > 0) throw new Error('a policy of several roles: read them all here');
  const { PolicyDocument, PolicyName, RoleName } = await iam.send(new GetRolePolicyCommand({ RoleName: role, PolicyName: properties.PolicyName }));
  return { PolicyDocument: document(PolicyDocument!), PolicyName, Roles: [RoleName] };
};

/** IAM answers documents in the encoding of addresses. */
function document(encoded: string): unknown {
  return JSON.parse(decodeURIComponent(encoded));
}
