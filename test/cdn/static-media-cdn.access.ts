import { join } from 'path';
import { App, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { IConstruct } from 'constructs';
import { PrivateMedia, StaticFiles, StaticMediaCdn } from '../../src';
import { AccessRule, Actor, call, onBehalfOf, OTHER_ACCOUNT, overPlainHttp, overTls, Scene, valuesOf } from '../checks/access-rules';
import { emptyingAll, logDelivery, transport } from '../checks/bucket-rules';
import { ACCOUNT, REGION } from '../checks/intrinsics';
import { ANYBODY, ROOT } from '../checks/policies';

const PARTNER = `arn:aws:iam::${OTHER_ACCOUNT}:role/partner`;
const DELIVERY = 'delivery.logs.amazonaws.com';
const EDGE = `arn:aws:logs:us-east-1:${ACCOUNT}`;

interface SiteVariant {
  readonly name: string;
  readonly encrypted: boolean;
  readonly removalPolicy?: RemovalPolicy;
}

/** A site's CDN, with everybody that it can let in. */
function site({ name, encrypted, removalPolicy }: SiteVariant): Scene {
  // Only a stack that knows its account can tell that a role is of another one.
  const stack = new Stack(new App(), 'Stack', { env: { account: ACCOUNT, region: REGION } });
  const encryptionKey = encrypted ? new Key(stack, 'Key') : undefined;
  const subject = new StaticMediaCdn(stack, 'Cdn', {
    appDomain: 'demo.example.education',
    staticFiles: StaticFiles.fromAppWithFallback(),
    domainName: 'cdn.example.education',
    hostedZone: HostedZone.fromHostedZoneAttributes(stack, 'Zone', { hostedZoneId: 'Z1', zoneName: 'example.education' }),
    legacyAccessKey: true,
    privateMedia: PrivateMedia.rotatedKeys(),
    encryptionKey,
    removalPolicy,
  });
  subject._servePagesOf({ appDomain: 'app.example.education', by: stack });
  const role = (id: string) => new Role(stack, id, { assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com') });
  const roles = { uploader: role('Uploader'), publisher: role('Publisher'), signer: role('Signer'), bystander: role('Bystander') };
  subject.grantMediaReadWrite(roles.uploader);
  subject.grantMediaReadWrite(Role.fromRoleArn(stack, 'Partner', PARTNER));
  subject.grantStaticPublish(roles.publisher);
  subject.mediaSigningKey!.grantRead(roles.signer);
  subject.publishStatic('Release', { folder: join(__dirname, '..', '..', 'examples', 'site-media-cdn', 'static') });

  const { template, valueOf } = valuesOf(stack);
  const [media, statics, logs] = [subject.mediaBucket, subject.staticBucket!, subject.accessLogsBucket].map(({ bucketArn }) => valueOf(bucketArn));
  const distribution = valueOf(subject.distribution.distributionArn);
  const key = encryptionKey && valueOf(encryptionKey.keyArn);
  const withKey = (...actions: string[]) => (key ? actions.map((action) => call(action, key)) : []);
  const propertiesOf = (type: string) => Object.values(template.Resources).find(({ Type }) => Type === type)!.Properties!;
  const { node } = subject;
  const edgeNode = node.findChild('Edge').node;
  const frameworkFunction = edgeNode.findChild('Provider').node.findChild('framework-onEvent');
  const roleOf = (fn: IConstruct) => valueOf((fn.node.defaultChild as CfnFunction).role);
  const logGroup = valueOf((edgeNode.findChild('Logs') as unknown as ILogGroup).logGroupArn).replace(/:\*$/, '');
  const logStream = `${logGroup}:log-stream:1`;

  const account = new Actor('the account', ROOT);
  const [uploader, publisher, bystander] = [['an uploader', roles.uploader], ['a publisher', roles.publisher], ['a bystander', roles.bystander]]
    .map(([what, { roleArn }]: any) => new Actor(what, valueOf(roleArn)));
  const legacyUser = new Actor('the user with the access key', valueOf((node.findChild('LegacyUser') as any).userArn));
  const partner = new Actor('an uploader of another account', PARTNER);
  const strangers = [bystander, new Actor('a caller without identity', ANYBODY), new Actor('another account', `arn:aws:iam::${OTHER_ACCOUNT}:role/stranger`)];

  const get = call('s3:GetObject', `${media}/media/a.jpg`);
  const list = (bucket: string) => call('s3:ListBucket', bucket);
  const store = (who: Actor, what: string, bucket: string, folder: string, elsewhere: string): AccessRule[] => [
    who.may(`list ${what}`, list(bucket)),
    who.may(`read ${what}`, call('s3:GetObject', `${bucket}/${folder}/a/b.jpg`), ...withKey('kms:Decrypt')),
    who.may(`put ${what}`, call('s3:PutObject', `${bucket}/${folder}/a.jpg`), ...withKey('kms:GenerateDataKey', 'kms:Decrypt')),
    who.may(`delete ${what}`, call('s3:DeleteObject', `${bucket}/${folder}/a.jpg`)),
    who.may(`give a large upload of ${what} up`, call('s3:AbortMultipartUpload', `${bucket}/${folder}/a.mp4`)),
    who.mayNot('put secret/a.jpg', call('s3:PutObject', `${bucket}/secret/a.jpg`)),
    who.mayNot('read secret/a.jpg', call('s3:GetObject', `${bucket}/secret/a.jpg`)),
    who.mayNot(`put ${folder}.jpg`, call('s3:PutObject', `${bucket}/${folder}.jpg`)),
    who.mayNot(`delete an old version of ${what}`, call('s3:DeleteObjectVersion', `${bucket}/${folder}/a.jpg`)),
    who.mayNot(`read an old version of ${what}`, call('s3:GetObjectVersion', `${bucket}/${folder}/a.jpg`)),
    who.mayNot(`publish ${what} by an ACL`, call('s3:PutObjectAcl', `${bucket}/${folder}/a.jpg`)),
    who.mayNot(`change the policy of the bucket of ${what}`, call('s3:PutBucketPolicy', bucket)),
    who.mayNot(`delete the bucket of ${what}`, call('s3:DeleteBucket', bucket)),
    who.mayNot('read what is not its own', call('s3:GetObject', elsewhere)),
    who.mayNot('write what is not its own', call('s3:PutObject', elsewhere)),
    who.mayNot(`read ${what} over plain HTTP`, overPlainHttp(call('s3:GetObject', `${bucket}/${folder}/a.jpg`))),
    who.mayNot(`put ${what} over TLS 1.1`, overTls('1.1', call('s3:PutObject', `${bucket}/${folder}/a.jpg`))),
    who.mayNot('read logs', call('s3:GetObject', `${logs}/AWSLogs/${ACCOUNT}/CloudFront/a.gz`)),
    ...(key ? [who.mayNot('delete the key', call('kms:ScheduleKeyDeletion', key)), who.mayNot('hand the key on', call('kms:CreateGrant', key))] : []),
  ];

  const cloudFront = (what: string, sourceArn: string | undefined) =>
    new Actor(`CloudFront for ${what}`, 'cloudfront.amazonaws.com', { 'aws:SourceArn': sourceArn, 'aws:SourceAccount': ACCOUNT });
  const ours = cloudFront('this distribution', distribution);
  const others = [
    cloudFront('another distribution', `arn:aws:cloudfront::${ACCOUNT}:distribution/EOTHER`),
    cloudFront('a distribution that is called *', `arn:aws:cloudfront::${ACCOUNT}:distribution/*`),
    cloudFront('a namesake of the distribution in another account', distribution.replace(ACCOUNT, OTHER_ACCOUNT)),
    new Actor('another service for this distribution', ...onBehalfOf('s3.amazonaws.com', distribution)),
  ];
  const reading: AccessRule[] = [
    ours.may('read media', get, ...withKey('kms:Decrypt')),
    ours.may('read static files', call('s3:GetObject', `${statics}/static/a.css`), ...withKey('kms:Decrypt')),
    ours.may('see that a file is not there', list(media)),
    ours.may('see that a static file is not there', list(statics)),
    ours.mayNot('read the list of a publication', call('s3:GetObject', `${statics}/.publications/1`)),
    ours.mayNot('read what is no static file', call('s3:GetObject', `${statics}/backup.sql`)),
    ours.mayNot('read what is not media', call('s3:GetObject', `${media}/secret/a.jpg`)),
    ours.mayNot('read an old version', call('s3:GetObjectVersion', get.resource)),
    ours.mayNot('write media', call('s3:PutObject', get.resource)),
    ours.mayNot('delete media', call('s3:DeleteObject', get.resource)),
    ours.mayNot('read media over plain HTTP', overPlainHttp(get)),
    ours.mayNot('read logs', call('s3:GetObject', `${logs}/AWSLogs/a.gz`)),
    ...(key ? [ours.mayNot('encrypt with the key', call('kms:Encrypt', key)), ours.mayNot('make data keys', call('kms:GenerateDataKey', key))] : []),
    ...others.flatMap((other) => [
      other.mayNot('read media', get),
      other.mayNot('read static files', call('s3:GetObject', `${statics}/static/a.css`)),
      other.mayNot('list media', list(media)),
      other.mayNot('list static files', list(statics)),
      ...(key ? [other.mayNot('decrypt with the key', call('kms:Decrypt', key))] : []),
    ]),
  ];

  const source = valueOf(propertiesOf('Custom::EdgeLogDelivery').Name);
  const sourceArn = `${EDGE}:delivery-source:${source}`;
  const acl = { 's3:x-amz-acl': 'bucket-owner-full-control' };
  const writeLog = call('s3:PutObject', `${logs}/AWSLogs/${ACCOUNT}/CloudFront/a.gz`, acl);
  const logging = new Actor('log delivery', ...onBehalfOf(DELIVERY, sourceArn));
  const delivering: AccessRule[] = [
    logging.may('write logs of the CDN', writeLog),
    logging.mayNot('write elsewhere', call('s3:PutObject', `${logs}/Media/a.gz`, acl)),
    logging.mayNot('keep logs for itself', call('s3:PutObject', writeLog.resource, { 's3:x-amz-acl': 'private' })),
    logging.mayNot('read logs', call('s3:GetObject', writeLog.resource)),
    logging.mayNot('write logs over plain HTTP', overPlainHttp(writeLog)),
    ...[
      new Actor('log delivery from another source', ...onBehalfOf(DELIVERY, `${EDGE}:delivery-source:other`)),
      new Actor('log delivery from another account', ...onBehalfOf(DELIVERY, sourceArn.replace(ACCOUNT, OTHER_ACCOUNT), OTHER_ACCOUNT)),
    ].map((other) => other.mayNot('write logs of the CDN', writeLog)),
  ];

  const edge = new Actor('the edge function', roleOf(edgeNode.findChild('Function')));
  const framework = new Actor('CDK\'s framework function', roleOf(frameworkFunction));
  const edgeFunction = valueOf((edgeNode.findChild('Function') as any).functionArn);
  const certificate = `arn:aws:acm:us-east-1:${ACCOUNT}:certificate/1`;
  const owner = valueOf(propertiesOf('Custom::EdgeCertificate').Owner);
  const tag = 'cdk-mainstay:owner';
  const [mine, somebodyElses] = [owner, 'other'].map((value) => ({ [`aws:ResourceTag/${tag}`]: value }));
  const request = (context: object) => call('acm:RequestCertificate', '*', {
    'acm:DomainNames': ['cdn.example.education'], 'acm:ValidationMethod': 'DNS', [`aws:RequestTag/${tag}`]: owner, ...context,
  });
  const record = (context: object, zone = 'Z1') => call('route53:ChangeResourceRecordSets', `arn:aws:route53:::hostedzone/${zone}`, {
    'route53:ChangeResourceRecordSetsActions': ['UPSERT'],
    'route53:ChangeResourceRecordSetsRecordTypes': ['CNAME'],
    'route53:ChangeResourceRecordSetsNormalizedRecordNames': ['_a79865eb4cd1a6ab990a45779b4e0b96.cdn.example.education'],
    ...context,
  });
  const delivery = `${EDGE}:delivery:1`;
  const former = source.replace(/^.*?-logs-[0-9a-f]{6}/, 'albums-staging-logs-2e99e3');
  const deliveryTag = (kind: string, value: string) => ({ [`aws:${kind}Tag/${tag}`]: value });
  const [deliverySource, deliveryDestination] = [sourceArn, sourceArn.replace('delivery-source', 'delivery-destination')];
  const ofEdge: AccessRule[] = [
    edge.may('ask for the certificate', request({}), call('acm:AddTagsToCertificate', certificate, { ...mine, [`aws:RequestTag/${tag}`]: owner })),
    edge.may('look after it', call('acm:DescribeCertificate', certificate, mine)),
    edge.may('delete it', call('acm:DeleteCertificate', certificate, mine)),
    edge.may('prove the domain', record({})),
    edge.may('set logs up', call('logs:PutDeliverySource', deliverySource), call('logs:CreateDelivery', deliverySource, deliveryTag('Request', source))),
    edge.may('say where they go', call('logs:PutDeliveryDestination', deliveryDestination), call('logs:CreateDelivery', deliveryDestination, deliveryTag('Request', source))),
    // Of the deletion of a source, AWS's table of actions says that it is of a destination. The policy has both.
    edge.may('take them back', ...['DeleteDeliverySource', 'DeleteDeliveryDestination'].map((action) => call(`logs:${action}`, deliveryDestination))),
    edge.may('connect them', ...['CreateDelivery', 'TagResource'].map((action) => call(`logs:${action}`, delivery, deliveryTag('Request', source)))),
    edge.may('find and undo that', call('logs:DescribeDeliveries', '*'), call('logs:DeleteDelivery', delivery, deliveryTag('Resource', source))),
    edge.may('take back what had another name before', call('logs:DeleteDelivery', delivery, deliveryTag('Resource', former)),
      call('logs:DeleteDeliveryDestination', `${EDGE}:delivery-destination:${former}`)),
    edge.mayNot('set up logs under that name', call('logs:PutDeliverySource', `${EDGE}:delivery-source:${former}`)),
    edge.mayNot('take back what is of another stack', call('logs:DeleteDeliveryDestination', `${EDGE}:delivery-destination:other-logs-1d88d2-00000000-0000-0000-0000-000000000000`)),
    edge.mayNot('undo another delivery', call('logs:DeleteDelivery', delivery, deliveryTag('Resource', 'other'))),
    edge.mayNot('tag another delivery', call('logs:TagResource', delivery, deliveryTag('Request', 'other'))),
    edge.may('take logs of the distribution', call('cloudfront:AllowVendedLogDeliveryForResource', distribution)),
    edge.may('see that the bucket takes them', call('s3:GetBucketPolicy', logs)),
    edge.may('write its log', call('logs:CreateLogStream', logStream), call('logs:PutLogEvents', logStream)),
    edge.mayNot('ask for a certificate of another domain', request({ 'acm:DomainNames': ['www.example.org'] })),
    edge.mayNot('ask for one of its domain and another', request({ 'acm:DomainNames': ['cdn.example.education', 'www.example.org'] })),
    edge.mayNot('ask for a certificate by mail', request({ 'acm:ValidationMethod': 'EMAIL' })),
    edge.mayNot('ask for a certificate under another tag', request({ [`aws:RequestTag/${tag}`]: 'other' })),
    edge.mayNot('tag a certificate as somebody else\'s', call('acm:AddTagsToCertificate', certificate, { ...mine, [`aws:RequestTag/${tag}`]: 'other' })),
    edge.mayNot('delete a certificate of somebody else\'s', call('acm:DeleteCertificate', certificate, somebodyElses)),
    edge.mayNot('look at a certificate of somebody else\'s', call('acm:DescribeCertificate', certificate, somebodyElses)),
    edge.mayNot('export its key', call('acm:ExportCertificate', certificate, mine)),
    edge.mayNot('point the domain elsewhere', record({ 'route53:ChangeResourceRecordSetsNormalizedRecordNames': ['cdn.example.education'] })),
    edge.mayNot('point another domain elsewhere', record({ 'route53:ChangeResourceRecordSetsNormalizedRecordNames': ['_a.www.example.education'] })),
    edge.mayNot('delete a record', record({ 'route53:ChangeResourceRecordSetsActions': ['DELETE'] })),
    edge.mayNot('write a record of another type', record({ 'route53:ChangeResourceRecordSetsRecordTypes': ['TXT'] })),
    edge.mayNot('write into another zone', record({}, 'Z2')),
    edge.mayNot('take logs of another distribution', call('cloudfront:AllowVendedLogDeliveryForResource', `arn:aws:cloudfront::${ACCOUNT}:distribution/EOTHER`)),
    edge.mayNot('change another source of logs', call('logs:PutDeliverySource', `${EDGE}:delivery-source:other`)),
    edge.mayNot('change the policy of the bucket for logs', call('s3:PutBucketPolicy', logs)),
    edge.mayNot('read media', get),
    edge.mayNot('delete its log', call('logs:DeleteLogGroup', logGroup)),
    framework.may('call the edge function', call('lambda:InvokeFunction', edgeFunction), call('lambda:GetFunction', edgeFunction)),
    framework.may('call a version of it', call('lambda:InvokeFunction', `${edgeFunction}:1`)),
    framework.may('write its log', call('logs:CreateLogStream', logStream), call('logs:PutLogEvents', logStream)),
    framework.mayNot('call another function', call('lambda:InvokeFunction', `arn:aws:lambda:${REGION}:${ACCOUNT}:function:other`)),
    framework.mayNot('ask for the certificate', request({})),
  ];

  const publisherNode = node.findChild('Publisher').node.findChild('Deployment').node;
  const ofPublisher = publicationRules({
    properties: propertiesOf('Custom::StaticFiles'),
    publishing: new Actor('the publishing function', roleOf(publisherNode.findChild('Function'))),
    framework: new Actor('CDK\'s function that calls it', roleOf(publisherNode.findChild('Provider').node.findChild('framework-onEvent'))),
    fn: valueOf((publisherNode.findChild('Function').node.defaultChild as CfnFunction).attrArn),
    logGroup: valueOf((publisherNode.findChild('Logs') as unknown as ILogGroup).logGroupArn).replace(/:\*$/, ''),
    statics,
    media,
    distribution,
    key,
    valueOf,
  });

  const keysNode = node.findChild('SigningKeys').node;
  const rotationNode = keysNode.findChild('Rotation').node;
  const ofSigningKeys = signingRules({
    rotating: new Actor('the function of signing keys', roleOf(rotationNode.findChild('Function'))),
    framework: new Actor('CDK\'s function for signing keys', roleOf(rotationNode.findChild('Provider').node.findChild('framework-onEvent'))),
    signer: new Actor('a signer', valueOf(roles.signer.roleArn)),
    strangers: [...strangers, uploader, publisher],
    fn: valueOf(subject.rotationFunction!.functionArn),
    logGroup: valueOf(subject.rotationFunction!.logGroup.logGroupArn).replace(/:\*$/, ''),
    secret: valueOf((keysNode.findChild('Secret') as ISecret).secretArn),
    media,
    distribution,
  });

  const originSecret = node.findChild('OriginSecret').node;
  const originSecrets = ['Current', 'Next'].map((id) => valueOf((originSecret.findChild(id) as ISecret).secretArn));
  // CloudFormation reads them, by the permissions of who deploys, and nobody else does.
  const nobodyElse = [...strangers, uploader, publisher, legacyUser, partner, edge, framework];
  const ofOriginSecrets = originSecrets.flatMap((secret) => nobodyElse.map((other) =>
    other.mayNot(`read ${secret}, a value of the secret header`, call('secretsmanager:GetSecretValue', secret))));

  const trust = (what: string, service: string, roleArn: string): AccessRule[] => [
    new Actor(service, service).may(`take the role of ${what}`, call('sts:AssumeRole', roleArn)),
    bystander.mayNot(`take the role of ${what}`, call('sts:AssumeRole', roleArn)),
  ];

  return {
    name,
    template,
    unknownActions: ['logs:DeleteDeliverySource'], // of which AWS's reference says that it is about destinations
    rules: [
      ...store(uploader, 'media', media, 'media', `${statics}/static/a.css`),
      ...store(legacyUser, 'media', media, 'media', `${statics}/static/a.css`),
      ...store(partner, 'media', media, 'media', `${statics}/static/a.css`),
      ...store(publisher, 'static files', statics, 'static', `${media}/media/a.jpg`),
      publisher.may('have the CDN forget', call('cloudfront:CreateInvalidation', distribution), call('cloudfront:GetInvalidation', distribution)),
      publisher.mayNot('have another CDN forget', call('cloudfront:CreateInvalidation', `arn:aws:cloudfront::${ACCOUNT}:distribution/EOTHER`)),
      publisher.mayNot('change the CDN', call('cloudfront:UpdateDistribution', distribution)),
      uploader.mayNot('have the CDN forget', call('cloudfront:CreateInvalidation', distribution)),
      ...strangers.flatMap((stranger) => [
        stranger.mayNot('read media', get),
        stranger.mayNot('list media', list(media)),
        stranger.mayNot('put media', call('s3:PutObject', get.resource)),
        stranger.mayNot('read static files', call('s3:GetObject', `${statics}/static/a.css`)),
        ...(key ? [stranger.mayNot('decrypt with the key', call('kms:Decrypt', key))] : []),
      ]),
      ...reading,
      ...delivering,
      ...ofEdge,
      ...ofPublisher,
      ...ofSigningKeys,
      ...ofOriginSecrets,
      ...Object.values(roles).flatMap((one) => trust(one.node.id, 'ecs-tasks.amazonaws.com', valueOf(one.roleArn))),
      ...trust('the edge function', 'lambda.amazonaws.com', roleOf(edgeNode.findChild('Function'))),
      ...trust('CDK\'s framework function', 'lambda.amazonaws.com', roleOf(frameworkFunction)),
      ...trust('the publishing function', 'lambda.amazonaws.com', roleOf(publisherNode.findChild('Function'))),
      ...trust('CDK\'s function that calls it', 'lambda.amazonaws.com', roleOf(publisherNode.findChild('Provider').node.findChild('framework-onEvent'))),
      ...trust('the function of signing keys', 'lambda.amazonaws.com', roleOf(rotationNode.findChild('Function'))),
      ...trust('CDK\'s function for signing keys', 'lambda.amazonaws.com', roleOf(rotationNode.findChild('Provider').node.findChild('framework-onEvent'))),
      ...logDelivery(logs, [['Media', media], ['Static', statics]]),
      ...[media, statics, logs].flatMap((bucket) => transport(account, bucket)),
      ...(removalPolicy === RemovalPolicy.DESTROY ? emptyingAll(stack, valueOf, [media, statics, logs]) : []),
      ...(key ? [account.may('administer the key', call('kms:PutKeyPolicy', key))] : []),
    ],
  };
}

interface Publishing {
  readonly properties: Record<string, any>;
  readonly publishing: Actor;
  readonly framework: Actor;
  readonly fn: string;
  readonly logGroup: string;
  readonly statics: string;
  readonly media: string;
  readonly distribution: string;
  readonly key?: string;
  readonly valueOf: (token: any) => string;
}

function publicationRules({ properties, publishing, framework, fn, logGroup, statics, media, distribution, key, valueOf }: Publishing): AccessRule[] {
  const assets = `arn:aws:s3:::${valueOf(properties.AssetBucket)}`;
  const journal = `${statics}/${properties.Journal}`;
  const css = `${statics}/static/a/b.css`;
  const logStream = `${logGroup}:log-stream:1`;
  const withKey = (...actions: string[]) => (key ? actions.map((action) => call(action, key)) : []);
  return [
    publishing.may('read the files of the release', call('s3:GetObject', `${assets}/${properties.AssetKey}`)),
    publishing.may('see what is published', call('s3:GetObject', css), call('s3:ListBucket', statics), ...withKey('kms:Decrypt')),
    publishing.may('publish', call('s3:PutObject', css), ...withKey('kms:GenerateDataKey')),
    publishing.may('keep a list of what is to be forgotten', ...['s3:GetObject', 's3:PutObject', 's3:DeleteObject'].map((action) => call(action, journal))),
    publishing.may('have the CDN forget', call('cloudfront:CreateInvalidation', distribution)),
    publishing.may('write its log', call('logs:CreateLogStream', logStream), call('logs:PutLogEvents', logStream)),
    publishing.mayNot('read another asset', call('s3:GetObject', `${assets}/${'0'.repeat(64)}.zip`)),
    publishing.mayNot('write an asset', call('s3:PutObject', `${assets}/${properties.AssetKey}`)),
    publishing.mayNot('delete a static file', call('s3:DeleteObject', css)),
    publishing.mayNot('delete an old version of a static file', call('s3:DeleteObjectVersion', css)),
    publishing.mayNot('publish by an ACL', call('s3:PutObjectAcl', css)),
    publishing.mayNot('write beside the folder', call('s3:PutObject', `${statics}/static.css`)),
    publishing.mayNot('write the list of another publication', call('s3:PutObject', `${journal}0`)),
    publishing.mayNot('publish over plain HTTP', overPlainHttp(call('s3:PutObject', css))),
    publishing.mayNot('read media', call('s3:GetObject', `${media}/media/a.jpg`)),
    publishing.mayNot('write media', call('s3:PutObject', `${media}/media/a.jpg`)),
    publishing.mayNot('have another CDN forget', call('cloudfront:CreateInvalidation', `arn:aws:cloudfront::${ACCOUNT}:distribution/EOTHER`)),
    publishing.mayNot('change the CDN', call('cloudfront:UpdateDistribution', distribution)),
    ...(key ? [publishing.mayNot('delete the key', call('kms:ScheduleKeyDeletion', key))] : []),
    framework.may('call the publishing function', call('lambda:InvokeFunction', fn), call('lambda:GetFunction', fn)),
    framework.may('call a version of it', call('lambda:InvokeFunction', `${fn}:1`)),
    framework.may('write its log', call('logs:CreateLogStream', logStream), call('logs:PutLogEvents', logStream)),
    framework.mayNot('publish', call('s3:PutObject', css)),
  ];
}

interface Signing {
  readonly rotating: Actor;
  readonly framework: Actor;
  readonly signer: Actor;
  readonly strangers: Actor[];
  readonly fn: string;
  readonly logGroup: string;
  readonly secret: string;
  readonly media: string;
  readonly distribution: string;
}

function signingRules({ rotating, framework, signer, strangers, fn, logGroup, secret, media, distribution }: Signing): AccessRule[] {
  const logStream = `${logGroup}:log-stream:1`;
  const other = secret.replace(/[^:]*$/, 'other-AbCdEf');
  const ofSecret = (verb: string, which = secret) => call(`secretsmanager:${verb}`, which);
  const ofCloudFront = (...verbs: string[]) => verbs.map((verb) => call(`cloudfront:${verb}`, '*'));
  return [
    rotating.may('see the versions of the key', ofSecret('DescribeSecret')),
    rotating.may('read them', ofSecret('GetSecretValue')),
    rotating.may('write the next', ofSecret('PutSecretValue')),
    rotating.may('make it current', ofSecret('UpdateSecretVersionStage')),
    rotating.may('make a public key', ...ofCloudFront('CreatePublicKey')),
    rotating.may('find its own', ...ofCloudFront('ListPublicKeys', 'GetPublicKey')),
    rotating.may('delete it', ...ofCloudFront('DeletePublicKey')),
    rotating.may('make a group', ...ofCloudFront('CreateKeyGroup')),
    rotating.may('find it', ...ofCloudFront('ListKeyGroups', 'GetKeyGroup')),
    rotating.may('say who is in it', ...ofCloudFront('UpdateKeyGroup')),
    rotating.may('delete the group', ...ofCloudFront('DeleteKeyGroup')),
    rotating.may('write its log', call('logs:CreateLogStream', logStream), call('logs:PutLogEvents', logStream)),
    rotating.mayNot('read another secret', ofSecret('GetSecretValue', other)),
    rotating.mayNot('write another secret', ofSecret('PutSecretValue', other)),
    rotating.mayNot('delete the secret', ofSecret('DeleteSecret')),
    rotating.mayNot('let others read it', ofSecret('PutResourcePolicy')),
    rotating.mayNot('change the CDN', call('cloudfront:UpdateDistribution', distribution)),
    rotating.mayNot('read media', call('s3:GetObject', `${media}/media/a.jpg`)),
    signer.may('read the key', ofSecret('GetSecretValue'), ofSecret('DescribeSecret')),
    signer.mayNot('write it', ofSecret('PutSecretValue')),
    signer.mayNot('rotate it', ofSecret('RotateSecret')),
    signer.mayNot('trust a key of its own', call('cloudfront:UpdateKeyGroup', '*')),
    ...strangers.flatMap((stranger) => [
      stranger.mayNot('read the key that signs', ofSecret('GetSecretValue')),
      stranger.mayNot('trust another key', call('cloudfront:UpdateKeyGroup', '*')),
    ]),
    framework.may('call the function of signing keys', call('lambda:InvokeFunction', fn), call('lambda:GetFunction', fn)),
    framework.may('call a version of it', call('lambda:InvokeFunction', `${fn}:1`)),
    framework.may('write its log', call('logs:CreateLogStream', logStream), call('logs:PutLogEvents', logStream)),
    framework.mayNot('read the key', ofSecret('GetSecretValue')),
  ];
}

export const SCENES: Scene[] = [
  site({ name: 'a CDN with a customer key', encrypted: true }),
  site({ name: 'a CDN that goes with its stack', encrypted: false, removalPolicy: RemovalPolicy.DESTROY }),
];
