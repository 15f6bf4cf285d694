import { CfnResource, RemovalPolicy } from 'aws-cdk-lib';
import { CfnFunction } from 'aws-cdk-lib/aws-cloudfront';
import { inFile, SourceDefect } from '../mutations/source-defect';
import { override, unset, TemplateDefect } from '../mutations/template-defect';

export const TEMPLATE_DEFECTS: TemplateDefect[] = [
  { name: 'media go with their stack', variant: 'StaticMediaCdn', at: 'Media/Resource', change: (bucket: CfnResource) => bucket.applyRemovalPolicy(RemovalPolicy.DESTROY) },
  { name: 'media have no versions', variant: 'StaticMediaCdn', at: 'Media/Resource', change: unset('versioningConfiguration') },
  { name: 'media may be made public', variant: 'StaticMediaCdn', at: 'Media/Resource', change: unset('publicAccessBlockConfiguration') },
  { name: 'a distribution has an HTTP version that CloudFront has not', variant: 'StaticMediaCdn', at: 'Distribution/Resource', change: override('DistributionConfig.HttpVersion', 'http4') },
  {
    name: 'an upload keeps the type of a script',
    variant: 'StaticMediaCdn',
    at: 'Behaviors/SafeDownloads/Resource',
    change: (fn: CfnFunction) => fn.functionCode = fn.functionCode!.replace("headers['content-type'] = { value: 'application/octet-stream' };", ''),
  },
  { name: 'a distribution has an origin that is none', variant: 'StaticMediaCdn', at: 'Distribution/Resource', change: override('DistributionConfig.DefaultCacheBehavior.TargetOriginId', 'missing') },
];

export const SOURCE_DEFECTS: SourceDefect[] = [
  ...inFile('src/cdn/private/cdn-app.ts', [
    { name: 'the app gets no secret header', test: 'test/cdn/app-as-origin.test.ts', find: 'produce: () => this.origin.secret && [', replace: 'produce: () => this.settings.appSecret && [' },
    { name: 'the app that gave itself is forgotten once its CDN was explained', test: 'test/cdn/app-as-origin.test.ts', find: 'domainName: string = Lazy.uncachedString(', replace: 'domainName: string = Lazy.string(' },
    { name: 'pages of no app are deployed', test: 'test/cdn/app-as-origin.test.ts', find: 'if (!this.servesPages || this.origin.domainName !== undefined) return [];', replace: 'if (this.origin.domainName !== null) return [];' },
  ]),
  ...inFile('src/cdn/private/cdn-app.ts', [
    { name: 'a second app takes the pages of the first', test: 'test/cdn/app-as-origin.test.ts', find: 'if (app.givenBy) {', replace: 'if (app.givenBy === cdn) {' },
    { name: 'a secret of the user is replaced without a word', test: 'test/cdn/app-as-origin.test.ts', find: 'if (settings.appSecret) {', replace: 'if (!settings) {' },
    { name: 'two stacks wait for each other', test: 'test/cdn/app-as-origin.test.ts', find: 'if (Token.isUnresolved(appDomain) && Stack.of(by) !== Stack.of(cdn)) {', replace: 'if (!by) {' },
    { name: 'a secret of another region is referred to', test: 'test/cdn/app-as-origin.test.ts', find: "  requireSameRegion({ ...where, because: 'CloudFormation reads the secret of the CDN in its own region only; create both in one region' });\n", replace: '' },
    { name: 'values of the header differ by case alone', test: 'test/cdn/app-as-origin.test.ts', find: 'excludeUppercase: true, ', replace: '' },
    { name: 'what the secrets are may be overridden', test: 'test/cdn/app-as-origin.test.ts', find: '  seal(scope, SEALED);\n', replace: '' },
  ]),
  ...inFile('src/cdn/private/app-domain.ts', [
    { name: 'a CDN fetches from an endpoint without HTTPS', test: 'test/cdn/app-domain.test.ts', find: 'if (S3_WEBSITE.test(text)) {', replace: 'if (S3_WEBSITE.test(text) && servesPages) {' },
    { name: 'a CDN fetches from a load balancer without a certificate', test: 'test/cdn/app-domain.test.ts', find: ' || (servesPages && domainName === undefined)', replace: '' },
    { name: 'a CDN fetches from a network that it cannot reach', test: 'test/cdn/app-domain.test.ts', find: ' || isOfInternalBalancer(appDomain)) {', replace: ') {' },
    { name: 'an API gets the Host header of the CDN', test: 'test/cdn/app-domain.test.ts', find: 'return ROUTED_BY_HOST.test(', replace: 'return S3_WEBSITE.test(' },
  ]),
  ...inFile('src/cdn/private/buckets.ts', [
    { name: 'a bucket has a name that S3 keeps', test: 'test/cdn/static-media-cdn.test.ts', find: 'if (reserved === undefined) return;', replace: 'if (reserved !== \'xn--\') return;' },
    { name: 'a pinned media bucket is replaced by an empty one', test: 'test/cdn/replacement-pin.test.ts', find: "'AWS::S3::Bucket': ['BucketName', ", replace: "'AWS::S3::Bucket': [" },
    { name: 'any distribution may read', find: "const conditions = { StringEquals: { 'aws:SourceArn': distribution.distributionArn } };", replace: 'const conditions = {};', test: 'test/cdn/cdn-buckets.test.ts' },
    { name: 'all of a bucket of static files is public', test: 'test/cdn/cdn-buckets.test.ts', find: '[`${staticLocation}/*`, ...', replace: "['*', ..." },
    { name: 'an app that gave itself is forgotten by the policy of a bucket', test: 'test/cdn/cdn-buckets.test.ts', find: '(app.servesPages || others.length === 0 ? folder : [folder, ...others])', replace: '(others.length === 0 ? folder : [folder, ...others])' },
    { name: 'media are read by way of a static file with a way up', test: 'test/cdn/who-may-read.table.test.ts', find: "? ['*/../*'] : []", replace: "? ['*/.../*'] : []" },
    { name: 'lists of publications are public', test: 'test/cdn/who-may-read.table.test.ts', find: '? [`${PUBLICATIONS}/*`] : []', replace: '? [`${PUBLICATIONS}`] : []' },
    { name: 'all of a bucket of media may be read', test: 'test/cdn/who-may-read.table.test.ts', find: 'mediaBucket.arnForObjects(`${settings.mediaLocation}/*`)', replace: "mediaBucket.arnForObjects('*')" },
  ]),
  ...inFile('src/cdn/private/cdn-behaviors.ts', [
    { name: 'an upload may run scripts', find: "style-src \\'unsafe-inline\\'; sandbox'", replace: "style-src \\'unsafe-inline\\''" },
  ]),
  ...inFile('src/cdn/private/cdn-behaviors.ts', [
    { name: 'S3 obeys a visitor who says what a file is', test: 'test/cdn/who-may-read.table.test.ts', find: 'this.props.staticFiles._needsBucket ?', replace: 'this.props.staticFiles._needsApp ?' },
    { name: 'private media need no signature', test: 'test/cdn/who-may-read.table.test.ts', find: '      trustedKeyGroups: this.props.mediaKeyGroups,\n', replace: '' },
    { name: 'uploads are served as they are', test: 'test/cdn/who-may-read.table.test.ts', find: 'eventType: cloudfront.FunctionEventType.VIEWER_RESPONSE', replace: 'eventType: cloudfront.FunctionEventType.VIEWER_REQUEST' },
  ]),
  ...inFile('src/cdn/cdn-content.ts', [
    { name: 'a key that CloudFront never asks for is served', test: 'test/cdn/cdn-buckets.test.ts', find: '(?!.*\\/\\/)', replace: '' },
  ]),
  ...inFile('src/cdn/private/one-bucket.ts', [
    { name: 'two imports of one bucket are taken for two', test: 'test/cdn/cdn-buckets.test.ts', find: 'return one === other || name(one) === name(other);', replace: 'return one === other;' },
  ]),
  ...inFile('src/cdn/private/cdn-logs.ts', [
    { name: 'signed URLs are logged', find: "field !== 'cs-uri-query'", replace: "field !== 'cs(Cookie)'" },
  ]),
  ...inFile('src/cdn/private/distribution.ts', [
    { name: 'visitors wait half a minute for the fallback', find: ', ...(fallbackOrigin && givenUpSoon()) });', replace: ' });' },
    { name: 'pages of an app are fetched over HTTP', test: 'test/cdn/app-as-origin.test.ts', find: 'domainName, { readTimeout:', replace: 'domainName, { protocolPolicy: cloudfront.OriginProtocolPolicy.HTTP_ONLY, readTimeout:' },
    { name: 'static files of an app go without the secret header', test: 'test/cdn/app-as-origin.test.ts', find: 'primaryOrigin: app,', replace: 'primaryOrigin: http,' },
    { name: 'static files are gone once an app gives itself', test: 'test/cdn/app-as-origin.test.ts', find: 'if (!servesPages) distribution.addBehavior(', replace: 'if (!distribution) distribution!.addBehavior(' },
    { name: 'the root of an app is a file', test: 'test/cdn/app-as-origin.test.ts', find: '      defaultRootObject: undefined,\n', replace: '' },
    { name: 'what the construct changes itself is an error', test: 'test/cdn/app-as-origin.test.ts', find: 'changeSealed(resource, () => {', replace: '[changeSealed].forEach(() => {' },
    { name: 'the static bucket is listed at its root', find: 'files && !servesPages ? rootObject(settings) : undefined', replace: 'undefined' },
  ]),
  ...inFile('src/cdn/private/explain.ts', [
    { name: 'headers of a policy from elsewhere are made up', find: '|| !responseHeaders', replace: '', test: 'test/cdn/cdn-explanation.test.ts' },
  ]),
  ...inFile('src/cdn/private/folders.ts', [
    { name: 'a folder is one that CloudFront resolves', test: 'test/cdn/static-media-cdn.test.ts', find: '(?!(.*\\/)?\\.{1,2}(\\/|$))', replace: '' },
  ]),
  ...inFile('src/cdn/private/key-groups.ts', [
    { name: 'private media may be public by an empty list', test: 'test/cdn/static-media-cdn.test.ts', find: 'if (mediaKeyGroups?.length === 0 && !privateMedia) {', replace: 'if (mediaKeyGroups?.length === 0 && privateMedia) {' },
    { name: 'CloudFront refuses a fifth key group', test: 'test/cdn/key-groups.test.ts', find: ' + (privateMedia ? 1 : 0);', replace: ';' },
  ]),
  ...inFile('src/cdn/private/matched-paths.ts', [
    { name: 'an escaped letter hides a folder from explanations', test: 'test/cdn/matched-paths.test.ts', find: 'test(character) ? character : escape.toUpperCase()', replace: 'test(character) ? escape : escape.toUpperCase()' },
    { name: 'explanations follow no dots', test: 'test/cdn/matched-paths.test.ts', find: "if (segment === '..') kept.pop();", replace: '' },
    { name: 'explanations guess what nobody documents', test: 'test/cdn/matched-paths.test.ts', find: ', withSingleSlashes(withoutDots(each))]', replace: ']' },
  ]),
  ...inFile('src/cdn/private/cdn-settings.ts', [
    { name: 'a CDN is made where there is none', test: 'test/cdn/static-media-cdn.test.ts', find: "if (partition === 'aws') return;", replace: "if (partition !== 'aws-cn') return;" },
    { name: 'private media are read by way of static files', test: 'test/cdn/cdn-buckets.test.ts', find: 'if (servesPages || !mediaBucket || !isOneBucket(scope, mediaBucket, staticBucket)) return;', replace: 'if (mediaBucket || !staticBucket) return;' },
    { name: 'a distribution fetches from itself', find: 'appDomain.toLowerCase() === domainName?.toLowerCase()', replace: 'appDomain === domainName' },
  ]),
  ...inFile('src/cdn/private/domain.ts', [
    { name: 'a certificate of all subdomains is for those below them, too', test: 'test/cdn/cdn-domain.test.ts', find: "other.replace(/^[^.]+/, '*') === one", replace: 'other.endsWith(one.slice(1))' },
    { name: 'two CDNs claim one domain', find: "if (areTogether(owner, other) === 'yes') throw", replace: "if (areTogether(owner, other) === 'no') throw", test: 'test/cdn/cdn-domain.test.ts' },
  ]),
  ...inFile('src/shared/domain-names.ts', [
    { name: 'another domain is a subdomain of the zone', find: '`.${domainName.toLowerCase()}`.endsWith(`.${', replace: '`.${domainName.toLowerCase()}`.endsWith(`${' },
    { name: 'a certificate of another region is taken', find: 'CfnCertificate.isCfnCertificate(certificate.node.defaultChild) ? Stack.of(certificate) : {}', replace: '{}' },
    { name: 'ACM looks for a record in a private zone', find: 'if (isPrivate() || isImportedAsPrivate(zone)) throw', replace: 'if (isImportedAsPrivate(zone)) throw', test: 'test/cdn/cdn-domain.test.ts' },
    { name: 'ACM is asked for a domain of AWS', find: 'const because = OF_AWS.test(domainName) ?', replace: 'const because = !domainName ?', test: 'test/cdn/cdn-domain.test.ts' },
    { name: 'ACM is asked for a name that it refuses', find: 'const LONGEST_COMMON_NAME = 64;', replace: 'const LONGEST_COMMON_NAME = 65;', test: 'test/cdn/cdn-domain.test.ts' },
  ]),
  ...inFile('src/cdn/private/unkeyed-values.ts', [
    { name: 'what forwards cookies is cached', test: 'test/cdn/unkeyed-values.test.ts', find: 'cookie: difference(forwarded.cookie, keyed.cookie),', replace: 'cookie: NOTHING.cookie,' },
    { name: 'what is in the cache key is taken for a leak', test: 'test/cdn/unkeyed-values.test.ts', find: "|| keyed.behavior === 'all') return none;", replace: ') return none;' },
    { name: 'a header that one of many has leaks by its case', test: 'test/cdn/unkeyed-values.test.ts', find: 'difference(lowerCased(forwarded.header), lowerCased(keyed.header), SAME_FOR_MANY)', replace: 'difference(forwarded.header, keyed.header, SAME_FOR_MANY)' },
  ]),
  ...inFile('lambda/cdn/certificate/certificate.ts', [
    { name: 'a certificate is left that nobody knows of', find: '    await certificates.delete(arn);\n', replace: '' },
    { name: 'a record that nobody creates is taken for one', find: '  if (await isIssuedInTime(arn, domainName, certificates, deadline)) return;\n', replace: '  if (await isIssuedInTime(arn, domainName, certificates, deadline) || record) return;\n' },
  ]),
  ...inFile('src/cdn/private/domain.ts', [
    { name: 'a certificate is used before it is issued', find: 'zone ? resource.ref : this.arnOnceIssued(resource, domain, edge)', replace: 'resource.ref' },
    { name: 'a record is waited for that nobody was shown', find: '    issued.node.addDependency(shown);\n', replace: '' },
    { name: 'a stack that learns its region cannot be deployed', find: "new EdgeCertificate(scope, 'EdgeCertificate',", replace: "new EdgeCertificate(scope, 'Certificate'," },
  ]),
  ...inFile('lambda/cdn/certificate/handler.ts', [
    { name: 'the rollback of a failed change of the domain leaves a certificate behind', find: 'await certificates.domainOf(formerArn) === domainName', replace: "'OldResourceProperties' in event && event.OldResourceProperties.DomainName === domainName" },
  ]),
  ...inFile('src/cdn/private/static-publisher.ts', [
    { name: 'a file of two publications is of either', test: 'test/cdn/publish-static.test.ts', find: 'if (this.last) resource.node.addDependency(this.last);', replace: '' },
    { name: 'a publication may delete files', test: 'test/cdn/publish-static.test.ts', find: "actions: ['s3:GetObject', 's3:PutObject'], resources: [objects]", replace: "actions: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'], resources: [objects]" },
    { name: 'a publication may read all assets', test: 'test/cdn/publish-static.test.ts', find: 'resourceName: asset.s3ObjectKey', replace: "resourceName: '*'" },
  ]),
  ...inFile('src/cdn/static-media-cdn.ts', [
    { name: 'Django looks for the files of an app in a bucket', find: 'this.settings.staticFiles._needsApp ? undefined : this.staticBucket', replace: 'this.staticBucket' },
  ]),
  ...inFile('src/cdn/private/single-page-app.ts', [
    { name: 'a file that is not there is the page of a single-page app', test: 'test/cdn/single-page-app.test.ts', find: "(isView ? '/index.html' : path)", replace: "'/index.html'" },
  ]),
  ...inFile('src/cdn/private/static-publisher.ts', [
    { name: 'what links lead to is published', test: 'test/cdn/publish-static.test.ts', find: 'if (target !== ways[0] && !target.startsWith(', replace: 'if (target === ways[0] && !target.startsWith(' },
  ]),
  ...inFile('src/shared/bucket-grants.ts', [
    { name: 'who uses one bucket decrypts all others', test: 'test/shared/stacks.test.ts', find: "{ ...via.StringLike, 'kms:EncryptionContext:aws:s3:arn': [bucketArn, `${bucketArn}/*`] }", replace: 'via.StringLike' },
  ]),
  ...inFile('lambda/cdn/static-files/files-in-zip.ts', [
    { name: 'a page is kept for a year', test: 'test/lambda/cdn/static-files/files-in-zip.test.ts', find: 'hashed.test(path) && !PAGE.test(path)', replace: 'hashed.test(path)' },
  ]),
  ...inFile('lambda/cdn/static-files/publication.ts', [
    { name: 'a page is there before what it refers to', find: 'for (const group of [hashed, others])', replace: 'for (const group of [others, hashed])' },
    { name: 'a publication that broke off leaves old files in caches', find: '  if (invalidated.length > 0) await published.setPendingInvalidations(invalidated);\n', replace: '' },
  ]),
  ...inFile('lambda/cdn/origin-secret.ts', [
    { name: 'the current value changes while some edge locations send another one', find: "  if (!deployed) return { kind: 'wait', for: 'edge locations' };\n  if (!accepted.includes(next))", replace: '  if (!accepted.includes(next))' },
    { name: 'a value is sent that the rule does not accept', find: "  if (!accepted.includes(next)) return { kind: 'accept', values: [current, next] };\n", replace: '' },
    { name: 'a secret changes while a stack is being updated', find: "return updating ? { kind: 'wait', for: 'stack update' } : {", replace: "return !secret ? { kind: 'wait', for: 'stack update' } : {" },
  ]),
  ...inFile('lambda/cdn/signing-keys/rotation.ts', [
    { name: 'a key is used that edge locations do not know yet', find: 'const PROPAGATION_TIME = 3_600_000;', replace: 'const PROPAGATION_TIME = 0;' },
    { name: 'a key is trusted whose private half may be lost', find: 'const trusted = [current.keyPairId, ...retired, next.keyPairId];', replace: 'const trusted = [current.keyPairId, ...retired, await group.addKey((await newKeyPair()).publicKey), next.keyPairId];' },
    { name: 'a rotation refuses what was signed before it', find: 'const trusted = [current.keyPairId, ...retired, next.keyPairId];', replace: 'const trusted = [current.keyPairId, next.keyPairId];' },
    { name: 'keys stay that nobody trusts', find: 'if (!trusted.includes(id)) await group.removeKey(id);', replace: 'void id;' },
  ]),
  ...inFile('lambda/cdn/signing-keys/cloudfront-key-group.ts', [
    { name: 'keys of other CDNs are deleted', find: 'filter(({ Name }) => Name!.startsWith(beginning))', replace: 'filter(({ Name }) => Name)' },
    { name: 'a group is looked for by a name that it does not have', find: 'const known = this.id === undefined ? undefined : await this.get(this.id);', replace: 'const known = undefined;' },
  ]),
  ...inFile('src/cdn/private/signing-keys.ts', [
    { name: 'a secret of old keys stays', test: 'test/cdn/private-media.test.ts', find: 'removalPolicy: RemovalPolicy.DESTROY,', replace: 'removalPolicy,' },
  ]),
  ...inFile('lambda/cdn/certificate/acm-certificates.ts', [
    { name: 'a certificate that is gone holds up the teardown', test: 'test/lambda/cdn/certificate/index.test.ts', find: "const GONE = ['ResourceNotFoundException', 'AccessDeniedException'];", replace: "const GONE = ['ResourceNotFoundException'];" },
  ]),
  ...inFile('lambda/cdn/certificate/log-delivery.ts', [
    { name: 'two sources want to deliver the logs of one distribution', test: 'test/lambda/cdn/certificate/handler.test.ts', find: 'if (formerName !== undefined && formerName !== name) await removeDelivery(formerName, deliveries);', replace: 'void formerName;' },
  ]),
  ...inFile('lambda/cdn/certificate/cloudwatch-deliveries.ts', [
    { name: 'the log delivery of others is undone', find: 'deliverySourceName === sourceName', replace: 'deliverySourceName' },
  ]),
];
