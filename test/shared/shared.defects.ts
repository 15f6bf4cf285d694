import { inFile, SourceDefect } from '../mutations/source-defect';
import { TemplateDefect } from '../mutations/template-defect';

export const TEMPLATE_DEFECTS: TemplateDefect[] = [];

export const SOURCE_DEFECTS: SourceDefect[] = [
  ...inFile('src/shared/private-bucket.ts', [
    { name: 'the buckets take plain HTTP', find: 'enforceSSL: true,', replace: '' },
    { name: 'the buckets take TLS 1.1', find: 'minimumTLSVersion: 1.2,', replace: '' },
    { name: 'the buckets may be made public', find: 's3.BlockPublicAccess.BLOCK_ALL', replace: 's3.BlockPublicAccess.BLOCK_ACLS' },
    { name: 'the buckets have no versions', find: 'versioned: props.expiration === undefined,', replace: '' },
    { name: 'originals that are not archived expire', find: 'noncurrentVersionExpiration: props.oldVersions,', replace: 'noncurrentVersionExpiration: Duration.days(7),' },
    { name: 'the logs of the namesakes in other accounts are taken', find: "StringEquals: { 'aws:SourceAccount': Stack.of(bucket).account },", replace: '' },
    { name: 'a bucket is taken that gets no logs', test: 'test/shared/given-buckets.test.ts', find: 'if (!key) return;', replace: 'if (!key?.isOfAws) return;' },
    { name: 'no log arrives in a bucket with the key of AWS', test: 'test/shared/given-buckets.test.ts', find: "each?.sseAlgorithm?.startsWith('aws:kms')", replace: 'each?.kmsMasterKeyId' },
    { name: 'no log arrives in a bucket that is locked', test: 'test/shared/given-buckets.test.ts', find: '(resource.objectLockEnabled ?? resource.objectLockConfiguration)', replace: 'resource.objectLockConfiguration' },
    { name: 'a bucket is taken that no service can decrypt', test: 'test/shared/given-buckets.test.ts', find: 'if (!key?.isOfAws) return;', replace: 'if (key !== undefined) return;' },
    { name: 'versions from before files expired stay', test: 'test/shared/given-buckets.test.ts', find: '      noncurrentVersionExpiration: props.oldVersions,\n', replace: '      ...(props.expiration ? {} : { noncurrentVersionExpiration: props.oldVersions }),\n' },
    { name: 'the buckets of an ephemeral stack stay', find: 'autoDeleteObjects: removalPolicy === RemovalPolicy.DESTROY', replace: 'autoDeleteObjects: removalPolicy === RemovalPolicy.SNAPSHOT' },
  ]),
  ...inFile('src/shared/bundled-function.ts', [
    { name: 'a function may write the logs of all', find: 'logGroup.grantWrite(role);', replace: "role.addToPolicy(new iam.PolicyStatement({ actions: ['logs:*'], resources: ['*'] }));" },
  ]),
  ...inFile('src/shared/checks.ts', [
    { name: 'a bound of all numbers is off by one', find: 'value >= least', replace: 'value > least' },
  ]),
  ...inFile('src/shared/checks.ts', [
    { name: 'regions that differ are taken for the same', find: 'one.region === other.region', replace: 'true' },
  ]),
  ...inFile('src/shared/instance-classes.ts', [
    { name: 'a default class is one that the region does not have', test: 'test/shared/instance-classes.test.ts', find: 'wanted, region) ? wanted :', replace: 'wanted, region) || wanted ? wanted :' },
  ]),
  ...inFile('src/shared/removal-policy.ts', [
    { name: 'a snapshot, which queues have not, is asked for', find: '=== RemovalPolicy.SNAPSHOT', replace: '=== RemovalPolicy.DESTROY' },
  ]),
  ...inFile('src/shared/alarm.ts', [
    { name: 'a topic with a policy refuses the alarms', find: 'for (const statement of new Map(additions).values()) append(node, statement(topics));', replace: '' },
    { name: 'a topic takes the alarms of any account', find: ", StringEquals: { 'aws:SourceAccount': account } },", replace: ' },' },
  ]),
  ...inFile('src/shared/key-grants.ts', [
    {
      name: 'who may use a key by its alias may use all keys',
      find: "conditions: { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': alias } },",
      replace: '',
      test: 'test/shared/given-resources.test.ts',
    },
    { name: 'a key is taken whose policy nobody can change', find: 'alias?.startsWith(OF_AWS)', replace: 'alias === OF_AWS', test: 'test/shared/given-resources.test.ts' },
  ]),
  ...inFile('src/shared/stacks.ts', [
    {
      name: 'a resource of another region is taken', find: 'if (place.region === undefined || !isKnownToDiffer(region, place.region)) return;', replace: 'if (region !== undefined) return;', test: 'test/shared/given-resources.test.ts',
    },
    {
      name: 'a resource of another account is taken', find: 'if (place.account === undefined || !isKnownToDiffer(account, place.account)) return;', replace: 'if (account !== undefined) return;', test: 'test/shared/given-resources.test.ts',
    },
  ]),
  ...inFile('src/shared/alarm.ts', [
    { name: 'alarms reach no topic', find: 'alarms.forEach((heard) => heard.addAlarmAction(action));', replace: '' },
  ]),
  ...inFile('lambda/shared/environment.ts', [
    { name: 'a wrong setting is found at some photo', find: 'Number.isSafeInteger(value) && value > 0 ? value', replace: 'value !== 0 ? value' },
  ]),
  ...inFile('src/shared/security-groups.ts', [
    { name: 'a security group is described in any letters', find: ".replace(NOT_TAKEN, '-')", replace: '' },
  ]),
  ...inFile('src/shared/service-windows.ts', [
    { name: 'maintenance of a cache meets its snapshots', find: 'modulo(other.start - one.start, WEEK) < one.length || ', replace: '' },
  ]),
  ...inFile('src/shared/stacks.ts', [
    { name: 'the key of a cache is for log groups of other stacks', find: '`${stackName}-*`', replace: "'*'" },
  ]),
  ...inFile('src/shared/acknowledge.ts', [
    { name: 'an error that is meant stops the deployment', test: 'test/cdn/unkeyed-values.test.ts', find: 'return isAcknowledged(scope, id) ? [] : errors.map(', replace: 'return errors.map(' },
    { name: 'acknowledgements on the app are overlooked', find: ", '//.'];", replace: '];' },
    { name: 'the id that the CLI prints is overlooked', find: "'Annotation::', ", replace: '' },
    { name: 'acknowledgements on the construct itself are overlooked', find: '`${scope.node.path}/.`', replace: 'scope.node.path' },
    { name: 'acknowledgements after a warning are overlooked', find: 'Annotations.of(scope).acknowledgeWarning(id);', replace: '{}' },
  ]),
  ...inFile('src/shared/guards.ts', [
    { name: 'what exposes data is a warning', test: 'test/shared/seal.test.ts', find: 'new Seal(resource, refuse, true)', replace: 'new Seal(resource, refuse, false)' },
    { name: 'other removal policies fail the synthesis', test: 'test/shared/seal.test.ts', find: 'REMOVAL_POLICY], false)', replace: 'REMOVAL_POLICY], true)' },
    { name: 'a policy may admit everybody', test: 'test/shared/seal.test.ts', find: "[principals].flat().includes('*')", replace: "[principals].flat().includes('**')" },
    { name: 'an alarm may be disabled', test: 'test/shared/seal.test.ts', find: '?? IF_LEFT_OUT[property]', replace: '' },
    { name: 'a construct that changes what it sealed hides what others changed', test: 'test/shared/seal.test.ts', find: '.filter(([path, holder]) => holder.changeOf(path) === undefined)', replace: '' },
    { name: 'a part reports beside the whole', test: 'test/shared/seal.test.ts', find: '(isReportedAbove(scope) ? [] : report(scope))', replace: 'report(scope)' },
  ]),
  ...inFile('src/shared/kinds.ts', [
    { name: 'a missing prop is an error of JavaScript', find: "if (given[prop] !== undefined || 'required' in kind) requireKind", replace: 'if (given[prop] !== undefined) requireKind' },
    { name: 'a list that is a token is taken for its only item', find: 'if (kind.item !== text) throw', replace: 'if (kind.item === null) throw' },
    { name: 'options of options are of any type', find: 'if (kind.props) requireKinds(checks.where, value, kind.props, name);', replace: '' },
  ]),
];
