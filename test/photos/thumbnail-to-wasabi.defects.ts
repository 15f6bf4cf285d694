import { CfnResource, RemovalPolicy } from 'aws-cdk-lib';
import { AnyPrincipal, ManagedPolicy, Role } from 'aws-cdk-lib/aws-iam';
import { IConstruct } from 'constructs';
import { inFile, SourceDefect } from '../mutations/source-defect';
import { added, override, statements, unset, withoutDenial, TemplateDefect } from '../mutations/template-defect';

const onBuckets: TemplateDefect[] = [
  {
    name: 'a bucket may be made public',
    variant: 'ThumbnailToWasabi',
    at: 'Dropbox/Resource',
    change: (bucket) => {
      const onAccessControlLists = { blockPublicAcls: true, ignorePublicAcls: true };
      bucket.publicAccessBlockConfiguration = { ...onAccessControlLists, blockPublicPolicy: false, restrictPublicBuckets: false };
    },
  },
  { name: 'a bucket leaves public access to the defaults of S3', variant: 'ThumbnailToWasabi', at: 'Thumbnails/Resource', change: unset('publicAccessBlockConfiguration') },
  {
    name: 'a bucket takes access control lists, and is public by one',
    variant: 'ThumbnailToWasabi',
    at: 'Thumbnails/Resource',
    change: (bucket) => Object.assign(bucket, { ownershipControls: { rules: [{ objectOwnership: 'ObjectWriter' }] }, accessControl: 'PublicRead' }),
  },
  { name: 'a bucket is not encrypted by its own setting', variant: 'ThumbnailToWasabi', at: 'Dropbox/Resource', change: unset('bucketEncryption') },
  { name: 'a bucket has an encryption that S3 has not', variant: 'ThumbnailToWasabi', at: 'Dropbox/Resource', change: encryptBy('AES512') },
  { name: 'a bucket has no versions', variant: 'ThumbnailToWasabi', at: 'Dropbox/Resource', change: unset('versioningConfiguration') },
  { name: 'a bucket writes no access logs', variant: 'ThumbnailToWasabi', at: 'Thumbnails/Resource', change: unset('loggingConfiguration') },
  { name: 'a bucket takes plain HTTP and old TLS', variant: 'ThumbnailToWasabi', at: 'Dropbox/Policy/Resource', change: withoutDenial },
  {
    name: 'a bucket takes TLS 1.1',
    variant: 'ThumbnailToWasabi',
    at: 'Thumbnails/Policy/Resource',
    change: statements((statement) => (statement.Condition?.NumericLessThan ? undefined : statement)),
  },
  {
    name: 'anybody may read a bucket',
    variant: 'ThumbnailToWasabi',
    at: 'Thumbnails/Policy',
    change: added({ principals: [new AnyPrincipal()], actions: ['s3:GetObject'], resources: ['*'] }),
  },
  {
    name: 'the access logs of any bucket are taken',
    variant: 'ThumbnailToWasabi',
    at: 'AccessLogs/Policy/Resource',
    change: statements((statement) => (statement.Effect === 'Allow' ? { ...statement, Condition: undefined } : statement)),
  },
  {
    name: 'originals that are not archived expire',
    variant: 'ThumbnailToWasabi',
    at: 'Dropbox/Resource',
    change: override('LifecycleConfiguration.Rules.0.NoncurrentVersionExpiration', { NoncurrentDays: 1 }),
  },
  { name: 'a lifecycle rule is in a state that S3 has not', variant: 'ThumbnailToWasabi', at: 'Dropbox/Resource', change: override('LifecycleConfiguration.Rules.0.Status', 'Active') },
  { name: 'a bucket sends no events', variant: 'ThumbnailToWasabi', at: 'Dropbox/Resource', change: (bucket: CfnResource) => bucket.addPropertyDeletionOverride('NotificationConfiguration') },
  { name: 'the logical id of a bucket moves', variant: 'ThumbnailToWasabi', at: 'Dropbox/Resource', change: (bucket: CfnResource) => bucket.overrideLogicalId('Moved') },
  { name: 'a bucket has a fixed name', variant: 'ThumbnailToWasabi', at: 'Dropbox/Resource', change: override('BucketName', 'dropbox') },
  { name: 'a bucket goes with its stack', variant: 'ThumbnailToWasabi', at: 'Dropbox/Resource', change: (bucket: CfnResource) => bucket.applyRemovalPolicy(RemovalPolicy.DESTROY) },
  {
    name: 'a bucket has a deletion policy that CloudFormation has not',
    variant: 'ThumbnailToWasabi',
    at: 'Dropbox/Resource',
    change: (bucket: CfnResource) => bucket.addOverride('DeletionPolicy', 'Keep'),
  },
  {
    name: 'an ephemeral bucket is not emptied',
    variant: 'ThumbnailToWasabi-ephemeral',
    at: 'Dropbox',
    change: (bucket: IConstruct) => bucket.node.tryRemoveChild('AutoDeleteObjectsCustomResource'),
  },
  {
    name: 'an ephemeral bucket may not be emptied any more when it should be',
    variant: 'ThumbnailToWasabi-ephemeral',
    at: 'Dropbox/AutoDeleteObjectsCustomResource/Default',
    change: (resource: CfnResource) => resource.addDeletionOverride('DependsOn'),
  },
];

function encryptBy(sseAlgorithm: string): (bucket: any) => void {
  return (bucket) => { bucket.bucketEncryption = { serverSideEncryptionConfiguration: [{ serverSideEncryptionByDefault: { sseAlgorithm } }] }; };
}

const onFunctions: TemplateDefect[] = [
  { name: 'a function has a runtime that is no longer kept', variant: 'ThumbnailToWasabi', at: 'Photo/Function/Resource', change: (fn) => { fn.runtime = 'nodejs16.x'; } },
  { name: 'a function has a runtime that Lambda has not', variant: 'ThumbnailToWasabi', at: 'Photo/Function/Resource', change: (fn) => { fn.runtime = 'nodejs24'; } },
  { name: 'a function has a runtime of another language', variant: 'ThumbnailToWasabi', at: 'Archive/Function/Resource', change: (fn) => { fn.runtime = 'python3.13'; } },
  { name: 'a function has less memory than Lambda gives', variant: 'ThumbnailToWasabi', at: 'Photo/Function/Resource', change: override('MemorySize', 64) },
  { name: 'a function runs for longer than Lambda lets it', variant: 'ThumbnailToWasabi', at: 'Photo/Function/Resource', change: override('Timeout', 901) },
  { name: 'a function has no handler', variant: 'ThumbnailToWasabi', at: 'Photo/Function/Resource', change: unset('handler') },
  { name: 'a function runs on the other processor than its zip is for', variant: 'ThumbnailToWasabi', at: 'Photo/Function/Resource', change: override('Architectures', ['x86_64']) },
  {
    name: 'a function has a secret in its environment',
    variant: 'ThumbnailToWasabi',
    at: 'Photo/Function/Resource',
    change: override('Environment.Variables.WASABI_SECRET', 'wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY01'),
  },
  { name: 'a function misses a setting', variant: 'ThumbnailToWasabi', at: 'Photo/Function/Resource', change: (fn: CfnResource) => fn.addPropertyDeletionOverride('Environment.Variables.ARCHIVE_BUCKET') },
  { name: 'a function logs where nothing is ever deleted', variant: 'ThumbnailToWasabi', at: 'Photo/Function/Resource', change: unset('loggingConfig') },
  { name: 'a function does not wait for its archive', variant: 'ThumbnailToWasabi', at: 'Photo/Function/Resource', change: (fn: CfnResource) => fn.addDeletionOverride('DependsOn') },
  { name: 'a function waits for what is not there', variant: 'ThumbnailToWasabi', at: 'Photo/Function/Resource', change: (fn: CfnResource) => fn.addOverride('DependsOn', ['Missing']) },
  { name: 'the photos that did well are tried again, too', variant: 'ThumbnailToWasabi', at: 'Photo/Function/Uploads/Resource', change: unset('functionResponseTypes') },
  { name: 'a function takes larger batches than Lambda gives', variant: 'ThumbnailToWasabi', at: 'Photo/Function/Uploads/Resource', change: override('BatchSize', 10_001) },
  { name: 'a function has no source', variant: 'ThumbnailToWasabi', at: 'Photo/Function/Uploads/Resource', change: unset('eventSourceArn') },
  { name: 'a function may do anything with any bucket', variant: 'ThumbnailToWasabi', at: 'Photo/Role/DefaultPolicy', change: added({ actions: ['s3:*'], resources: ['*'] }) },
  {
    name: 'a function may read any secret',
    variant: 'ThumbnailToWasabi',
    at: 'Archive/Role/DefaultPolicy/Resource',
    change: statements((statement) => (String(statement.Action).includes('secretsmanager:') ? { ...statement, Resource: '*' } : statement)),
  },
  {
    name: 'a function may not remove what it has archived',
    variant: 'ThumbnailToWasabi',
    at: 'Photo/Role/DefaultPolicy/Resource',
    change: statements((statement) => (String(statement.Action).includes('s3:DeleteObjectVersion') ? undefined : statement)),
  },
  {
    name: 'a function may do an action that IAM has not',
    variant: 'ThumbnailToWasabi',
    at: 'Photo/Role/DefaultPolicy',
    change: (policy) => added({ actions: ['s3:HeadObject'], resources: [policy.node.scope.roleArn] })(policy),
  },
  {
    name: 'a function is an administrator',
    variant: 'ThumbnailToWasabi',
    at: 'Photo/Role',
    change: (role: Role) => role.addManagedPolicy(ManagedPolicy.fromAwsManagedPolicyName('AdministratorAccess')),
  },
  {
    name: 'anybody may take the role of a function',
    variant: 'ThumbnailToWasabi',
    at: 'Photo/Role/Resource',
    change: statements((statement) => ({ ...statement, Principal: { AWS: '*' } }), 'assumeRolePolicyDocument'),
  },
  {
    name: 'a policy belongs to one partition',
    variant: 'ThumbnailToWasabi',
    at: 'Archive/Role/DefaultPolicy/Resource',
    change: statements((statement) => JSON.parse(JSON.stringify(statement).replaceAll('"arn:",{"Ref":"AWS::Partition"},":', '"arn:aws:'))),
  },
];

const onTheRest: TemplateDefect[] = [
  { name: 'logs are kept for ever', variant: 'ThumbnailToWasabi', at: 'Photo/Logs/Resource', change: unset('retentionInDays') },
  { name: 'logs are kept for a time that CloudWatch has not', variant: 'ThumbnailToWasabi', at: 'Photo/Logs/Resource', change: override('RetentionInDays', 100) },
  { name: 'a log group has a fixed name', variant: 'ThumbnailToWasabi', at: 'Photo/Logs/Resource', change: override('LogGroupName', '/photos') },
  { name: 'uploads are not routed', variant: 'ThumbnailToWasabi', at: 'Uploads/Resource', change: override('State', 'DISABLED') },
  { name: 'the uploads of every bucket are routed', variant: 'ThumbnailToWasabi', at: 'Uploads/Resource', change: (rule: CfnResource) => rule.addPropertyDeletionOverride('EventPattern.detail.bucket') },
  { name: 'undeliverable uploads are lost', variant: 'ThumbnailToWasabi', at: 'Uploads/Resource', change: (rule: CfnResource) => rule.addPropertyDeletionOverride('Targets.0.DeadLetterConfig') },
  { name: 'a rule is in a state that EventBridge has not', variant: 'ThumbnailToWasabi', at: 'Uploads/Resource', change: override('State', 'ON') },
  { name: 'an archive that is kept is removed', variant: 'ThumbnailToWasabi', at: 'Archive/Resource/Default', change: override('OnDelete', 'destroy') },
  { name: 'another archive takes the place of one', variant: 'ThumbnailToWasabi', at: 'Archive/Resource/Default', change: override('BucketName', 'other') },
  { name: 'a custom resource has no function', variant: 'ThumbnailToWasabi', at: 'Archive/Resource/Default', change: (resource: CfnResource) => resource.addPropertyDeletionOverride('ServiceToken') },
  { name: 'a custom resource is waited for longer than CloudFormation does', variant: 'ThumbnailToWasabi', at: 'Archive/Resource/Default', change: override('ServiceTimeout', 7200) },
  { name: 'an alarm on errors counts nothing', variant: 'ThumbnailToWasabi', at: 'ErrorAlarm/Resource', change: override('EvaluationPeriods', 0) },
  { name: 'an alarm on deliveries watches every rule', variant: 'ThumbnailToWasabi', at: 'UploadsDeliveryAlarm/Resource', change: unset('dimensions') },
];

export const TEMPLATE_DEFECTS: TemplateDefect[] = [...onBuckets, ...onFunctions, ...onTheRest];

export const SOURCE_DEFECTS: SourceDefect[] = [
  ...inFile('src/photos/thumbnail-to-wasabi.ts', [
    { name: 'an uploader may write outside of the prefix', find: 'keys: [`${this.settings.uploadPrefix}*`]', replace: "keys: ['*']" },
    { name: 'an uploader is not given the key', find: "keyActions: ['kms:GenerateDataKey', 'kms:Decrypt']", replace: 'keyActions: []' },
    { name: 'a reader reads more than the thumbnails', find: 'this.settings.thumbnailPrefixes.map((prefix) => `${prefix}*`)', replace: "['*']" },
    { name: 'a reader lists the whole bucket', find: "list: 'matching'", replace: "list: 'all'" },
    { name: 'the function does not wait for the archive', find: 'this.photoFunction.node.addDependency(archive);', replace: '', test: 'test/photos/photo-function.test.ts' },
    { name: 'uploads of any prefix are taken', find: '?? [{ prefix: uploadPrefix }]', replace: "?? [{ prefix: '' }]" },
  ]),
  ...inFile('src/shared/bucket-grants.ts', [
    { name: 'a reader of another account lists the whole bucket', find: 'if (conditions) grant.resourceStatement?.addConditions(conditions);', replace: '' },
  ]),
  ...inFile('src/photos/private/photo-settings.ts', [
    { name: 'a default is smaller than the docs say', find: 'props.memorySize ?? Size.mebibytes(1536)', replace: 'props.memorySize ?? Size.mebibytes(512)', test: 'test/photos/photo-function.test.ts' },
    { name: 'more pixels than the memory holds, without a word', find: 'needed > memorySize.toMebibytes()', replace: 'needed < 0', test: 'test/photos/thumbnail-to-wasabi.test.ts' },
    { name: 'thumbnails may be uploads again', find: 'prefix.startsWith(uploadPrefix)', replace: 'prefix === uploadPrefix' },
  ]),
  ...inFile('src/photos/private/photo-function.ts', [
    { name: 'the function may remove any version of anything', find: 'dropbox.arnForObjects(`${uploadPrefix}*`)', replace: "dropbox.arnForObjects('*')" },
    { name: 'the function may remove whichever version is current', find: 'if (props.dropboxIsGiven) allow(', replace: 'allow(' },
    { name: 'the function may tag anything beside the thumbnails', find: "'s3:GetObjectTagging', 's3:PutObjectTagging'], results)", replace: "'s3:GetObjectTagging', 's3:PutObjectTagging'], thumbnailsBucket.arnForObjects('*'))" },
    { name: 'the function is not told that an upload is gone', find: "allow(role, ['s3:ListBucketVersions'], dropbox.bucketArn);", replace: '' },
    { name: 'the photos that did well are tried again, too', find: 'reportBatchItemFailures: true,', replace: '' },
    { name: 'the function takes all the concurrency of the account', find: 'maxConcurrency: props.maximumConcurrency,', replace: '' },
    { name: 'x86 gets the zip for Arm', find: "? 'x64' : 'arm64'", replace: "? 'arm64' : 'arm64'" },
    { name: 'the function may not use the key of the buckets', find: "if (key) grantKey(key, role, 'kms:Decrypt', 'kms:GenerateDataKey');", replace: "if (key) grantKey(key, role, 'kms:Decrypt');" },
  ]),
  ...inFile('src/photos/private/archive.ts', [
    { name: 'the Wasabi user may delete originals', find: "'s3:AbortMultipartUpload']", replace: "'s3:AbortMultipartUpload', 's3:DeleteObject']" },
    { name: 'the Wasabi user may always remove the bucket', find: "...(archiveRemovalPolicy === RemovalPolicy.DESTROY ? ['s3:DeleteBucket'] : [])", replace: "'s3:DeleteBucket'" },
    { name: 'originals may travel over plain HTTP', find: '(localhost|', replace: '([^/]*|' },
    { name: 'an archive that is kept is removed', find: "archiveRemovalPolicy === RemovalPolicy.DESTROY ? 'destroy' : 'keep'", replace: "'destroy'", test: 'test/photos/thumbnail-to-wasabi.test.ts' },
  ]),
  ...inFile('src/photos/thumbnail-spec.ts', [
    { name: 'two thumbnails have one name', find: 'names.indexOf(name) !== index', replace: 'false', test: 'test/photos/thumbnail-to-wasabi.test.ts' },
  ]),
  ...inFile('lambda/photos/thumbnail/thumbnail.ts', [
    { name: 'the orientation is dropped', find: '.autoOrient()', replace: '' },
    { name: 'the GPS position is kept', find: ".toColourspace('srgb')", replace: ".keepMetadata().toColourspace('srgb')" },
    {
      name: 'a thumbnail shows pixels that the decoder made up', find: 'warnings.some(saysJpegDamage)', replace: 'warnings.length < 0', test: 'test/lambda/photos/thumbnail/odd-inputs.table.test.ts',
    },
    {
      name: 'what a thumbnail cuts off may be damaged', find: "specs.every(({ fit }) => fit === 'cover')", replace: 'specs.length < 0', test: 'test/lambda/photos/thumbnail/odd-inputs.table.test.ts',
    },
    { name: 'a small photo is blown up', find: 'withoutEnlargement: true', replace: 'withoutEnlargement: false' },
  ]),
  ...inFile('lambda/photos/thumbnail/decoders.ts', [
    { name: 'any decoder sees uploads', find: "sharp.block({ operation: ['VipsForeignLoad'] });", replace: '' },
    { name: 'pictures stay in memory', find: 'sharp.cache(false);', replace: '' },
  ]),
  ...inFile('lambda/photos/thumbnail/upload-event.ts', [
    { name: 'keys are not decoded', find: "return decodeURIComponent(key.replaceAll('+', ' '));", replace: 'return key;' },
  ]),
  ...inFile('lambda/photos/thumbnail/archive.ts', [
    { name: 'an original is removed on the word of the store', find: 'if (!isEqual(stored, original(photo))) {', replace: 'if (stored.size < 0) {' },
    { name: 'the same bytes, dropped again, are not archived again', find: 'one.versionId === other.versionId && ', replace: '' },
    { name: 'an archive without versions is written to', find: 'if (!keepsVersions) throw', replace: 'if (false as boolean) throw' },
    { name: 'a damaged copy of the newest is left on top', find: '|| (await store.digest(key, copy.versionId)).sha256 === provenance.sha256', replace: '|| provenance' },
  ]),
  ...inFile('lambda/photos/thumbnail/process-upload.ts', [
    { name: 'an original is removed though it was not archived', find: "if (archived.status === 'rejected') throw archived.reason;", replace: '' },
    { name: 'what failed once is rejected', find: 'rejectionIn(error, isLastTry)', replace: 'rejectionIn(error, true)' },
    { name: 'a name goes into the archive that Wasabi does not take', find: 'archivedName(object.key)', replace: 'object.key' },
    { name: 'photos without a size in their event go one after the other', find: 'upload.size ?? await deps.dropbox.sizeOf(upload)', replace: 'upload.size' },
  ]),
  ...inFile('lambda/photos/thumbnail/photo.ts', [
    { name: 'a content that was cut off passes', test: 'test/lambda/photos/thumbnail/process-upload.test.ts', find: 'if (size !== object.size) throw', replace: 'if (size > object.size) throw' },
  ]),
  ...inFile('lambda/photos/thumbnail/process-upload.ts', [
    { name: 'who listens is told after the original is gone, if at all', find: 'await deps.events?.archived(object, archived);', replace: '' },
  ]),
  ...inFile('lambda/photos/thumbnail/archive-store.ts', [
    { name: 'the archive loses when an original expires', find: 'Expires: headers.expires ?', replace: 'Expires: false ?', test: 'test/lambda/photos/kept-headers.test.ts' },
    { name: 'the keys of a listing arrive changed', find: "EncodingType: 'url',", replace: '' },
    { name: 'all old versions of a key are listed', find: 'isPastAll = young.length < ofKey.length;', replace: 'isPastAll = false;' },
    { name: 'a wrong key of the archive has photos rejected', find: '![400, 413, 414].includes(status)', replace: '![400, 403, 413, 414].includes(status)' },
    { name: 'what came damaged to the archive is rejected', find: "'AuthorizationHeaderMalformed', 'BadDigest',", replace: "'AuthorizationHeaderMalformed'," },
  ]),
  ...inFile('lambda/photos/thumbnail/dropbox.ts', [
    { name: 'whatever version is current is removed', find: '...(versionId ? { VersionId: versionId } : { IfMatch: etag }),\n      }));\n      return \'removed\'', replace: '...(versionId ? {} : { IfMatch: etag }),\n      }));\n      return \'removed\'' },
    { name: 'what is in an archive tier is tried for ever', find: "if (code === 'InvalidObjectState') return", replace: "if (code === 'InvalidState') return" },
    { name: 'an original that is gone cannot be removed', find: "if (isGone(error)) return 'removed';", replace: '' },
    { name: 'the tags of the uploader are lost', find: '[...others, { Key: REJECTED_TAG', replace: '[{ Key: REJECTED_TAG' },
  ]),
  ...inFile('lambda/photos/thumbnail/recency.ts', [
    { name: 'the case of a sequencer counts', find: '.toUpperCase()', replace: '' },
    { name: 'sequencers of two dropboxes are compared', find: ' && one.bucket === other.bucket', replace: '' },
  ]),
  ...inFile('lambda/photos/thumbnail/thumbnail-store.ts', [
    { name: 'an older thumbnail covers a newer one', find: 'isNewer(existing.uploaded, uploaded)', replace: 'false' },
    { name: 'viewers of a thumbnail learn where its original is', find: 'Tagging: recencyTag(uploaded),', replace: 'Tagging: recencyTag(uploaded), Metadata: { \'source-bucket\': uploaded.bucket },' },
    {
      name: 'a thumbnail is written on the strength of tags of before',
      find: 'const { ETag } = await this.client.send(new HeadObjectCommand(object));\n      const { TagSet } = await this.client.send(new GetObjectTaggingCommand(object));',
      replace: 'const { TagSet } = await this.client.send(new GetObjectTaggingCommand(object));\n      const { ETag } = await this.client.send(new HeadObjectCommand(object));',
    },
    { name: 'a thumbnail is written over whatever is there', find: "{ IfNoneMatch: '*' }", replace: '{}' },
  ]),
  ...inFile('lambda/photos/thumbnail/handler.ts', [
    { name: 'a photo that failed is no failure of its message', find: 'if (failures.length > 0) throw failures[0];', replace: '' },
    { name: 'a message that is none is lost', find: 'await deps.deadLetters.send(record.body, error.reason);', replace: '' },
    { name: 'the last try is taken for any other', find: 'ApproximateReceiveCount) >= deps.maxReceiveCount', replace: 'ApproximateReceiveCount) > deps.maxReceiveCount' },
    { name: 'photos that do well are not among the tries', find: "metrics.addMetric('PhotosFailed', MetricUnit.Count, 0); // so that", replace: '// so that' },
  ]),
  ...inFile('lambda/photos/thumbnail/provenance.ts', [
    { name: 'the uploader may forge where a copy is from', find: '.filter(([name]) => !ours.includes(name))', replace: '' },
  ]),
  ...inFile('lambda/photos/thumbnail/index.ts', [
    { name: 'a silent dropbox uses up the run', find: 'new S3Client({ requestHandler })', replace: 'new S3Client()' },
    { name: 'a silent secret store uses up the run', find: 'new SecretsManagerClient({ requestHandler })', replace: 'new SecretsManagerClient()' },
    { name: 'a silent dead-letter queue uses up the run', find: 'new SQSClient({ requestHandler })', replace: 'new SQSClient()' },
  ]),
  ...inFile('lambda/photos/archive-bucket/index.ts', [
    { name: 'a silent secret store uses up the deployment', find: 'new SecretsManagerClient({ requestHandler: REQUEST_TIMEOUTS })', replace: 'new SecretsManagerClient()' },
  ]),
  ...inFile('lambda/photos/wasabi/client.ts', [
    { name: 'the SDK asks for checksums that other stores have not', find: "responseChecksumValidation: 'WHEN_REQUIRED',", replace: '' },
    { name: 'the SDK sends checksums that other stores have not', find: "requestChecksumCalculation: 'WHEN_REQUIRED',", replace: '' },
    { name: 'uploads go without a digest', find: 'sendContentMd5(client);', replace: '' },
    { name: 'an upload whose answer is lost is repeated', find: 'doNotRepeatUploads(client);', replace: '' },
  ]),
  ...inFile('lambda/photos/wasabi/session.ts', [
    { name: 'a rotated secret is never read again', find: 'if (!isAuthenticationFailure(error)) throw error;', replace: 'throw error;' },
  ]),
  ...inFile('lambda/shared/parse-secret.ts', [
    { name: 'the secret is in the error', test: 'test/lambda/photos/wasabi/secret.test.ts', find: 'got something else`', replace: 'got ${text}`' },
  ]),
  ...inFile('lambda/photos/archive-bucket/properties.ts', [
    { name: 'a bucket that was there before the stack is removed', find: "physicalId.endsWith('/created') ?", replace: 'physicalId ?' },
  ]),
  ...inFile('lambda/photos/archive-bucket/bucket.ts', [
    { name: 'a rollback forgets which bucket the stack made', find: "? 'created' : 'adopted';", replace: "? 'adopted' : 'adopted';" },
    { name: 'the bucket of another resource of the stack is taken for an own one', find: '.every(([name, value])', replace: '.some(([name, value])' },
    { name: 'a bucket that is there is marked as made by the stack', find: "case 'there': return originByMark(description, props);", replace: "case 'there': await setMark(description, props); return originByMark(description, props);" },
    { name: 'a store without tags fails the deployment', find: 'logger.warn(`${description} took no tags', replace: 'throw error; logger.warn(`${description} took no tags' },
    { name: 'a bucket in another region is adopted', find: 'if (region !== wanted.region)', replace: 'if (!region)' },
    { name: 'the object lock is not checked', find: 'if (!isSame(await store.objectLock(), wanted)) {', replace: 'if (false as boolean) {' },
  ]),
  ...inFile('lambda/photos/thumbnail/budgeted-requests.ts', [
    { name: 'a run does not end in time', find: 'abortSignal: signal', replace: 'abortSignal: undefined' },
  ]),
  ...inFile('lambda/photos/thumbnail/memory-budget.ts', [
    { name: 'the large go before the small', find: 'weight, -weight', replace: 'weight' },
  ]),
  ...inFile('lambda/photos/thumbnail/inspect.ts', [
    {
      name: 'more pixels than there is memory for', find: '|| load > maxPixels', replace: '|| load < 0', test: 'test/lambda/photos/thumbnail/process-upload.test.ts',
    },
    {
      name: 'tiles that nobody decoded are black',
      find: "container === 'gif' || tiff?.isTiled ? 'warning' : 'error'",
      replace: "container === 'gif' ? 'warning' : 'error'",
      test: 'test/lambda/photos/thumbnail/odd-inputs.table.test.ts',
    },
    { name: 'a HEIC is not turned upright', find: 'autoOrient: { width, height }', replace: 'width, height' },
  ]),
  ...inFile('lambda/photos/reconciler/dropbox.ts', [
    { name: 'a rejected upload is queued for ever', find: "? 'rejected' : 'unarchived'", replace: "? 'unarchived' : 'unarchived'" },
  ]),
  ...inFile('lambda/photos/reconciler/bounded-queue.ts', [
    { name: 'the queue is flooded', find: 'while (this.room <= 0)', replace: 'while (this.room < -1e9)' },
  ]),
  ...inFile('src/photos/private/shared-places.ts', [
    { name: 'two take the uploads of one folder', find: 'one.startsWith(other) || other.startsWith(one);', replace: 'false;', test: 'test/photos/shared-places.test.ts' },
    { name: 'two take the uploads of one suffix', find: 'one.endsWith(other) || other.endsWith(one)', replace: 'false', test: 'test/photos/shared-places.test.ts' },
  ]),
  ...inFile('lambda/photos/archive-key.ts', [
    { name: 'two originals get one key in the archive', find: '(character === MARK ? MARK :', replace: "(character === MARK ? '' :" },
  ]),
  ...inFile('lambda/photos/reconciler/walk.ts', [
    { name: 'what was rejected for any reason is queued again', find: 'retry === await dropbox.reasonOf(original)', replace: 'await dropbox.reasonOf(original) !== undefined' },
  ]),
  ...inFile('src/photos/private/photo-alarms.ts', [
    { name: 'the alarm on failures waits for all to fail', find: 'above: 0.5,', replace: 'above: 1,' },
    { name: 'the alarm on photos that are given up stays as it is', find: 'Duration.minutes(5)', replace: 'Duration.days(1)' },
  ]),
  ...inFile('lambda/photos/restore/restore.ts', [
    { name: 'originals of another dropbox are restored', find: 'provenance.bucket === sourceBucket', replace: 'provenance.bucket !== undefined' },
    { name: 'a damaged copy is restored', find: "if (hash.digest('hex') !== sha256) throw new Damaged();", replace: '' },
  ]),
  ...inFile('lambda/photos/thumbnail/regenerate-thumbnails.ts', [
    { name: 'thumbnails are made of a damaged copy', find: 'if ((await digestOf([bytes])).sha256 !== provenance.sha256) return undefined;', replace: '' },
    { name: 'thumbnails are made of the originals of another dropbox', find: 'provenance.bucket === bucket', replace: 'provenance.bucket !== undefined' },
    { name: 'thumbnails are made of an older upload', find: 'newestFirst(await found?.copies() ?? [])', replace: '(await found?.copies() ?? [])' },
    { name: 'an archived photo that is too large fills the memory', find: 'if (size > deps.maxInputBytes) return', replace: 'if (size < 0) return' },
  ]),
  ...inFile('lambda/photos/regenerate/queue-archived.ts', [
    { name: 'thumbnails are made again of what was deleted', find: 'keys.filter(({ isDeleted }) => !isDeleted)', replace: 'keys' },
    { name: 'a run that makes thumbnails again forgets where it stopped', find: 'done = keys[keys.length - 1].key;', replace: '' },
  ]),
  ...inFile('lambda/photos/regenerate/request.ts', [
    { name: 'thumbnails are asked for that cannot be written', find: 'if (!request.prefix.startsWith(uploadPrefix)) throw', replace: 'if (false as boolean) throw' },
  ]),
  ...inFile('lambda/photos/thumbnail/index.ts', [
    { name: 'an archived photo is taken for an upload', find: "'isArchived' in photo\n", replace: "'isArchived' in photo && photo.key === ''\n" },
  ]),
  ...inFile('src/photos/private/regeneration.ts', [
    { name: 'archived photos cannot be queued with a key', find: 'if (queue.encryptionKey) grantKey', replace: 'if (queue.encryptionKey && false) grantKey' },
    { name: 'whoever queues archived photos may purge the queue', find: "'sqs:SendMessage', 'sqs:GetQueueAttributes'", replace: "'sqs:SendMessage', 'sqs:GetQueueAttributes', 'sqs:PurgeQueue'" },
  ]),
  ...inFile('lambda/photos/restore/archive.ts', [
    { name: 'a restore loses when an original expires', find: 'Expires: head.Expires,', replace: '', test: 'test/lambda/photos/kept-headers.test.ts' },
  ]),
  ...inFile('lambda/photos/thumbnail/content-headers.ts', [
    { name: 'an expiry that is no date is sent as one', find: "name === 'expires' && value ?", replace: "name === 'expires' && value.length < 0 ?" },
  ]),
  ...inFile('lambda/photos/restore/destination.ts', [
    { name: 'a restore writes over what is there', find: "IfNoneMatch: '*',", replace: '' },
  ]),
  ...inFile('src/photos/private/reconciler.ts', [
    { name: 'the reconciler may look at other uploads', find: 'dropbox.arnForObjects(`${uploadPrefix}*`)', replace: "dropbox.arnForObjects('*')" },
    { name: 'any rule may call the reconciler', find: ', sourceArn: schedule.ruleArn', replace: '' },
  ]),
  ...inFile('src/photos/photo-restore.ts', [
    { name: 'originals are restored to where they are archived from', find: 'if (isSame(dropbox)) throw', replace: 'if (false as boolean) throw' },
    { name: 'the restore function may delete', find: "'s3:PutObjectTagging', 's3:GetObjectTagging']", replace: "'s3:PutObjectTagging', 's3:GetObjectTagging', 's3:DeleteObject']" },
  ]),
];
