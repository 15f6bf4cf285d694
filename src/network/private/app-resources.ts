import { CfnResource, Token } from 'aws-cdk-lib';
import { IConstruct, Node } from 'constructs';

/** Some properties of a resource, by the names that its class has for them. */
export type Resource<T, Property extends keyof T> = { readonly node: Node } & { readonly [P in Property]?: T[P] };

/**
 * All resources of a type in the app of a construct: those of its class, and those that are written by the type and the properties of
 * CloudFormation, `new CfnResource()`. What is changed by `addPropertyOverride()` is not seen, nor what a `{ Ref }` by a logical id leads to.
 */
export function resourcesOfApp<T, Property extends keyof T>({ node }: IConstruct, type: string): Resource<T, Property>[] {
  return node.root.node.findAll()
    .filter((construct): construct is CfnResource => CfnResource.isCfnResource(construct) && construct.cfnResourceType === type)
    .map((resource) => (isOfClass(resource, type) ? resource : byNamesOfClass(resource)) as unknown as Resource<T, Property>);
}

/** Not by its `isCfn…()`, which asks for the type only. */
function isOfClass({ constructor }: CfnResource, type: string): boolean {
  return 'CFN_RESOURCE_TYPE_NAME' in constructor && constructor.CFN_RESOURCE_TYPE_NAME === type;
}

function byNamesOfClass(resource: CfnResource): { node: Node } {
  const { cfnProperties } = resource as unknown as { cfnProperties: Record<string, unknown> }; // protected, and there is no other way to them
  const properties = Object.entries(cfnProperties).filter(([, value]) => value !== undefined && value !== null)
    .map(([name, value]) => [`${name[0].toLowerCase()}${name.slice(1)}`, Token.asString(value)]);
  return { ...Object.fromEntries(properties), node: resource.node };
}
