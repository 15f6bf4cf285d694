import * as ecs from 'aws-cdk-lib/aws-ecs';
import { Construct } from 'constructs';
import { BindingTarget } from '../../binding/binding-target';
import { isUnknown } from '../../shared/checks';
import { AppSetting } from '../app-setting';

interface WithContainer extends Construct {
  readonly container: ecs.ContainerDefinition;
}

export function settingsOf({ node: { id: service }, container }: WithContainer): AppSetting[] {
  return BindingTarget._settingsOf(container).map(({ name, isSecret, origin }) => ({ service, name, kind: isSecret ? 'secret' : 'plain', origin }));
}

export function settingsTable(settings: AppSetting[]): string {
  const rows = settings.map(({ service, name, kind, origin }) => `| ${service} | \`${name}\` | ${kind} | ${origin} |`);
  return ['| service | setting | kind | set by |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

/** An error for the settings that nothing sets, in the words of a validation. */
export function missingSettings(part: WithContainer, required: readonly string[]): string[] {
  const set = settingsOf(part).map(({ name }) => name);
  const missing = required.filter((name) => !set.includes(name) && !isUnknown(name));
  if (missing.length === 0) return [];
  return [`'requires' names settings that nothing sets: ${missing.join(', ')}. Add them to 'environment' or 'secrets', or add the binding that sets them to 'uses'`];
}
