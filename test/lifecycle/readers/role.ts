import { GetRoleCommand, GetRolePolicyCommand, GetUserPolicyCommand, ListAttachedRolePoliciesCommand, ListRoleTagsCommand } from '@aws-sdk/client-iam';
import { Reader, tagsOf } from './reader';

export const readRole: Reader = async ({ physicalId }, { iam }) => {
  const { Role } = await iam.send(new GetRoleCommand({ RoleName: physicalId }));
  const { AttachedPolicies = [] } = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName: physicalId }));
  const { Tags } = await iam.send(new ListRoleTagsCommand({ RoleName: physicalId }));
  return {
    AssumeRolePolicyDocument: document(Role!.AssumeRolePolicyDocument!),
    Description: Role!.Description,
    ManagedPolicyArns: AttachedPolicies.map(({ PolicyArn }) => PolicyArn),
    MaxSessionDuration: Role!.MaxSessionDuration,
    Path: Role!.Path,
    PermissionsBoundary: Role!.PermissionsBoundary?.PermissionsBoundaryArn,
    RoleName: Role!.RoleName,
    Tags: tagsOf(Tags),
  };
};

/** A policy inside of a role or a user. */
export const readPolicy: Reader = async ({ properties: { PolicyName, Roles = [], Users = [] } }, { iam }) => {
  if (Roles.length + Users.length !== 1) throw new Error('a policy of several roles and users: read them all here');
  if (Users.length > 0) {
    const found = await iam.send(new GetUserPolicyCommand({ UserName: Users[0], PolicyName }));
    return { PolicyDocument: document(found.PolicyDocument!), PolicyName: found.PolicyName, Users: [found.UserName] };
  }
  const found = await iam.send(new GetRolePolicyCommand({ RoleName: Roles[0], PolicyName }));
  return { PolicyDocument: document(found.PolicyDocument!), PolicyName: found.PolicyName, Roles: [found.RoleName] };
};

/** IAM answers documents in the encoding of addresses. */
function document(encoded: string): unknown {
  return JSON.parse(decodeURIComponent(encoded));
}
