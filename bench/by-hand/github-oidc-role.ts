import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';

const ISSUER = 'token.actions.githubusercontent.com';
const AUDIENCE = 'sts.amazonaws.com';
const REPOSITORY = 'octo-org@123456/octo-repo@456789';

/** What `GithubOidcRole` creates, for the main branch of a repository: the identity provider once, and a role. */
export function githubOidcRoleByHand(scope: Construct, id: string): void {
  const part = new Construct(scope, id);
  new iam.Role(part, 'Role', {
    description: `For jobs of GitHub Actions of ${REPOSITORY}`,
    assumedBy: new iam.WebIdentityPrincipal(provider(Stack.of(scope)).oidcProviderArn, {
      StringEquals: { [`${ISSUER}:aud`]: AUDIENCE, [`${ISSUER}:sub`]: `repo:${REPOSITORY}:ref:refs/heads/main` },
    }),
    maxSessionDuration: Duration.hours(1),
  });
}

/** An account has one provider for each issuer. */
function provider(stack: Stack): iam.IOidcProvider {
  return stack.node.tryFindChild('Github') as iam.OidcProviderNative | undefined ?? new iam.OidcProviderNative(stack, 'Github', {
    url: `https://${ISSUER}`, clientIds: [AUDIENCE], removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
  });
}
