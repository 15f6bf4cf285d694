import { App, CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import { AccountRootPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { StageProfile, StaticFiles, StaticMediaCdn, TerraformStateBackend, TerraformStateLock } from 'cdk-mainstay';

const app = new App();

// What varies is in the context of cdk.json, so `cdk deploy -c site=shop` changes it without touching this file.
const setting = (name: string): string => {
  const value = app.node.tryGetContext(name);
  if (value === undefined) throw new Error(`context '${name}' must be set: run cdk in the folder of cdk.json, or pass -c ${name}=…`);
  return String(value);
};

interface Environment {
  readonly name: string;
  readonly profile: StageProfile;
  /** Between the name of a domain and the zone: cdn-staging.example.education. */
  readonly suffix: string;
  /** Uploads of tests are not for keeps. */
  readonly mediaExpiration?: Duration;
}

const ENVIRONMENTS: Environment[] = [
  { name: 'staging', profile: StageProfile.staging(), suffix: '-staging', mediaExpiration: Duration.days(30) },
  { name: 'preprod', profile: StageProfile.staging(), suffix: '-preprod' },
  { name: 'production', profile: StageProfile.production(), suffix: '' },
];

// One for each branch that is being looked at: `cdk deploy -c feature=search Feature-search`, and `cdk destroy` leaves nothing.
const feature = app.node.tryGetContext('feature');
const all = feature ? [...ENVIRONMENTS, { name: `feature-${feature}`, profile: StageProfile.ephemeral(), suffix: `-${feature}` }] : ENVIRONMENTS;

// For a site that runs where it cannot take a role: `cdk deploy -c accessKey=true Staging` makes a user with an access key beside it.
const legacyAccessKey = String(app.node.tryGetContext('accessKey')) === 'true';

// Where the rest of the site, which is in Terraform, keeps its states: once for all environments, whatever becomes of them.
const shared = new Stack(app, 'Shared');
const states = new TerraformStateBackend(shared, 'TerraformState', { lock: TerraformStateLock.table() });

for (const { name, profile, suffix, mediaExpiration } of all) {
  const stack = new Stack(app, name[0].toUpperCase() + name.slice(1));
  profile.applyTo(stack);

  const domain = setting('domain');
  const cdn = new StaticMediaCdn(stack, 'Cdn', {
    siteName: setting('site'),
    environmentName: name,
    appDomain: `${setting('site')}${suffix}.${domain}`,
    domainName: `cdn${suffix}.${domain}`,
    hostedZone: HostedZone.fromHostedZoneAttributes(stack, 'Zone', { hostedZoneId: setting('hostedZoneId'), zoneName: domain }),
    staticFiles: name === 'production' ? StaticFiles.fromAppWithFallback() : StaticFiles.fromApp(),
    mediaExpiration,
    legacyAccessKey,
  });

  // What visitors get while the app is down. Files that a release no longer has stay, for the pages that are open.
  if (cdn.staticBucket) cdn.publishStatic('Release', { folder: setting('staticFolder') });

  // The role of the Django site: narrow `assumedBy` to where it runs.
  const site = new Role(stack, 'Site', { assumedBy: new AccountRootPrincipal(), description: 'May list, read, write and delete media files, and nothing else' });
  cdn.grantMediaReadWrite(site);

  new CfnOutput(stack, 'CloudFrontDomain', { value: cdn.domainName, description: 'DJANGO_AWS_CLOUDFRONT_DOMAIN' });
  new CfnOutput(stack, 'MediaBucket', { value: cdn.mediaBucket.bucketName });
  new CfnOutput(stack, 'SiteRoleArn', { value: site.roleArn });
  if (cdn.legacyAccessKey) new CfnOutput(stack, 'AccessKeySecretArn', { value: cdn.legacyAccessKey.secretArn, description: 'Where the key is, which no output shows' });
  new CfnOutput(stack, 'DjangoSettings', { value: cdn.djangoSettings(), description: 'Python, for the settings of the site' });
  new CfnOutput(shared, `TerraformBackendOf${stack.node.id}`, { value: states.backendConfig({ key: `${name}/terraform.tfstate` }), description: 'HCL' });
}
