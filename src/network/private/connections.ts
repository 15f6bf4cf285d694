import { CfnResource, Reference, Stage, Token, Tokenization } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Construct, IConstruct, Node } from 'constructs';

/** Some properties of a resource, by the names that its class has for them. */
type Resource<T, Property extends keyof T> = { readonly node: Node } & { readonly [P in Property]?: T[P] };

/** What leads somewhere, in the table of a subnet. */
export type Route = Resource<ec2.CfnRoute,
'routeTableId' | 'destinationCidrBlock' | 'destinationIpv6CidrBlock' | 'destinationPrefixListId' | 'gatewayId' | 'natGatewayId' |
'egressOnlyInternetGatewayId' | 'carrierGatewayId' | 'networkInterfaceId' | 'instanceId' | 'vpcEndpointId'>;

type Association = Resource<ec2.CfnSubnetRouteTableAssociation, 'subnetId' | 'routeTableId'>;
type PeeringConnection = Resource<ec2.CfnVPCPeeringConnection, 'vpcId' | 'peerVpcId'>;

/**
 * What is connected to what in an app, by the resource that each check asks about: those of its class, and those that are written by the type and the
 * properties of CloudFormation, `new CfnResource()`. What is changed by `addPropertyOverride()` is not seen, nor what a `{ Ref }` by a logical id leads to.
 */
export interface Connections {
  /** By their route table. */
  readonly routes: Map<IConstruct, Route[]>;
  /** By their subnet. */
  readonly associations: Map<IConstruct, Association[]>;
  /** By the network that asks for them. */
  readonly peerings: Map<IConstruct, PeeringConnection[]>;
}

/** By stage, and an app is one: what its networks share while CDK validates it, and those that have used it. */
const SHARED = new WeakMap<IConstruct, { found?: Connections; readonly users: Set<IConstruct> } | undefined>();

/**
 * Lets the networks of a stage share one walk through the tree of the app while CDK validates the stage: a walk by each takes a time that grows with
 * their square. CDK validates the stage itself before what is in it, so that each validation begins with a new walk.
 */
export function shareConnections(network: Construct): void {
  const stage = Stage.of(network)!;
  const isFirst = !SHARED.has(stage);
  SHARED.set(stage, undefined); // what was found before does not have this network
  if (!isFirst) return;
  stage.node.addValidation({
    validate: () => {
      SHARED.set(stage, { users: new Set() });
      return [];
    },
  });
}

/** Those of the app as it is now, when a network is validated. */
export function connectionsFor(network: Construct): Connections {
  const stage = Stage.of(network)!;
  const shared = SHARED.get(stage);
  if (!shared || shared.users.has(network)) {
    // Each network is validated once with its stage, so this is a network by itself, and the tree may have grown.
    SHARED.set(stage, undefined);
    return findConnections(network.node.root);
  }
  shared.users.add(network);
  return shared.found ??= findConnections(network.node.root);
}

function findConnections(root: IConstruct): Connections {
  const found: Connections = { routes: new Map(), associations: new Map(), peerings: new Map() };
  for (const construct of root.node.findAll()) {
    if (!CfnResource.isCfnResource(construct)) continue;
    const type = construct.cfnResourceType;
    if (type === ec2.CfnRoute.CFN_RESOURCE_TYPE_NAME) {
      const route: Route = propertiesOf(construct);
      addTo(found.routes, route.routeTableId, route);
    } else if (type === ec2.CfnSubnetRouteTableAssociation.CFN_RESOURCE_TYPE_NAME) {
      const association: Association = propertiesOf(construct);
      addTo(found.associations, association.subnetId, association);
    } else if (type === ec2.CfnVPCPeeringConnection.CFN_RESOURCE_TYPE_NAME) {
      const peering: PeeringConnection = propertiesOf(construct);
      addTo(found.peerings, peering.vpcId, peering);
    }
  }
  return found;
}

function addTo<T>(groups: Map<IConstruct, T[]>, reference: unknown, item: T): void {
  const target = referencedBy(reference);
  if (!target) return;
  const group = groups.get(target) ?? [];
  group.push(item);
  groups.set(target, group);
}

function propertiesOf<T, Property extends keyof T>(resource: CfnResource): Resource<T, Property> {
  return (isOfClass(resource, resource.cfnResourceType) ? resource : byNamesOfClass(resource)) as unknown as Resource<T, Property>;
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

/** The resource that a token is an attribute of. */
export function referencedBy(value: unknown): IConstruct | undefined {
  const token = Tokenization.reverse(value, { failConcat: false });
  return token && Reference.isReference(token) ? token.target : undefined;
}
