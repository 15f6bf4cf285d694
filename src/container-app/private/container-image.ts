import { Stack } from 'aws-cdk-lib';
import { DockerImageAsset, Platform } from 'aws-cdk-lib/aws-ecr-assets';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { addWarning } from '../../shared/acknowledge';
import { Checks } from '../../shared/checks';

/** What Docker calls the processors that Fargate has. */
export const PLATFORMS: Record<string, { readonly name: string; readonly constant: string }> = {
  X86_64: { name: 'linux/amd64', constant: 'LINUX_AMD64' },
  ARM64: { name: 'linux/arm64', constant: 'LINUX_ARM64' },
};

/**
 * Looks at the image of a container that has been made.
 *
 * @throws if it is built from a directory, for another processor than that of the task, or for that of the machine that happens to build it
 */
export function checkImage(checks: Checks, container: ecs.ContainerDefinition, architecture: ecs.CpuArchitecture): void {
  const name = Stack.of(container).resolve(container.imageName);
  const asset = assetOf(container, name);
  if (asset) return requirePlatform(checks, asset, architecture._cpuArchitecture);
  if (!isLatest(name)) return;
  addWarning(
    container.taskDefinition.node.scope!, 'cdk-mainstay:ContainerAppWithAlb.LatestImage',
    "'image' has the tag 'latest', or none, which means the same: a deployment does not see that the image changes, tasks of two versions may run at once, and a rollback brings " +
    'the same image back. Name a tag that is never moved, or a digest',
  );
}

/** Made by `ContainerImage.fromAsset()`, or elsewhere in the app and given by `fromDockerImageAsset()`. */
function assetOf(container: ecs.ContainerDefinition, name: unknown): DockerImageAsset | undefined {
  if (typeof name === 'string' || !JSON.stringify(name).includes('Fn::Sub')) return undefined; // as CDK writes the names of assets
  const isIt = (part: unknown): part is DockerImageAsset => part instanceof DockerImageAsset && part.imageUri === container.imageName;
  return container.node.children.find(isIt) ?? container.node.root.node.findAll().find(isIt);
}

function requirePlatform(checks: Checks, asset: DockerImageAsset, cpuArchitecture: string): void {
  const known = platformOf(asset);
  const wanted = PLATFORMS[cpuArchitecture];
  if (!known || !wanted || known.platform === wanted.name) return;
  throw checks.error(
    `'image' must be built for ${wanted.name}, as 'cpuArchitecture' is ${cpuArchitecture}, got ${known.platform ?? 'no platform, which means that of the machine that builds it'}: ` +
    `write AppImage.directory(…), or add \`platform: ecr_assets.Platform.${wanted.constant}\` to the options of the image`,
  );
}

interface Staging {
  readonly fingerprintOptions?: { readonly platform?: Platform };
}

/** As its staging notes it, which CDK keeps to itself. Nothing where another CDK does not. */
function platformOf(asset: DockerImageAsset): { readonly platform?: string } | undefined {
  const { fingerprintOptions } = asset.node.tryFindChild('Staging') as unknown as Staging ?? {};
  return fingerprintOptions && { platform: fingerprintOptions.platform?.platform };
}

/** Of a name that ends in a token, nothing is known. */
function isLatest(name: unknown): boolean {
  const text = typeof name === 'string' ? name : endOf(name);
  if (text === undefined || text.includes('@')) return false;
  const [, tag] = text.split('/').pop()!.split(':');
  return tag === undefined || tag === 'latest';
}

/** What stands after the last token of a name: the tag that Amazon ECR's names end in. */
function endOf(name: unknown): string | undefined {
  const parts: unknown[] = (name as { 'Fn::Join'?: [string, unknown[]] })['Fn::Join']?.[1] ?? [];
  const end = parts.at(-1);
  return typeof end === 'string' ? end : undefined;
}
