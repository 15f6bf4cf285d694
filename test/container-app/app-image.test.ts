import { mkdtempSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { App, Stack, Token } from 'aws-cdk-lib';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import { DockerImageAsset, Platform } from 'aws-cdk-lib/aws-ecr-assets';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { containerOf, Part } from './setup';
import { AppImage } from '../../src/container-app/app-image';
import { ContainerTaskProps } from '../../src/container-app/private/container-task';

const DIRECTORY = mkdtempSync(join(tmpdir(), 'image-'));
writeFileSync(join(DIRECTORY, 'Dockerfile'), 'FROM scratch\n');
const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;
const { ARM64, X86_64 } = ecs.CpuArchitecture;

/** The platform of the one image that the CLI builds. */
function builtFor(props: Partial<ContainerTaskProps>): string | undefined {
  const part = new Part();
  part.task(props);
  const assembly = (part.stack.node.root as App).synth();
  const [manifest] = assembly.artifacts.flatMap((artifact: any) => artifact.contents?.dockerImages ?? []);
  const [image] = Object.values<any>(manifest);
  return image.source.platform;
}

function repositoryIn(part: Part): ecr.IRepository {
  return ecr.Repository.fromRepositoryName(part.stack, 'Repository', 'example/web');
}

/** The name of the image, with tokens by their name. */
function nameOf(part: Part): string {
  const { Image } = containerOf(part.template);
  return typeof Image === 'string' ? Image : Image['Fn::Join'][1].map((each: any) => each.Ref ?? each).join('');
}

describe('of a registry', () => {
  test('is known by its name', () => {
    const part = new Part();
    part.task({ image: AppImage.registry('ghcr.io/example/web:1.4.0') });
    expect(nameOf(part)).toBe('ghcr.io/example/web:1.4.0');
    expect(part.warnings()).toEqual([]);
  });

  test('is pulled with credentials, which ECS may read', () => {
    const part = new Part();
    const credentials = new Secret(part.stack, 'Credentials');
    part.task({ image: AppImage.registry('ghcr.io/example/web:1.4.0', { credentials }) });
    const arn = part.stack.resolve(credentials.secretArn);
    expect(containerOf(part.template).RepositoryCredentials).toEqual({ CredentialsParameter: arn });
    const [policy] = Object.values(part.template.findResources('AWS::IAM::Policy'));
    expect(policy.Properties.PolicyDocument.Statement).toContainEqual({
      Action: ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'], Effect: 'Allow', Resource: arn,
    });
  });

  test.each([
    '', 'https://ghcr.io/example/web:1.4.0', 'web: 1', 'ghcr.io/example/Web:1', 'web:', 'web:.1', '/web', 'example//web', 'web@sha256:12', `web:${'1'.repeat(129)}`, '-web',
  ])("refuses the name '%s'", (name) => {
    expect(() => AppImage.registry(name)).toThrow("AppImage.registry: 'name' must be the name of an image");
  });

  test('says of a name with a protocol what to do', () => {
    expect(() => AppImage.registry('https://ghcr.io/example/web:1.4.0')).toThrow(/got 'https:.*': leave out the protocol$/);
  });

  test.each([
    'nginx', 'nginx:1.29', 'library/nginx', 'localhost:5000/web', 'Registry.Example.org/team/web_app:2026-11-30', 'ghcr.io/a/b/c__d--e.f:V1',
    `public.ecr.aws/nginx/nginx@sha256:${'0a'.repeat(32)}`, `nginx:1.29@sha256:${'0a'.repeat(32)}`, '123456789012.dkr.ecr.eu-west-3.amazonaws.com/web:1',
  ])("accepts the name '%s'", (name) => {
    expect(() => AppImage.registry(name)).not.toThrow();
  });

  test('refuses credentials that are known by an ambiguous ARN', () => {
    const credentials = Secret.fromSecretPartialArn(new Stack(new App(), 'Stack'), 'Secret', 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:login-abcdef');
    expect(() => AppImage.registry('web:1', { credentials })).toThrow("AppImage.registry: 'credentials' must have the complete ARN");
  });
});

describe('of a repository in Amazon ECR', () => {
  test.each([
    ['a tag', { tag: '1.4.0' }, {}, /web:1\.4\.0$/],
    ['a digest', { digest: DIGEST }, {}, new RegExp(`web@${DIGEST}$`)],
    ['the tag of the context', {}, { imageTag: '1.5.0' }, /web:1\.5\.0$/],
    ['a tag rather than that of the context', { tag: '1.4.0' }, { imageTag: '1.5.0' }, /web:1\.4\.0$/],
  ])('is known by %s', (_, options, context, expected) => {
    const part = new Part(context);
    part.task({ image: AppImage.ecr(repositoryIn(part), options) });
    expect(nameOf(part)).toMatch(expected);
    expect(part.warnings()).toEqual([]);
  });

  test.each([
    ['is missing', {}, 'got nothing: cdk deploy -c imageTag=1.4.0'],
    ['is a number, whose zeros at the end are lost', { imageTag: 1.1 }, 'got 1.1, which is no text'],
    ['is no tag', { imageTag: 'a b' }, "App/Web/Task/Container: 'tag' must be at most 128 letters"],
  ])('fails if the tag of the context %s', (_, context, text) => {
    const part = new Part(context);
    expect(() => part.task({ image: AppImage.ecr(repositoryIn(part)) })).toThrow(text);
  });

  test.each([
    [{ tag: '1', digest: DIGEST }, "AppImage.ecr: 'tag' and 'digest' exclude each other"],
    [{ digest: '0123' }, "AppImage.ecr: 'digest' must be 'sha256:' with 64 hexadecimal digits, got '0123'"],
    [{ tag: '.1' }, "AppImage.ecr: 'tag' must be at most 128 letters"],
  ])('refuses %j', (options, text) => {
    const part = new Part();
    expect(() => AppImage.ecr(repositoryIn(part), options)).toThrow(text);
  });

  test('a tag that is a token passes', () => {
    const part = new Part();
    part.task({ image: AppImage.ecr(repositoryIn(part), { tag: Token.asString({ Ref: 'Tag' }) }) });
    expect(nameOf(part)).toMatch(/web:Tag$/);
    expect(part.warnings()).toEqual([]);
  });
});

describe('of a directory', () => {
  test.each([[X86_64, 'linux/amd64'], [ARM64, 'linux/arm64'], [undefined, 'linux/amd64']])('is built for the processor of the task', (cpuArchitecture, platform) => {
    expect(builtFor({ image: AppImage.directory(DIRECTORY), cpuArchitecture })).toBe(platform);
  });

  test('serves several tasks, each for its processor', () => {
    const image = AppImage.directory(DIRECTORY);
    expect(builtFor({ image, cpuArchitecture: ARM64 })).toBe('linux/arm64');
    expect(builtFor({ image })).toBe('linux/amd64');
  });

  test('is built as it is told', () => {
    const part = new Part();
    part.task({ image: AppImage.directory(DIRECTORY, { target: 'release', buildArgs: { VERSION: '1' } }) });
    const assembly = (part.stack.node.root as App).synth();
    const [images] = assembly.artifacts.flatMap((artifact: any) => artifact.contents?.dockerImages ?? []);
    expect(Object.values<any>(images)[0].source).toMatchObject({ dockerBuildTarget: 'release', dockerBuildArgs: { VERSION: '1' } });
    expect(part.warnings()).toEqual([]);
  });
});

describe('of a directory by CDK itself', () => {
  test('fails without a platform, with the line to write', () => {
    expect(() => new Part().task({ image: ecs.ContainerImage.fromAsset(DIRECTORY) })).toThrow(
      "App/Web: 'image' must be built for linux/amd64, as 'cpuArchitecture' is X86_64, got no platform, which means that of the machine that builds it: " +
      'write AppImage.directory(…), or add `platform: ecr_assets.Platform.LINUX_AMD64` to the options of the image',
    );
  });

  test('fails with the platform of another processor', () => {
    const image = ecs.ContainerImage.fromAsset(DIRECTORY, { platform: Platform.LINUX_AMD64 });
    expect(() => new Part().task({ image, cpuArchitecture: ARM64 })).toThrow("'image' must be built for linux/arm64, as 'cpuArchitecture' is ARM64, got linux/amd64");
  });

  test('fails as well if the asset is made elsewhere', () => {
    const part = new Part();
    const asset = new DockerImageAsset(part.stack, 'Asset', { directory: DIRECTORY, invalidation: { platform: false } });
    expect(() => part.task({ image: ecs.ContainerImage.fromDockerImageAsset(asset) })).toThrow('got no platform');
  });

  test('passes with the platform of the processor', () => {
    const image = ecs.ContainerImage.fromAsset(DIRECTORY, { platform: Platform.LINUX_ARM64, invalidation: { platform: false } });
    expect(builtFor({ image, cpuArchitecture: ARM64 })).toBe('linux/arm64');
  });
});

describe('the tag latest', () => {
  const LATEST = 'cdk-mainstay:ContainerAppWithAlb.LatestImage';

  test.each([
    ['web', true], ['web:latest', true], ['registry.example.org:5000/web', true], ['registry.example.org:5000/web:latest', true],
    ['web:1.4.0', false], [`web@${DIGEST}`, false], [`web:latest@${DIGEST}`, false], ['registry.example.org:5000/web:1', false], ['web:latest-slim', false],
  ])('of %s: a warning %p', (name, warned) => {
    const part = new Part();
    part.task({ image: ecs.ContainerImage.fromRegistry(name) });
    expect(part.warnings().filter((text) => text.includes(LATEST))).toHaveLength(warned ? 1 : 0);
  });

  test('of a repository: a warning', () => {
    const part = new Part();
    part.task({ image: AppImage.ecr(new ecr.Repository(part.stack, 'Own'), { tag: 'latest' }) });
    expect(part.warnings()).toEqual([expect.stringContaining(LATEST)]);
  });
});
