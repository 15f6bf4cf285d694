import { Annotations as Acknowledgements, App, Aspects, CfnParameter, Environment, NestedStack, Stack, Token } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { CfnDistribution, OriginRequestPolicy } from 'aws-cdk-lib/aws-cloudfront';
import { HttpOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { CfnListenerRule } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Key } from 'aws-cdk-lib/aws-kms';
import { CfnSecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { build, CERTIFICATE_ARN, configOf, inRegion } from './static-media-cdn';
import { DefaultContent, StaticFiles, StaticMediaCdn, StaticMediaCdnProps } from '../../src';

const DOMAIN = 'app.example.org';
const HEADER = 'X-Origin-Verify';

/** An app that gives itself to a CDN, with what its load balancer accepts. */
function give(cdn: StaticMediaCdn, scope: Construct = Stack.of(cdn), id = 'App', appDomain: string = DOMAIN) {
  const by = new Construct(scope, id);
  const { headerName, accepted } = cdn._servePagesOf({ appDomain, by });
  new CfnListenerRule(by, 'Rule', {
    listenerArn: 'listener', priority: 1, actions: [{ type: 'forward' }], conditions: [{ field: 'http-header', httpHeaderConfig: { httpHeaderName: headerName, values: accepted } }],
  });
  return { by, headerName, accepted };
}

function given(props: StaticMediaCdnProps | ((stack: Stack) => StaticMediaCdnProps) = {}, env?: Environment) {
  const { stack, subject } = build(props, env);
  return { stack, subject, ...give(subject) };
}

/** A CDN and an app in stacks of their own. */
function inTwoStacks(props: StaticMediaCdnProps = {}, environments: { readonly cdn?: Environment; readonly app?: Environment } = {}) {
  const app = new App();
  const [cdnStack, appStack] = [new Stack(app, 'Edge', { env: environments.cdn }), new Stack(app, 'Web', { env: environments.app })];
  return { cdnStack, appStack, subject: new StaticMediaCdn(cdnStack, 'Subject', props) };
}

const reference = (arn: unknown) => ({ 'Fn::Join': ['', ['{{resolve:secretsmanager:', arn, ':SecretString:::}}']] });
const secretOf = (which: 'Current' | 'Next') => ({ Ref: expect.stringMatching(`^SubjectOriginSecret${which}`) });
const conditionIn = (stack: Stack) => Object.values<any>(Template.fromStack(stack).findResources('AWS::ElasticLoadBalancingV2::ListenerRule'))[0].Properties.Conditions[0];

type Kind = [string, StaticMediaCdnProps, { readonly files: string; readonly behaviors: string[] }];

const FROM_APP = { files: 'app', behaviors: ['/media/*', '/static/*', '*'] };
const FROM_BUCKET = { files: 'static bucket', behaviors: ['/media/*', '/static/*', '*'] };
const KINDS: Kind[] = [
  ['files of a bucket', {}, FROM_BUCKET],
  ['files of an app', { appDomain: 'demo.example.education' }, FROM_APP],
  ['files of an app of the same domain', { appDomain: DOMAIN }, FROM_APP],
  ['files of an app, and of a bucket while it is down', { appDomain: 'demo.example.education', staticFiles: StaticFiles.fromAppWithFallback() }, { ...FROM_APP, files: 'app → static bucket' }],
  ['pages of an app that is to give itself', { defaultContent: DefaultContent.app() }, FROM_BUCKET],
  ['pages and files of an app that is to give itself', { defaultContent: DefaultContent.app(), staticFiles: StaticFiles.fromApp() }, FROM_APP],
  [
    'pages of an app that is to give itself, and files of a bucket while it is down', { defaultContent: DefaultContent.app(), staticFiles: StaticFiles.fromAppWithFallback() },
    { ...FROM_APP, files: 'app → static bucket' },
  ],
  ['pages of another app', { appDomain: 'demo.example.education', defaultContent: DefaultContent.app() }, FROM_APP],
  ['pages of an app that is routed by host', { appDomain: 'abc123.execute-api.eu-west-1.amazonaws.com', defaultContent: DefaultContent.app() }, FROM_APP],
  [
    'pages of another app, and files of a bucket', { appDomain: 'demo.example.education', defaultContent: DefaultContent.app(), staticFiles: StaticFiles.fromBucket() },
    FROM_BUCKET,
  ],
  ['folders of other names', { staticLocation: 'assets/site', mediaLocation: 'uploads' }, { files: 'static bucket', behaviors: ['/uploads/*', '/assets/site/*', '*'] }],
];

describe.each(KINDS)('a CDN for %s, once an app gives itself as origin,', (_, props, { files, behaviors }) => {
  const { stack, subject } = given(props);
  const config = configOf(Template.fromStack(stack));
  const origins: any[] = config.Origins;
  const originOf = (id: string) => origins.find(({ Id }) => Id === id);

  test('serves its pages where no other path is meant: all methods, all that the visitor sent, nothing cached', () => {
    expect(subject.explain('/login/?next=/')).toMatchObject({
      behavior: '*', origin: 'app', cached: false, cacheKey: [], forwarded: ['query: all', 'header: all', 'cookie: all', `added header: ${HEADER}`], signed: false,
    });
    expect(subject.explain('/').objectPath).toBe('/');
    expect(subject.explain('/').allowedMethods.sort()).toEqual(['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT']);
    expect(config.DefaultCacheBehavior).toMatchObject({ ViewerProtocolPolicy: 'redirect-to-https', OriginRequestPolicyId: OriginRequestPolicy.ALL_VIEWER.originRequestPolicyId });
    expect(subject.explain('/').responseHeaders).toContain('Strict-Transport-Security');
    expect(config).not.toHaveProperty('DefaultRootObject');
  });

  test('fetches them over HTTPS from its domain, and waits as long as for any page', () => {
    expect(originOf(config.DefaultCacheBehavior.TargetOriginId)).toMatchObject({
      DomainName: DOMAIN, CustomOriginConfig: { OriginProtocolPolicy: 'https-only', OriginSSLProtocols: ['TLSv1.2'], OriginReadTimeout: 30 },
    });
    expect(originOf(config.DefaultCacheBehavior.TargetOriginId)).not.toHaveProperty('ConnectionTimeout');
  });

  test('fetches all else of the app from there, too, and always with the secret header', () => {
    const ofApp = origins.filter(({ CustomOriginConfig }) => CustomOriginConfig);
    expect(ofApp.map(({ DomainName }) => DomainName)).toEqual(ofApp.map(() => DOMAIN));
    for (const { OriginCustomHeaders } of ofApp) expect(OriginCustomHeaders).toEqual([{ HeaderName: HEADER, HeaderValue: reference(secretOf('Current')) }]);
    expect(origins.filter(({ OriginCustomHeaders }) => OriginCustomHeaders)).toEqual(ofApp);
  });

  test('serves files and media as before, each below its folder', () => {
    const [media, statics] = behaviors;
    const { subject: before } = build({
      appDomain: props.defaultContent ? DOMAIN : undefined, staticFiles: files === 'static bucket' ? StaticFiles.fromBucket() : undefined, ...props,
    });
    const unlike = (path: string) => ({ ...before.explain(path), behavior: statics, origin: files, forwarded: files.startsWith('app') ? [`added header: ${HEADER}`] : [] });
    const file = statics.replace('*', 'a.css');
    expect(subject.explain(file)).toEqual(unlike(file));
    const picture = media.replace('*', 'a.jpg');
    expect(subject.explain(picture)).toEqual(before.explain(picture));
    expect(config.CacheBehaviors.map(({ PathPattern }: any) => PathPattern)).toEqual(behaviors.slice(0, 2));
  });

  test('has origins for all that it serves', () => {
    const ids = origins.map(({ Id }) => Id);
    expect(new Set(ids).size).toBe(ids.length);
    const groups = (config.OriginGroups?.Items ?? []).map(({ Id }: any) => Id);
    for (const { TargetOriginId } of [config.DefaultCacheBehavior, ...config.CacheBehaviors]) expect([...ids, ...groups]).toContain(TargetOriginId);
  });

  test('lets the app accept what it sends, and what it is to send next', () => {
    expect(conditionIn(stack)).toEqual({
      Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: StaticMediaCdn.APP_SECRET_HEADER, Values: [reference(secretOf('Current')), reference(secretOf('Next'))] },
    });
  });

  test('explains all of it in its table', () => {
    expect(subject.explainAll().split('\n').slice(2).map((row) => row.split(' | ')[0])).toEqual(behaviors.map((pattern) => `| \`${pattern}\``));
  });
});

describe('the secrets', () => {
  test('are two, of letters and digits that a load balancer compares as they are', () => {
    const secrets = Object.values<any>(Template.fromStack(given().stack).findResources('AWS::SecretsManager::Secret'));
    expect(secrets).toHaveLength(2);
    secrets.forEach((secret) => {
      expect(secret.Properties.GenerateSecretString).toEqual({ PasswordLength: 40, ExcludeUppercase: true, ExcludePunctuation: true });
      expect(secret.DeletionPolicy).toBe('Delete');
      expect(Object.keys(secret.Properties).sort()).toEqual(['Description', 'GenerateSecretString']); // no key, no name, no text
    });
  });

  test('are there only for an app that gives itself', () => {
    Template.fromStack(build({ appDomain: DOMAIN, defaultContent: DefaultContent.app() }).stack).resourceCountIs('AWS::SecretsManager::Secret', 0);
  });

  test('are in no output of one stack', () => {
    expect(Template.fromStack(given().stack).toJSON()).not.toHaveProperty('Outputs');
  });

  test('are what a key of an organization encrypts, where it says so', () => {
    const { stack, subject } = build();
    Aspects.of(stack).add({ visit: (node) => { if (node instanceof CfnSecret) node.kmsKeyId = 'alias/all'; } });
    give(subject);
    Template.fromStack(stack).allResourcesProperties('AWS::SecretsManager::Secret', { KmsKeyId: 'alias/all' });
  });
});

describe('in another stack', () => {
  test('the app waits for the CDN, and not the other way round', () => {
    const { cdnStack, appStack, subject } = inTwoStacks({ appDomain: 'demo.example.education' });
    give(subject, appStack);
    expect(conditionIn(appStack).HttpHeaderConfig.Values).toEqual(['Current', 'Next'].map((which) => reference({
      'Fn::ImportValue': expect.stringMatching(`^Edge:ExportsOutputRefSubjectOriginSecret${which}`),
    })));
    expect(appStack.dependencies).toEqual([cdnStack]);
    expect(cdnStack.dependencies).toEqual([]);
    const template = Template.fromStack(cdnStack);
    expect(JSON.stringify(template.toJSON())).not.toContain('Fn::ImportValue');
    const outputs = Object.values<any>(template.toJSON().Outputs).map(({ Value }) => Value);
    expect(outputs).toEqual([secretOf('Current'), secretOf('Next')]); // by their ARNs: no value is in an output
  });

  test('the app may be created first, and use media of the CDN, too', () => {
    const app = new App();
    const [appStack, cdnStack] = [new Stack(app, 'Web'), new Stack(app, 'Edge')];
    const subject = new StaticMediaCdn(cdnStack, 'Subject', { encryptionKey: new Key(cdnStack, 'Key') });
    give(subject, appStack);
    new CfnParameter(appStack, 'Media', { default: subject.mediaBucket.bucketName });
    expect(appStack.dependencies).toEqual([]);
    app.synth();
    expect([appStack.dependencies, cdnStack.dependencies]).toEqual([[cdnStack], []]);
  });

  test('the app may be in a nested stack, and the CDN, too', () => {
    const parent = new Stack(new App(), 'Stack');
    const subject = new StaticMediaCdn(new NestedStack(parent, 'Edge'), 'Subject');
    const web = new NestedStack(parent, 'Web');
    give(subject, web);
    const { Values } = conditionIn(web).HttpHeaderConfig;
    expect(Values.map((value: any) => value['Fn::Join'][1][1])).toEqual([{ Ref: expect.stringMatching(/OriginSecretCurrent/) }, { Ref: expect.stringMatching(/OriginSecretNext/) }]);
    expect(Object.keys(Template.fromStack(web).toJSON().Parameters)).toHaveLength(2);
    expect(configOf(Template.fromStack(Stack.of(subject))).Origins.map(({ DomainName }: any) => DomainName)).toContain(DOMAIN);
  });

  test('the domain is known, or both would wait for each other', () => {
    const { appStack, subject } = inTwoStacks();
    const domain = new CfnParameter(appStack, 'Domain').valueAsString;
    expect(() => give(subject, appStack, 'App', domain)).toThrow(
      'Web/App: the domain of the app must be known at synthesis where the CDN Edge/Subject is in another stack, got a token: the stack of the app needs the secrets of the CDN, ' +
      'so that each stack would wait for the other; give the domain as a string',
    );
    expect(subject.node.tryFindChild('OriginSecret')).toBeUndefined();
  });

  test('the domain may be a token in the same one', () => {
    const { stack, subject } = build({ appDomain: 'demo.example.education' });
    give(subject, stack, 'App', new CfnParameter(stack, 'Domain').valueAsString);
    const ofApp = configOf(Template.fromStack(stack)).Origins.filter(({ CustomOriginConfig }: any) => CustomOriginConfig);
    expect(ofApp.map(({ DomainName }: any) => DomainName)).toEqual([{ Ref: 'Domain' }, { Ref: 'Domain' }]);
    expect(subject.explain('/').origin).toBe('app');
  });

  test.each([
    ['region', inRegion('us-east-1'), inRegion('eu-west-1'), /^Web\/App: the CDN that the app gives itself to must be in eu-west-1, the region of this stack, got Edge\/Subject\/Distribution, which is in us-east-1: CloudFormation reads the secret of the CDN in its own region only/],
    ['account', inRegion('eu-west-1'), { account: '210987654321', region: 'eu-west-1' }, /^Web\/App: the CDN that the app gives itself to must be of 210987654321, the account of this stack, got Edge\/Subject\/Distribution, which is of 123456789012/],
  ])('of another %s, secrets cannot be read', (_, cdn, app, message) => {
    const { appStack, subject } = inTwoStacks({}, { cdn, app });
    expect(() => give(subject, appStack)).toThrow(message);
  });

  test('of an unknown region, they may be', () => {
    const { appStack, subject } = inTwoStacks({}, { cdn: inRegion('us-east-1') });
    expect(() => give(subject, appStack)).not.toThrow();
  });
});

describe('refused is', () => {
  test('a second app', () => {
    const { stack, subject } = given();
    expect(() => give(subject, stack, 'Other')).toThrow(
      'Stack/Other: the CDN Stack/Subject must be the CDN of one app, but Stack/App is the origin of its pages already: give each app a StaticMediaCdn of its own, ' +
      'or have one app answer for both, by path patterns',
    );
  });

  test('an app for a CDN that sends a secret of the user\'s', () => {
    expect(() => given((stack) => ({ appDomain: DOMAIN, appSecret: new Secret(stack, 'Mine') }))).toThrow(
      'Stack/App: the CDN Stack/Subject must have no \'appSecret\', got Stack/Mine: the CDN creates the secrets itself for an app that gives itself to it as origin; leave \'appSecret\' out',
    );
  });

  test.each([
    ['the CDN\'s own domain', 'WWW.example.org', '\'appDomain\' must be another domain than \'domainName\', got \'WWW.example.org\' for both: the CDN would fetch from itself, in circles'],
    ['a URL', 'https://app.example.org', '\'appDomain\' must be a domain alone'],
    ['a load balancer\'s own name, which has no certificate', 'web-1234567890.eu-west-1.elb.amazonaws.com', '\'appDomain\' must be a domain that the app has a certificate for'],
    ['a website endpoint', 'site.s3-website-eu-west-1.amazonaws.com', '\'appDomain\' must speak HTTPS'],
  ])('%s', (_, domain, message) => {
    const { stack, subject } = build((scope) => ({
      appDomain: DOMAIN, domainName: 'www.example.org', certificate: Certificate.fromCertificateArn(scope, 'Certificate', CERTIFICATE_ARN),
    }));
    expect(() => give(subject, stack, 'App', domain)).toThrow(`Stack/App: ${message}`);
    expect(subject.node.tryFindChild('OriginSecret')).toBeUndefined();
    expect(subject.explain('/')).toMatchObject({ behavior: '*', cached: true });
  });

  test.each([{}, { staticFiles: StaticFiles.fromApp() }, { staticFiles: StaticFiles.fromAppWithFallback() }])('at synthesis, pages of an app that never gave itself (%p)', (props) => {
    const { stack } = build({ defaultContent: DefaultContent.app(), ...props });
    expect(() => Template.fromStack(stack)).toThrow(
      '[Stack/Subject] \'appDomain\' must be given for DefaultContent.app(), got none, and no app gave itself to this CDN as origin: give one, or have an app do so by Ingress.cloudFrontOnly()',
    );
  });
});

describe('a domain that is replaced', () => {
  const WARNING = '\'appDomain\', demo.example.education, is not used';

  test('is a warning', () => {
    const { stack } = given({ appDomain: 'demo.example.education' });
    Annotations.fromStack(stack).hasWarning('/Stack/Subject', Match.stringLikeRegexp(`^Stack/App gives itself to this CDN as origin, .* ${WARNING}.*\\[ack: cdk-mainstay:StaticMediaCdn.AppDomainReplaced\\]$`));
  });

  test('is none once it is acknowledged', () => {
    const { stack, subject } = given({ appDomain: 'demo.example.education' });
    Acknowledgements.of(subject).acknowledgeWarning('cdk-mainstay:StaticMediaCdn.AppDomainReplaced');
    expect(Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp(WARNING))).toEqual([]);
  });

  test.each([undefined, DOMAIN, 'APP.example.org'])('is none where it is %s', (appDomain) => {
    expect(Annotations.fromStack(given({ appDomain }).stack).findWarning('*', Match.stringLikeRegexp('is not used'))).toEqual([]);
  });
});

test('what was explained before, and what is explained after', () => {
  const { subject } = build({ appDomain: 'demo.example.education', defaultContent: DefaultContent.app() });
  expect(subject.explain('/')).toMatchObject({ origin: 'app', forwarded: ['query: all', 'header: all', 'cookie: all'] });
  give(subject);
  expect(subject.explain('/').forwarded).toContain(`added header: ${HEADER}`);
  expect(build({ defaultContent: DefaultContent.app() }).subject.explain('/')).toMatchObject({ origin: 'app', cached: false });
});

describe('what else users have of the CDN', () => {
  test('their behaviors stay, from before and after, and come before the app\'s pages', () => {
    const { stack, subject } = build();
    const api = (path: string) => subject.distribution.addBehavior(path, new HttpOrigin('api.example.org'));
    api('/before/*');
    give(subject);
    api('/after/*');
    expect(configOf(Template.fromStack(stack)).CacheBehaviors.map(({ PathPattern }: any) => PathPattern)).toEqual(['/media/*', '/before/*', '/static/*', '/after/*']);
    expect(subject.explain('/after/a').origin).not.toBe('app');
    const others = configOf(Template.fromStack(stack)).Origins.filter(({ DomainName }: any) => DomainName === 'api.example.org');
    others.forEach((origin: any) => expect(origin).not.toHaveProperty('OriginCustomHeaders'));
  });

  test('their overrides stay', () => {
    const { stack, subject } = build();
    (subject.distribution.node.defaultChild as CfnDistribution).addPropertyOverride('DistributionConfig.Comment', 'mine');
    give(subject);
    expect(configOf(Template.fromStack(stack)).Comment).toBe('mine');
  });

  test('Django finds its files where they were', () => {
    for (const props of [{}, { appDomain: DOMAIN }, { appDomain: DOMAIN, staticFiles: StaticFiles.fromAppWithFallback() }]) {
      const { stack, subject } = build(props);
      const before = stack.resolve(subject.djangoSettings());
      give(subject);
      expect(stack.resolve(subject.djangoSettings())).toEqual(before);
    }
  });

});

describe('what keeps the CDN secure is guarded after it', () => {
  const resourceOf = (subject: StaticMediaCdn) => subject.distribution.node.defaultChild as CfnDistribution;
  const change = (subject: StaticMediaCdn, changes: object) => {
    const resource = resourceOf(subject);
    resource.distributionConfig = { ...resource.distributionConfig as CfnDistribution.DistributionConfigProperty, ...changes };
  };
  const OTHER = [{ id: 'other', domainName: 'example.org' }];

  test('with no complaint about what the construct changes itself', () => {
    for (const [, props] of KINDS) {
      const { stack } = given(props);
      expect(() => Template.fromStack(stack)).not.toThrow();
      expect(Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp('overrides a default'))).toEqual([]);
    }
  });

  test.each([
    ['origins', { origins: OTHER }],
    ['viewerCertificate', { viewerCertificate: { minimumProtocolVersion: 'TLSv1' } }],
    ['defaultCacheBehavior', { defaultCacheBehavior: { targetOriginId: 'Pages', viewerProtocolPolicy: 'allow-all' } }],
  ])('an override of %s is refused', (property, changes) => {
    const props = (stack: Stack) => ({ domainName: 'www.example.org', certificate: Certificate.fromCertificateArn(stack, 'Certificate', CERTIFICATE_ARN) });
    const { stack, subject } = given(props);
    change(subject, changes);
    expect(() => Template.fromStack(stack)).toThrow(`'${property}' of Stack/Subject/Distribution/Resource was`);
  });

  test('an override that came before is still refused', () => {
    const { stack, subject } = build((scope) => ({ domainName: 'www.example.org', certificate: Certificate.fromCertificateArn(scope, 'Certificate', CERTIFICATE_ARN) }));
    change(subject, { viewerCertificate: { minimumProtocolVersion: 'TLSv1' } });
    give(subject);
    expect(() => Template.fromStack(stack)).toThrow('\'viewerCertificate\' of Stack/Subject/Distribution/Resource was');
  });

  test('another text for the secrets is refused', () => {
    const { stack, subject } = given();
    const secret = subject.node.findChild('OriginSecret').node.findChild('Current').node.defaultChild as CfnSecret;
    secret.generateSecretString = { passwordLength: 1 };
    expect(() => Template.fromStack(stack)).toThrow('\'generateSecretString\' of Stack/Subject/OriginSecret/Current/Resource was');
  });
});

test('the values are tokens, which are not resolved before they are in a template', () => {
  const { accepted, headerName } = given();
  expect(headerName).toBe(HEADER);
  expect(accepted.map((value) => Token.isUnresolved(value))).toEqual([true, true]);
});
