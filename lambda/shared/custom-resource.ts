import type {
  CloudFormationCustomResourceCreateEvent, CloudFormationCustomResourceEvent, CloudFormationCustomResourceUpdateEvent,
} from 'aws-lambda';
import type { RunContext } from './deadline';

/** What the `onEvent` of CDK's Provider framework answers. */
export interface OnEventResponse {
  readonly PhysicalResourceId: string;
  readonly Data?: Readonly<Record<string, string>>;
}

/**
 * The `onEvent` of CDK's Provider framework:
 * https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.custom_resources-readme.html#handling-lifecycle-events-onevent
 */
export type OnEvent = (event: CloudFormationCustomResourceEvent, context: RunContext) => Promise<OnEventResponse>;

export type CreateOrUpdateEvent = CloudFormationCustomResourceCreateEvent | CloudFormationCustomResourceUpdateEvent;

/** One resource of a stack. What is thrown fails the deployment, and CloudFormation shows its message. */
export interface CustomResource {
  /**
   * If an update answers another physical ID than the former one, CloudFormation deletes the resource of the former ID.
   *
   * @param formerId the physical ID of the resource to update; absent if it is to be created
   */
  createOrUpdate(event: CreateOrUpdateEvent, formerId?: string): Promise<OnEventResponse>;
  /** Absent if a deletion has nothing to do. */
  delete?(physicalId: string): Promise<void>;
}

/** Does to a resource what CloudFormation asks for. */
export async function handleResource(event: CloudFormationCustomResourceEvent, resource: CustomResource): Promise<OnEventResponse> {
  switch (event.RequestType) {
    case 'Create': return resource.createOrUpdate(event);
    case 'Update': return resource.createOrUpdate(event, event.PhysicalResourceId);
    case 'Delete':
      await resource.delete?.(event.PhysicalResourceId);
      return { PhysicalResourceId: event.PhysicalResourceId };
  }
}

/** A property that must be a text; CloudFormation hands over numbers and booleans as texts, too. */
export function requiredText(properties: object, name: string): string {
  const value = (properties as Record<string, unknown>)[name];
  if (typeof value !== 'string' || value === '') throw new Error(`'${name}' must be given, got ${JSON.stringify(value)}`);
  return value;
}
