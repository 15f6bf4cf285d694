/** A piece of the source that is replaced; `find` stands exactly once in its file. */
export interface SourceDefect {
  readonly name: string;
  readonly file: string;
  readonly find: string;
  readonly replace: string;
  /** The test that is about it, where no name says so. */
  readonly test?: string;
  /** Of one that no net catches: what would. */
  readonly wouldBeCaughtBy?: string;
}

const inSecureQueue: Omit<SourceDefect, 'file'>[] = [
  { name: 'the queues take plain HTTP', find: 'enforceSSL: true,', replace: '' },
  { name: 'a message is tried once more than said', find: 'props.maxReceiveCount ?? 3', replace: 'props.maxReceiveCount ?? 4' },
  { name: 'a bound is widened', find: 'least: 1, most: 1000 }', replace: 'least: 1, most: 1001 }' },
  { name: 'any queue may use the dead-letter queue', find: 'RedrivePermission.BY_QUEUE', replace: 'RedrivePermission.ALLOW_ALL' },
  { name: 'the services of other accounts may publish', find: "StringEquals: { 'aws:SourceAccount': producer._account },", replace: '' },
  { name: 'a worker may purge the queue', find: "'sqs:ChangeMessageVisibilityBatch', 'sqs:DeleteMessageBatch'", replace: "'sqs:ChangeMessageVisibilityBatch', 'sqs:PurgeQueue'" },
  { name: 'a worker may purge all queues', find: "actions: ['sqs:ListQueues']", replace: "actions: ['sqs:ListQueues', 'sqs:PurgeQueue']" },
  { name: 'an ephemeral queue is kept', find: 'keptInsteadOfSnapshot(props.removalPolicy ?? profile.removalPolicy)', replace: 'RemovalPolicy.RETAIN' },
  { name: 'the profile wins over a prop', find: 'props.alarmTopic ?? profile.alarmTopic', replace: 'profile.alarmTopic ?? props.alarmTopic' },
  { name: 'any resource of the account may publish', find: "ArnLike: { 'aws:SourceArn'", replace: "Null: { 'aws:SourceArn': 'false' }, ...false && { 'aws:SourceArn'" },
  { name: 'a producer is not given the key', find: 'if (this.encryptionKey) this.admit(', replace: 'if (false as boolean) this.admit(' },
  { name: 'a FIFO dead-letter queue lets EventBridge in, which cannot use it', find: 'if (!this.queue.fifo) this.admit(', replace: 'this.admit(' },
  { name: 'the customer-managed key is not used', find: 'encryptionMasterKey: props.encryptionKey,', replace: '' },
  { name: 'the alarm on dead letters waits for a second one', find: 'threshold: 1,\n      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,\n      evaluationPeriods: 1,', replace: 'threshold: 2,\n      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,\n      evaluationPeriods: 1,' },
  { name: 'the name is the same in every life of the stack', find: '`${readable}-${lifeOfStack}', replace: '`${readable}' },
  { name: 'a queue of a moved id', find: "new sqs.Queue(this, 'Queue', {", replace: "new sqs.Queue(this, 'Main', {" },
];

const inThumbnailToWasabi: Omit<SourceDefect, 'file'>[] = [
  { name: 'an uploader may write outside of the prefix', find: "'s3:PutObject', [`${this.uploadPrefix}*`]", replace: "'s3:PutObject', ['*']" },
  { name: 'an uploader is not given the key', find: "['kms:GenerateDataKey', 'kms:Decrypt']);", replace: '[]);' },
  { name: 'a reader reads more than the thumbnails', find: 'this.thumbnailPrefixes.map((prefix) => `${prefix}*`)', replace: "['*']" },
  { name: 'a reader lists the whole bucket', find: "      conditions: { StringLike: { 's3:prefix': keys } },\n", replace: '' },
  { name: 'a reader of another account lists the whole bucket', find: 'list.resourceStatement?.addConditions(', replace: 'void (' },
  { name: 'the function does not wait for the archive', find: 'this.photoFunction.node.addDependency(archive);', replace: '', test: 'test/photo-function.test.ts' },
  { name: 'uploads of any prefix are taken', find: '?? [{ prefix: this.uploadPrefix }]', replace: "?? [{ prefix: '' }]" },
  { name: 'a default is smaller than the docs say', find: 'props.memorySize ?? Size.mebibytes(1536)', replace: 'props.memorySize ?? Size.mebibytes(512)', test: 'test/photo-function.test.ts' },
];

const inPhotoFunction: Omit<SourceDefect, 'file'>[] = [
  { name: 'the function may remove any version of anything', find: 'dropbox.arnForObjects(`${uploadPrefix}*`)', replace: "dropbox.arnForObjects('*')" },
  { name: 'the function may remove whichever version is current', find: 'if (props.dropboxMayLackVersions) allow(', replace: 'allow(' },
  { name: 'the function is not told that an upload is gone', find: "allow(['s3:ListBucketVersions'], dropbox.bucketArn);", replace: '' },
  { name: 'the photos that did well are tried again, too', find: 'reportBatchItemFailures: true,', replace: '' },
  { name: 'x86 gets the zip for Arm', find: "? 'x64' : 'arm64'", replace: "? 'arm64' : 'arm64'" },
  { name: 'the function may not use the key of the buckets', find: "key?.grant(role, 'kms:Decrypt', 'kms:GenerateDataKey');", replace: "key?.grant(role, 'kms:Decrypt');" },
];

const inPrivateBucket: Omit<SourceDefect, 'file'>[] = [
  { name: 'the buckets take plain HTTP', find: 'enforceSSL: true,', replace: '' },
  { name: 'the buckets take TLS 1.1', find: 'minimumTLSVersion: 1.2,', replace: '' },
  { name: 'the buckets may be made public', find: 's3.BlockPublicAccess.BLOCK_ALL', replace: 's3.BlockPublicAccess.BLOCK_ACLS' },
  { name: 'the buckets have no versions', find: 'versioned: props.expiration === undefined,', replace: '' },
  { name: 'originals that are not archived expire', find: 'noncurrentVersionExpiration: props.oldVersions,', replace: 'noncurrentVersionExpiration: Duration.days(7),' },
  { name: 'the logs of the namesakes in other accounts are taken', find: "StringEquals: { 'aws:SourceAccount': Stack.of(bucket).account },", replace: '' },
  { name: 'the buckets of an ephemeral stack stay', find: 'autoDeleteObjects: removalPolicy === RemovalPolicy.DESTROY', replace: 'autoDeleteObjects: removalPolicy === RemovalPolicy.SNAPSHOT' },
];

const inPrivate: SourceDefect[] = [
  { name: 'thumbnails may be uploads again', file: 'src/private/photo-props.ts', find: 'prefix.startsWith(uploadPrefix)', replace: 'prefix === uploadPrefix' },
  { name: 'a function may write the logs of all', file: 'src/private/logging-role.ts', find: 'logGroup.grantWrite(role);', replace: "role.addToPolicy(new iam.PolicyStatement({ actions: ['logs:*'], resources: ['*'] }));" },
  { name: 'the Wasabi user may delete originals', file: 'src/private/wasabi.ts', find: "'s3:AbortMultipartUpload']", replace: "'s3:AbortMultipartUpload', 's3:DeleteObject']" },
  { name: 'the Wasabi user may always remove the bucket', file: 'src/private/wasabi.ts', find: "...(removes ? ['s3:DeleteBucket'] : [])", replace: "'s3:DeleteBucket'" },
  { name: 'originals may travel over plain HTTP', file: 'src/private/wasabi.ts', find: '(localhost|', replace: '([^/]*|' },
  { name: 'an archive that is kept is removed', file: 'src/private/archive-bucket.ts', find: "props.removalPolicy === RemovalPolicy.DESTROY ? 'destroy' : 'keep'", replace: "'destroy'", test: 'test/thumbnail-to-wasabi.test.ts' },
  { name: 'a bound of all numbers is off by one', file: 'src/private/require-whole-number.ts', find: 'value >= least', replace: 'value > least' },
  { name: 'regions that differ are taken for the same', file: 'src/private/require-same-region.ts', find: 'one.region === other.region', replace: 'true' },
  { name: 'a snapshot, which queues have not, is asked for', file: 'src/private/removal-policy.ts', find: '=== RemovalPolicy.SNAPSHOT', replace: '=== RemovalPolicy.DESTROY' },
  { name: 'a consumer that outlives the visibility timeout is no warning', file: 'src/private/consumer-timeouts.ts', find: 'timeout > queue.visibilitySeconds', replace: 'timeout < 0' },
  { name: 'alarms reach no topic', file: 'src/private/alarm-notification.ts', find: 'alarms.forEach((alarm) => alarm.addAlarmAction(action));', replace: '' },
  { name: 'a policy names every producer of its kind', file: 'src/queue-producer.ts', find: '? this.arn : this.arnsOfItsKind', replace: '? this.arnsOfItsKind : this.arnsOfItsKind' },
  { name: 'a profile is set twice', file: 'src/stage-profile.ts', find: 'present && differences(present, this).length > 0', replace: 'false' },
  { name: 'staging data goes with its stack', file: 'src/stage-profile.ts', find: "return new StageProfile('staging', {\n      availabilityZones: 2,\n      natStrategy: NatStrategy.single(),\n      standby: false,\n      deletionProtection: false,\n      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE", replace: "return new StageProfile('staging', {\n      availabilityZones: 2,\n      natStrategy: NatStrategy.single(),\n      standby: false,\n      deletionProtection: false,\n      removalPolicy: RemovalPolicy.DESTROY" },
  { name: 'two thumbnails have one name', file: 'src/thumbnail-spec.ts', find: 'names.indexOf(name) !== index', replace: 'false', test: 'test/thumbnail-to-wasabi.test.ts' },
];

const inTheFunctions: SourceDefect[] = [
  { name: 'the orientation is dropped', file: 'lambda/thumbnail/thumbnail.ts', find: '.autoOrient()', replace: '' },
  { name: 'the GPS position is kept', file: 'lambda/thumbnail/thumbnail.ts', find: ".toColourspace('srgb')", replace: ".keepMetadata().toColourspace('srgb')" },
  { name: 'a small photo is blown up', file: 'lambda/thumbnail/thumbnail.ts', find: 'withoutEnlargement: true', replace: 'withoutEnlargement: false' },
  { name: 'any decoder sees uploads', file: 'lambda/thumbnail/decoders.ts', find: "sharp.block({ operation: ['VipsForeignLoad'] });", replace: '' },
  { name: 'pictures stay in memory', file: 'lambda/thumbnail/decoders.ts', find: 'sharp.cache(false);', replace: '' },
  { name: 'keys are not decoded', file: 'lambda/thumbnail/upload-event.ts', find: "return decodeURIComponent(key.replaceAll('+', ' '));", replace: 'return key;' },
  { name: 'an original is removed on the word of the store', file: 'lambda/thumbnail/archive.ts', find: 'if (!isEqual(stored, original(photo))) {', replace: 'if (stored.size < 0) {' },
  { name: 'an original is removed though it was not archived', file: 'lambda/thumbnail/photo.ts', find: "if (archived.status === 'rejected') throw archived.reason;", replace: '' },
  { name: 'the same bytes, dropped again, are not archived again', file: 'lambda/thumbnail/archive.ts', find: 'one.versionId === other.versionId && ', replace: '' },
  { name: 'an archive without versions is written to', file: 'lambda/thumbnail/archive.ts', find: 'if (!keepsVersions) throw', replace: 'if (false as boolean) throw' },
  { name: 'the keys of a listing arrive changed', file: 'lambda/thumbnail/archive-store.ts', find: "EncodingType: 'url',", replace: '' },
  { name: 'whatever version is current is removed', file: 'lambda/thumbnail/dropbox.ts', find: '...(versionId ? { VersionId: versionId } : { IfMatch: etag }),\n      }));\n      return', replace: '...(versionId ? {} : { IfMatch: etag }),\n      }));\n      return' },
  { name: 'an original that is gone cannot be removed', file: 'lambda/thumbnail/dropbox.ts', find: "if (isGone(error)) return 'removed';", replace: '' },
  { name: 'a content that was cut off passes', file: 'lambda/thumbnail/photo.ts', find: 'if (size !== object.size) throw', replace: 'if (size > object.size) throw' },
  { name: 'the tags of the uploader are lost', file: 'lambda/thumbnail/dropbox.ts', find: '[...others, { Key: REJECTED_TAG', replace: '[{ Key: REJECTED_TAG' },
  { name: 'the case of a sequencer counts', file: 'lambda/thumbnail/recency.ts', find: '.toUpperCase()', replace: '' },
  { name: 'an older thumbnail covers a newer one', file: 'lambda/thumbnail/thumbnail-store.ts', find: 'isNewer(existing.provenance, provenance)', replace: 'false' },
  { name: 'a thumbnail is written over whatever is there', file: 'lambda/thumbnail/thumbnail-store.ts', find: "{ IfNoneMatch: '*' }", replace: '{}' },
  { name: 'a photo that failed is no failure of its message', file: 'lambda/thumbnail/handler.ts', find: 'if (failures.length > 0) throw failures[0];', replace: '' },
  { name: 'a rejected photo is not reported', file: 'lambda/thumbnail/handler.ts', find: 'await deps.deadLetters.send(record.body, rejection.reason);', replace: '' },
  { name: 'a wrong setting is found at some photo', file: 'lambda/environment.ts', find: 'Number.isSafeInteger(value) && value > 0 ? value', replace: 'value !== 0 ? value' },
  { name: 'the uploader may forge where a copy is from', file: 'lambda/thumbnail/provenance.ts', find: '.filter(([name]) => !ours.includes(name))', replace: '' },
  { name: 'a silent dropbox uses up the run', file: 'lambda/thumbnail/index.ts', find: 'new S3Client({ requestHandler })', replace: 'new S3Client()' },
  { name: 'a silent secret store uses up the run', file: 'lambda/thumbnail/index.ts', find: 'new SecretsManagerClient({ requestHandler })', replace: 'new SecretsManagerClient()' },
  { name: 'a silent dead-letter queue uses up the run', file: 'lambda/thumbnail/index.ts', find: 'new SQSClient({ requestHandler })', replace: 'new SQSClient()' },
  { name: 'a silent secret store uses up the deployment', file: 'lambda/archive-bucket/index.ts', find: 'new SecretsManagerClient({ requestHandler: REQUEST_TIMEOUTS })', replace: 'new SecretsManagerClient()' },
  { name: 'the SDK asks for checksums that other stores have not', file: 'lambda/wasabi/client.ts', find: "responseChecksumValidation: 'WHEN_REQUIRED',", replace: '' },
  { name: 'the SDK sends checksums that other stores have not', file: 'lambda/wasabi/client.ts', find: "requestChecksumCalculation: 'WHEN_REQUIRED',", replace: '' },
  { name: 'uploads go without a digest', file: 'lambda/wasabi/client.ts', find: 'sendContentMd5(client);', replace: '' },
  { name: 'a rotated secret is never read again', file: 'lambda/wasabi/session.ts', find: 'if (!isAuthenticationFailure(error)) throw error;', replace: 'throw error;' },
  { name: 'the secret is in the error', file: 'lambda/wasabi/secret.ts', find: 'got something else`', replace: 'got ${text}`' },
  { name: 'a bucket that was there before the stack is removed', file: 'lambda/archive-bucket/properties.ts', find: "physicalId.endsWith('/created') ?", replace: 'physicalId ?' },
  { name: 'a bucket in another region is adopted', file: 'lambda/archive-bucket/bucket.ts', find: 'if (region !== wanted.region)', replace: 'if (!region)' },
  { name: 'a damaged copy of the newest is left on top', file: 'lambda/thumbnail/archive.ts', find: '|| (await store.digest(key, copy.versionId)).sha256 === provenance.sha256', replace: '|| provenance' },
  { name: 'an upload whose answer is lost is repeated', file: 'lambda/wasabi/client.ts', find: 'doNotStoreTwice(client);', replace: '' },
  { name: 'sequencers of two dropboxes are compared', file: 'lambda/thumbnail/recency.ts', find: ' && one.bucket === other.bucket', replace: '' },
  { name: 'a run does not end in time', file: 'lambda/budgeted-requests.ts', find: 'abortSignal: signal', replace: 'abortSignal: undefined' },
  { name: 'who listens is told after the original is gone, if at all', file: 'lambda/thumbnail/photo.ts', find: 'await deps.events?.archived(object, archived);', replace: '' },
  { name: 'the large go before the small', file: 'lambda/thumbnail/workspace.ts', find: 'weight, -weight', replace: 'weight' },
  { name: 'more pixels than there is memory for', file: 'lambda/thumbnail/inspect.ts', find: 'width * height > most', replace: 'width * height < 0' },
  { name: 'a HEIC is not turned upright', file: 'lambda/thumbnail/inspect.ts', find: 'autoOrient: { width, height }', replace: 'width, height' },
  { name: 'a rejected upload is queued for ever', file: 'lambda/reconciler/dropbox.ts', find: "? 'rejected' : 'unarchived'", replace: "? 'unarchived' : 'unarchived'" },
  { name: 'the queue is flooded', file: 'lambda/reconciler/bounded-queue.ts', find: 'while (this.room <= 0)', replace: 'while (this.room < -1e9)' },
  { name: 'a damaged copy is restored', file: 'lambda/restore/restore.ts', find: "if (hash.digest('hex') !== sha256) throw new Damaged();", replace: '' },
  { name: 'a restore writes over what is there', file: 'lambda/restore/destination.ts', find: "IfNoneMatch: '*',", replace: '' },
  { name: 'the object lock is not checked', file: 'lambda/archive-bucket/bucket.ts', find: 'if (!isSame(await store.objectLock(), wanted)) {', replace: 'if (false as boolean) {' },
];

const inReconcilerAndRestore: SourceDefect[] = [
  { name: 'the reconciler may look at other uploads', file: 'src/private/reconciler.ts', find: 'dropbox.arnForObjects(`${uploadPrefix}*`)', replace: "dropbox.arnForObjects('*')" },
  { name: 'any rule may call the reconciler', file: 'src/private/reconciler.ts', find: ', sourceArn: schedule.ruleArn', replace: '' },
  { name: 'originals are restored to where they are archived from', file: 'src/photo-restore.ts', find: 'if (isSame(dropbox)) throw', replace: 'if (false as boolean) throw' },
  { name: 'the restore function may delete', file: 'src/photo-restore.ts', find: "'s3:PutObjectTagging', 's3:GetObjectTagging']", replace: "'s3:PutObjectTagging', 's3:GetObjectTagging', 's3:DeleteObject']" },
  { name: 'injectors take promises of a queue back', file: 'src/secure-queue.ts', find: 'ownPropsWin(this);', replace: '' },
  { name: 'mixins take promises of a queue back', file: 'src/secure-queue.ts', find: 'seal(this);', replace: '' },
];

const inHaVpc: SourceDefect[] = [
  { name: 'public subnets give public addresses', file: 'src/private/network-plan.ts', find: 'mapPublicIpOnLaunch: isPublic ? false : undefined', replace: 'mapPublicIpOnLaunch: isPublic ? true : undefined' },
  { name: 'subnets move when a zone is added', file: 'src/private/address-plan.ts', find: 'index: zone * 2 ** bits + index', replace: 'index: zone + index' },
  { name: 'two tiers are in one place', file: 'src/private/address-plan.ts', find: 'isolated: { bits: 3, index: 5 }', replace: 'isolated: { bits: 3, index: 4 }' },
  { name: 'a zone may leave through another', file: 'src/private/route-checks.ts', find: 'through === subnet.availabilityZone', replace: "through !== ''" },
  { name: 'addresses go with the stack', file: 'src/private/elastic-addresses.ts', find: 'address.applyRemovalPolicy(removalPolicy);', replace: '' },
  { name: 'an isolated subnet may reach out', file: 'src/private/route-checks.ts', find: 'return isOfInternet(route);', replace: 'return false;' },
  { name: 'an isolated subnet may reach the internet by an instance', file: 'src/private/route-checks.ts', find: 'every(({ isPrivate }) => isPrivate)', replace: 'every(({ isInternet }) => !isInternet)' },
  { name: 'half of the internet is private by its name', file: 'src/private/route-destination.ts', find: 'this.length >= length && ', replace: '' },
  { name: 'a subnet may take another route table', file: 'src/private/route-checks.ts', find: 'referencedBy(each.routeTableId) !== tableOf(subnet)', replace: 'each.routeTableId === undefined' },
  { name: 'networks of one environment may overlap', file: 'src/ha-vpc.ts', find: '    this.requireDisjointInEnvironment();\n', replace: '', test: 'test/network-blocks.test.ts' },
  { name: 'an instance forwards nothing', file: 'src/private/nat-instance.ts', find: 'sourceDestCheck: false', replace: 'sourceDestCheck: true' },
  { name: 'the default security group is open', file: 'src/ha-vpc.ts', find: 'restrictDefaultSecurityGroup: true', replace: 'restrictDefaultSecurityGroup: false' },
];

const inEncryptedCacheAndBindings: SourceDefect[] = [
  { name: 'the default user of a cache may do all', file: 'src/private/cache-user.ts', find: "accessString: 'off -@all'", replace: "accessString: 'on ~* +@all'" },
  { name: 'a cache takes plain connections', file: 'src/private/cache-nodes.ts', find: 'transitEncryptionEnabled: true,', replace: '' },
  { name: 'passwords of caches do not fit into a URL', file: 'src/private/cache-user.ts', find: 'excludePunctuation: true,', replace: '' },
  { name: 'maintenance of a cache meets its snapshots', file: 'src/private/service-windows.ts', find: 'modulo(other.start - one.start, WEEK) < one.length || ', replace: '' },
  { name: 'the key of a last snapshot of a cache goes', file: 'src/encrypted-cache.ts', find: 'keptInsteadOfSnapshot(removalPolicy), // a snapshot', replace: 'settings.surroundingsPolicy, // a snapshot' },
  { name: 'the key of a cache is for log groups of other stacks', file: 'src/private/log-groups-of-stack.ts', find: '`${stackName}-*`', replace: "'*'" },
  { name: 'tasks of the version before open no connections', file: 'src/private/connection-budget.ts', find: '* maximumPercent / 100', replace: '' },
  { name: 'a service that scales opens no more connections', file: 'src/private/connection-budget.ts', find: 'Math.max(desiredCount, ...ceilings)', replace: 'desiredCount' },
  { name: 'a bound service keeps the password of before', file: 'src/encrypted-database.ts', find: 'Stack.of(this)) this.rotation.restart(service);', replace: 'Stack.of(this)) return;' },
  { name: 'who waits for a database waits for its rotation', file: 'src/encrypted-database.ts', find: '!part.node.scopes.includes(rotation)', replace: 'true' },
  { name: 'a setting is set twice', file: 'src/private/settings.ts', find: 'if (first !== undefined) throw', replace: 'if (false) throw' },
  { name: 'the data depend on an application of another stack', test: 'test/across-stacks.test.ts', file: 'src/private/open-port.ts', find: 'if (!securityGroups.some(comesWithIt)) return', replace: 'if (securityGroups.length > 0) return' },
  { name: 'an application of another stack decrypts anything of the key', test: 'test/across-stacks.test.ts', file: 'src/private/let-read.ts', find: "    conditions: { StringLike: { 'kms:ViaService': `secretsmanager.${secret.env.region}.amazonaws.com*` } }, // China's ends in .cn\n", replace: '' },
  { name: 'a binding to read lets write', file: 'src/binding.ts', find: "options, ['s3:GetObject'],", replace: "options, ['s3:GetObject', 's3:PutObject']," },
];

const inGithubAndTerraform: SourceDefect[] = [
  { name: 'any audience is trusted', file: 'src/private/github-trust.ts', find: "['aud', audience], ", replace: '' },
  { name: 'all claims are compared as patterns', file: 'src/private/github-trust.ts', find: "claim !== 'aud' && [values].flat().some(isWild) ? ", replace: 'true ? ' },
  { name: 'what different subjects ask for is mixed', file: 'src/private/github-trust.ts', find: 'JSON.stringify([isWild(token.subject), Object.entries(token.claims).sort()])', replace: "''" },
  { name: 'a wildcard is an owner', file: 'src/github-subject.ts', find: '/^[A-Za-z0-9][\\w-]*(@', replace: '/^[*A-Za-z0-9][\\w-]*(@' },
  { name: 'claims are asked for that STS does not have', file: 'src/private/github-trust.ts', find: 'if (!place) return;', replace: 'return;' },
  { name: 'a missing claim is no reason', file: 'src/private/trust-explanation.ts', find: 'holds: value !== undefined && patterns', replace: 'holds: value === undefined || patterns' },
  { name: 'a reusable workflow is called at no ref that fits', file: 'src/private/github-workflow.ts', find: "'@'));", replace: "'@v'));" },
  { name: 'any branch of a reusable workflow is taken without a word', file: 'src/private/github-trust.ts', find: 'return isWild(workflowRef) && ', replace: 'return false && ' },
  { name: 'a plan may deploy', file: 'src/github-oidc-role.ts', find: 'plan.grantCdkDiff();', replace: 'plan.grantCdkDeploy();' },
  { name: 'an account gets two providers', file: 'src/github-oidc-provider.ts', find: 'here ?? elsewhere ?? create(', replace: 'elsewhere ?? create(' },
  { name: 'old states may be deleted', file: 'src/terraform-state-backend.ts', find: "  deny(['s3:DeleteObjectVersion'], bucket.arnForObjects('*'));\n", replace: '' },
  { name: 'a reader may write the state', file: 'src/terraform-state-backend.ts', find: "combine(this.grantOn(grantee, ['s3:GetObject'], paths))", replace: "combine(this.grantOn(grantee, ['s3:GetObject', 's3:PutObject'], paths))" },
  { name: 'the lock of any state may be taken', file: 'src/terraform-state-backend.ts', find: "        conditions: { [operator]: { 'dynamodb:LeadingKeys': items } },\n", replace: '' },
  { name: 'an ephemeral profile destroys states', file: 'src/terraform-state-backend.ts', find: 'const removalPolicy = RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE;', replace: 'const { removalPolicy } = profile;' },
];

const inStaticMediaCdn: SourceDefect[] = [
  { name: 'any distribution may read', file: 'src/private/cdn-access.ts', find: "const conditions = { StringEquals: { 'aws:SourceArn': distribution.distributionArn } };", replace: 'const conditions = {};', test: 'test/cdn-buckets.test.ts' },
  { name: 'an upload may run scripts', file: 'src/private/cdn-behaviors.ts', find: "style-src \\'unsafe-inline\\'; sandbox'", replace: "style-src \\'unsafe-inline\\''" },
  { name: 'signed URLs are logged', file: 'src/private/cdn-logs.ts', find: "field !== 'cs-uri-query'", replace: "field !== 'cs(Cookie)'" },
  { name: 'visitors wait half a minute for the fallback', file: 'src/private/cdn-origins.ts', find: '...(failoverOrigin && GIVEN_UP_SOON),', replace: '' },
  { name: 'headers of a policy from elsewhere are made up', file: 'src/private/explain.ts', find: '|| !responseHeaders', replace: '', test: 'test/cdn-explanation.test.ts' },
  { name: 'a distribution fetches from itself', file: 'src/private/validate-cdn.ts', find: 'appDomain.toLowerCase() === domainName?.toLowerCase()', replace: 'appDomain === domainName' },
  { name: 'what forwards cookies is cached', file: 'src/private/rendered-behaviors.ts', find: "cookie.behavior !== 'none'", replace: "cookie.behavior === 'all'" },
  { name: 'another domain is a subdomain of the zone', file: 'src/private/validate-cdn.ts', find: '`.${domainName.toLowerCase()}`.endsWith(`.${', replace: '`.${domainName.toLowerCase()}`.endsWith(`${' },
  { name: 'the static bucket is listed at its root', file: 'src/private/cdn-distribution.ts', find: "files && !servesPages ? 'index.html' : undefined", replace: 'undefined' },
  { name: 'a certificate is left that nobody knows of', file: 'lambda/edge/certificate.ts', find: '    await certificates.delete(arn);\n', replace: '' },
  { name: 'a certificate is used before it is issued', file: 'src/private/edge-certificate.ts', find: 'zone ? resource.ref : this.onceIssued(resource, domain, edge)', replace: 'resource.ref' },
  { name: 'a record is waited for that nobody was shown', file: 'src/private/edge-certificate.ts', find: '    issued.node.addDependency(shown);\n', replace: '' },
  { name: 'a record that nobody creates is taken for one', file: 'lambda/edge/certificate.ts', find: '  if (await isIssued(arn, domainName, certificates, clock)) return;\n', replace: '  if (await isIssued(arn, domainName, certificates, clock) || record) return;\n' },
  { name: 'a publication may delete files', test: 'test/publish-static.test.ts', file: 'src/private/static-publisher.ts', find: "actions: ['s3:GetObject', 's3:PutObject'], resources: [files]", replace: "actions: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'], resources: [files]" },
  { name: 'a publication may read all assets', test: 'test/publish-static.test.ts', file: 'src/private/static-publisher.ts', find: 'resourceName: asset.s3ObjectKey', replace: "resourceName: '*'" },
  { name: 'a page is there before what it refers to', file: 'lambda/static-files/publication.ts', find: 'for (const group of [hashed, others])', replace: 'for (const group of [others, hashed])' },
  { name: 'a publication that broke off leaves old files in caches', file: 'lambda/static-files/publication.ts', find: '  if (forgotten.length > 0) await published.setUnforgotten(forgotten);\n', replace: '' },
  { name: 'a key is used that edge locations do not know yet', file: 'lambda/signing-keys/rotation.ts', find: 'const SETTLES_IN = 3_600_000;', replace: 'const SETTLES_IN = 0;' },
  { name: 'a key is trusted whose private half may be lost', file: 'lambda/signing-keys/rotation.ts', find: 'const trusted = [current.keyPairId, ...retired, next.keyPairId];', replace: 'const trusted = [current.keyPairId, ...retired, await group.addKey((await newKeyPair()).publicKey), next.keyPairId];' },
  { name: 'a rotation refuses what was signed before it', file: 'lambda/signing-keys/rotation.ts', find: 'const trusted = [current.keyPairId, ...retired, next.keyPairId];', replace: 'const trusted = [current.keyPairId, next.keyPairId];' },
  { name: 'keys stay that nobody trusts', file: 'lambda/signing-keys/rotation.ts', find: 'if (!trusted.includes(id)) await group.removeKey(id);', replace: 'void id;' },
  { name: 'keys of other CDNs are deleted', file: 'lambda/signing-keys/cloudfront-key-group.ts', find: 'filter(({ Name }) => Name!.startsWith(`${this.name}-`))', replace: 'filter(({ Name }) => Name)' },
  { name: 'a secret of old keys stays', test: 'test/private-media.test.ts', file: 'src/private/signing-keys.ts', find: 'removalPolicy: RemovalPolicy.DESTROY,', replace: 'removalPolicy,' },
  { name: 'the log delivery of others is undone', file: 'lambda/edge/cloudwatch-deliveries.ts', find: 'deliverySourceName === sourceName', replace: 'deliverySourceName' },
];

const inEncryptedDatabase: SourceDefect[] = [
  { name: 'a pinned database is replaced', file: 'src/private/replacement-pin.ts', find: 'if (before === now) return [];', replace: 'return [];' },
  { name: 'a pinned database gets another key', file: 'src/private/replacement-pin.ts', find: "'Engine', 'DatabaseName', 'MasterUsername', 'KmsKeyId',", replace: "'Engine', 'DatabaseName', 'MasterUsername'," },
  { name: 'a pinned database is a copy of another one', test: 'test/replacement-pin.test.ts', file: 'src/private/replacement-pin.ts', find: " 'SourceDbClusterResourceId',", replace: '' },
  { name: 'what is restored has no name but those of a new one', test: 'test/database-restore.test.ts', file: 'src/private/validate-database.ts', find: '(props.snapshotIdentifier ?? props.restoreFrom) === undefined', replace: 'props.engine !== undefined' },
  { name: 'a database is called what RDS refuses', test: 'test/encrypted-database.test.ts', file: 'src/private/reserved-names.ts', find: '![...DATABASES[family], ...WORDS[family]].includes(', replace: '![...DATABASES[family]].includes(' },
  { name: 'a name that is guessed first is a new master user', test: 'test/encrypted-database.test.ts', file: 'src/private/reserved-names.ts', find: '!isReserved && !GUESSED.includes(small)', replace: '!isReserved' },
  { name: 'a database takes plain connections', file: 'src/private/database-parameters.ts', find: '...parameters, ...tls }', replace: '...parameters }' },
  { name: 'parameters may switch TLS off', file: 'src/private/database-parameters.ts', find: 'parameters[name] !== undefined && parameters[name] !== value', replace: "parameters[name] === 'never'" },
  { name: 'a database is in public subnets', file: 'src/private/database-subnets.ts', find: 'if (open) throw new Error', replace: 'if (!open && subnets.length === 0) throw new Error' },
  { name: 'applications get the secret that rotates', file: 'src/encrypted-database.ts', find: 'secret: this.connectionSecret, field }', replace: 'secret: this.secret, field }' },
  { name: 'passwords of databases have symbols', file: 'src/encrypted-database.ts', find: 'excludePunctuation: true,', replace: 'excludePunctuation: false,' },
  { name: 'passwords rotate while the first applications start', file: 'src/private/password-rotation.ts', find: 'rotateImmediatelyOnUpdate: false,', replace: 'rotateImmediatelyOnUpdate: true,' },
  { name: 'applications have a password before the database', file: 'lambda/database-rotation/rotation.ts', find: 'while (!await database.isSettled())', replace: 'while (false)' },
  { name: 'applications never have the new password', file: 'lambda/database-rotation/rotation.ts', find: "await connection.put(version, 'AWSCURRENT', withPassword(connectionFields, await this.pendingPassword(version)));", replace: '' },
  { name: 'a rotation changes more than the password', file: 'lambda/database-rotation/database.ts', find: 'DBInstanceIdentifier: this.identifier, MasterUserPassword: password }', replace: 'DBInstanceIdentifier: this.identifier, MasterUserPassword: password, ApplyImmediately: true }' },
  { name: 'AWS Backup may delete what it did not make', test: 'test/database-backup-plan.test.ts', file: 'src/private/backup-plan.ts', find: '`rds:Delete${of}Snapshot`], [made]', replace: '`rds:Delete${of}Snapshot`], [anySnapshot]' },
  { name: 'anybody of another account may read snapshots', test: 'test/database-backup-plan.test.ts', file: 'src/private/backup-plan.ts', find: "'kms:ReEncrypt*'], ofBackup)", replace: "'kms:ReEncrypt*'], {})" },
  { name: 'backups are deleted by hand', test: 'test/database-backup-plan.test.ts', file: 'src/private/backup-plan.ts', find: 'blockRecoveryPointDeletion: true,', replace: '' },
  { name: 'a drill leaves its database when the query fails', file: 'src/private/restore-drill-machine.ts', find: "cause: \"{% $exists($states.errorOutput.Cause) ? $string($states.errorOutput.Cause) : 'no cause was given' %}\" },\n          Next: first,", replace: "cause: '' },\n          Next: 'Not restored'," },
  { name: 'a drill restores the oldest snapshot', file: 'src/private/restore-drill-machine.ts', find: '^(>SnapshotCreateTime)', replace: '^(<SnapshotCreateTime)' },
  { name: 'a drill may delete any instance with its mark', test: 'test/checks/least-privilege.test.ts', file: 'src/private/restore-drill.ts', find: "['rds:DeleteDBInstance'], [instance]", replace: "['rds:DeleteDBInstance'], [this.arn('db', '*')]" },
  { name: 'an empty database convinces', file: 'lambda/drill-query/handler.ts', find: "['', '0',", replace: "[''," },
  { name: 'the key of a last snapshot of a database goes', file: 'src/encrypted-database.ts', find: 'enableKeyRotation: true,\n      removalPolicy: kept,', replace: 'enableKeyRotation: true,\n      removalPolicy,' },
  { name: 'a restored database is a replica', file: 'src/private/database-restore.ts', find: 'restoreTime === undefined ? { useLatestRestorableTime: true } : { restoreTime }', replace: 'restoreTime === undefined ? {} : { restoreTime }' },
  { name: 'scaling takes the standby for a reader too many', file: 'src/private/reader-scaling.ts', find: 'minCapacity: readers + besides', replace: 'minCapacity: readers' },
  { name: 'a proxy takes plain connections', file: 'src/private/database-proxy.ts', find: 'requireTls: true,', replace: 'requireTls: false,' },
  { name: 'a proxy reads what applications read', file: 'src/private/database-proxy.ts', find: "actions: ['secretsmanager:GetSecretValue'], resources: [credentials.secretArn]", replace: "actions: ['secretsmanager:GetSecretValue'], resources: ['*']" },
  { name: 'a proxy keeps its name in other subnets', file: 'src/private/database-proxy.ts', find: '`${nameOfThisLife(this)}-${this.digest(subnetIds)}`', replace: '`${nameOfThisLife(this)}-${this.digest([])}`' },
  { name: 'the connections of a database that scales below one unit are not capped', file: 'src/private/database-limits.ts', find: 'minimumCapacity < 1 ? 2000 : Infinity', replace: 'minimumCapacity < 0 ? 2000 : Infinity', test: 'test/cluster-capacity.test.ts' },
  { name: 'an old version of a database is not warned of', file: 'src/private/support-calendar.ts', find: '(isOlder(major, oldest) ? end : undefined)', replace: 'undefined' },
  { name: 'nobody hears of a full local storage', file: 'src/private/database-alarms.ts', find: 'below: Math.floor(localStorage * 0.05)', replace: 'below: 0' },
  { name: 'applications go past the proxy', file: 'src/encrypted-database.ts', find: 'this.connections = proxy?.connections ?? database.connections;', replace: 'this.connections = database.connections;', test: 'test/database-proxy.test.ts' },
];

const inFile = (file: string, defects: Omit<SourceDefect, 'file'>[]): SourceDefect[] => defects.map((defect) => ({ ...defect, file }));

export const SOURCE_DEFECTS: SourceDefect[] = [
  ...inFile('src/secure-queue.ts', inSecureQueue),
  ...inFile('src/thumbnail-to-wasabi.ts', inThumbnailToWasabi),
  ...inFile('src/private/photo-function.ts', inPhotoFunction),
  ...inFile('src/private/private-bucket.ts', inPrivateBucket),
  ...inPrivate,
  ...inTheFunctions,
  ...inReconcilerAndRestore,
  ...inHaVpc,
  ...inEncryptedCacheAndBindings,
  ...inGithubAndTerraform,
  ...inStaticMediaCdn,
  ...inEncryptedDatabase,
];
