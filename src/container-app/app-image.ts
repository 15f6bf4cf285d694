import { Token } from 'aws-cdk-lib';
import type { IRepository } from 'aws-cdk-lib/aws-ecr';
import * as ecrAssets from 'aws-cdk-lib/aws-ecr-assets';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { Checks } from '../shared/checks';
import { PropKinds, required, requireArgument, requireKinds, resource, secret, text, textMap, texts } from '../shared/kinds';
import { grantSecretRead, requireUnambiguousArn } from '../shared/secrets';

/**
 * How an image is pulled from a registry.
 */
export interface RegistryImageOptions {
  /**
   * The secret with `username` and `password` for a private registry.
   *
   * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/private-auth.html
   * @default - the registry asks for none
   */
  readonly credentials?: ISecret;
}

/**
 * Which image of a repository in Amazon ECR runs.
 */
export interface EcrImageOptions {
  /**
   * The tag of the image.
   *
   * @default - the context value `imageTag`: `cdk deploy -c imageTag=1.4.0`
   */
  readonly tag?: string;

  /**
   * The digest of the image, `sha256:` with 64 hexadecimal digits, in place of a tag.
   *
   * @default - the image is known by its tag
   */
  readonly digest?: string;
}

/**
 * How an image is built.
 */
export interface DirectoryImageOptions {
  /**
   * The Dockerfile, relative to the directory.
   *
   * @default 'Dockerfile'
   */
  readonly file?: string;

  /**
   * The stage of the Dockerfile that is built.
   *
   * @default - the last one
   */
  readonly target?: string;

  /**
   * Build arguments by name, which everybody may read who may look at the image.
   *
   * @default - none
   */
  readonly buildArgs?: { [name: string]: string };

  /**
   * Files and directories that do not change the image, as patterns of `.dockerignore`, in addition to that file.
   *
   * @default - none
   */
  readonly exclude?: string[];
}

/**
 * Where the image of an application comes from.
 */
export class AppImage {
  /**
   * An image of any registry, by its name with a tag or a digest.
   *
   * @param name the name, such as `ghcr.io/example/web:1.4.0`
   * @param options credentials for a private registry
   */
  public static registry(name: string, options: RegistryImageOptions = {}): ecs.ContainerImage {
    requireArgument('AppImage.registry', 'name', name, required(text));
    requireKinds('AppImage.registry', options, REGISTRY_KINDS, 'options');
    const allowed = 'the name of an image, such as nginx:1.29 or ghcr.io/example/web:1.4.0';
    const hint = /^https?:/.test(name) ? 'leave out the protocol' : 'after the host, lower-case letters, digits, dots, underscores, hyphens and slashes, then a tag or a digest';
    new Checks('AppImage.registry').matches('name', name, IMAGE_NAME, allowed, { hint });
    const { credentials } = options;
    if (!credentials) return ecs.ContainerImage.fromRegistry(name);
    requireUnambiguousArn(credentials, "AppImage.registry: 'credentials'");
    return boundBy((scope, container) => {
      // Not by CDK, whose permission would close a circle with the stack of the secret's key.
      grantSecretRead(credentials, container.taskDefinition.obtainExecutionRole(), container);
      const image = ecs.ContainerImage.fromRegistry(name).bind(scope, container);
      return { ...image, repositoryCredentials: { credentialsParameter: credentials.secretArn } };
    });
  }

  /**
   * An image of a repository in Amazon ECR.
   *
   * @param repository the repository
   * @param options the tag or the digest
   * @throws when a container gets the image: if neither is given, and the context has no `imageTag`
   */
  public static ecr(repository: IRepository, options: EcrImageOptions = {}): ecs.ContainerImage {
    requireArgument('AppImage.ecr', 'repository', repository, required(resource('a repository (ecr.IRepository)', 'repositoryArn')));
    requireKinds('AppImage.ecr', options, ECR_KINDS, 'options');
    const { tag, digest } = options;
    const checks = new Checks('AppImage.ecr');
    if (tag !== undefined && digest !== undefined) throw checks.error("'tag' and 'digest' exclude each other: a digest names one image");
    checks.matches('digest', digest, /^sha256:[0-9a-f]{64}$/, "'sha256:' with 64 hexadecimal digits");
    requireTag(checks, tag);
    return boundBy((scope, container) => {
      const tagOrDigest = digest ?? tag ?? tagOfContext(scope);
      return ecs.ContainerImage.fromEcrRepository(repository, tagOrDigest).bind(scope, container);
    });
  }

  /**
   * An image that CDK builds from a directory, for the processor of the task, and uploads when it deploys.
   *
   * @param path the directory with the Dockerfile
   * @param options what Docker is told
   * @throws if one of these is a token
   */
  public static directory(path: string, options: DirectoryImageOptions = {}): ecs.ContainerImage {
    requireArgument('AppImage.directory', 'path', path, required(text));
    requireKinds('AppImage.directory', options, DIRECTORY_KINDS, 'options');
    requireKnown(path, options);
    return boundBy((scope, container) => {
      return ecs.ContainerImage.fromAsset(path, { ...options, platform: platformOf(container.taskDefinition) }).bind(scope, container);
    });
  }

  private constructor() {}
}

const PATH_PART = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';
/**
 * A host with a port, if any, a path, and a tag or a digest or both.
 *
 * @see https://pkg.go.dev/github.com/distribution/reference
 */
const IMAGE_NAME = new RegExp(`^(?:[a-zA-Z0-9][a-zA-Z0-9.-]*(?::\\d+)?/)?${PATH_PART}(?:/${PATH_PART})*(?::[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$`);

/** CDK builds the image before the deployment. */
function requireKnown(path: string, { buildArgs = {}, exclude = [], file, target }: DirectoryImageOptions): void {
  const checks = new Checks('AppImage.directory');
  const why = 'CDK builds the image before the deployment';
  checks.known('path', path, why);
  checks.known('file', file, why);
  checks.known('target', target, why);
  checks.knownList('exclude', exclude, why);
  exclude.forEach((pattern) => checks.known('exclude', pattern, why));
  Object.entries(buildArgs).flat().forEach((each) => checks.known('buildArgs', each, why));
}

const REGISTRY_KINDS: PropKinds<RegistryImageOptions> = { credentials: secret };
const ECR_KINDS: PropKinds<EcrImageOptions> = { digest: text, tag: text };
const DIRECTORY_KINDS: PropKinds<DirectoryImageOptions> = { buildArgs: textMap, exclude: texts, file: text, target: text };

type Bind = (scope: Construct, container: ecs.ContainerDefinition) => ecs.ContainerImageConfig;

/** An image that is known only when a container gets it. A class of its own, made here, as a class at the top would load the module with this file. */
function boundBy(bind: Bind): ecs.ContainerImage {
  return new class extends ecs.ContainerImage {
    public bind(...given: Parameters<Bind>): ecs.ContainerImageConfig {
      return bind(...given);
    }
  }();
}

/** @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_PutImage.html */
function requireTag(checks: Checks, tag: string | undefined): void {
  checks.matches('tag', tag, /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/, 'at most 128 letters, digits, underscores, periods and hyphens, the first no period or hyphen');
}

const IMAGE_TAG = 'imageTag';

function tagOfContext(scope: Construct): string {
  const checks = new Checks(scope.node.path);
  const tag: unknown = scope.node.tryGetContext(IMAGE_TAG);
  if (typeof tag === 'string' && tag !== '') {
    requireTag(checks, tag);
    return tag;
  }
  const got = tag === undefined ? 'nothing' : `${JSON.stringify(tag)}, which is no text`;
  throw checks.error(`the image of a repository must have a 'tag' or 'digest', or the context the text '${IMAGE_TAG}', got ${got}: cdk deploy -c ${IMAGE_TAG}=1.4.0`);
}

/** Fargate runs tasks on x86-64 that say nothing else. */
function platformOf({ node }: ecs.TaskDefinition): ecrAssets.Platform {
  const { runtimePlatform } = node.defaultChild as ecs.CfnTaskDefinition;
  const isArm = !Token.isUnresolved(runtimePlatform) && (runtimePlatform as ecs.CfnTaskDefinition.RuntimePlatformProperty | undefined)?.cpuArchitecture === 'ARM64';
  return isArm ? ecrAssets.Platform.LINUX_ARM64 : ecrAssets.Platform.LINUX_AMD64;
}
