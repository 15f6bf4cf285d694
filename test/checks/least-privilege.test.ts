import { App, Environment, Stack } from 'aws-cdk-lib';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { allowedWithoutBounds, brokenRules, call, DeployedTemplate, Scene, tried, unprovenParts, valuesOf } from './access-rules';
import { listedBesideTests } from './beside-tests';
import { ACCOUNT, REGION } from './intrinsics';
import { ANYBODY, decide, DeployedPolicies, PolicyDocument } from './policies';
import { ThumbnailToWasabi } from '../../src';
import { SCENES as BINDING_SCENES } from '../binding/binding.access';
import { SCENES as CDN_SCENES } from '../cdn/static-media-cdn.access';
import { SCENES as GITHUB_SCENES } from '../github/github-oidc-role.access';
import { SCENES as NETWORK_SCENES } from '../network/ha-vpc.access';
import { SCENES as RESTORE_SCENES } from '../photos/photo-restore.access';
import { SCENES as PHOTO_SCENES } from '../photos/thumbnail-to-wasabi.access';
import { SCENES as QUEUE_SCENES } from '../queue/secure-queue.access';
import { SCENES as TERRAFORM_SCENES } from '../terraform/terraform-state-backend.access';

const SCENES = listedBesideTests<Scene>('access', 'SCENES');
const [JOBS, JOBS_WITH_KEY] = QUEUE_SCENES;
const [PHOTOS] = PHOTO_SCENES;
const [BOUND_BUCKETS, , BOUND_SECRETS] = BINDING_SCENES;
const [STATES, STATES_WITH_TABLE] = ['lock files', 'a lock table'].map((lock) => TERRAFORM_SCENES.find(({ name }) => name === `TerraformStateBackend with ${lock}`)!);
const [SITE] = CDN_SCENES;

describe.each(SCENES)('$name', (scene) => {
  const policies = new DeployedPolicies(scene.template);

  test.each(scene.rules)('$sentence', async (rule) => {
    expect((await tried(rule, policies)).holds).toBe(true);
  });

  test('no permission is without a rule that needs it, and no denial without one that it stops', async () => {
    expect(await unprovenParts(scene)).toEqual([]);
  });

  test('what is denied is denied by the policies, not by a request that means nothing', async () => {
    const denials = scene.rules.filter(({ allowed }) => !allowed);
    const meaningless = await Promise.all(denials.map(async (rule) => (await allowedWithoutBounds(rule) ? [] : [rule.sentence])));
    expect(meaningless.flat()).toEqual([]);
  });
});

test('a stack that knows its account has the same policies as one that does not', () => {
  const policiesIn = (env?: Environment) => {
    const stack = new Stack(new App(), 'Stack', { env });
    const credentials = Secret.fromSecretNameV2(stack, 'Wasabi', 'demo/wasabi/access');
    new ThumbnailToWasabi(stack, 'Photos', { wasabiRegion: 'eu-central-1', archiveBucketName: 'photoarchive', credentials });
    return new DeployedPolicies(valuesOf(stack).template).all();
  };
  expect(policiesIn({ account: ACCOUNT, region: REGION })).toEqual(policiesIn());
});

type Statement = PolicyDocument['Statement'][number];

/** A template with its policies rewritten, statement by statement; `undefined` drops one. */
function rewritten(template: DeployedTemplate, rewrite: (statement: Statement) => Statement | undefined): DeployedTemplate {
  return JSON.parse(JSON.stringify(template), (key, value) => (key === 'Statement' ? value.map(rewrite).filter(Boolean) : value));
}

/** The statements that allow an action, with some of their elements changed. */
function whereAllowed(action: string, change: (statement: Statement) => Statement): (statement: Statement) => Statement {
  return (statement) => (statement.Effect === 'Allow' && [statement.Action].flat().includes(action) ? { ...statement, ...change(statement) } : statement);
}

function withoutCondition(operator: string, key: string): (statement: Statement) => Statement {
  return ({ Condition, ...statement }) => {
    const { [operator]: found, ...others } = Condition ?? {};
    if (!found || !(key in found)) return Condition ? { ...statement, Condition } : statement;
    return Object.keys(others).length > 0 ? { ...statement, Condition: others } : statement;
  };
}

function asText(change: (text: string) => string): (statement: Statement) => Statement {
  return (statement) => JSON.parse(change(JSON.stringify(statement)));
}

interface Defect {
  readonly defect: string;
  readonly scene: Scene;
  readonly rewrite: (statement: Statement) => Statement | undefined;
  readonly broken: string;
}

const DEFECTS: Defect[] = [
  {
    defect: 'a grant on a prefix becomes one on the whole bucket',
    scene: PHOTOS,
    rewrite: asText((text) => text.replaceAll('"/photos/*"', '"/*"')),
    broken: 'an uploader may not put a.jpg',
  },
  {
    defect: 'a grant on a prefix loses its slash',
    scene: PHOTOS,
    rewrite: asText((text) => text.replaceAll('"/photos/*"', '"/photos*"')),
    broken: 'an uploader may not put photos.jpg',
  },
  {
    defect: 'a grant to put becomes one of all of S3',
    scene: PHOTOS,
    rewrite: whereAllowed('s3:PutObject', () => ({ Action: 's3:*' })),
    broken: 'an uploader may not read what it uploaded',
  },
  {
    defect: 'a grant to put also lets delete',
    scene: PHOTOS,
    rewrite: whereAllowed('s3:PutObject', () => ({ Action: ['s3:PutObject', 's3:DeleteObject'] })),
    broken: 'an uploader may not delete it',
  },
  {
    defect: 'a grant to list loses its condition on the prefix',
    scene: PHOTOS,
    rewrite: withoutCondition('StringLike', 's3:prefix'),
    broken: 'a reader may not list the whole bucket',
  },
  {
    defect: 'a function may remove any version of anything',
    scene: PHOTOS,
    rewrite: whereAllowed('s3:DeleteObjectVersion', () => ({ Resource: '*' })),
    broken: 'the photo function may not remove a version of a thumbnail',
  },
  {
    defect: 'the pattern of a secret takes longer names',
    scene: PHOTOS,
    rewrite: asText((text) => text.replace('-??????', '-*')),
    broken: 'an archivist may not read a secret whose name goes on after a hyphen',
  },
  {
    defect: 'another service may take a role',
    scene: PHOTOS,
    rewrite: whereAllowed('sts:AssumeRole', () => ({ Principal: { Service: ['lambda.amazonaws.com', 'ecs-tasks.amazonaws.com'] } })),
    broken: PHOTOS.rules.find(({ sentence }) => sentence.startsWith('ECS may not take'))!.sentence,
  },
  {
    defect: 'the buckets take plain HTTP',
    scene: PHOTOS,
    rewrite: (statement) => (statement.Condition?.Bool ? undefined : statement),
    broken: 'a reader may not read a thumbnail over plain HTTP',
  },
  {
    defect: 'the buckets take TLS 1.1',
    scene: PHOTOS,
    rewrite: asText((text) => text.replace('"s3:TlsVersion":1.2', '"s3:TlsVersion":1.1')),
    broken: 'a reader may not read a thumbnail over TLS 1.1',
  },
  {
    defect: 'the buckets take TLS 1.2 no more',
    scene: PHOTOS,
    rewrite: asText((text) => text.replace('"s3:TlsVersion":1.2', '"s3:TlsVersion":1.3')),
    broken: 'an uploader may put photos/2026/a.jpg over TLS 1.2',
  },
  {
    defect: 'the logs of any bucket are taken',
    scene: PHOTOS,
    rewrite: withoutCondition('ArnLike', 'aws:SourceArn'),
    broken: 'log delivery for another bucket may not write the logs of Dropbox',
  },
  {
    defect: 'the reconciler may remove what it finds',
    scene: PHOTOS,
    rewrite: whereAllowed('s3:GetObjectVersionTagging', () => ({ Action: ['s3:GetObjectVersionTagging', 's3:DeleteObjectVersion'] })),
    broken: 'the reconciler may not remove an upload',
  },
  {
    defect: 'a restore may delete what it restored',
    scene: RESTORE_SCENES[0],
    rewrite: whereAllowed('s3:AbortMultipartUpload', () => ({ Action: ['s3:PutObject', 's3:DeleteObject'] })),
    broken: 'the restore function may not delete what it restored',
  },
  {
    defect: 'a function loses a permission that a step needs',
    scene: PHOTOS,
    rewrite: whereAllowed('s3:ListBucketVersions', () => ({ Action: 's3:GetBucketLocation' })),
    broken: 'the photo function may be told that an upload is gone',
  },
  {
    defect: 'a grant on a queue becomes one on all queues',
    scene: JOBS,
    rewrite: whereAllowed('sqs:SendMessage', () => ({ Resource: '*' })),
    broken: 'a sender may not send to another queue',
  },
  {
    defect: 'a grant to delete messages also lets purge',
    scene: JOBS,
    rewrite: whereAllowed('sqs:DeleteMessage', ({ Action }) => ({ Action: [...Action, 'sqs:PurgeQueue'] })),
    broken: 'a worker may not purge the queue',
  },
  {
    defect: 'the queues take plain HTTP',
    scene: JOBS,
    rewrite: (statement) => (statement.Effect === 'Deny' ? undefined : statement),
    broken: 'the account may not send over plain HTTP',
  },
  {
    defect: 'the accounts of producers are not told apart',
    scene: JOBS,
    rewrite: withoutCondition('StringEquals', 'aws:SourceAccount'),
    broken: 's3.amazonaws.com for a namesake of the bucket in another account may not send a message',
  },
  {
    defect: 'the producers of an account are not told apart',
    scene: JOBS,
    rewrite: withoutCondition('ArnLike', 'aws:SourceArn'),
    broken: 's3.amazonaws.com for another resource than the bucket may not send a message',
  },
  {
    defect: 'another service may send for a producer',
    scene: JOBS,
    rewrite: asText((text) => text.replace('"events.amazonaws.com"', '["events.amazonaws.com","lambda.amazonaws.com"]')),
    broken: 'Lambda for the rule may not send a message',
  },
  {
    defect: 'a sender\'s account is let in as a whole',
    scene: JOBS,
    rewrite: asText((text) => text.replace('999999999999:role/partner', '999999999999:root')),
    broken: 'another account may not send a message',
  },
  {
    defect: 'a grant on a key becomes one on all keys',
    scene: JOBS_WITH_KEY,
    rewrite: whereAllowed('kms:Decrypt', () => ({ Resource: '*' })),
    broken: 'a sender may not decrypt with another key',
  },
  {
    defect: 'a grant on a key lets do anything with it',
    scene: JOBS_WITH_KEY,
    rewrite: asText((text) => text.replace('"Action":"kms:Decrypt"', '"Action":"kms:*"')),
    broken: 'a consumer may not encrypt with the key',
  },
  {
    defect: 'a key serves a service for any account',
    scene: JOBS_WITH_KEY,
    rewrite: (statement) => (statement.Resource === '*' ? withoutCondition('StringEquals', 'aws:SourceAccount')(statement) : statement),
    broken: 's3.amazonaws.com for a namesake of the bucket in another account may not decrypt with the key',
  },
  {
    defect: 'a binding to read also lets write',
    scene: BOUND_BUCKETS,
    rewrite: whereAllowed('s3:GetObject', ({ Action }) => ({ Action: [...[Action].flat(), 's3:PutObject'] })),
    broken: 'a reader may not write a medium',
  },
  {
    defect: 'a binding of a folder loses its slash',
    scene: BOUND_BUCKETS,
    rewrite: asText((text) => text.replaceAll('"/static/*"', '"/static*"')),
    broken: 'an application may not read from a folder that begins likewise',
  },
  {
    defect: 'what starts an application may read all secrets',
    scene: BOUND_SECRETS,
    rewrite: whereAllowed('secretsmanager:GetSecretValue', () => ({ Resource: '*' })),
    broken: 'ECS, which starts the application, may not read what the cache keeps its password in',
  },
  {
    defect: 'a state takes any encryption',
    scene: STATES,
    rewrite: (statement) => (statement.Condition?.StringNotEquals ? undefined : statement),
    broken: 'an operator may not write the state with a key of S3',
  },
  {
    defect: 'a state must say its encryption',
    scene: STATES,
    rewrite: withoutCondition('Null', 's3:x-amz-server-side-encryption'),
    broken: 'an operator may write the state as the bucket encrypts it',
  },
  {
    defect: 'old states can be deleted',
    scene: STATES,
    rewrite: (statement) => (statement.Effect === 'Deny' && statement.Action === 's3:DeleteObjectVersion' ? undefined : statement),
    broken: 'the account may not delete an old state',
  },
  {
    defect: 'a grant on a state becomes one on all states of a folder',
    scene: STATES,
    rewrite: asText((text) => text.replaceAll('/network/terraform.tfstate"', '/network/*"')),
    broken: 'an operator may not read the state network/other.tfstate',
  },
  {
    defect: 'the locks of all states can be taken',
    scene: STATES_WITH_TABLE,
    rewrite: withoutCondition('ForAllValues:StringEquals', 'dynamodb:LeadingKeys'),
    broken: 'an operator may not lock another state',
  },
  {
    defect: 'a plan may deploy',
    scene: GITHUB_SCENES[0],
    rewrite: asText((text) => text.replace('-lookup-role-', '-*-role-')),
    broken: 'a diff with look-ups may not take the deploy role',
  },
  {
    defect: 'any flow log may write, of any account',
    scene: NETWORK_SCENES[0],
    rewrite: withoutCondition('StringEquals', 'aws:SourceAccount'),
    broken: 'flow logs for a namesake of the flow log in another account may not take the role of the flow log',
  },
  {
    defect: 'CloudWatch Logs may use the key for any log group',
    scene: NETWORK_SCENES[0],
    rewrite: withoutCondition('ArnLike', 'aws:SourceArn'),
    broken: 'CloudWatch Logs for a log group of another stack may not encrypt with the key',
  },
  {
    defect: 'a NAT instance may read parameters',
    scene: NETWORK_SCENES[1],
    rewrite: whereAllowed('ssm:UpdateInstanceInformation', ({ Action }) => ({ Action: [...Action, 'ssm:GetParameter'] })),
    broken: 'a NAT instance may not read a parameter',
  },
  {
    defect: 'any distribution may read media',
    scene: SITE,
    rewrite: (statement) => (statement.Action === 's3:GetObject' ? withoutCondition('StringEquals', 'aws:SourceArn')(statement) : statement),
    broken: 'CloudFront for another distribution may not read media',
  },
  {
    defect: 'any distribution of the account may decrypt',
    scene: SITE,
    rewrite: asText((text) => text.replace(/("aws:SourceArn":\{"Fn::Join":\["",\[.*?):distribution\/",\{"Ref":"[^"]*"\}/, '$1:distribution/","*"')),
    broken: 'CloudFront for a distribution that is called * may not decrypt with the key',
  },
  {
    defect: 'an uploader may write outside of media',
    scene: SITE,
    rewrite: asText((text) => text.replaceAll('"/media/*"', '"/*"')),
    broken: 'an uploader may not put secret/a.jpg',
  },
  {
    defect: 'the edge function may delete any certificate',
    scene: SITE,
    rewrite: withoutCondition('StringEquals', 'aws:ResourceTag/cdk-mainstay:owner'),
    broken: 'the edge function may not delete a certificate of somebody else\'s',
  },
  {
    defect: 'the edge function may change any record',
    scene: SITE,
    rewrite: withoutCondition('ForAllValues:StringLike', 'route53:ChangeResourceRecordSetsNormalizedRecordNames'),
    broken: 'the edge function may not point the domain elsewhere',
  },
  {
    defect: 'any delivery may write logs',
    scene: SITE,
    rewrite: withoutCondition('ArnLike', 'aws:SourceArn'),
    broken: 'log delivery from another source may not write logs of the CDN',
  },
  {
    defect: 'a key locks its own account out',
    scene: JOBS_WITH_KEY,
    rewrite: (statement) => (statement.Action === 'kms:*' ? undefined : statement),
    broken: 'the account may administer the key',
  },
];

describe('the policy simulation', () => {
  test.each(DEFECTS)('notices that $defect', async ({ scene, rewrite, broken }) => {
    expect(await brokenRules(scene.rules, rewritten(scene.template, rewrite))).toContain(broken);
  });

  test('notices a permission that nobody needs', async () => {
    const template = rewritten(JOBS.template, whereAllowed('sqs:DeleteMessage', ({ Action }) => ({ Action: [...Action, 'sqs:TagQueue'] })));
    expect(await unprovenParts({ ...JOBS, template })).toEqual([
      ...['Consumer', 'Worker', 'Operator'].map((who) => expect.stringMatching(new RegExp(`^sqs:TagQueue of ${who}`))),
    ]);
  });

  test('fails on an intrinsic that it cannot resolve', () => {
    const Resources = { Key: { Type: 'AWS::KMS::Key', Properties: { KeyPolicy: { Statement: [{ Resource: { 'Fn::ImportValue': 'Other:Arn' } }] } } } };
    expect(() => new DeployedPolicies({ Resources })).toThrow('unresolved intrinsic: Fn::ImportValue of "Other:Arn"');
  });

  test.each([
    [
      'a key that the simulator ignores in a request', call('s3:PutObject', 'arn:aws:s3:::uploads/a.jpg', { 's3:prefix': 'a' }), {},
      'the simulator ignores s3:prefix',
    ],
    [
      'a key in a policy that the action does not know', call('s3:PutObject', 'arn:aws:s3:::uploads/a.jpg'), { StringLike: { 's3:prefix': 'a' } },
      'a policy has a condition on s3:prefix, which this action does not know',
    ],
    [
      'a key in a policy that the request leaves open', call('s3:ListBucket', 'arn:aws:s3:::uploads'), { StringLike: { 's3:prefix': 'a' } },
      'a policy has a condition on s3:prefix, of which the request says nothing',
    ],
    ['an action that there is not', call('s3:HeadBucket', 'arn:aws:s3:::uploads'), {}, 'no decision: {"message":"invalid.action"}'],
    ['a resource that the action does not have', call('s3:PutObject', 'arn:aws:sqs:eu-west-3:123456789012:jobs'), {}, 'no decision: {"message":"no.resource.types"}'],
    ['a pattern in place of a resource', call('s3:PutObject', 'arn:aws:s3:::uploads/*'), {}, 'a request is for one resource, not for a pattern'],
  ])('does not decide on %s', async (_, request, Condition, message) => {
    const policy = { Version: '2012-10-17', Statement: [{ Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: '*', Condition }] };
    await expect(decide({ ...request, principal: ANYBODY }, {}, 'arn:aws:s3:::uploads', policy)).rejects.toThrow(message);
  });

  test.each([
    ['a role that is not in the template', {}, `arn:aws:iam::${ACCOUNT}:role/Missing`, `no role of the template is arn:aws:iam::${ACCOUNT}:role/Missing`],
    ['a managed policy that it does not know', { Role: { Type: 'AWS::IAM::Role', Properties: { ManagedPolicyArns: ['arn:aws:iam::aws:policy/ReadOnlyAccess'] } } }, ANYBODY, 'Role has arn:aws:iam::aws:policy/ReadOnlyAccess, whose text is not known'],
    ['a kind of policy that it does not know', { Policy: { Type: 'AWS::S3Tables::TableBucketPolicy' } }, ANYBODY, 'Policy is a AWS::S3Tables::TableBucketPolicy'],
    ['a policy for a role that is not in the template', { Policy: { Type: 'AWS::IAM::Policy', Properties: { Roles: ['role'] } } }, ANYBODY, 'unresolved intrinsic'],
  ])('does not decide on %s', async (_, Resources, principal, message) => {
    const deciding = async () => new DeployedPolicies({ Resources }).decide({ ...call('s3:ListAllMyBuckets', '*'), principal });
    await expect(deciding()).rejects.toThrow(message);
  });
});
