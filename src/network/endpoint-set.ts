import { InterfaceVpcEndpointAwsService } from 'aws-cdk-lib/aws-ec2';
import { list, required, requireArgument, resource } from '../shared/kinds';

/**
 * AWS services that a network reaches by interface endpoints, without leaving it. S3 and DynamoDB have gateway endpoints in every
 * HaVpc, which cost nothing.
 */
export class EndpointSet {
  /**
   * What tasks on Fargate need to start and to log where there is no NAT: images from ECR, CloudWatch Logs and Secrets Manager.
   *
   * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html
   */
  public static ecs(): EndpointSet {
    const { ECR, ECR_DOCKER, CLOUDWATCH_LOGS, SECRETS_MANAGER } = InterfaceVpcEndpointAwsService;
    return new EndpointSet('ecs', [ECR, ECR_DOCKER, CLOUDWATCH_LOGS, SECRETS_MANAGER]);
  }

  /**
   * What `ecs()` has, and what the ECS agent of a container instance talks to.
   *
   * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/vpc-endpoints.html
   */
  public static ecsOnEc2(): EndpointSet {
    const { ECS, ECS_AGENT, ECS_TELEMETRY } = InterfaceVpcEndpointAwsService;
    return new EndpointSet('ecsOnEc2', [...EndpointSet.ecs()._services, ECS, ECS_AGENT, ECS_TELEMETRY]);
  }

  /**
   * Session Manager and the rest of AWS Systems Manager.
   *
   * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/setup-create-vpc.html
   */
  public static ssm(): EndpointSet {
    const { SSM, SSM_MESSAGES, EC2_MESSAGES } = InterfaceVpcEndpointAwsService;
    return new EndpointSet('ssm', [SSM, SSM_MESSAGES, EC2_MESSAGES]);
  }

  /**
   * Services of your choice. DynamoDB and its streams have no private name in a network, so that their clients must be told that of the endpoint;
   * the gateway endpoint for DynamoDB, which every HaVpc has, needs none.
   *
   * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/privatelink-interface-endpoints.html#privatelink-considerations
   */
  public static custom(services: InterfaceVpcEndpointAwsService[]): EndpointSet {
    requireArgument('EndpointSet.custom', 'services', services, required(list(resource('an ec2.InterfaceVpcEndpointAwsService', 'shortName'))));
    return new EndpointSet('custom', [...services]);
  }

  private constructor(
    private readonly name: string,
    /** @internal */
    public readonly _services: InterfaceVpcEndpointAwsService[],
  ) {}

  /**
   * The name of the factory that made this set.
   */
  public toString(): string {
    return this.name;
  }
}
