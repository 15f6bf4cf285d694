import type { CapacityProviderStrategy } from 'aws-cdk-lib/aws-ecs';

/**
 * What the tasks of a service run on.
 */
export class ServiceCapacity {
  /** Fargate. */
  public static fargate(): ServiceCapacity {
    return new ServiceCapacity(() => [{ capacityProvider: 'FARGATE', weight: 1 }]);
  }

  /**
   * Fargate Spot for all tasks above the minimum, and Fargate for these: AWS takes Spot tasks back with a warning of two minutes.
   *
   * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-capacity-providers.html
   */
  public static fargateSpot(): ServiceCapacity {
    return new ServiceCapacity((minimumTasks) => [
      // ECS meets the base before it looks at weights: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CapacityProviderStrategyItem.html
      ...minimumTasks === 0 ? [] : [{ capacityProvider: 'FARGATE', base: minimumTasks, weight: 0 }],
      { capacityProvider: 'FARGATE_SPOT', weight: 1 },
    ]);
  }

  private constructor(
    /** @internal */
    public readonly _strategies: (minimumTasks: number) => CapacityProviderStrategy[],
  ) {}
}
