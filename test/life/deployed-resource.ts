import { readFileSync } from 'fs';
import { Life } from './app';
import { Intrinsics, TemplateResource } from '../checks/intrinsics';
import { describeStack } from '../emulator/deployed-stack';
import { EmulatedAccount } from '../emulator/emulators';

/** A resource of a stack, as CloudFormation was asked for it, and what it made of it. */
export interface DeployedResource {
  readonly variant: string;
  readonly logicalId: string;
  readonly type: string;
  readonly physicalId: string;
  /** Those of the template, with the ids of this deployment in place of intrinsics. */
  readonly properties: Record<string, any>;
  /** Whether it outlives its stack, as the template says. */
  readonly retained: boolean;
}

interface LivingResource extends TemplateResource {
  readonly DeletionPolicy?: string;
}

function resourcesById({ folder, stack }: Life): Record<string, LivingResource> {
  return JSON.parse(readFileSync(`${folder}/${stack.templateFile}`, 'utf8')).Resources;
}

export function resourcesOf(life: Life): LivingResource[] {
  return Object.values(resourcesById(life));
}

export async function deployedResources(life: Life, account: EmulatedAccount): Promise<DeployedResource[]> {
  const { name } = life.variant;
  const { id: stackId, resources: physicalIds } = await describeStack(account, name);
  const resources = resourcesById(life);
  const intrinsics = new Intrinsics(resources, { region: account.region, stackName: name, stackId, physicalIds });
  return Object.entries(resources).map(([logicalId, { Type, Properties = {}, DeletionPolicy = 'Delete' }]) => ({
    variant: name,
    logicalId,
    type: Type,
    physicalId: physicalIds[logicalId],
    properties: intrinsics.resolve(Properties),
    retained: !['Delete', 'Snapshot'].includes(DeletionPolicy), // of what leaves a snapshot, only that is left
  }));
}
